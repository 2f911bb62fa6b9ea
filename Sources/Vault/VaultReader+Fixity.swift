import CLinux
package import Evidence
import Fixity
import Glibc

/// What reading every stored copy of an object gave.
package struct ObjectFixity: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case sound
        /// Other bytes, by their SHA-256.
        case damaged(SHA256Digest)
        /// The disk would not give them; that says nothing about them.
        case unreadable
    }

    /// Every place where it is, with what was found there. Empty where no disk that is there has it.
    package let copies: [(path: String, state: State)]

    package var isSound: Bool { !copies.isEmpty && copies.allSatisfy { $0.state == .sound } }

    package static func == (left: ObjectFixity, right: ObjectFixity) -> Bool {
        left.copies.elementsEqual(right.copies) { $0.path == $1.path && $0.state == $1.state }
    }

    package func hash(into hasher: inout Hasher) {
        for (path, state) in copies {
            hasher.combine(path)
            hasher.combine(state)
        }
    }
}

extension VaultReader {
    private var disks: [String] { rootPaths + [copies].compactMap { $0 } }

    /// The disks that are not there now: where one is not mounted there is no vault. What they hold
    /// is neither sound nor missing.
    package func absentDisks() async throws -> [String] {
        try await onOwnThread {
            disks.filter { access($0 + "/vault/footage", F_OK) != 0 }
        }
    }

    /// Reads every stored copy of an object whole, from the disk and not from the cache, and compares
    /// both digests; on a thread of its own that asks for the disk only when nobody else does
    /// (ioprio_set(2), idle).
    ///
    /// - Parameter pause: called between pieces; it may block. False ends it with `stopped`.
    package func fixity(
        of sha256: SHA256Digest, sm3: SM3Digest, size: Int64,
        pause: @escaping @Sendable () -> Bool
    ) async throws -> ObjectFixity {
        try await onOwnThread {
            clinux_idle_io()
            var copies: [(path: String, state: ObjectFixity.State)] = []
            for root in disks {
                for kind in Self.kinds {
                    let path = root + "/" + Self.place(sha256, kind: kind)
                    if access(path, F_OK) == 0 {
                        let state = try Self.state(of: path, sha256, sm3, size: size, pause: pause)
                        copies.append((path, state))
                    } else if errno != ENOENT && errno != ENOTDIR {
                        copies.append((path, .unreadable))
                    }
                }
            }
            return ObjectFixity(copies: copies)
        }
    }

    private static func state(
        of path: String, _ sha256: SHA256Digest, _ sm3: SM3Digest, size: Int64,
        pause: () -> Bool
    ) throws -> ObjectFixity.State {
        let descriptor: CInt
        do { descriptor = try open(path) } catch let failure as VaultFailure {
            guard failure.reason != .stopped else { throw failure }
            return .unreadable
        }
        defer { close(descriptor) }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        var first = SHA256Hasher()
        var second = SM3Hasher()
        var count: Int64 = 0
        var pieces = PieceReading(descriptor: descriptor)
        while let bytes = pieces.next() {
            guard pause() else { throw VaultFailure(.stopped) }
            first.update(bytes)
            second.update(bytes)
            count += Int64(bytes.count)
        }
        // What was read once for this is nobody's to keep in memory.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        guard !pieces.hasFailed else { return .unreadable }
        let (found, foundSM3) = (first.finalize(), second.finalize())
        return found == sha256 && foundSM3 == sm3 && count == size ? .sound : .damaged(found)
    }
}
