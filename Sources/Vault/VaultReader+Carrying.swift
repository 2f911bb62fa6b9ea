package import DurableFiles
package import Evidence
import Fixity
import Glibc

extension VaultReader {
    /// What became of an object that was to be carried to another root.
    package enum Carried: Hashable, Sendable {
        /// It stands there, durable and read back.
        case copied(bytes: Int64)
        /// It stood there before. It was not read again.
        case wasThere
        /// No stored copy has the right bytes, or there is none.
        case lost
    }

    /// Carries an object into another root, laid out alike: into a backup, or out of one. Takes as
    /// long as the disks need: it belongs on a thread of its own.
    ///
    /// - Throws: what the target's disk says.
    package func carry(_ sha256: SHA256Digest, to target: DurableRoot) throws -> Carried {
        for kind in Self.kinds where try target.exists(Self.place(sha256, kind: kind)) {
            return .wasThere
        }
        for kind in Self.kinds {
            var bytes: Int64 = 0
            let isTaken = try lend(sha256, kinds: [kind]) { source in
                guard let staged = try Self.staged(sha256, from: source, in: target) else {
                    return false
                }
                bytes = staged.size
                _ = try target.publish(staged.file, at: Self.place(sha256, kind: kind))
                return true
            }
            if isTaken { return .copied(bytes: bytes) }
        }
        return .lost
    }

    /// The bytes in a synced file without a name, read back; nil where they are not the object's.
    private static func staged(
        _ sha256: SHA256Digest, from source: CInt, in target: DurableRoot
    ) throws -> (file: StagedFile, size: Int64)? {
        let staged = try target.stage()
        var hasher = SHA256Hasher()
        var size: Int64 = 0
        var pieces = PieceReading(descriptor: source)
        while let bytes = pieces.next() {
            hasher.update(bytes)
            try staged.write(bytes, at: size)
            size += Int64(bytes.count)
        }
        guard !pieces.hasFailed, hasher.finalize() == sha256 else { return nil }
        try staged.sync(size: size)
        staged.dropCache()
        var again = SHA256Hasher()
        var written = PieceReading(descriptor: staged.descriptor)
        while let bytes = written.next() { again.update(bytes) }
        guard !written.hasFailed, again.finalize() == sha256 else {
            throw DurableFileFailure(errno: EIO, operation: "pread", place: "staging")
        }
        return (staged, size)
    }
}
