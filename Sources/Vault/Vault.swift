package import DurableFiles
package import Evidence
import Fixity
import Glibc
import Synchronization

/// Copies a file once while digesting it, reads it back, and seals it under its digest.
///
/// The order of writes: staged copy, sync, read-back from the disk, name, sync of the directory.
/// What has a name below `vault/footage` is whole, read-only, and was read back.
package final class Vault: Sendable {
    /// Small files are sealed together; a larger one goes through three threads of its own.
    static let smallFile: Int64 = 1 << 20

    package let reader: VaultReader
    private let volumes: [DurableRoot]
    private let copies: DurableRoot?
    private let settings: VaultSettings
    private let lanes = SM3Lane()
    private let runs = Mutex<[ObjectIdentifier: TakeRun]>([:])
    private let promised = Mutex<Int64>(0)

    /// Makes the vault's directories, durable, in a new root or volume.
    package static func create(in root: DurableRoot) throws {
        var places = ["staging", "vault", "vault/footage", "vault/partial", "vault/records"]
        for place in places.dropFirst(2) {
            places += (0..<256).map { place + "/" + Hex.encode([UInt8($0)]) }
        }
        try root.makeDirectories(places + ["vault/damaged"])
    }

    /// Opens the vault under the root's lock; what a killed run left in `staging/` is swept.
    package init(
        root: DurableRoot, furtherVolumes: [DurableRoot], copies: DurableRoot?,
        settings: VaultSettings
    ) throws {
        volumes = [root] + furtherVolumes
        (self.copies, self.settings) = (copies, settings)
        for volume in volumes + [copies].compactMap({ $0 }) {
            if try !volume.exists("vault/damaged") { try Self.create(in: volume) }
            _ = try volume.sweepStaging()
        }
        reader = try VaultReader(
            rootPaths: volumes.map(\.path), copies: copies?.path)
        startStallWatch()
    }

    // MARK: - Taking

    /// Takes a group through copy, read-back and seal: one large file, or many small ones that share
    /// their syncs.
    ///
    /// Each source's descriptor is closed. A result is given for each, in order: what is sealed is
    /// durable under its name; what failed left nothing behind. Failures concern the one source
    /// (`source-gone`, `source-unreadable`, `unstable`, `no-room`) or the store (`store-failed`,
    /// `write-failed`: nothing more should be taken).
    package func take(
        _ sources: [TransferSource],
        progress: @escaping @Sendable (_ index: Int, _ phase: TransferPhase, _ bytes: Int64) -> Void
    ) async -> [Result<VaultedItem, VaultFailure>] {
        await withCheckedContinuation { continuation in
            let run = TakeRun(sources: sources, progress: progress) {
                continuation.resume(returning: $0)
            }
            runs.withLock { $0[ObjectIdentifier(run)] = run }
            OwnThread.start("evidock-take") { [self] in
                let outcomes = carryOut(run)
                _ = runs.withLock { $0.removeValue(forKey: ObjectIdentifier(run)) }
                run.finish(outcomes)
            }
        }
    }

    /// Whether so many bytes more leave the reserve untouched somewhere.
    package func room(for bytes: Int64) throws -> Bool { try volume(for: bytes) != nil }

    /// The volume with the most room for so many bytes; nil where none has it.
    private func volume(for bytes: Int64) throws -> DurableRoot? {
        let promised = promised.withLock { $0 }
        var best: (root: DurableRoot, free: Int64)?
        for volume in volumes {
            guard let space = try? volume.freeSpace() else { continue }
            let reserve = max(
                settings.reserveBytes, space.total / 1000 * settings.reservePermille)
            guard space.free - promised - bytes >= reserve, space.free > best?.free ?? -1 else {
                continue
            }
            best = (volume, space.free)
        }
        return best?.root
    }

    private func carryOut(_ run: TakeRun) -> [TakeRun.Outcome] {
        defer { for source in run.sources { close(source.descriptor) } }
        let bytes = run.sources.reduce(0) { $0 + $1.size }
        do {
            guard let volume = try volume(for: bytes) else { throw VaultFailure(.noRoom) }
            promised.withLock { $0 += bytes }
            defer { promised.withLock { $0 -= bytes } }
            if run.sources.count == 1, run.sources[0].size > Self.smallFile {
                return [large(run, on: volume)]
            }
            return small(run, on: volume)
        } catch {
            return run.sources.map { _ in .failure(Self.failure(error)) }
        }
    }

    static func failure(_ error: any Error) -> VaultFailure {
        switch error {
        case let failure as VaultFailure: failure
        case let failure as DurableFileFailure: VaultFailure(failure)
        default: VaultFailure(.storeFailed)
        }
    }

    // MARK: - One large file

    /// A failed write or sync is final for its staged file: it is thrown away, and the source is
    /// taken once more from the start.
    private func large(_ run: TakeRun, on volume: DurableRoot) -> TakeRun.Outcome {
        var last = VaultFailure(.storeFailed)
        for _ in 0..<2 where !run.isGivenUp {
            do {
                return .success(try copyAndSeal(run, on: volume))
            } catch {
                last = Self.failure(error)
                guard [.writeFailed, .storeFailed, .unstable].contains(last.reason) else { break }
            }
        }
        return .failure(last)
    }

    private func copyAndSeal(_ run: TakeRun, on volume: DurableRoot) throws -> VaultedItem {
        let staged = try volume.stage()
        let copy = SourceCopy(
            reading: try SourceReading(run.sources[0]), staged: staged,
            lanes: settings.singleThreaded ? nil : lanes,
            progress: { run.moved(0, .copying, $0) })
        let digests = try copy.run()
        try staged.sync(size: digests.size)
        if settings.mode == .both { try readAgain(run.sources[0], digests) }
        let verified = try ReadBack.verify(staged, digests) { run.moved(0, .verifying, $0) }
        guard !run.isGivenUp else { throw VaultFailure(.stopped) }
        run.moved(0, .sealing, digests.size)
        return try seal(verified, on: volume) { try volume.publish($0, at: $1) }
    }

    /// Mode `both`: the source gives the same bytes a second time.
    private func readAgain(_ source: TransferSource, _ digests: SourceDigests) throws {
        guard digests.unreadable.isEmpty else { return }
        var reading = try SourceReading(source)
        clearCache(of: source.descriptor)
        let buffer = TransferBuffer()
        var offset: Int64 = 0
        for expected in digests.blocks {
            let bytes = buffer.filled(
                Int(min(Int64(TransferBuffer.capacity), digests.size - offset)))
            try reading.fill(bytes, at: offset)
            guard SHA256Digest.of(UnsafeRawBufferPointer(bytes)) == expected else {
                throw VaultFailure(.unstable)
            }
            offset += Int64(bytes.count)
        }
        try reading.finish()
    }

    private func clearCache(of descriptor: CInt) {
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    }

    // MARK: - Many small files

    private func small(_ run: TakeRun, on volume: DurableRoot) -> [TakeRun.Outcome] {
        var outcomes = [TakeRun.Outcome?](repeating: nil, count: run.sources.count)
        for _ in 0..<2 where !run.isGivenUp {
            let open = outcomes.indices.filter { outcomes[$0] == nil }
            do {
                try SmallGroup(run: run, indices: open, volume: volume).copy(&outcomes) {
                    try seal($0, on: volume) { try volume.publishUnsynced($0, at: $1) }
                }
                break
            } catch {
                let failure = Self.failure(error)
                guard [.writeFailed, .storeFailed].contains(failure.reason) else {
                    for index in open where outcomes[index] == nil {
                        outcomes[index] = .failure(failure)
                    }
                    break
                }
                // The whole group is thrown away: a failed sync does not say for which of its files.
                for index in open {
                    if case .success = outcomes[index] { outcomes[index] = nil }
                }
            }
        }
        return outcomes.map { $0 ?? .failure(VaultFailure(.storeFailed)) }
    }

    // MARK: - Sealing

    /// Gives a verified copy its name. What stands there already is read and compared first: equal,
    /// the fresh copy is dropped; damaged, it is put aside and the fresh copy takes its place.
    private func seal(
        _ verified: consuming VerifiedCopy, on volume: DurableRoot,
        publish: (StagedFile, String) throws -> PublishOutcome
    ) throws -> VaultedItem {
        let digests = verified.digests
        let kind = digests.unreadable.isEmpty ? "footage" : "partial"
        let place = VaultReader.place(digests.sha256, kind: kind)
        func item(wasThere: Bool, healed: Bool) -> VaultedItem {
            VaultedItem(
                sha256: digests.sha256, sm3: digests.sm3, size: digests.size,
                blocks: digests.blocks, probe: digests.probe, wasThere: wasThere, healed: healed,
                unreadable: digests.unreadable)
        }
        var healed = false
        for other in volumes where try other.exists(place) {
            if try reader.isSound(digests.sha256, size: digests.size, at: other.path + "/" + place) {
                return item(wasThere: true, healed: false)
            }
            try other.moveAside(place, to: try freeName(digests.sha256, on: other))
            healed = true
        }
        if try publish(verified.staged, place) == .wasThere {
            // Another transfer of the same content was quicker by a moment.
            guard
                try reader.isSound(
                    digests.sha256, size: digests.size, at: volume.path + "/" + place)
            else { throw VaultFailure(.damagedObject) }
            return item(wasThere: true, healed: healed)
        }
        return item(wasThere: false, healed: healed)
    }

    private func freeName(_ sha256: SHA256Digest, on volume: DurableRoot) throws -> String {
        var number = 1
        while try volume.exists("vault/damaged/\(sha256.hex).\(number)") { number += 1 }
        return "vault/damaged/\(sha256.hex).\(number)"
    }

    // MARK: - Second copy and repair

    /// The second copy of an object is written, synced, and read back when it returns.
    package func replicate(_ sha256: SHA256Digest) async throws {
        guard let copies else { return }
        try await onOwnThread { [self] in
            try transplant(sha256, from: reader.locate(sha256), to: copies)
        }
    }

    /// A damaged or missing object is replaced from the second copy; the damaged one is kept aside.
    package func repair(_ sha256: SHA256Digest) async throws {
        guard let copies else { throw VaultFailure(.notInVault) }
        try await onOwnThread { [self] in
            let place = VaultReader.place(sha256, kind: "footage")
            let source = copies.path + "/" + place
            for volume in volumes where try volume.exists(place) {
                if try reader.isSound(sha256, size: nil, at: volume.path + "/" + place) { return }
                try volume.moveAside(place, to: try freeName(sha256, on: volume))
            }
            try transplant(sha256, from: source, to: volumes[0])
        }
    }

    private func transplant(
        _ sha256: SHA256Digest, from source: String, to volume: DurableRoot
    ) throws {
        let place = VaultReader.place(sha256, kind: "footage")
        if try volume.exists(place) {
            if try reader.isSound(sha256, size: nil, at: volume.path + "/" + place) { return }
            try volume.moveAside(place, to: try freeName(sha256, on: volume))
        }
        let descriptor = try VaultReader.open(source)
        defer { close(descriptor) }
        let reading = try SourceReading(
            TransferSource(descriptor: descriptor, size: 0, isAlive: { true }))
        let staged = try volume.stage()
        let digests = try SourceCopy(
            reading: reading, staged: staged, lanes: nil, progress: { _ in }
        ).run()
        guard digests.sha256 == sha256, digests.unreadable.isEmpty else {
            throw VaultFailure(.damagedObject)
        }
        try staged.sync(size: digests.size)
        let verified = try ReadBack.verify(staged, digests)
        _ = try volume.publish(verified.staged, at: place)
    }

    private func startStallWatch() {
        let limit = settings.stallLimit
        OwnThread.start("evidock-stalls") { [weak self] in
            while true {
                sleep(1)
                guard let self else { return }
                for run in self.runs.withLock({ Array($0.values) }) { run.checkStall(limit: limit) }
            }
        }
    }
}

/// Runs something that blocks on a thread of its own.
func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        OwnThread.start("evidock-vault") { continuation.resume(with: Result { try body() }) }
    }
}
