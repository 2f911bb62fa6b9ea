import CLinux
package import Evidence
import Glibc
import Synchronization

/// Watches the list of mounts on a thread of its own: told within a moment by poll(2), which
/// reports `POLLPRI | POLLERR` on mountinfo when a mount comes or goes (proc_pid_mountinfo(5)).
///
/// It answers at once with what is mounted at the start, so that a recorder that was docked before
/// counts too; then with every change. A volume that was replaced by an equal one (pulled and docked
/// again at once) is told again, though the set is the same: whoever holds the old one asks
/// ``RecorderTree/isAlive()``. What comes and goes between two looks is not seen.
package final class MountWatch: Sendable {
    /// The volumes below the dock roots now, or why they cannot be known.
    package typealias Sight = Result<[Volume], RecorderFailure>

    private let wake: CInt
    private let thread: Mutex<pthread_t?>

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - roots: the dock roots; volumes strictly below them are told.
    ///   - mountInfo: the list; another than the kernel's is for tests.
    ///   - sight: called on the watching thread: shortly, and never ``stop()`` from within.
    /// - Throws: ``RecorderFailure`` where the list cannot be opened or no thread begun.
    package init(
        roots: [String], mountInfo: String = MountTable.ownMounts,
        labels: VolumeLabels = VolumeLabels(), sight: @escaping @Sendable (Sight) -> Void
    ) throws {
        let list = open(mountInfo, O_RDONLY | O_CLOEXEC)
        guard list >= 0 else {
            throw RecorderFailure(.mountTableUnreadable, detail: "\(mountInfo), errno \(errno)")
        }
        wake = evidock_event()
        guard wake >= 0 else {
            close(list)
            throw RecorderFailure.from(errno: -wake)
        }
        let loop = WatchLoop(list: list, wake: wake, roots: roots, labels: labels, sight: sight)
        var started = pthread_t()
        let held = Unmanaged.passRetained(loop)
        let number = pthread_create(
            &started, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<WatchLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, held.toOpaque())
        guard number == 0 else {
            held.release()
            close(wake)
            throw RecorderFailure.from(errno: number)
        }
        thread = Mutex(started)
    }

    deinit {
        stop()
        close(wake)
    }

    /// Ends the watching; when it returns, nothing is told any more. Harmless when called again.
    package func stop() {
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let running else { return }
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
        pthread_join(running, nil)
    }
}

/// What the watching thread holds.
private final class WatchLoop {
    private let list: CInt
    private let wake: CInt
    private let roots: [String]
    private let labels: VolumeLabels
    private let sight: @Sendable (MountWatch.Sight) -> Void

    init(
        list: CInt, wake: CInt, roots: [String], labels: VolumeLabels,
        sight: @escaping @Sendable (MountWatch.Sight) -> Void
    ) {
        (self.list, self.wake, self.roots) = (list, wake, roots)
        (self.labels, self.sight) = (labels, sight)
    }

    deinit { close(list) }

    func run() {
        /// A device is asked for its label once, when it comes.
        var known: [MountTable.Mount: Volume] = [:]
        var isFirst = true
        // A list that cannot be read is told once, and looked at again after a while.
        var isBlind = false
        while true {
            if let mounts = look() {
                isBlind = false
                let isSame = Set(mounts.map(\.mount)) == Set(known.keys)
                if isFirst || !isSame {
                    var seen: [MountTable.Mount: Volume] = [:]
                    for (point, mount) in mounts {
                        seen[mount] =
                            known[mount] ?? MountTable.volume(mount, at: point, labels: labels)
                    }
                    (known, isFirst) = (seen, false)
                    sight(.success(seen.values.sorted { $0.mountPoint < $1.mountPoint }))
                }
            } else if !isBlind {
                isBlind = true
                isFirst = true
                sight(.failure(RecorderFailure(.mountTableUnreadable, detail: "errno \(errno)")))
            }
            var events = [
                pollfd(fd: list, events: Int16(POLLPRI), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&events, 2, isBlind ? 1000 : -1)
            if count < 0, errno != EINTR, errno != EAGAIN { return }
            if events[1].revents != 0 { return }
        }
    }

    private func look() -> [(point: String, mount: MountTable.Mount)]? {
        // The event is taken back by reading from the start again.
        guard lseek(list, 0, SEEK_SET) == 0,
            let bytes = SystemFiles.bytes(of: list, limit: MountTable.sizeLimit)
        else { return nil }
        return MountTable(bytes: bytes).mounts(below: roots)
    }
}
