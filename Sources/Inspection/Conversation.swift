import CLinux
import Evidence
import Glibc
import Synchronization

/// The talk with one zygote after another, on a thread of its own.
///
/// A zygote that dies takes no file with it that did not kill it: what it had in hand is asked
/// again, one at a time, and only what it dies of twice is given up.
final class Conversation {
    private struct Asked {
        var question: Question
        /// Milliseconds of the monotonic clock.
        let deadline: Int64
    }

    private static let deathLimit = 2

    private let desk: QuestionDesk
    /// Asked again after a death, before all others.
    private var suspects: [Question] = []
    private var waiting: [Question] = []
    private var next = 0
    private var inHand: [UInt64: Asked] = [:]
    /// Zygotes that ran out of time although none ever answered: what was started is no inspector.
    private var silences = 0
    private var hasAnswered = false
    private var lastIdentifier: UInt64 = 0
    private var socket: CInt = -1
    private var zygote: pid_t = -1
    private var packet = [UInt8](
        repeating: 0, count: Int(EVIDOCK_REPLY_HEADER) + Int(EVIDOCK_ANSWER_LIMIT))

    init(_ desk: QuestionDesk) { self.desk = desk }

    func run() {
        while let came = desk.take() {
            waiting = Array(waiting[next...]) + came
            next = 0
            if desk.isClosed { break }
            ask()
            rest()
            expire()
        }
        dismiss()
        let open = inHand.values.map(\.question) + suspects + waiting[next...] + (desk.take() ?? [])
        for question in open { question.continuation.resume(returning: Inspector.closed) }
    }

    /// Hands on as many as may be in flight: one alone while it is not known which one kills.
    private func ask() {
        guard hasAnswered || silences < Self.deathLimit else {
            drop(Inspector.notStarted)
            return
        }
        while true {
            let limit = suspects.isEmpty ? Int(EVIDOCK_IN_FLIGHT) : 1
            guard inHand.count < limit, let question = suspects.first ?? waitingQuestion else {
                return
            }
            guard startIfNeeded() else {
                drop(Inspector.notStarted)
                return
            }
            if suspects.isEmpty { next += 1 } else { suspects.removeFirst() }
            lastIdentifier += 1
            inHand[lastIdentifier] = Asked(
                question: question, deadline: Self.now + desk.patience)
            let request = question.request(identifier: lastIdentifier)
            let failure = evidock_send_packet(socket, request, request.count, question.descriptor)
            if failure == EPIPE || failure == ECONNRESET || failure == ENOTCONN {
                bury()
            } else if failure != 0 {
                // A descriptor that is none, for one.
                inHand[lastIdentifier] = nil
                question.continuation.resume(
                    returning: Self.unreadable("it could not be handed on"))
            }
        }
    }

    private var waitingQuestion: Question? { next < waiting.count ? waiting[next] : nil }

    /// Until there is an answer, a new question, or somebody's time is over.
    private func rest() {
        var polled = [
            pollfd(fd: desk.bell, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        let nearest = inHand.values.map(\.deadline).min()
        let left = nearest.map { CInt(clamping: max(0, $0 - Self.now)) } ?? -1
        let idle = inHand.isEmpty && (waitingQuestion != nil || !suspects.isEmpty)
        guard poll(&polled, 2, idle ? 0 : left) > 0 else { return }
        if polled[1].revents != 0 { receive() }
    }

    private func receive() {
        var descriptor: CInt = -1
        let count = evidock_receive_packet(socket, &packet, packet.count, &descriptor)
        if descriptor >= 0 { close(descriptor) }
        guard count >= Int(EVIDOCK_REPLY_HEADER) else {
            bury()
            return
        }
        let identifier = packet[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let asked = inHand.removeValue(forKey: identifier) else {
            bury()
            return
        }
        hasAnswered = true
        let answer = packet[Int(EVIDOCK_REPLY_HEADER)..<count]
        asked.question.continuation.resume(returning: Answer.facts(code: packet[8], Array(answer)))
    }

    private func expire() {
        let now = Self.now
        guard inHand.values.contains(where: { $0.deadline <= now }) else { return }
        if !hasAnswered { silences += 1 }
        bury()
    }

    private func startIfNeeded() -> Bool {
        if socket >= 0 { return true }
        var pair: [CInt] = [-1, -1]
        guard evidock_socket_pair(&pair) == 0 else { return false }
        let failure = evidock_spawn_zygote(desk.executable, pair[1], &zygote)
        close(pair[1])
        guard failure == 0 else {
            close(pair[0])
            zygote = -1
            return false
        }
        socket = pair[0]
        desk.starts.add(1, ordering: .relaxed)
        desk.zygote.store(zygote, ordering: .relaxed)
        return true
    }

    /// Ends the zygote, dead or alive. It ends its children.
    private func dismiss() {
        if socket >= 0 { close(socket) }
        socket = -1
        guard zygote > 0 else { return }
        kill(zygote, SIGKILL)
        while waitpid(zygote, nil, 0) < 0 && errno == EINTR {}
        zygote = -1
        desk.zygote.store(0, ordering: .relaxed)
    }

    /// The zygote is dead or mad: what it had in hand is asked again, or given up.
    private func bury() {
        dismiss()
        for (_, asked) in inHand.sorted(by: { $0.key < $1.key }) {
            var question = asked.question
            question.deaths += 1
            if question.deaths < Self.deathLimit {
                suspects.append(question)
            } else {
                question.continuation.resume(
                    returning: Self.unreadable("the inspector crashed on this file"))
            }
        }
        inHand = [:]
    }

    private func drop(_ facts: MediaFacts) {
        for question in suspects + waiting[next...] {
            question.continuation.resume(returning: facts)
        }
        suspects = []
        waiting = []
        next = 0
    }

    private static func unreadable(_ problem: String) -> MediaFacts {
        MediaFacts(status: .unreadable, problem: problem)
    }

    private static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
