import DurableFiles
import Evidence
import Fixity
import Glibc

/// Many small files on their way together: copied, one sync, read back, named, one sync.
struct SmallGroup {
    let run: TakeRun
    let indices: [Int]
    let volume: DurableRoot

    /// Digests made side by side.
    private static let laneCount = 8

    private struct Member {
        let index: Int
        let staged: StagedFile
        let digests: SourceDigests
    }

    /// Enters what became of each source. Throws where the store failed: then none of this group
    /// counts as sealed, whatever was entered.
    func copy(
        _ outcomes: inout [TakeRun.Outcome?],
        seal: (consuming VerifiedCopy) throws -> VaultedItem
    ) throws {
        var members: [Member] = []
        var rest = indices[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.laneCount)
            rest = rest.dropFirst(batch.count)
            members += try copyBatch(batch, &outcomes)
        }
        guard !members.isEmpty else { return }
        if members.count == 1 {
            try members[0].staged.sync(size: members[0].digests.size)
        } else {
            try volume.syncFileSystem()
        }
        for member in members {
            let verified = try ReadBack.verify(member.staged, member.digests)
            run.moved(member.index, .verifying, member.digests.size)
            guard !run.isGivenUp else { throw VaultFailure(.stopped) }
            outcomes[member.index] = .success(try seal(verified))
        }
        try volume.syncFileSystem()
    }

    /// Reads up to eight sources whole, makes their SM3 side by side, and writes them.
    private func copyBatch(
        _ batch: ArraySlice<Int>, _ outcomes: inout [TakeRun.Outcome?]
    ) throws -> [Member] {
        var read: [(index: Int, bytes: [UInt8], unreadable: [Range<Int64>])] = []
        for index in batch {
            do {
                var reading = try SourceReading(run.sources[index])
                // It was small when it was listed; one that grew is copied another time.
                guard reading.size <= 2 * Vault.smallFile else { throw VaultFailure(.unstable) }
                var bytes = [UInt8](repeating: 0, count: Int(reading.size))
                try bytes.withUnsafeMutableBytes { (buffer) throws -> Void in
                    try reading.fill(buffer, at: 0)
                }
                try reading.finish()
                read.append((index, bytes, reading.unreadable))
                run.moved(index, .copying, reading.size)
            } catch {
                outcomes[index] = .failure(Vault.failure(error))
            }
        }
        let sm3 = Self.sm3(of: read.map(\.bytes))
        var members: [Member] = []
        for (item, sm3) in zip(read, sm3) {
            let staged = try volume.stage()
            try item.bytes.withUnsafeBytes { try staged.write($0, at: 0) }
            try staged.checkSize(Int64(item.bytes.count))
            members.append(
                Member(
                    index: item.index, staged: staged,
                    digests: Self.digests(item.bytes, sm3, item.unreadable)))
        }
        return members
    }

    private static func digests(
        _ bytes: [UInt8], _ sm3: SM3Digest, _ unreadable: [Range<Int64>]
    ) -> SourceDigests {
        let size = Int64(bytes.count)
        let whole = SHA256Digest.of(bytes)
        return bytes.withUnsafeBytes { buffer in
            var probe = ProbeHasher(size: size)
            probe.update(buffer, at: 0)
            let blocks = stride(from: 0, to: buffer.count, by: TransferBuffer.capacity).map {
                start in
                buffer.count <= TransferBuffer.capacity
                    ? whole
                    : SHA256Digest.of(
                        UnsafeRawBufferPointer(
                            rebasing: buffer[
                                start..<min(buffer.count, start + TransferBuffer.capacity)]))
            }
            return SourceDigests(
                sha256: whole, sm3: sm3, size: size, blocks: Array(blocks),
                probe: probe.finalize(), unreadable: unreadable)
        }
    }

    private static func sm3(of contents: [[UInt8]]) -> [SM3Digest] {
        guard !contents.isEmpty else { return [] }
        // The pieces are copied into one place, so that eight pointers are good at once.
        let total = contents.reduce(0) { $0 + $1.count }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, total), alignment: 64)
        defer { memory.deallocate() }
        var pieces: [UnsafeRawBufferPointer] = []
        var offset = 0
        for bytes in contents {
            let piece = UnsafeMutableRawBufferPointer(
                rebasing: memory[offset..<offset + bytes.count])
            piece.copyBytes(from: bytes)
            pieces.append(UnsafeRawBufferPointer(piece))
            offset += bytes.count
        }
        var states = contents.map { _ in SM3State() }
        SM3Lanes.update(&states, with: pieces)
        return states.map { $0.finalize() }
    }
}
