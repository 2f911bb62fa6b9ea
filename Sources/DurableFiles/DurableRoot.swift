import CLinux
import Evidence
import Glibc
import Synchronization

/// One directory tree on one file system: the only thing that creates, syncs, renames or removes a
/// file of evidence.
///
/// Every place is relative to the root and cannot lead out of it. Temporary files stand in
/// `staging/` of the same file system.
package final class DurableRoot: Sendable {
    package let path: String
    let descriptor: CInt
    private let counter = Mutex<UInt64>(0)

    /// Opens an existing directory.
    package init(path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: path)
        }
        (self.path, self.descriptor) = (path, descriptor)
    }

    deinit { close(descriptor) }

    // MARK: - Directories

    /// The directory and its ancestors are there and durable when it returns.
    package func makeDirectory(_ relative: String, mode: UInt32 = 0o755) throws {
        var made = ""
        for part in try parts(relative) {
            let place = made.isEmpty ? part : made + "/" + part
            if mkdirat(descriptor, place, mode) == 0 {
                try syncDirectory(made)
            } else if errno != EEXIST {
                throw DurableFileFailure(errno: errno, operation: "mkdir", place: place)
            }
            made = place
        }
    }

    /// Many directories, ancestors first, with one sync for all of them.
    package func makeDirectories(_ places: [String], mode: UInt32 = 0o755) throws {
        for place in places {
            _ = try parts(place)
            guard mkdirat(descriptor, place, mode) == 0 || errno == EEXIST else {
                throw DurableFileFailure(errno: errno, operation: "mkdir", place: place)
            }
        }
        try syncFileSystem()
    }

    /// The entries of a directory are on the disk.
    package func syncDirectory(_ relative: String) throws {
        let place = relative.isEmpty ? "." : relative
        let directory = openat(descriptor, place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: place)
        }
        defer { close(directory) }
        guard fsync(directory) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "fsync", place: place)
        }
    }

    /// Everything on this file system is on the disk (syncfs(2)).
    package func syncFileSystem() throws {
        guard clinux_syncfs(descriptor) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "syncfs", place: ".")
        }
    }

    // MARK: - Names that never change

    /// The bytes stand under that name, durable, when it returns. A power cut before leaves nothing
    /// under the name. The same bytes there already are success; other bytes are an alarm.
    @discardableResult
    package func publish(
        _ bytes: [UInt8], at relative: String, mode: UInt32 = 0o444
    ) throws -> PublishOutcome {
        let staged = try stage(mode: mode)
        try bytes.withUnsafeBytes { try staged.write($0, at: 0) }
        try staged.sync(size: Int64(bytes.count))
        if try rename(staged, to: relative) {
            try syncDirectory(parent(of: relative))
            return .written
        }
        guard try read(relative, limit: bytes.count) == bytes else {
            throw DurableFileFailure(
                code: "different-bytes", operation: "renameat2", place: relative)
        }
        return .wasThere
    }

    /// Many small files at once, with one sync before they get their names and one after. An error
    /// leaves no name on bytes that are not on the disk.
    package func publishGroup(_ files: [(relative: String, bytes: [UInt8])]) throws {
        guard files.count > 4 else {
            for file in files { try publish(file.bytes, at: file.relative) }
            return
        }
        var staged: [StagedFile] = []
        for file in files {
            let one = try stage(mode: 0o444)
            try file.bytes.withUnsafeBytes { try one.write($0, at: 0) }
            staged.append(one)
        }
        try syncFileSystem()
        for (file, one) in zip(files, staged) {
            guard try !rename(one, to: file.relative) else { continue }
            guard try read(file.relative, limit: file.bytes.count) == file.bytes else {
                throw DurableFileFailure(
                    code: "different-bytes", operation: "renameat2", place: file.relative)
            }
        }
        try syncFileSystem()
    }

    /// A staged file that its owner wrote and synced gets its name; durable when it returns. The
    /// caller compares where something stood there already.
    package func publish(_ staged: StagedFile, at relative: String) throws -> PublishOutcome {
        guard try rename(staged, to: relative) else { return .wasThere }
        try syncDirectory(parent(of: relative))
        return .written
    }

    /// As ``publish(_:at:)``, but durable only after ``syncFileSystem()``.
    package func publishUnsynced(
        _ staged: StagedFile, at relative: String
    ) throws -> PublishOutcome {
        try rename(staged, to: relative) ? .written : .wasThere
    }

    /// False where something stands there already.
    private func rename(_ staged: StagedFile, to relative: String) throws -> Bool {
        _ = try parts(relative)
        if clinux_rename_noreplace(descriptor, staged.name, descriptor, relative) == 0 {
            staged.isPublished = true
            return true
        }
        guard errno == EEXIST else {
            throw DurableFileFailure(errno: errno, operation: "renameat2", place: relative)
        }
        return false
    }

    // MARK: - Names that change

    /// The file holds the new bytes, whole and durable, when it returns; before, the old ones.
    package func replace(
        _ bytes: [UInt8], at relative: String, mode: UInt32 = 0o644
    ) throws {
        _ = try parts(relative)
        let staged = try stage(mode: mode)
        try bytes.withUnsafeBytes { try staged.write($0, at: 0) }
        try staged.sync(size: Int64(bytes.count))
        guard renameat(descriptor, staged.name, descriptor, relative) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "renameat", place: relative)
        }
        staged.isPublished = true
        try syncDirectory(parent(of: relative))
    }

    /// The name is gone, durably. A name that was not there is success.
    package func remove(_ relative: String) throws {
        _ = try parts(relative)
        guard unlinkat(descriptor, relative, 0) == 0 || errno == ENOENT else {
            throw DurableFileFailure(errno: errno, operation: "unlinkat", place: relative)
        }
        try syncDirectory(parent(of: relative))
    }

    /// A directory that holds files alone is gone with them, durably.
    package func removeFlatDirectory(_ relative: String) throws {
        _ = try parts(relative)
        for name in try names(in: relative) { unlinkat(descriptor, relative + "/" + name, 0) }
        guard unlinkat(descriptor, relative, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw DurableFileFailure(errno: errno, operation: "rmdir", place: relative)
        }
        try syncDirectory(parent(of: relative))
    }

    /// The names in a directory; none where it is not there.
    package func names(in relative: String) throws -> [String] {
        _ = try parts(relative)
        guard let directory = opendir(path + "/" + relative) else {
            guard errno == ENOENT else {
                throw DurableFileFailure(errno: errno, operation: "opendir", place: relative)
            }
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// The file stands under the other name, durably; nothing may stand there.
    package func moveAside(_ relative: String, to other: String) throws {
        _ = try parts(relative) + parts(other)
        guard clinux_rename_noreplace(descriptor, relative, descriptor, other) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "renameat2", place: other)
        }
        try syncDirectory(parent(of: relative))
        try syncDirectory(parent(of: other))
    }

    // MARK: - Staging and reading

    /// A new file in `staging/`, removed again unless it is published.
    package func stage(mode: UInt32 = 0o444) throws -> StagedFile {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        return try StagedFile(root: self, name: "staging/\(getpid())-\(number)", mode: mode)
    }

    /// Removes what a killed run left in `staging/`. Only under the root's lock.
    package func sweepStaging() throws -> Int {
        var count = 0
        for name in try names(in: "staging")
        where unlinkat(descriptor, "staging/" + name, 0) == 0 { count += 1 }
        return count
    }

    package func exists(_ relative: String) throws -> Bool {
        _ = try parts(relative)
        var status = stat()
        if fstatat(descriptor, relative, &status, AT_SYMLINK_NOFOLLOW) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw DurableFileFailure(errno: errno, operation: "fstatat", place: relative)
        }
        return false
    }

    /// Opens a regular file for reading; the caller closes it.
    package func open(_ relative: String) throws -> CInt {
        _ = try parts(relative)
        let file = openat(descriptor, relative, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: relative)
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw DurableFileFailure(code: "not-a-file", operation: "fstat", place: relative)
        }
        return file
    }

    /// The bytes of a regular file; throws `too-long` where it has more than `limit`.
    package func read(_ relative: String, limit: Int) throws -> [UInt8] {
        let file = try open(relative)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let step = bytes.withUnsafeMutableBytes {
                pread(file, $0.baseAddress?.advanced(by: count), $0.count - count, Int(count))
            }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else {
                throw DurableFileFailure(errno: errno, operation: "pread", place: relative)
            }
            if step == 0 { break }
            count += step
        }
        guard count <= limit else {
            throw DurableFileFailure(code: "too-long", operation: "pread", place: relative)
        }
        return Array(bytes[..<count])
    }

    /// Bytes free to us, and in all (fstatvfs(3)).
    package func freeSpace() throws -> (free: Int64, total: Int64) {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "fstatvfs", place: ".")
        }
        let unit = Int64(status.f_frsize)
        return (Int64(status.f_bavail) * unit, Int64(status.f_blocks) * unit)
    }

    // MARK: - Places

    private func parts(_ relative: String) throws -> [String] {
        let parts = relative.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw DurableFileFailure(code: "outside", operation: "open", place: relative)
        }
        return parts
    }

    private func parent(of relative: String) -> String {
        relative.split(separator: "/").dropLast().joined(separator: "/")
    }
}
