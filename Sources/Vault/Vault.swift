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

    let settings: VaultSettings
    let lanes = SM3Lane()
    private let runs = Mutex<[ObjectIdentifier: SourceRun]>([:])
    private let disks: Mutex<Disks>
    let naming = Mutex(())
    /// When contents were taken last: they may not have been entered in the ledger yet.
    let recent = Mutex<[SHA256Digest: ContinuousClock.Instant]>([:])
    /// One object at a time is carried from disk to disk, so that nobody takes another's copy on
    /// its way for a damaged one.
    let carrying = Mutex(())

    /// The disks that the vault is spread over now; none is ever taken away while it runs.
    private struct Disks: Sendable {
        var volumes: [DurableRoot]
        /// Bytes promised to transfers under way, by volume.
        var promised: [Int64]
        var copies: SecondCopy?
    }

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
        root: DurableRoot, furtherVolumes: [DurableRoot], copies: SecondCopy?,
        settings: VaultSettings
    ) throws {
        let volumes = [root] + furtherVolumes
        self.settings = settings
        disks = Mutex(
            Disks(
                volumes: volumes, promised: [Int64](repeating: 0, count: volumes.count),
                copies: copies))
        for disk in volumes + [copies?.root].compactMap({ $0 }) { try Self.makeReady(disk) }
        guard startStallWatch() else { throw VaultFailure(.stopped, errno: EAGAIN) }
    }

    private static func makeReady(_ disk: DurableRoot) throws {
        if try !disk.exists("vault/damaged") { try create(in: disk) }
        _ = try disk.sweepStaging()
    }

    // MARK: - Disks

    var volumes: [DurableRoot] { disks.withLock { $0.volumes } }

    package var copies: SecondCopy? { disks.withLock { $0.copies } }

    /// Where all of them are.
    package var diskPaths: [String] {
        disks.withLock { ($0.volumes + [$0.copies?.root].compactMap { $0 }).map(\.path) }
    }

    package var reader: VaultReader {
        let (volumes, copies) = disks.withLock { ($0.volumes, $0.copies) }
        return VaultReader(rootPaths: volumes.map(\.path), copies: copies?.root.path)
    }

    /// Takes one more volume into use at once; whoever waits for room finds it there. That it is
    /// this station's stands on the disk by then: the caller sees to that.
    package func add(_ volume: DurableRoot) throws {
        try Self.makeReady(volume)
        disks.withLock {
            $0.volumes.append(volume)
            $0.promised.append(0)
        }
    }

    /// From now on this is the second copy. What is sealed already gets its copy only by
    /// ``replicate(_:)``.
    package func setCopies(_ copies: SecondCopy) throws {
        try Self.makeReady(copies.root)
        disks.withLock { $0.copies = copies }
    }

    // MARK: - Taking

    /// Takes a group through copy, read-back and seal: one large file, or many small ones that
    /// share their syncs.
    ///
    /// Each source's descriptor is closed, once its last read came back. A result is given for
    /// each, in order: what is sealed is durable under its name; what failed left nothing behind.
    /// Failures concern the one source (`source-gone`, `source-unreadable`, `unstable`, `no-room`)
    /// or the store (`store-failed`, `write-failed`: nothing more should be taken). Cancelling the
    /// task ends it with `stopped`, but for a large file that had been read whole.
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
        disks.withLock { volume(for: bytes, of: $0) != nil }
    }

    /// The volume with the most room that can hold the first so many of those sizes; they are
    /// promised until ``giveBack(_:)``. Where all do not fit, as many as do; nil where none does.
    func promise(_ sizes: [Int64]) -> Promise? {
        disks.withLock { disks in
            var count = sizes.count
            while count > 0 {
                let bytes = sizes.prefix(count).reduce(0, +)
                if let index = volume(for: bytes, of: disks) {
                    disks.promised[index] += bytes
                    return Promise(
                        index: index, root: disks.volumes[index], bytes: bytes, count: count)
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
        disks.withLock { $0.promised[promise.index] -= promise.bytes }
    }

    private func volume(for bytes: Int64, of disks: Disks) -> Int? {
        var best: (index: Int, free: Int64)?
        for (index, volume) in disks.volumes.enumerated() {
            guard let space = try? volume.freeSpace() else { continue }
            let free = space.free - disks.promised[index] - settings.reserve(of: space.total)
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
            remember(round.taken)
            return value
        }
    }
}
