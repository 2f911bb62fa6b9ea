import DurableFiles
import Evidence
import Fixity
import Glibc

/// Many small files on their way together: copied, one sync, read back, named, one sync.
struct SmallGroup {
    typealias Outcome = Result<VaultedItem, VaultFailure>

    let sources: [TransferSource]
    let indices: [Int]
    let volume: DurableRoot
    let run: SourceRun
    let mode: VaultSettings.Mode
    let progress: (_ index: Int, _ phase: TransferPhase, _ bytes: Int64) -> Void

    /// One source on its way; its staged file is closed but for the moments it is needed.
    private struct Member {
        let index: Int
        let staged: StagedFile
        let digests: SourceDigests
    }

    /// What became of each source; what is sealed is durable. Throws where the store failed: then
    /// nothing of this group is sealed, and no name of it is left.
    ///
    /// - Parameters:
    ///   - find: a volume that holds a sound object of those digests.
    ///   - round: carries out a naming round, alone in the vault.
    func copy(
        find: (SourceDigests) throws -> DurableRoot?,
        round: (GroupSync, (inout NamingRound) throws -> Void) throws -> Void
    ) throws -> [Int: Outcome] {
        let group = try GroupSync(root: volume)
        var outcomes: [Int: Outcome] = [:]
        var members: [Member] = []
        for start in stride(from: 0, to: indices.count, by: SM3Lanes.width) {
            let batch = indices[start..<min(start + SM3Lanes.width, indices.count)]
            try fetchAhead(of: batch)
            members += try copyBatch(batch, &outcomes)
        }
        guard !members.isEmpty else { return outcomes }
        try group.sync()
        let readBack = ReadBack()
        var verified: [(index: Int, copy: VerifiedCopy, sound: DurableRoot?)] = []
        for member in members {
            try member.staged.reopen()
            let copy = try readBack.verify(member.staged, member.digests)
            member.staged.closeForNow()
            progress(member.index, .verifying, member.digests.size)
            verified.append((member.index, copy, try find(member.digests)))
        }
        var sealed: [Int: Outcome] = [:]
        try round(group) { round in
            for one in verified {
                sealed[one.index] = .success(try round.name(one.copy, sound: one.sound))
            }
        }
        return outcomes.merging(sealed) { $1 }
    }

    /// Lets the kernel fetch this batch at once, and the next one while this one is digested.
    private func fetchAhead(of batch: ArraySlice<Int>) throws(VaultFailure) {
        for index in indices[batch.startIndex...].prefix(2 * SM3Lanes.width) {
            let descriptor = sources[index].descriptor
            _ = try run.reading { posix_fadvise(descriptor, 0, 0, POSIX_FADV_WILLNEED) }
        }
    }

    /// Reads up to eight sources whole, makes their SM3 side by side, and writes them.
    private func copyBatch(
        _ batch: ArraySlice<Int>, _ outcomes: inout [Int: Outcome]
    ) throws -> [Member] {
        var contents: [(index: Int, content: SmallContent)] = []
        for index in batch {
            do throws(VaultFailure) {
                contents.append((index, try read(sources[index])))
                progress(index, .copying, contents[contents.count - 1].content.size)
            } catch {
                // Nobody waits any more, or the recorder is gone: the others need not be tried.
                if error.reason == .stopped { throw error }
                outcomes[index] = .failure(error)
            }
        }
        let sm3 = SmallContent.sm3(of: contents.map(\.content))
        var members: [Member] = []
        for ((index, content), sm3) in zip(contents, sm3) {
            let staged = try volume.stage()
            try staged.write(content.bytes, at: 0)
            try staged.checkSize(content.size)
            staged.closeForNow()
            members.append(
                Member(index: index, staged: staged, digests: content.digests(sm3: sm3)))
        }
        return members
    }

    private func read(_ source: TransferSource) throws(VaultFailure) -> SmallContent {
        let content = try SmallContent(of: source, run: run)
        guard mode == .both, content.unreadable.isEmpty else { return content }
        posix_fadvise(source.descriptor, 0, 0, POSIX_FADV_DONTNEED)
        let again = try SmallContent(of: source, run: run)
        guard again.unreadable.isEmpty, content.hasSameBytes(as: again) else {
            throw VaultFailure(.unstable)
        }
        return content
    }
}
