import CLinux
import Evidence
import Glibc
import Synchronization

// Names that never change, and the few that do.
extension DurableRoot {
    /// The bytes stand under that name, durable, when it returns. A power cut before leaves nothing
    /// under the name, or all of it. The same bytes there already are success; other bytes are an
    /// alarm (`different-bytes`).
    @discardableResult
    package func publish(
        _ bytes: [UInt8], at relative: String, mode: UInt32 = 0o444
    ) throws -> PublishOutcome {
        let staged = try stage(mode: mode)
        try bytes.withUnsafeBytes { try staged.write($0, at: 0) }
        try staged.checkBytes(bytes)
        try staged.sync(size: Int64(bytes.count))
        if try publish(staged, at: relative) == .written { return .written }
        try expect(bytes, at: relative)
        try settle(relative)
        return .wasThere
    }

    /// Many small files at once, with one sync before they get their names and one after.
    ///
    /// Where it throws, none of the names that it gave is left: a name that no sync confirmed must
    /// not be taken for durable by whoever tries again.
    package func publishGroup(_ files: [(relative: String, bytes: [UInt8])]) throws {
        guard files.count > 4 else {
            for file in files { try publish(file.bytes, at: file.relative) }
            return
        }
        let group = try GroupSync(root: self)
        var staged: [StagedFile] = []
        for file in files {
            let one = try stage()
            try file.bytes.withUnsafeBytes { try one.write($0, at: 0) }
            try one.checkSize(Int64(file.bytes.count))
            try one.checkBytes(file.bytes)
            one.closeForNow()
            staged.append(one)
        }
        try group.sync()
        var given: [String] = []
        do {
            for (file, one) in zip(files, staged) {
                if try publishUnsynced(one, at: file.relative) == .written {
                    given.append(file.relative)
                } else {
                    try expect(file.bytes, at: file.relative)
                }
            }
            try group.sync()
        } catch {
            for relative in given { takeBack(relative) }
            throw error
        }
    }

    /// A staged file that its owner wrote and synced gets its name; durable when it returns. Where
    /// something stands there already, the caller compares it and then calls ``settle(_:)``.
    package func publish(_ staged: StagedFile, at relative: String) throws -> PublishOutcome {
        guard try publishUnsynced(staged, at: relative) == .written else { return .wasThere }
        do { try syncDirectory(parent(of: relative)) } catch {
            takeBack(relative)
            throw error
        }
        return .written
    }

    /// As ``publish(_:at:)``, but durable only after a sync of the file system; the caller takes the
    /// name back where that fails.
    package func publishUnsynced(
        _ staged: StagedFile, at relative: String
    ) throws -> PublishOutcome {
        _ = try parts(relative)
        if clinux_rename_noreplace(descriptor, staged.name, descriptor, relative) == 0 {
            staged.isPublished = true
            return .written
        }
        guard errno == EEXIST else {
            throw DurableFileFailure(errno: errno, operation: "renameat2", place: relative)
        }
        return .wasThere
    }

    /// What stands under that name, and the name, are durable when it returns: who finds a file does
    /// not know whether the one who put it there came as far as its sync.
    package func settle(_ relative: String) throws {
        let file = try open(relative)
        defer { close(file) }
        try sync(file, place: relative)
        try syncDirectory(parent(of: relative))
    }

    /// Removes a name whose sync failed, as far as the disk still lets us.
    package func takeBack(_ relative: String) {
        unlinkat(descriptor, relative, 0)
        try? syncDirectory(parent(of: relative))
    }

    private func expect(_ bytes: [UInt8], at relative: String) throws {
        let isLonger: Bool
        do {
            if try read(relative, limit: bytes.count) == bytes { return }
            isLonger = false
        } catch let failure as DurableFileFailure where failure.code == "too-long" {
            isLonger = true
        }
        throw DurableFileFailure(
            code: "different-bytes", operation: isLonger ? "fstat" : "pread", place: relative)
    }

    // MARK: - Names that change

    /// The file holds the new bytes, whole and durable, when it returns; before, the old ones.
    package func replace(
        _ bytes: [UInt8], at relative: String, mode: UInt32 = 0o644
    ) throws {
        _ = try parts(relative)
        let staged = try stage(mode: mode)
        try bytes.withUnsafeBytes { try staged.write($0, at: 0) }
        try staged.checkBytes(bytes)
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
        settled.withLock { _ = $0.remove(relative) }
        for name in try names(in: relative) { unlinkat(descriptor, relative + "/" + name, 0) }
        guard unlinkat(descriptor, relative, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw DurableFileFailure(errno: errno, operation: "rmdir", place: relative)
        }
        try syncDirectory(parent(of: relative))
    }

    /// The file stands under the other name, durably; nothing may stand there.
    package func moveAside(_ relative: String, to other: String) throws {
        _ = try parts(relative) + parts(other)
        guard clinux_rename_noreplace(descriptor, relative, descriptor, other) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "renameat2", place: other)
        }
        try syncDirectory(parent(of: other))
        try syncDirectory(parent(of: relative))
    }
}
