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
    let settings: VaultSettings
    let lanes = SM3Lane()
    private let runs = Mutex<[ObjectIdentifier: SourceRun]>([:])
    /// Bytes promised to transfers under way, by volume.
    private let promised: Mutex<[Int64]>
    private let naming = Mutex(())

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
        promised = Mutex([Int64](repeating: 0, count: volumes.count))
        for volume in volumes + [copies].compactMap({ $0 }) {
            if try !volume.exists("vault/damaged") { try Self.create(in: volume) }
            _ = try volume.sweepStaging()
        }
        reader = try VaultReader(
            rootPaths: volumes.map(\.path), copies: copies?.path)
        guard startStallWatch() else { throw VaultFailure(.stopped, errno: EAGAIN) }
    }

    // MARK: - Taking

    /// Takes a group through copy, read-back and seal: one large file, or many small ones that share
    /// their syncs.
    ///
    /// Each source's descriptor is closed, once its last read came back. A result is given for each,
    /// in order: what is sealed is durable under its name; what failed left nothing behind. Failures
    /// concern the one source (`source-gone`, `source-unreadable`, `unstable`, `no-room`) or the
    /// store (`store-failed`, `write-failed`: nothing more should be taken). Cancelling the task ends
    /// it with `stopped`, but for a large file that had been read whole.
    package func take(
        _ sources: [TransferSource],
        progress: @escaping @Sendable (_ index: Int, _ phase: TransferPhase, _ bytes: Int64) -> Void
    ) async -> [Result<VaultedItem, VaultFailure>] {
        await reading(
            isAlive: { sources.allSatisfy { $0.isAlive() } },
            failed: { failure in sources.map { _ in .failure(failure) } },
            { [self] run in
                defer { for source in sources { close(source.descriptor) } }
                return Taking(vault: self, sources: sources, run: run, progress: progress)
                    .carryOut()
            })
    }

    /// Work on a thread of its own that reads a recorder, answered for where it gets stuck.
    func reading<Answer: Sendable>(
        isAlive: @escaping @Sendable () -> Bool,
        failed: @escaping @Sendable (VaultFailure) -> Answer,
        _ body: @escaping @Sendable (SourceRun) -> Answer
    ) async -> Answer {
        let run = SourceRun(isAlive: isAlive)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                run.begin { continuation.resume(returning: failed($0)) }
                runs.withLock { $0[ObjectIdentifier(run)] = run }
                OwnThread.start { [self] in
                    let answer = body(run)
                    _ = runs.withLock { $0.removeValue(forKey: ObjectIdentifier(run)) }
                    if run.end() { continuation.resume(returning: answer) }
                }
            }
        } onCancel: {
            run.stop()
        }
    }

    /// Threads that work for a recorder, given up or not.
    var runCount: Int { runs.withLock { $0.count } }

    private func startStallWatch() -> Bool {
        let settings = settings
        let (seconds, attoseconds) = settings.stallTick.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return OwnThread.tryStart { [weak self] in
            while true {
                usleep(UInt32(clamping: microseconds))
                guard let self else { return }
                for run in self.runs.withLock({ Array($0.values) }) { run.checkStall(settings) }
            }
        }
    }

    // MARK: - Room

    /// Whether so many bytes more leave the reserve untouched somewhere.
    package func room(for bytes: Int64) throws -> Bool {
        promised.withLock { volume(for: bytes, promised: $0) != nil }
    }

    /// The volume with the most room that can hold the first so many of those sizes; they are
    /// promised until ``giveBack(_:)``. Where all do not fit, as many as do; nil where none does.
    func promise(_ sizes: [Int64]) -> Promise? {
        promised.withLock { promised in
            var count = sizes.count
            while count > 0 {
                let bytes = sizes.prefix(count).reduce(0, +)
                if let index = volume(for: bytes, promised: promised) {
                    promised[index] += bytes
                    return Promise(index: index, root: volumes[index], bytes: bytes, count: count)
                }
                count /= 2
            }
            return nil
        }
    }

    struct Promise {
        let index: Int
        let root: DurableRoot
        let bytes: Int64
        let count: Int
    }

    func giveBack(_ promise: Promise) {
        promised.withLock { $0[promise.index] -= promise.bytes }
    }

    private func volume(for bytes: Int64, promised: [Int64]) -> Int? {
        var best: (index: Int, free: Int64)?
        for (index, volume) in volumes.enumerated() {
            guard let space = try? volume.freeSpace() else { continue }
            let reserve = max(settings.reserveBytes, space.total / 1000 * settings.reservePermille)
            let free = space.free - promised[index] - reserve
            if free >= bytes, free > best?.free ?? -1 { best = (index, free) }
        }
        return best?.index
    }

    // MARK: - Sealing

    /// A volume whose object of those digests was read and is sound; nil where none is there. Done
    /// before the naming round, since it may take long.
    func soundVolume(_ digests: SourceDigests) throws -> DurableRoot? {
        let place = VaultReader.place(digests.sha256, kind: digests.kind)
        for volume in volumes where try volume.exists(place) {
            if try VaultReader.isSound(digests.sha256, size: digests.size, at: volume, place) {
                return volume
            }
        }
        return nil
    }

    /// One naming round, alone in this vault. Where it throws, no name of it is left.
    func name<Value: Sendable>(
        on volume: DurableRoot, group: GroupSync?,
        _ body: (inout NamingRound) throws -> Value
    ) throws -> Value {
        try naming.withLock { _ in
            var round = NamingRound(volume: volume, volumes: volumes, group: group)
            let value: Value
            do { value = try body(&round) } catch {
                round.takeBack()
                throw error
            }
            try round.settle()
            return value
        }
    }

    // MARK: - Second copy and repair

    /// The second copy of an object is written, synced, and read back when it returns.
    package func replicate(_ sha256: SHA256Digest) async throws {
        guard let copies else { return }
        try await onOwnThread { [self] in
            for kind in VaultReader.kinds {
                let place = VaultReader.place(sha256, kind: kind)
                for volume in volumes where try volume.exists(place) {
                    return try transplant(sha256, place, from: volume, to: copies)
                }
            }
            throw VaultFailure(.notInVault)
        }
    }

    /// A damaged or missing object is replaced from the second copy; the damaged one is kept aside.
    /// Nothing is touched before a sound copy stands ready beside it.
    package func repair(_ sha256: SHA256Digest) async throws {
        guard let copies else { throw VaultFailure(.notInVault) }
        try await onOwnThread { [self] in
            for kind in VaultReader.kinds {
                let place = VaultReader.place(sha256, kind: kind)
                guard try copies.exists(place) else { continue }
                let damaged = try volumes.first { try $0.exists(place) }
                return try transplant(sha256, place, from: copies, to: damaged ?? volumes[0])
            }
            throw VaultFailure(.notInVault)
        }
    }

    private func transplant(
        _ sha256: SHA256Digest, _ place: String, from source: DurableRoot, to volume: DurableRoot
    ) throws {
        if try volume.exists(place),
            try VaultReader.isSound(sha256, size: nil, at: volume, place)
        {
            return try volume.settle(place)
        }
        let descriptor = try VaultReader.open(source.path + "/" + place)
        defer { close(descriptor) }
        let reading = try SourceReading(
            TransferSource(descriptor: descriptor, size: 0, isAlive: { true }), run: nil)
        let staged = try volume.stage()
        let digests = try SourceCopy(
            reading: reading, staged: staged, lanes: nil, progress: { _ in }
        ).run()
        guard digests.sha256 == sha256, digests.unreadable.isEmpty else {
            throw VaultFailure(.damagedObject)
        }
        try staged.sync(size: digests.size)
        let verified = try ReadBack().verify(staged, digests)
        try naming.withLock { _ in
            if try volume.exists(place) { try NamingRound.putAside(sha256, place, on: volume) }
            guard try volume.publish(verified.staged, at: place) == .written else {
                throw VaultFailure(.storeFailed, errno: EEXIST)
            }
        }
    }
}
