import CLinux
package import Evidence
import Glibc

/// All that stands on a recorder: the plain files, and what was refused, in the order of their
/// paths' bytes.
package struct TreeListing: Sendable {
    package struct File: Hashable, Sendable {
        package let path: RecorderPath
        /// Bytes.
        package let size: Int64
        package let modified: FileTime
    }

    package var files: [File] = []
    package var refused: [RecorderVisit.Refused] = []
    /// Folders that hold nothing, and all others: what a profile may look for.
    package var folders: [RecorderPath] = []
}

extension RecorderTree {
    /// Walks the whole tree, without recursion: no tree is too deep for the stack, and no loop is
    /// without end. A folder that cannot be listed is refused, and the walk goes on.
    ///
    /// - Throws: ``RecorderFailure`` where the root itself cannot be listed, the system is
    ///   exhausted, or the volume went away meanwhile: half a list is never given for a whole one.
    package func list(
        depthLimit: Int = RecorderTree.depthLimit, entryLimit: Int = RecorderTree.entryLimit
    ) throws -> TreeListing {
        let listing: TreeListing
        do {
            listing = try walk(depthLimit: depthLimit, entryLimit: entryLimit)
        } catch let failure as RecorderFailure where failure.kind == .unreadable {
            // A recorder that was pulled answers EIO before anything else is known of it.
            throw isAlive() ? failure : RecorderFailure(.volumeGone, detail: root)
        }
        let isWhole = !listing.refused.contains { $0.code == Refusal.unreadable.rawValue }
        guard isWhole || isAlive() else { throw RecorderFailure(.volumeGone, detail: root) }
        return listing
    }

    /// The one file of that name in the root, or why it is refused.
    ///
    /// - Throws: ``RecorderFailure`` where the root cannot be opened.
    package func list(only name: String) throws -> TreeListing {
        let folder = RecorderPath(bytes: [])
        let descriptor = try reach(folder, onlyFolder: true)
        defer { close(descriptor) }
        var listing = TreeListing()
        var deeper: [(path: RecorderPath, depth: Int)] = []
        look(
            at: Array(name.utf8), in: descriptor, folder: folder, depth: 0, limit: 0,
            into: &listing, open: &deeper)
        return listing
    }

    private func walk(depthLimit: Int, entryLimit: Int) throws -> TreeListing {
        var listing = TreeListing()
        var open: [(path: RecorderPath, depth: Int)] = [(RecorderPath(bytes: []), 0)]
        var entries = 0
        // Room for one getdents64; the kernel fills as much of it as fits.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 8)
        defer { buffer.deallocate() }
        while let (folder, depth) = open.popLast() {
            let descriptor: CInt
            do {
                descriptor = try reach(folder, onlyFolder: true)
            } catch let failure as RecorderFailure {
                if depth == 0 || failure.kind == .systemExhausted || failure.kind == .volumeGone {
                    throw failure
                }
                listing.refused.append((failure.refusal ?? .unreadable).at(folder))
                continue
            }
            defer { close(descriptor) }
            if depth > 0 { listing.folders.append(folder) }
            while true {
                let count = evidock_read_folder(descriptor, buffer.baseAddress, buffer.count)
                guard count >= 0 else {
                    let failure = RecorderFailure.from(errno: CInt(-count), detail: root)
                    if depth == 0 || failure.kind == .volumeGone { throw failure }
                    listing.refused.append(Refusal.unreadable.at(folder))
                    break
                }
                if count == 0 { break }
                for name in FolderEntries(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                    entries += 1
                    guard entries <= entryLimit else {
                        listing.refused.append(Refusal.tooManyEntries.at(folder))
                        listing.sort()
                        return listing
                    }
                    look(
                        at: name, in: descriptor, folder: folder, depth: depth,
                        limit: depthLimit, into: &listing, open: &open)
                }
            }
        }
        listing.sort()
        return listing
    }

    private func look(
        at name: [UInt8], in descriptor: CInt, folder: RecorderPath, depth: Int, limit: Int,
        into listing: inout TreeListing, open: inout [(path: RecorderPath, depth: Int)]
    ) {
        let path = folder.appending(name)
        var entry = evidock_entry()
        guard name.withCString({ evidock_describe(descriptor, $0, &entry) }) == 0 else {
            listing.refused.append(Refusal.unreadable.at(path))
            return
        }
        if entry.is_mount_root != 0 {
            listing.refused.append(Refusal.otherFileSystem.at(path))
        } else if entry.mode & S_IFMT == S_IFDIR {
            if depth >= limit {
                listing.refused.append(Refusal.tooDeep.at(path))
            } else {
                open.append((path, depth + 1))
            }
        } else if let refusal = Self.refusal(of: entry) ?? fileRefusal(of: entry, at: path) {
            listing.refused.append(refusal.at(path))
        } else {
            listing.files.append(
                TreeListing.File(path: path, size: max(0, entry.size), modified: entry.modified))
        }
    }

    /// What only opening can tell, and only where there is reason to ask.
    private func fileRefusal(of entry: evidock_entry, at path: RecorderPath) -> Refusal? {
        let looksSparse = entry.size > 1 << 30 && entry.allocated < entry.size / 8
        // As root every file opens; anybody else learns here what is closed to them.
        guard looksSparse || geteuid() != 0 else { return nil }
        guard let descriptor = try? self.open(path) else { return .unreadable }
        defer { close(descriptor) }
        guard looksSparse else { return nil }
        // File systems in user space often do not count blocks: without a hole it is whole.
        let hole = evidock_first_hole(descriptor)
        return hole >= 0 && hole < entry.size ? .sparse : nil
    }
}

extension TreeListing {
    fileprivate mutating func sort() {
        files.sort { $0.path < $1.path }
        refused.sort { $0.path < $1.path }
        folders.sort()
    }
}

/// The names in one answer of getdents64(2), without `.` and `..`.
struct FolderEntries: Sequence, IteratorProtocol {
    private let buffer: UnsafeRawBufferPointer
    private var offset = 0

    init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

    mutating func next() -> [UInt8]? {
        // struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, d_name.
        while offset + 19 <= buffer.count {
            let length = Int(buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt16.self))
            guard length > 19, offset + length <= buffer.count else { return nil }
            let name = Array(buffer[offset + 19..<offset + length].prefix { $0 != 0 })
            offset += length
            if name != [0x2e], name != [0x2e, 0x2e], !name.isEmpty { return name }
        }
        return nil
    }
}
