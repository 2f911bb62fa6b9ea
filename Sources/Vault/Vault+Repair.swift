package import DurableFiles
package import Evidence
import Fixity
import Glibc
import Synchronization

/// The disk that holds everything a second time.
package struct SecondCopy: Sendable {
    package let root: DurableRoot
    /// How records name it: another disk has another name.
    package let name: String

    package init(root: DurableRoot, name: String) { (self.root, self.name) = (root, name) }
}

/// What a repair found of one object, and what it could do.
package struct ObjectRepair: Hashable, Sendable {
    package enum Outcome: String, Sendable {
        case sound, repaired
        case noSoundCopy = "no-sound-copy"
    }

    /// A disk where the object was not as it should be.
    package struct Fault: Hashable, Sendable {
        /// The disk's path; nil where no volume has the object and none was found for it.
        package let disk: String?
        package let isCopy: Bool
        /// Other bytes stood there; else nothing.
        package let wasThere: Bool
        package let isRepaired: Bool
    }

    /// The object's place below each disk.
    package let place: String
    package let faults: [Fault]

    package var outcome: Outcome {
        if faults.isEmpty { return .sound }
        return faults.allSatisfy(\.isRepaired) ? .repaired : .noSoundCopy
    }
}

extension Vault {
    /// The second copy of an object is written, synced, and read back when it returns.
    ///
    /// Cancelling the task ends it with `stopped`, and leaves nothing.
    ///
    /// - Throws: `not-in-vault` or `damaged-object` where the object itself is at fault; everything
    ///   else is about the second copy's disk.
    package func replicate(_ sha256: SHA256Digest) async throws {
        guard let copies else { return }
        try await carry { [self] run in
            for kind in VaultReader.kinds {
                let place = VaultReader.place(sha256, kind: kind)
                for volume in volumes where try volume.exists(place) {
                    return try transplant(sha256, place, from: volume, to: copies.root, run: run)
                }
            }
            throw VaultFailure(.notInVault)
        }
    }

    /// Reads an object on every disk that has it, and restores what is damaged or missing from one
    /// that is sound; a damaged one is kept aside. Nothing is touched before a sound copy stands
    /// ready beside it.
    ///
    /// - Parameter hasCopy: the ledger says that the second copy has it: there it may be missing too.
    package func repair(_ sha256: SHA256Digest, hasCopy: Bool) async throws -> ObjectRepair {
        try await carry { [self] run in
            let (volumes, copies) = (volumes, copies?.root)
            let everywhere = volumes + [copies].compactMap { $0 }
            let kind = try VaultReader.kinds.first { kind in
                try everywhere.contains { try $0.exists(VaultReader.place(sha256, kind: kind)) }
            }
            let place = VaultReader.place(sha256, kind: kind ?? VaultReader.kinds[0])
            var sound: DurableRoot?
            var damaged: [DurableRoot] = []
            var isInVolume = false
            for disk in everywhere where try disk.exists(place) {
                isInVolume = isInVolume || disk !== copies
                if try VaultReader.isSound(sha256, size: nil, at: disk, place) {
                    sound = sound ?? disk
                } else {
                    damaged.append(disk)
                }
            }
            for disk in damaged {
                if let sound { try transplant(sha256, place, from: sound, to: disk, run: run) }
            }
            var faults = damaged.map {
                ObjectRepair.Fault(
                    disk: $0.path, isCopy: $0 === copies, wasThere: true, isRepaired: sound != nil)
            }
            if !isInVolume {
                let disk = try sound.map { try fill(sha256, place, from: $0, run: run) }
                faults.append(
                    ObjectRepair.Fault(
                        disk: disk?.path, isCopy: false, wasThere: false, isRepaired: disk != nil))
            }
            if hasCopy, let copies, try !copies.exists(place) {
                if let sound { try transplant(sha256, place, from: sound, to: copies, run: run) }
                faults.append(
                    ObjectRepair.Fault(
                        disk: copies.path, isCopy: true, wasThere: false, isRepaired: sound != nil))
            }
            return ObjectRepair(place: place, faults: faults)
        }
    }

    /// Work from disk to disk on a thread of its own, one at a time; it can be stopped.
    private func carry<Value: Sendable>(
        _ body: @escaping @Sendable (SourceRun) throws -> Value
    ) async throws -> Value {
        let result: Result<Value, any Error> = await reading(
            isAlive: { true }, failed: { .failure($0) },
            { [self] run in Result { try carrying.withLock { _ in try body(run) } } })
        return try result.get()
    }

    /// Puts an object that no volume has onto the one with the most room.
    private func fill(
        _ sha256: SHA256Digest, _ place: String, from source: DurableRoot, run: SourceRun
    ) throws -> DurableRoot {
        let descriptor = try source.open(place)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, let promise = promise([Int64(status.st_size)]) else {
            throw VaultFailure(.noRoom)
        }
        defer { giveBack(promise) }
        try transplant(sha256, place, from: source, to: promise.root, run: run)
        return promise.root
    }

    private func transplant(
        _ sha256: SHA256Digest, _ place: String, from source: DurableRoot, to target: DurableRoot,
        run: SourceRun
    ) throws {
        if try target.exists(place), try VaultReader.isSound(sha256, size: nil, at: target, place) {
            return try target.settle(place)
        }
        let descriptor: CInt
        do { descriptor = try source.open(place) } catch let failure as DurableFileFailure {
            let known = VaultFailure(failure)
            throw known.reason == .stopped ? known : VaultFailure(.damagedObject)
        }
        defer { close(descriptor) }
        let reading = try SourceReading(
            TransferSource(descriptor: descriptor, size: 0, isAlive: { true }), run: run)
        // A second copy may share its disk with the ledger: that one must always have room.
        let space = try target.freeSpace()
        guard space.free - reading.size >= settings.reserve(of: space.total) else {
            throw VaultFailure(.noRoom)
        }
        let staged = try target.stage()
        let digests = try SourceCopy(
            reading: reading, staged: staged, lanes: nil, progress: { _ in }
        ).run()
        guard digests.sha256 == sha256, digests.unreadable.isEmpty else {
            throw VaultFailure(.damagedObject)
        }
        try staged.sync(size: digests.size)
        let verified = try ReadBack().verify(staged, digests)
        try naming.withLock { _ in
            if try target.exists(place) { try NamingRound.putAside(sha256, place, on: target) }
            guard try target.publish(verified.staged, at: place) == .written else {
                throw VaultFailure(.storeFailed, errno: EEXIST)
            }
        }
    }
}
