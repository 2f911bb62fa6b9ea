import Evidence
import Glibc
import Recorders
import Testing

/// A recorder's card in a temporary folder, gone when the test is over.
final class Card {
    let root: String

    init() throws {
        var template = Array("/tmp/evidock-card-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CardError(number: errno) }
        root = String(cString: made)
    }

    deinit { Self.remove(root) }

    struct CardError: Error { let number: CInt }

    /// Writes a tiny file, with its folders. The name is bytes.
    @discardableResult
    func add(_ path: [UInt8], _ content: String = "x") throws -> RecorderPath {
        let path = RecorderPath(bytes: path)
        var folder = RecorderPath(bytes: [])
        for component in path.components.dropLast() {
            folder = folder.appending(component)
            _ = mkdir(place(folder), 0o755)
        }
        let descriptor = open(place(path), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw CardError(number: errno) }
        defer { close(descriptor) }
        let bytes = Array(content.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw CardError(number: errno)
        }
        return path
    }

    @discardableResult
    func add(_ path: String, _ content: String = "x") throws -> RecorderPath {
        try add(Array(path.utf8), content)
    }

    func add(_ paths: [String]) throws {
        for path in paths { try add(path) }
    }

    func place(_ path: RecorderPath) -> [CChar] {
        (Array(root.utf8) + [0x2f] + path.bytes + [0]).map { CChar(bitPattern: $0) }
    }

    func place(_ path: String) -> String { root + "/" + path }

    func volume(label: String? = nil, serial: String? = nil) -> Volume {
        Volume(
            mountPoint: root, source: "", fileSystem: "", isReadOnly: false, isFolder: true,
            label: label, serial: serial, device: "0:1")
    }

    func list() throws -> TreeListing { try RecorderTree(at: root).list() }

    func visit(
        label: String? = nil, serial: String? = nil, overrides: RecorderOverrides = .init(),
        profiles: String? = nil, now: String? = nil
    ) throws -> RecorderVisit {
        try Recognition.visit(
            volume: volume(label: label, serial: serial), tree: RecorderTree(at: root),
            catalogue: ProfileCatalogue.load(directory: profiles), overrides: overrides,
            now: now.flatMap { Timestamp($0) })
    }

    /// How many descriptors of this program stand on the card.
    func openDescriptors() -> Int {
        guard let stream = opendir("/proc/self/fd") else { return -1 }
        defer { closedir(stream) }
        var count = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            var target = [CChar](repeating: 0, count: 4096)
            let length = readlink("/proc/self/fd/" + name, &target, target.count)
            let bytes = target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
            if bytes.starts(with: Array(root.utf8)) { count += 1 }
        }
        return count
    }

    /// Removes a tree of any depth: by descriptors, since a deep path is too long for a name.
    private static func remove(_ path: String) {
        let top = open(path, O_RDONLY | O_DIRECTORY)
        guard top >= 0 else { return }
        empty(top)
        close(top)
        rmdir(path)
    }

    private static func empty(_ folder: CInt) {
        guard let stream = fdopendir(dup(folder)) else { return }
        var folders: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
            }
            if name == [0x2e, 0] || name == [0x2e, 0x2e, 0] { continue }
            if unlinkat(folder, name, 0) != 0 { folders.append(name) }
        }
        closedir(stream)
        for name in folders {
            let below = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            if below >= 0 {
                empty(below)
                close(below)
            }
            unlinkat(folder, name, AT_REMOVEDIR)
        }
    }
}

extension RecorderVisit {
    func file(_ path: String) -> FootageFile? { files.first { $0.path == RecorderPath(path) } }
    func file(_ path: [UInt8]) -> FootageFile? {
        files.first { $0.path == RecorderPath(bytes: path) }
    }
    var codes: [String] { findings.map(\.code) }
}
