import Glibc

/// Small texts and folders of the system and the site: never a file of a recorder.
enum SystemFiles {
    /// At most `limit` bytes; nil where it cannot be read.
    static func bytes(at path: String, limit: Int = 4096) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return bytes(of: descriptor, limit: limit)
    }

    /// From the place where the descriptor stands on.
    static func bytes(of descriptor: CInt, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count < limit {
            let room = min(buffer.count, limit - bytes.count)
            let count = read(descriptor, &buffer, room)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// One line without its end, as text; nil where there is none.
    static func line(at path: String) -> String? {
        guard let bytes = bytes(at: path) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }

    /// The names in a folder, in their order, without `.` and `..`; nil, with errno, where it
    /// cannot be opened. More than 65,536 are not looked at.
    static func names(in path: String) -> [String]? {
        guard let folder = opendir(path) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while names.count < 65_536, let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Where a symbolic link points to; nil where there is none.
    static func target(of link: String) -> String? {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(link, &target, target.count)
        guard count > 0 else { return nil }
        return String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
