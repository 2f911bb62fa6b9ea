import Evidence
import Fixity
import Glibc

/// A small file, read whole.
final class SmallContent {
    private let memory: UnsafeMutableRawBufferPointer
    let unreadable: [Range<Int64>]

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
    var size: Int64 { Int64(memory.count) }

    /// - Throws: as ``SourceReading``; `unstable` where it is no longer small: one that grew is
    ///   taken another time.
    init(of source: TransferSource, run: SourceRun?) throws(VaultFailure) {
        var reading = try SourceReading(source, run: run)
        guard reading.size <= 2 * Vault.smallFile else { throw VaultFailure(.unstable) }
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(reading.size), alignment: 16)
        do throws(VaultFailure) {
            try reading.fill(memory, at: 0)
            try reading.finish()
        } catch {
            memory.deallocate()
            throw error
        }
        (self.memory, unreadable) = (memory, reading.unreadable)
    }

    deinit { memory.deallocate() }

    func hasSameBytes(as other: SmallContent) -> Bool {
        guard size == other.size else { return false }
        guard let one = memory.baseAddress, let two = other.memory.baseAddress else { return true }
        return memcmp(one, two, memory.count) == 0
    }

    /// SM3 of several, side by side.
    static func sm3(of contents: [SmallContent]) -> [SM3Digest] {
        var states = contents.map { _ in SM3State() }
        SM3Lanes.update(&states, with: contents.map(\.bytes))
        return states.map { $0.finalize() }
    }

    func digests(sm3: SM3Digest) -> SourceDigests {
        let whole = SHA256Digest.of(bytes)
        var probe = ProbeHasher(size: size)
        probe.update(bytes, at: 0)
        let blocks = stride(from: 0, to: bytes.count, by: TransferBuffer.capacity).map { start in
            bytes.count <= TransferBuffer.capacity
                ? whole
                : SHA256Digest.of(
                    UnsafeRawBufferPointer(
                        rebasing: bytes[start..<min(bytes.count, start + TransferBuffer.capacity)]))
        }
        return SourceDigests(
            sha256: whole, sm3: sm3, size: size, blocks: Array(blocks), probe: probe.finalize(),
            unreadable: unreadable)
    }
}
