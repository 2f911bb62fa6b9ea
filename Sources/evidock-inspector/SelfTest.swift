import CLinux
import Glibc

/// Tries to break out of the cage in every way we know, a captive a try, and says how each ended.
enum SelfTest {
    /// For the try that burns CPU time; a reader's own limit is said beside it.
    private static let shortProcessorLimit: CUnsignedInt = 1

    /// 0 when every try failed.
    static func run() -> CInt {
        signal(SIGURG, SIG_IGN)
        Demuxer.prepare()
        var baseline = evidock_memory()
        guard evidock_memory_now(&baseline) == 0, let listeners = Listeners() else {
            say("the self-test cannot be set up here")
            return 1
        }
        describe()
        var escapes = 0
        for which in 0..<evidock_escape_count() {
            if !attempt(which, listeners, baseline) { escapes += 1 }
        }
        escapes += zygoteAttempts(listeners, baseline)
        say(escapes == 0 ? "every try was refused" : "\(escapes) tries succeeded")
        return escapes == 0 ? 0 : 1
    }

    private static func describe() {
        let limits = Captive.Limits()
        let child = evidock_fork()
        if child == 0 {
            var abi: CInt = 0
            _ = evidock_cage_privileges()
            let failure = evidock_cage_landlock(&abi)
            _exit(failure == 0 ? abi : 255)
        }
        var status: CInt = 0
        var peak: UInt64 = 0
        guard child > 0, evidock_wait(child, &status, &peak) == 0 else { return }
        switch status >> 8 & 0xff {
        case 0: say("cage: this kernel has no Landlock; seccomp and limits alone hold")
        case 255: say("cage: Landlock cannot be used here")
        case let abi: say("cage: Landlock ABI \(abi), seccomp")
        }
        say(
            "limits: \(limits.processor) s CPU, \(limits.memory >> 20) MiB more than at start, "
                + "\(limits.wall / 1000) s by the clock, answers of \(EVIDOCK_ANSWER_LIMIT) bytes")
    }

    /// True where the try failed.
    private static func attempt(
        _ which: CInt, _ listeners: Listeners, _ baseline: evidock_memory
    ) -> Bool {
        let name = String(cString: evidock_escape_name(which))
        var limits = Captive.Limits()
        let burnsTime = name.contains("CPU")
        if burnsTime { limits.processor = shortProcessorLimit }
        let descriptor = listeners.descriptor(for: evidock_escape_needs(which))
        defer { if descriptor >= 0 { close(descriptor) } }
        guard
            var captive = Captive(
                descriptor: descriptor, baseline: baseline, limits: limits,
                work: { _ in
                    [
                        UInt8(clamping: evidock_escape_try(which, listeners.port, listeners.name)),
                        UInt8(ascii: "\n"),
                    ]
                })
        else {
            say("ESCAPED: \(name) (not tried: no child)")
            return false
        }
        while MonotonicClock.milliseconds < captive.deadline {
            var polled = pollfd(fd: captive.answer, events: Int16(POLLIN), revents: 0)
            if poll(&polled, 1, 1000) > 0, captive.receive() { break }
        }
        switch captive.end() {
        case .answered(let bytes): return judge(name, CInt(bytes.first ?? 0))
        case .timeout where burnsTime:
            say("refused: \(name) (killed after \(shortProcessorLimit) s in this try)")
        case .memory: say("refused: \(name) (killed: memory)")
        case .noCage:
            say("ESCAPED: \(name) (not tried: no cage)")
            return false
        case .crashed, .timeout, .oversize:
            say("refused: \(name) (killed by the kernel)")
        }
        return true
    }

    /// Only the cage's own errors count: "no such file" would mean that somebody looked.
    private static func judge(_ name: String, _ failure: CInt, as who: String = "") -> Bool {
        switch failure {
        case EPERM, EACCES:
            say("refused: \(who)\(name) (\(failure == EPERM ? "EPERM" : "EACCES"))")
            return true
        case ENOMEM:
            say("refused: \(who)\(name) (ENOMEM)")
            return true
        case 0:
            say("ESCAPED: \(who)\(name)")
            return false
        default:
            say("ESCAPED: \(who)\(name) (it got as far as errno \(failure))")
            return false
        }
    }

    /// The same tries out of the zygote's own cage, which may fork and wait and no more.
    private static func zygoteAttempts(
        _ listeners: Listeners, _ baseline: evidock_memory
    ) -> Int {
        let passes = [
            "fork", "raise a limit", "use more than 512 MiB", "use more CPU time than allowed",
        ]
        var escapes = 0
        for which in 0..<evidock_escape_count() {
            let name = String(cString: evidock_escape_name(which))
            guard !passes.contains(name) else { continue }
            let descriptor = listeners.descriptor(for: evidock_escape_needs(which))
            defer { if descriptor >= 0 { close(descriptor) } }
            let child = evidock_fork()
            if child == 0 {
                if descriptor >= 0 { dup2(descriptor, CInt(EVIDOCK_READER_FOOTAGE)) }
                var abi: CInt = 0
                guard evidock_cage_privileges() == 0, evidock_cage_landlock(&abi) == 0,
                    evidock_cage_filter(EVIDOCK_CAGE_FORKER) == 0
                else { _exit(0) }
                _exit(evidock_escape_try(which, listeners.port, listeners.name))
            }
            var status: CInt = 0
            var peak: UInt64 = 0
            guard child > 0, evidock_wait(child, &status, &peak) == 0 else {
                escapes += 1
                continue
            }
            if status & 0x7f != 0 {
                say("refused: zygote: \(name) (killed by the kernel)")
            } else if !judge(name, status >> 8 & 0xff, as: "zygote: ") {
                escapes += 1
            }
        }
        return escapes
    }

    private static func say(_ line: String) {
        InspectorCommand.print(line + "\n", to: STDOUT_FILENO)
    }
}

/// Somebody who would answer, so that a connection fails by the cage alone.
private struct Listeners {
    let name = "evidock-inspector-self-test-\(getpid())"
    let port: UInt16

    init?() {
        let tcp = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(tcp, $0, size) == 0 && listen(tcp, 8) == 0 && getsockname(tcp, $0, &size) == 0
            }
        }
        guard tcp >= 0, bound else { return nil }
        port = UInt16(bigEndian: address.sin_port)
        let local = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        let length = withUnsafeMutableBytes(of: &place.sun_path) { path -> Int in
            let text = Array(name.utf8).prefix(path.count - 1)
            path[1...].copyBytes(from: text)
            return text.count
        }
        let span = socklen_t(MemoryLayout<sa_family_t>.size + 1 + length)
        let listens = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(local, $0, span) == 0 && listen(local, 8) == 0
            }
        }
        guard local >= 0, listens else { return nil }
    }

    /// A descriptor of the kind that the attempt needs; the caller closes it.
    func descriptor(for need: CInt) -> CInt {
        switch need {
        case 1: socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        case 2: socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        default: open("/dev/null", O_RDONLY | O_CLOEXEC)
        }
    }
}
