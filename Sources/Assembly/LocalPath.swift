import Glibc

/// Paths of the machine evidock runs on.
package enum LocalPath {
    /// The path from `/`, with `.`, `..` and doubled slashes resolved by text alone.
    package static func absolute(_ path: String) -> String {
        var joined = path
        if !path.hasPrefix("/") {
            let current = getcwd(nil, 0)
            defer { free(current) }
            joined = (current.map { String(cString: $0) } ?? "/") + "/" + path
        }
        var parts: [Substring] = []
        for part in joined.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The path with every symbolic link resolved; nil where it leads nowhere.
    package static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Whether one directory is the other or lies in it.
    package static func overlap(_ left: String, _ right: String) -> Bool {
        isInside(left, right) || isInside(right, left)
    }

    /// Whether a path is a directory or lies in it, both with their links resolved.
    package static func isInside(_ path: String, _ directory: String) -> Bool {
        directory == "/" || (path + "/").hasPrefix(directory + "/")
    }

    /// Whose a file is; a user without a name is called by his number.
    package static func owner(_ path: String) -> (uid: UInt32, name: String)? {
        guard let uid = FileFacts(at: path)?.uid else { return nil }
        let name = getpwuid(uid).map { String(cString: $0.pointee.pw_name) }
        return (uid, name ?? "#\(uid)")
    }

    /// The running program's own file.
    package static var program: String { resolved("/proc/self/exe") ?? "" }

    package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    package static func isWritable(_ directory: String) -> Bool {
        access(directory, W_OK | X_OK) == 0
    }

    /// The directory that an absolute path lies in.
    package static func parent(_ path: String) -> String { absolute(path + "/..") }

    package static func exists(_ path: String) -> Bool {
        FileFacts(at: path, followsLinks: false) != nil
    }

    package static func isDirectory(_ path: String) -> Bool {
        FileFacts(at: path)?.kind == S_IFDIR
    }

    /// The file system that a path is on (stat(2), st_dev); nil where it leads nowhere.
    package static func device(_ path: String) -> UInt64? { FileFacts(at: path)?.device }

    /// The names in a directory, without `.` and `..`; nil, and `errno`, where it cannot be read
    /// whole.
    package static func names(in path: String) -> [String]? {
        guard let directory = opendir(path) else { return nil }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        let failure = errno
        closedir(directory)
        errno = failure
        return failure == 0 ? names : nil
    }
}
