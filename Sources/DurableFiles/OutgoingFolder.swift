import CLinux
import Evidence
import Glibc

/// A folder that leaves the store: it appears under its name whole and synced, or not at all.
package final class OutgoingFolder {
    private let path: String
    /// Where its files lie until it is published; gone with it where it is not.
    package let temporary: String
    private let descriptor: CInt
    private var folders: [String] = []
    private var files: [String] = []
    private var isPublished = false

    /// Nothing may stand at the path; the folder around it must be there.
    package init(path: String) throws {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw DurableFileFailure(errno: EEXIST, operation: "mkdir", place: "target")
        }
        temporary = path + ".evidock-\(getpid())"
        guard mkdir(temporary, 0o755) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "mkdir", place: "target")
        }
        descriptor = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            let number = errno
            rmdir(temporary)
            throw DurableFileFailure(errno: number, operation: "open", place: "target")
        }
        self.path = path
    }

    deinit {
        if !isPublished {
            for file in files { unlinkat(descriptor, file, 0) }
            for folder in folders.reversed() { unlinkat(descriptor, folder, AT_REMOVEDIR) }
            rmdir(temporary)
        }
        close(descriptor)
    }

    /// Writes a file of the folder, once. A place is relative, of plain parts.
    package func put(_ bytes: [UInt8], at place: String) throws {
        try put(at: place) { write in try bytes.withUnsafeBytes { try write($0) } }
    }

    /// Writes a file of the folder, once, piece by piece. Where `fill` throws, the place is free again.
    package func put(
        at place: String, _ fill: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        try make(place) { file in
            try fill { bytes in
                var sent = 0
                while sent < bytes.count {
                    let count = Glibc.write(
                        file, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else {
                        throw DurableFileFailure(
                            errno: count == 0 ? EIO : errno, operation: "write", place: "target")
                    }
                    sent += count
                }
            }
        }
    }

    /// Makes a file of the folder that shares its blocks with another one (ioctl_ficlone(2)): neither
    /// is changed by what is done to the other, and next to nothing is written.
    ///
    /// - Parameter check: reads the new file; where it throws, the place is free again.
    /// - Returns: false where the file systems cannot, and nothing was done.
    package func clone(
        _ source: CInt, at place: String, check: (CInt) throws -> Void
    ) throws -> Bool {
        do {
            try make(place) { file in
                guard clinux_clone(file, source) == 0 else { throw NotCloned() }
                try check(file)
            }
            return true
        } catch is NotCloned { return false }
    }

    private struct NotCloned: Error {}

    private func make(_ place: String, _ fill: (CInt) throws -> Void) throws {
        let parts = place.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            !place.utf8.contains(0)
        else { throw DurableFileFailure(code: "outside", operation: "open", place: "target") }
        var folder = ""
        for part in parts.dropLast() {
            folder += (folder.isEmpty ? "" : "/") + part
            guard !folders.contains(folder) else { continue }
            guard mkdirat(descriptor, folder, 0o755) == 0 else {
                throw DurableFileFailure(errno: errno, operation: "mkdir", place: "target")
            }
            folders.append(folder)
        }
        let file = openat(
            descriptor, place, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "target")
        }
        defer { close(file) }
        do { try fill(file) } catch {
            unlinkat(descriptor, place, 0)
            throw error
        }
        files.append(place)
    }

    /// Synced and under its name when it returns; what appeared there meanwhile is not overwritten.
    package func publish() throws {
        guard clinux_syncfs(descriptor) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "syncfs", place: "target")
        }
        guard clinux_rename_noreplace(AT_FDCWD, temporary, AT_FDCWD, path) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "renameat2", place: "target")
        }
        isPublished = true
        // The name too, before somebody is told to pull the stick.
        guard clinux_syncfs(descriptor) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "syncfs", place: "target")
        }
    }
}
