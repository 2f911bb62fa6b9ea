import DurableFiles
import Evidence
import Fixity
import Glibc

/// One group on its way through copy, sync, read-back and seal, on the thread of its run.
struct Taking {
    typealias Outcome = Result<VaultedItem, VaultFailure>

    let vault: Vault
    let sources: [TransferSource]
    let run: SourceRun
    let progress: @Sendable (_ index: Int, _ phase: TransferPhase, _ bytes: Int64) -> Void

    /// What became of each source, in order. Those that found no room are told so; the others go on.
    func carryOut() -> [Outcome] {
        // The smallest go first: whoever has room for one of them sees it taken.
        let order = sources.indices.sorted { sources[$0].size < sources[$1].size }
        let noRoom = Outcome.failure(VaultFailure(.noRoom))
        guard let promise = vault.promise(order.map { sources[$0].size }) else {
            return sources.map { _ in noRoom }
        }
        defer { vault.giveBack(promise) }
        if sources.count == 1, sources[0].size > Vault.smallFile {
            return [large(on: promise.root)]
        }
        let outcomes = small(order.prefix(promise.count).sorted(), on: promise.root)
        return sources.indices.map { outcomes[$0] ?? noRoom }
    }

    private static func failure(_ error: any Error) -> VaultFailure {
        switch error {
        case let failure as VaultFailure: failure
        case let failure as DurableFileFailure: VaultFailure(failure)
        default: VaultFailure(.storeFailed)
        }
    }

    // MARK: - One large file

    /// A failed write or sync is final for its staged file: it is thrown away, and the source is
    /// taken once more from the start.
    private func large(on volume: DurableRoot) -> Outcome {
        var last = VaultFailure(.storeFailed)
        for _ in 0..<2 {
            do {
                return .success(try copyAndSeal(on: volume))
            } catch {
                last = Self.failure(error)
                guard [.writeFailed, .storeFailed, .unstable].contains(last.reason) else { break }
            }
        }
        return .failure(last)
    }

    private func copyAndSeal(on volume: DurableRoot) throws -> VaultedItem {
        let staged = try volume.stage()
        let copy = SourceCopy(
            reading: try SourceReading(sources[0], run: run), staged: staged,
            lanes: vault.settings.singleThreaded ? nil : vault.lanes,
            progress: { progress(0, .copying, $0) })
        let digests = try copy.run()
        try staged.sync(size: digests.size)
        if vault.settings.mode == .both { try readAgain(digests) }
        let verified = try ReadBack().verify(staged, digests) { progress(0, .verifying, $0) }
        progress(0, .sealing, digests.size)
        let sound = try vault.soundVolume(digests)
        return try vault.name(on: volume, group: nil) { try $0.name(verified, sound: sound) }
    }

    /// Mode `both`: the source gives the same bytes a second time.
    private func readAgain(_ digests: SourceDigests) throws {
        guard digests.unreadable.isEmpty else { return }
        var reading = try SourceReading(sources[0], run: run)
        guard reading.size == digests.size else { throw VaultFailure(.unstable) }
        posix_fadvise(sources[0].descriptor, 0, 0, POSIX_FADV_DONTNEED)
        let buffer = TransferBuffer()
        var offset: Int64 = 0
        for expected in digests.blocks {
            let bytes = buffer.filled(
                Int(min(Int64(TransferBuffer.capacity), digests.size - offset)))
            try reading.fill(bytes, at: offset)
            guard reading.unreadable.isEmpty, .of(UnsafeRawBufferPointer(bytes)) == expected else {
                throw VaultFailure(.unstable)
            }
            offset += Int64(bytes.count)
        }
        try reading.finish()
    }

    // MARK: - Many small files

    /// The whole group is thrown away where the store failed, and taken once more: a failed sync
    /// does not say for which of its files. Sources that changed are taken once more as well.
    private func small(_ indices: [Int], on volume: DurableRoot) -> [Int: Outcome] {
        var outcomes: [Int: Outcome] = [:]
        var open = indices
        for _ in 0..<2 where !open.isEmpty {
            do {
                let group = SmallGroup(
                    sources: sources, indices: open, volume: volume, run: run,
                    mode: vault.settings.mode, progress: progress)
                outcomes.merge(
                    try group.copy(find: vault.soundVolume) { sync, body in
                        try vault.name(on: volume, group: sync, body)
                    }
                ) { $1 }
                open = open.filter { outcomes[$0]?.isUnstable ?? true }
            } catch {
                let failure = Self.failure(error)
                for index in open { outcomes[index] = .failure(failure) }
                guard [.writeFailed, .storeFailed].contains(failure.reason) else { break }
            }
        }
        return outcomes
    }
}

extension Result<VaultedItem, VaultFailure> {
    fileprivate var isUnstable: Bool {
        if case .failure(let failure) = self { failure.reason == .unstable } else { false }
    }
}
