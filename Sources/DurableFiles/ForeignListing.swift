import CLinux
import Evidence
import Glibc

/// All that stands in a folder that somebody brought, without what it says.
package struct ForeignListing: Sendable {
    /// Regular files whose names are printable ASCII: the place below the folder, and bytes. (Two
    /// spellings that Unicode holds equal could hide one file behind another.)
    package var files: [String: Int64] = [:]
    /// Whatever else is not a folder: symbolic links, devices, files and folders with other names, the
    /// beginning of another mount, a folder that cannot be read or lies too deep. For a person's eye.
    package var strange: [String] = []

    /// The most files and folders that are looked at.
    package static let entryLimit = 2_000_000
    package static let depthLimit = 32
}

extension ForeignFolder {
    /// Walks the whole folder, without recursion.
    ///
    /// - Throws: `too-many` where there are more than ``ForeignListing/entryLimit``; where the folder
    ///   itself cannot be read.
    package func list(
        entryLimit: Int = ForeignListing.entryLimit
    ) throws -> ForeignListing {
        var listing = ForeignListing()
        var entries = 0
        var waiting: [(place: String, depth: Int)] = [("", 0)]
        while let (folder, depth) = waiting.popLast() {
            let names: [[UInt8]]
            do { names = try self.names(in: folder, limit: entryLimit - entries) } catch {
                if depth == 0 || (error as? DurableFileFailure)?.code == "too-many" { throw error }
                listing.strange.append(SafeText.of(folder))
                continue
            }
            entries += names.count
            for name in names {
                guard name.allSatisfy({ (0x20...0x7e).contains($0) }) else {
                    listing.strange.append(SafeText.of(bytes: Array((folder + "/").utf8) + name))
                    continue
                }
                let text = String(decoding: name, as: UTF8.self)
                let place = folder.isEmpty ? text : folder + "/" + text
                switch kind(of: place) {
                case .file(let size): listing.files[place] = size
                case .folder where depth < ForeignListing.depthLimit:
                    waiting.append((place, depth + 1))
                case .folder, .other: listing.strange.append(SafeText.of(place))
                }
            }
        }
        return listing
    }

    private enum Kind {
        case file(Int64), folder, other
    }

    private func kind(of place: String) -> Kind {
        var entry = evidock_entry()
        guard evidock_describe(descriptor, place, &entry) == 0, entry.is_mount_root == 0 else {
            return .other
        }
        switch entry.mode & S_IFMT {
        case S_IFREG: return .file(entry.size)
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    private func names(in folder: String, limit: Int) throws -> [[UInt8]] {
        let opened = evidock_open_beneath(descriptor, folder.isEmpty ? "." : folder, 1)
        guard opened >= 0 else {
            throw DurableFileFailure(errno: -opened, operation: "openat2", place: "folder")
        }
        guard let stream = fdopendir(opened) else {
            let number = errno
            close(opened)
            throw DurableFileFailure(errno: number, operation: "fdopendir", place: "folder")
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else {
                    throw DurableFileFailure(errno: errno, operation: "readdir", place: "folder")
                }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name == [0x2e] || name == [0x2e, 0x2e] { continue }
            guard names.count < limit else {
                throw DurableFileFailure(code: "too-many", operation: "readdir", place: "folder")
            }
            names.append(name)
        }
    }
}
