import CLinux
package import Evidence
import Glibc

/// A recorder's tree of files, opened for reading only.
///
/// Every look-up stays beneath the root, follows no symbolic link and crosses no mount (openat2(2):
/// `RESOLVE_BENEATH`, `RESOLVE_NO_SYMLINKS`, `RESOLVE_NO_XDEV`), never waits for a pipe, and leaves
/// access times alone where the system lets it (`O_NOATIME`). Nothing is ever written.
///
/// A read of a dying recorder can block for as long as the kernel likes: call from a thread of
/// your own, not from Swift's cooperative pool.
package final class RecorderTree: Sendable {
    /// What fstat says about an opened file: to be compared with what was listed.
    package struct FileState: Hashable, Sendable {
        package let device: UInt64
        package let inode: UInt64
        /// Bytes.
        package let size: Int64
        package let modified: FileTime
    }

    /// Folders below the root that are entered; what lies deeper is refused.
    package static let depthLimit = 64
    /// Entries that are listed; a damaged file system can show the same folder without end.
    package static let entryLimit = 1_000_000

    /// The folder or mount point, with the symbolic links on the way to it resolved.
    package let root: String
    let rootDescriptor: CInt
    private let rootEntry: evidock_entry
    private let mountInfo: String

    /// Opens a mount point or folder.
    ///
    /// - Parameter mountInfo: where the kernel's list of mounts stands, for ``isAlive()``.
    /// - Throws: ``RecorderFailure`` `volume-gone`, `not-a-folder`, `unreadable`.
    package init(at path: String, mountInfo: String = MountTable.ownMounts) throws {
        guard let real = realpath(path, nil) else {
            throw RecorderFailure.from(errno: errno, detail: path)
        }
        defer { free(real) }
        let root = String(cString: real)
        let descriptor = Glibc.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw RecorderFailure.from(errno: errno, detail: root) }
        var entry = evidock_entry()
        let number = evidock_describe(descriptor, "", &entry)
        guard number == 0 else {
            close(descriptor)
            throw RecorderFailure.from(errno: number, detail: root)
        }
        (self.root, self.mountInfo) = (root, mountInfo)
        (rootDescriptor, rootEntry) = (descriptor, entry)
    }

    deinit { close(rootDescriptor) }

    /// Whether the volume still answers and is still the one that was opened.
    ///
    /// For a mount its line must still be in the list of mounts; a plain folder must still stand
    /// under its name. A file system that is there but fails to read is found by reading.
    package func isAlive() -> Bool {
        if rootEntry.is_mount_root != 0 {
            guard let table = try? MountTable.read(from: mountInfo),
                table.mounts.contains(where: { $0.identifier == Int64(rootEntry.mount) })
            else { return false }
        } else {
            var entry = evidock_entry()
            guard evidock_describe(AT_FDCWD, root, &entry) == 0,
                entry.inode == rootEntry.inode, entry.device == rootEntry.device
            else { return false }
        }
        var state = statvfs()
        return fstatvfs(rootDescriptor, &state) == 0
    }

    /// Opens a plain file for reading; the caller closes it.
    ///
    /// What was listed may have been replaced: the kind of entry is checked again on the opened
    /// file, and ``state(of:)`` tells its size and time for comparing.
    ///
    /// - Throws: ``RecorderFailure``: `refused` with the kind of entry, `unreadable`, `volume-gone`.
    package func open(_ path: RecorderPath) throws -> CInt {
        let descriptor = try reach(path, onlyFolder: false)
        var entry = evidock_entry()
        let number = evidock_describe(descriptor, "", &entry)
        guard number == 0 else {
            close(descriptor)
            throw RecorderFailure.from(errno: number)
        }
        if let refusal = Self.refusal(of: entry) {
            close(descriptor)
            throw RecorderFailure(.refused, refusal: refusal)
        }
        return descriptor
    }

    /// Size, time and identity of an opened file, as they are now.
    package static func state(of descriptor: CInt) throws -> FileState {
        var entry = evidock_entry()
        let number = evidock_describe(descriptor, "", &entry)
        guard number == 0 else { throw RecorderFailure.from(errno: number) }
        return FileState(
            device: entry.device, inode: entry.inode, size: entry.size, modified: entry.modified)
    }

    /// The first `limit` bytes of a file: for small texts such as `Info.dat`.
    package func head(of path: RecorderPath, limit: Int) throws -> [UInt8] {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let room = limit - count
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress?.advanced(by: count), room, off_t(count))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw RecorderFailure.from(errno: errno) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }

    /// Why such an entry is not taken as a file; nil for a plain file with one name.
    static func refusal(of entry: evidock_entry) -> Refusal? {
        if let refusal = Refusal.ofMode(entry.mode) { return refusal }
        if entry.mode & S_IFMT == S_IFDIR { return .unreadable }
        return entry.links > 1 ? .hardLink : nil
    }

    /// Opens beneath the root. A path longer than the kernel takes at once (4,096 bytes) is walked
    /// in parts, each under the same rules.
    func reach(_ path: RecorderPath, onlyFolder: Bool) throws -> CInt {
        var parts: [[UInt8]] = [[]]
        for component in path.components {
            // `.` and `..` are no names of files; the kernel would refuse to leave the root anyway.
            guard component != [0x2e], component != [0x2e, 0x2e], !component.contains(0) else {
                throw RecorderFailure(.refused, refusal: .unreadable)
            }
            let last = parts.count - 1
            if parts[last].count + component.count > 3_500 {
                parts.append(component)
            } else {
                if !parts[last].isEmpty { parts[last].append(UInt8(ascii: "/")) }
                parts[last] += component
            }
        }
        if parts[0].isEmpty { parts[0] = [UInt8(ascii: ".")] }
        var folder = rootDescriptor
        defer { if folder != rootDescriptor { close(folder) } }
        for part in parts.dropLast() {
            let next = part.withCString { evidock_reach_beneath(folder, $0) }
            guard next >= 0 else { throw RecorderFailure.from(errno: -next) }
            if folder != rootDescriptor { close(folder) }
            folder = next
        }
        let descriptor = parts[parts.count - 1].withCString {
            evidock_open_beneath(folder, $0, onlyFolder ? 1 : 0)
        }
        guard descriptor >= 0 else { throw RecorderFailure.from(errno: -descriptor) }
        return descriptor
    }
}

extension evidock_entry {
    var modified: FileTime {
        FileTime(
            seconds: modified_seconds, nanoseconds: Int32(modified_nanoseconds % 1_000_000_000))
    }
}

extension [UInt8] {
    /// The bytes as a C string; what follows a NUL is not seen.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return try "".withCString(body) }
            return try body(base)
        }
    }
}
