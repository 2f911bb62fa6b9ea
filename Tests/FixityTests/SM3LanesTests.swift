import CLinux
import Evidence
import EvidenceTestKit
import Fixity
import Testing

@Suite("SM3 of our own, one stream and eight")
struct SM3LanesTests {
    private static func bytes(_ count: Int, using random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    /// Calls with a buffer for each array; they are alive during the call only.
    private static func withBuffers(
        _ arrays: [[UInt8]], _ body: ([UnsafeRawBufferPointer]) -> Void
    ) {
        let copies = arrays.map { array in
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(array.count, 1), alignment: 1)
            copy.copyBytes(from: array)
            return UnsafeRawBufferPointer(start: copy.baseAddress, count: array.count)
        }
        defer { copies.forEach { $0.deallocate() } }
        body(copies)
    }

    @Test("One stream equals libcrypto's digest at every length around the blocks")
    func everyShortLength() {
        var random = SeededGenerator(seed: 2)
        let bytes = Self.bytes(400, using: &random)
        for count in 0...400 {
            var state = SM3State()
            state.update(Array(bytes[..<count]))
            #expect(state.count == Int64(count))
            #expect(state.finalize() == SM3Digest.of(bytes[..<count]), "\(count) bytes")
        }
    }

    @Test("A copy goes its own way, and a digest in between changes nothing")
    func copiesAreForks() {
        var state = SM3State()
        state.update(Array("ab".utf8))
        var fork = state
        fork.update(Array("x".utf8))
        #expect(state.finalize() == SM3Digest.of(Array("ab".utf8)))
        state.update(Array("c".utf8))
        #expect(state.finalize() == SM3Digest.of(Array("abc".utf8)))
        #expect(fork.finalize() == SM3Digest.of(Array("abx".utf8)))
    }

    @Test("Lanes equal libcrypto's digests for any number of streams, lengths and cuts")
    func randomStreams() {
        var random = SeededGenerator(seed: 3)
        for round in 0..<60 {
            let count = 1 + round % 11
            let streams = (0..<count).map { _ in
                Self.bytes(Int.random(in: 0...3000, using: &random), using: &random)
            }
            var states = [SM3State](repeating: SM3State(), count: count)
            var rests = streams.map { $0[...] }
            while rests.contains(where: { !$0.isEmpty }) {
                let pieces = rests.map { rest in
                    Array(rest.prefix(Int.random(in: 0...900, using: &random)))
                }
                Self.withBuffers(pieces) { SM3Lanes.update(&states, with: $0) }
                for index in rests.indices {
                    rests[index] = rests[index].dropFirst(pieces[index].count)
                }
            }
            for (state, stream) in zip(states, streams) {
                #expect(state.finalize() == SM3Digest.of(stream), "round \(round)")
            }
        }
    }

    @Test("Equal long streams, each of its own bytes, keep their lanes apart")
    func eightLongStreams() {
        var random = SeededGenerator(seed: 4)
        let streams = (0..<8).map { _ in Self.bytes(20_000, using: &random) }
        var states = [SM3State](repeating: SM3State(), count: 8)
        Self.withBuffers(streams) { SM3Lanes.update(&states, with: $0) }
        #expect(states.map { $0.finalize() } == streams.map { SM3Digest.of($0) })
    }

    @Test("Every kind of lanes that this processor has gives the same digests", arguments: 0...2)
    func everyKind(_ kind: Int32) throws {
        guard kind <= evidock_sm3_best_kind() else {
            try Test.cancel("this processor has no lanes of kind \(kind)")
        }
        var random = SeededGenerator(seed: 5 + UInt64(kind))
        for count in 1...8 {
            let streams = (0..<count).map { 64 * 20 * $0 + 1000 }.map {
                Self.bytes($0, using: &random)
            }
            var states = (0..<count).map { _ in
                var state = evidock_sm3()
                evidock_sm3_begin(&state)
                return state
            }
            Self.withBuffers(streams) { buffers in
                evidock_sm3_update_lanes(
                    kind, &states, buffers.map(\.baseAddress), buffers.map(\.count),
                    Int32(count))
            }
            for (state, stream) in zip(states, streams) {
                var (state, digest) = (state, [UInt8](repeating: 0, count: 32))
                evidock_sm3_digest(&state, &digest)
                #expect(digest == SM3Digest.of(stream).bytes, "\(count) streams")
            }
        }
    }

    @Test("Nothing to do is done: no streams, and empty buffers without an address")
    func emptyBuffers() {
        var none: [SM3State] = []
        SM3Lanes.update(&none, with: [])
        var states = [SM3State(), SM3State(), SM3State()]
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        SM3Lanes.update(&states, with: [empty, empty, empty])
        #expect(states[1].finalize() == SM3Digest.of([UInt8]()))
    }
}
