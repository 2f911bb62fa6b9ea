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
    let calls: DiskCalls
    private let counter = Mutex<UInt64>(0)
    /// Directories that are there and durable.
    let settled = Mutex<Set<String>>([])

    /// Opens an existing directory.
    package init(path: String, calls: DiskCalls = .kernel) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: path)
        }
        (self.path, self.descriptor, self.calls) = (path, descriptor, calls)
    }

    deinit { close(descriptor) }

    // MARK: - Directories

    /// The directory and its ancestors are there and durable when it returns.
    package func makeDirectory(_ relative: String, mode: UInt32 = 0o755) throws {
        try makeDirectories([relative], mode: mode)
    }

    /// Directories and their ancestors are there and durable when it returns: each parent is synced
    /// once. What this object has settled before is not looked at again.
    package func makeDirectories(_ places: [String], mode: UInt32 = 0o755) throws {
        var wanted: [String] = []
        var parents: [String] = []
        let known = settled.withLock { $0 }
        var seen = known
        for place in places where !known.contains(place) {
            var made = ""
            for part in try parts(place) {
                let parent = made
                made = parent.isEmpty ? part : parent + "/" + part
                guard seen.insert(made).inserted else { continue }
                wanted.append(made)
                // One that is there already may be from a run that was killed before its sync.
                if !parents.contains(parent) { parents.append(parent) }
            }
        }
        for place in wanted {
            guard mkdirat(descriptor, place, mode) == 0 || errno == EEXIST else {
                throw DurableFileFailure(errno: errno, operation: "mkdir", place: place)
            }
        }
        for parent in parents { try syncDirectory(parent) }
        settled.withLock { $0.formUnion(wanted) }
    }

    /// The entries of a directory are on the disk.
    package func syncDirectory(_ relative: String) throws {
        let place = relative.isEmpty ? "." : relative
        let directory = openat(descriptor, place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: place)
        }
        defer { close(directory) }
        try sync(directory, place: place)
    }

    func sync(_ file: CInt, place: String) throws {
        let outcome = calls.sync(file)
        guard outcome == 0 else {
            throw DurableFileFailure(errno: -outcome, operation: "fsync", place: place)
        }
    }

    /// Everything on this file system is on the disk (syncfs(2)). An error of a write before the call
    /// may have been told to another: who writes a group uses ``GroupSync``.
    package func syncFileSystem() throws {
        try GroupSync(root: self).sync()
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
        for name in try names(in: "staging") {
            let place = "staging/" + name
            if unlinkat(descriptor, place, 0) == 0 {
                count += 1
            } else if errno == EISDIR {
                // A folder in which a file of ours was handed over; there is none below it.
                for inner in try names(in: place)
                where unlinkat(descriptor, place + "/" + inner, 0) == 0 { count += 1 }
                unlinkat(descriptor, place, AT_REMOVEDIR)
            }
        }
        return count
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

    func parts(_ relative: String) throws -> [String] {
        let parts = relative.split(separator: "/", omittingEmptySubsequences: false).map(
            String.init)
        guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
            !relative.utf8.contains(0)
        else {
            throw DurableFileFailure(code: "outside", operation: "open", place: relative)
        }
        return parts
    }

    func parent(of relative: String) -> String {
        relative.split(separator: "/").dropLast().joined(separator: "/")
    }
}
