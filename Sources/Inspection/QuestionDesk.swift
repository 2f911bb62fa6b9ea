import CLinux
import Evidence
import Glibc
import Synchronization

/// One file that somebody wants to know about.
struct Question: Sendable {
    let descriptor: CInt
    let size: Int64
    let hint: String
    let continuation: CheckedContinuation<MediaFacts, Never>
    /// How often an inspector died while it had this one.
    var deaths = 0

    /// The packet that asks it (CLinuxSandbox.h).
    func request(identifier: UInt64) -> [UInt8] {
        var packet: [UInt8] = []
        withUnsafeBytes(of: identifier.littleEndian) { packet += $0 }
        withUnsafeBytes(of: UInt64(max(size, 0)).littleEndian) { packet += $0 }
        packet += hint.utf8.suffix(Int(EVIDOCK_HINT_SIZE)).map {
            (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "?")
        }
        return packet + [UInt8](repeating: 0, count: Int(EVIDOCK_REQUEST_SIZE) - packet.count)
    }
}

/// Where questions wait for the inspector's own thread: adding one never blocks.
final class QuestionDesk: Sendable {
    private struct State {
        var waiting: [Question] = []
        var isClosed = false
        var hasThread = false
    }

    let executable: String
    /// How long an inspector may say nothing while it has a question, in milliseconds: longer than
    /// it gives its own children, so that only one that hangs itself is ended.
    let patience: Int64
    let starts = Atomic<Int>(0)
    let zygote = Atomic<CInt>(0)
    /// Readable when something was added, or when all is over; -1 where no pipe was to be had.
    let bell: CInt
    private let rope: CInt
    private let state = Mutex(State())

    init(executable: String, patience: Int64 = 35_000) {
        (self.executable, self.patience) = (executable, patience)
        var pipe: [CInt] = [-1, -1]
        if evidock_pipe(&pipe) == 0 {
            for end in pipe { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        }
        (bell, rope) = (pipe[0], pipe[1])
    }

    deinit {
        if bell >= 0 { Glibc.close(bell) }
        if rope >= 0 { Glibc.close(rope) }
    }

    func add(_ question: Question) {
        let verdict: MediaFacts? = state.withLock { state in
            guard !state.isClosed else { return Inspector.closed }
            guard bell >= 0, state.hasThread || startThread() else { return Inspector.notStarted }
            state.hasThread = true
            state.waiting.append(question)
            return nil
        }
        if let verdict {
            question.continuation.resume(returning: verdict)
        } else {
            ring()
        }
    }

    /// What came since the last time; nil when all is over.
    func take() -> [Question]? {
        var ignored = [UInt8](repeating: 0, count: 256)
        while read(bell, &ignored, ignored.count) > 0 {}
        return state.withLock { state in
            if state.isClosed, state.waiting.isEmpty { return nil }
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func close() {
        state.withLock { $0.isClosed = true }
        ring()
    }

    /// A full pipe rings already.
    private func ring() {
        var byte: UInt8 = 1
        _ = write(rope, &byte, 1)
    }

    /// The conversation blocks in poll and wait: it has a thread of its own.
    private func startThread() -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let desk = Unmanaged.passRetained(self)
        let failure = pthread_create(
            &thread, &attributes,
            { opaque in
                guard let opaque else { return nil }
                let desk = Unmanaged<QuestionDesk>.fromOpaque(opaque).takeRetainedValue()
                Conversation(desk).run()
                return nil
            }, desk.toOpaque())
        if failure != 0 { desk.release() }
        return failure == 0
    }
}
