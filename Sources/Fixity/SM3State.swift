import CLinux
package import Evidence

/// Where an SM3 (GB/T 32905-2016) of one stream stands. A plain value, so that up to eight streams
/// can go on together in ``SM3Lanes``; a copy is a fork.
package struct SM3State: Sendable {
    private var stream = evidock_sm3()

    package init() { evidock_sm3_begin(&stream) }

    /// Bytes taken in so far.
    package var count: Int64 { Int64(truncatingIfNeeded: stream.total) }

    /// Takes in the next bytes of this stream alone.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        evidock_sm3_update(&stream, bytes.baseAddress, bytes.count)
    }

    /// Takes in the next bytes of this stream alone.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all that was taken in so far; the stream may go on after it.
    package func finalize() -> SM3Digest {
        var copy = stream
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { out in
            evidock_sm3_digest(&copy, out.baseAddress)
            return SM3Digest(raw: UnsafeRawBufferPointer(out))
        }
    }
}

/// SM3 of several streams side by side on one core. Every digest is the plain SM3 of its stream.
package enum SM3Lanes {
    /// How many streams go on together.
    package static let width = Int(EVIDOCK_SM3_LANES)

    /// Whether this processor has lanes (AVX2); without, streams go on one after the other.
    package static var areWide: Bool { kind != CInt(EVIDOCK_SM3_PLAIN.rawValue) }

    private static let kind = evidock_sm3_best_kind()

    /// Gives every stream its next bytes: `buffers[n]` goes to `states[n]`. They may differ in
    /// length and may be empty; equal lengths of many kilobytes go fastest. With three streams or
    /// more the lanes pay. There must be as many buffers as states; beyond eight they go in groups.
    package static func update(
        _ states: inout [SM3State], with buffers: [UnsafeRawBufferPointer]
    ) {
        precondition(states.count == buffers.count, "each stream needs its bytes")
        states.withUnsafeMutableBufferPointer { states in
            // A state is one C value and nothing else.
            states.withMemoryRebound(to: evidock_sm3.self) { streams in
                for start in stride(from: 0, to: buffers.count, by: width) {
                    let group = buffers[start..<min(start + width, buffers.count)]
                    evidock_sm3_update_lanes(
                        kind, streams.baseAddress?.advanced(by: start), group.map(\.baseAddress),
                        group.map(\.count), CInt(group.count))
                }
            }
        }
    }
}
