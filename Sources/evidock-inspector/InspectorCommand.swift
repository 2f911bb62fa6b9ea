import CLinux
import Evidence
import Glibc

/// What the program is asked to be: a zygote, a self-test, or a reader of the named files.
enum InspectorCommand {
    private static let usage = """
        usage: evidock-inspector FILE…       facts of each file, a line of JSON each
               evidock-inspector --self-test  tries to break out of the cage; 0 when every try fails
               evidock-inspector --zygote     serves the socket that is its descriptor 3
        exit codes: 0 done, 1 a file could not be read or a try succeeded, 2 wrong usage

        """

    static func run(_ arguments: [String]) -> CInt {
        switch arguments.dropFirst().first {
        case "--zygote" where arguments.count == 2:
            // Sealing decides when a recorder may go; describing takes what it leaves.
            _ = nice(10)
            guard var zygote = Zygote(socket: 3) else { return 70 }
            zygote.run()
            return 0
        case "--self-test" where arguments.count == 2: return SelfTest.run()
        case "--help", "-h":
            Self.print(usage, to: STDOUT_FILENO)
            return 0
        case nil:
            Self.print(usage, to: STDERR_FILENO)
            return 2
        case let first? where first.hasPrefix("--") && first != "--":
            Self.print(usage, to: STDERR_FILENO)
            return 2
        default:
            return inspect(Array(arguments.dropFirst().drop { $0 == "--" }))
        }
    }

    /// In the cage: the facts of the file behind the descriptor, as one line of JSON.
    static func answer(_ descriptor: CInt, size: Int64?, hint: String) -> [UInt8] {
        let there = evidock_regular_size(descriptor)
        var facts: MediaFacts
        if there >= 0 {
            #if DEBUG
                Mishap.happen(hint: hint)
            #endif
            // A file that grows meanwhile is read as far as it was said to reach.
            let footage = Footage(
                descriptor: descriptor, size: size.map { min($0, there) } ?? there)
            facts = Examination.facts(of: footage, hint: hint)
        } else {
            facts = MediaFacts(status: .unreadable, problem: "not a regular file")
        }
        return Array((JSONWriter.line(.object(facts.row.members)) + "\n").utf8)
    }

    /// Examines a few bytes of our own once, in the process that forks: what Swift makes at its first
    /// use (its metadata, our tables) is then there for every child, and not made in each.
    static func rehearse() {
        let descriptor = evidock_memory_file()
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array("no recording\n".utf8)
        guard write(descriptor, text, text.count) == text.count else { return }
        _ = answer(descriptor, size: nil, hint: "rehearsal.mp4")
    }

    private static func inspect(_ paths: [String]) -> CInt {
        Demuxer.prepare()
        rehearse()
        var baseline = evidock_memory()
        guard evidock_memory_now(&baseline) == 0, evidock_withhold_libraries(&baseline) == 0
        else { return 70 }
        var result: CInt = 0
        for path in paths {
            let facts = facts(of: path, baseline: baseline)
            if facts == nil { result = 1 }
            var members: [String: JSONValue] =
                facts ?? ["status": "unreadable", "problem": "it cannot be opened"]
            members["path"] = .string(path)
            Self.print(JSONWriter.line(.object(members)) + "\n", to: STDOUT_FILENO)
        }
        return result
    }

    private static func facts(
        of path: String, baseline: evidock_memory
    ) -> [String: JSONValue]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let hint = String(path.split(separator: "/").last?.suffix(16) ?? "")
        guard
            var captive = Captive(
                descriptor: descriptor, baseline: baseline,
                work: { answer($0, size: nil, hint: hint) })
        else { return nil }
        while true {
            var polled = pollfd(fd: captive.answer, events: Int16(POLLIN), revents: 0)
            let left = captive.deadline - MonotonicClock.milliseconds
            let ready = left > 0 ? poll(&polled, 1, CInt(left)) : 0
            if ready < 0 && errno == EINTR { continue }
            if ready == 0 { captive.expire() }
            if ready <= 0 || captive.receive() { break }
        }
        switch captive.end() {
        case .answered(let bytes):
            return (try? JSONReader.value(of: bytes))?.objectValue
                ?? ["status": "unreadable", "problem": "the inspector's answer makes no sense"]
        case .crashed: return ["status": "unreadable", "problem": "the inspector crashed on it"]
        case .timeout: return ["status": "unreadable", "problem": "the inspector ran out of time"]
        case .memory: return ["status": "unreadable", "problem": "the inspector ran out of memory"]
        case .oversize: return ["status": "unreadable", "problem": "the answer was too long"]
        case .noCage: return nil
        }
    }

    static func print(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            guard written > 0 else { return }
            done += written
        }
    }
}
