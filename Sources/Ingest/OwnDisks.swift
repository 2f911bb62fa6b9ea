import Evidence
import Glibc

/// Tells a recorder from a disk that evidock itself writes to: its root, a vault volume, the second
/// copy. A station whose own disk is mounted once more at the dock must not take itself in.
enum OwnDisks {
    /// Whether one of those directories lies on the volume, however it is mounted there: a
    /// directory is itself by its device and inode (stat(2)), under whatever path.
    static func lie(on volume: Volume, disks: [String]) -> Bool {
        disks.contains { disk in
            let parts = disk.split(separator: "/")
            guard let own = directory(disk) else { return false }
            return (0...parts.count).contains { count in
                directory(volume.mountPoint, parts.suffix(count)) == own
            }
        }
    }

    private struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64
    }

    /// The directory at the end of a path below a base; nil where a part is no directory. Symbolic
    /// links below the base are not followed: a card could point anywhere with them.
    private static func directory(_ base: String, _ parts: ArraySlice<Substring> = []) -> Identity?
    {
        var path = base
        var state = stat()
        guard stat(path, &state) == 0 else { return nil }
        for part in parts {
            path += "/" + part
            guard lstat(path, &state) == 0, state.st_mode & S_IFMT == S_IFDIR else { return nil }
        }
        return Identity(device: UInt64(state.st_dev), inode: UInt64(state.st_ino))
    }
}
