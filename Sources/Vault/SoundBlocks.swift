import Glibc
import Synchronization

/// Blocks that were found to be what was taken a moment ago: whoever looks at a film asks for the same
/// ones again and again.
///
/// It knows the file by what changes with it (inode(7): device, inode, size, status change). A file that
/// changed in the last seconds is not known at all: within one tick of the clock another change
/// would not show.
package final class SoundBlocks: Sendable {
    /// A file as it is now.
    struct File: Hashable {
        fileprivate let device: UInt64
        fileprivate let inode: UInt64
        fileprivate let size: Int64
        fileprivate let seconds: Int64
        fileprivate let nanoseconds: Int64

        /// Nil where it cannot be told by its marks.
        init?(_ descriptor: CInt) {
            var status = stat()
            guard fstat(descriptor, &status) == 0,
                time(nil) - status.st_ctim.tv_sec >= SoundBlocks.settled
            else { return nil }
            (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
            size = Int64(status.st_size)
            seconds = Int64(status.st_ctim.tv_sec)
            nanoseconds = Int64(status.st_ctim.tv_nsec)
        }
    }

    private struct Place: Hashable {
        let file: File
        let index: Int
    }

    /// How long a block is taken to be as it was found.
    private static let lasts: Duration = .seconds(60)
    private static let settled = 3
    private static let limit = 65_536

    private let found = Mutex<[Place: ContinuousClock.Instant]>([:])

    package init() {}

    func has(_ file: File?, _ index: Int) -> Bool {
        guard let file else { return false }
        let place = Place(file: file, index: index)
        return found.withLock { $0[place] }.map { ContinuousClock.now - $0 < Self.lasts } ?? false
    }

    /// Nothing of a file that cannot be told by its marks.
    func add(_ file: File?, _ index: Int) {
        guard let file else { return }
        found.withLock { found in
            if found.count >= Self.limit { found = [:] }
            found[Place(file: file, index: index)] = ContinuousClock.now
        }
    }
}
