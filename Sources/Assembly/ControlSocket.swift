import CLinux
package import Evidence
import Glibc
import Synchronization

/// The daemon's control socket: one request a connection, one line of JSON each way at a time.
package enum ControlSocket {
    /// A longer line is no request of ours.
    static let lineLimit = 1 << 20

    /// Where a root's daemon listens: `/run/evidock/control.sock` for the usual root, a name of
    /// its own for any other, so that several roots can be served on one machine.
    package static func path(settings: Settings) -> String {
        if let path = settings.controlSocket { return path }
        guard access(Settings.runDirectory, W_OK) == 0 || mkdir(Settings.runDirectory, 0o755) == 0
        else { return settings.root + "/control.sock" }
        if settings.root == Settings.defaultRoot { return Settings.runDirectory + "/control.sock" }
        // FNV-1a: only to tell roots apart within the length of a socket's name.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in settings.root.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Settings.runDirectory + "/control-\(String(hash, radix: 16)).sock"
    }

    /// A socket's name holds 107 bytes (unix(7)), and lies in a folder that is there, or in the root,
    /// which may still have to be made.
    static func requireUsable(_ path: String, root: String) throws {
        guard path.utf8.count < 108 else {
            throw AssemblyFailure(
                .malformedSetting, subject: "controlSocket (\(path))",
                wanted: Bilingual("at most 107 bytes are possible", "最多 107 字节"))
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard folder.isEmpty || folder == root || LocalPath.isDirectory(folder) else {
            throw AssemblyFailure(.noSuchDirectory, subject: folder)
        }
    }

    /// Asks the daemon that listens there. Blocks until its last line; answers come as they do.
    /// Nil where nobody listens.
    package static func ask(
        _ request: Request, in language: Language, at path: String, answer: (Answer) -> Void
    ) throws -> ExitStatus? {
        let descriptor = clinux_control_connect(path)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var members = request.json.objectValue ?? [:]
        members["language"] = .string(language.rawValue)
        let line = Array((JSONWriter.line(.object(members)) + "\n").utf8)
        guard clinux_control_send(descriptor, line, line.count) == 0 else { return nil }
        var lines = LineReading(descriptor: descriptor)
        while let line = lines.next() {
            guard let json = try? JSONReader.value(of: line), let read = Answer(json: json) else {
                break
            }
            if case .end(let status) = read { return status }
            answer(read)
        }
        throw AssemblyFailure(.daemonGone)
    }
}

/// Lines of a socket or pipe, read as they come.
struct LineReading: IteratorProtocol {
    let descriptor: CInt
    private var buffer: [UInt8] = []

    init(descriptor: CInt) { self.descriptor = descriptor }

    /// The next whole line without its end; nil at the end, on an error, or where it is too long.
    mutating func next() -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[..<end])
                buffer.removeSubrange(...end)
                return line
            }
            guard buffer.count <= ControlSocket.lineLimit else { return nil }
            var chunk = [UInt8](repeating: 0, count: 16 << 10)
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }
}
