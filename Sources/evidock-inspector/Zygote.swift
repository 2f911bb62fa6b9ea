import CLinux
import Evidence
import Glibc

/// The process that has libav loaded and forks a caged child for each file it is handed.
///
/// It has one thread, reads no file itself, and sits in a cage of its own: it may receive
/// descriptors, fork, wait, kill what it forked, and answer. It ends when its socket does, and its
/// children end with it.
struct Zygote {
    private let socket: CInt
    private let baseline: evidock_memory
    private var captives: [(identifier: [UInt8], captive: Captive)] = []

    /// Cages this process. Nil where that fails: then no file may be read.
    init?(socket: CInt) {
        Demuxer.prepare()
        InspectorCommand.rehearse()
        var baseline = evidock_memory()
        var abi: CInt = 0
        guard evidock_memory_now(&baseline) == 0,
            evidock_withhold_libraries(&baseline) == 0,
            evidock_cage_privileges() == 0,
            evidock_cage_landlock(&abi) == 0,
            evidock_cage_filter(EVIDOCK_CAGE_FORKER) == 0
        else { return nil }
        (self.socket, self.baseline) = (socket, baseline)
    }

    /// Serves until the socket closes.
    mutating func run() {
        while true {
            var polled = captives.map {
                pollfd(fd: $0.captive.answer, events: Int16(POLLIN), revents: 0)
            }
            let takesMore = captives.count < Int(EVIDOCK_IN_FLIGHT)
            // Without POLLIN it still tells when the other end is gone.
            polled.append(
                pollfd(fd: socket, events: takesMore ? Int16(POLLIN) : 0, revents: 0))
            let now = MonotonicClock.milliseconds
            let nearest = captives.map(\.captive.deadline).min()
            let patience = nearest.map { CInt(max(0, min($0 - now, 60_000))) } ?? -1
            let ready = poll(&polled, nfds_t(polled.count), patience)
            if ready < 0 && errno != EINTR { return }
            if ready > 0 {
                let asked = polled[polled.count - 1].revents
                collect(polled.dropLast().map { $0.revents != 0 })
                if asked & Int16(POLLIN) != 0 {
                    guard receive() else { return }
                } else if asked & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
                    return
                }
            }
            expire()
        }
    }

    /// Takes the answers of those that have something to say; gives the ended ones' on.
    private mutating func collect(_ ready: [Bool]) {
        for place in ready.indices.reversed() where ready[place] {
            if captives[place].captive.receive() { finish(place) }
        }
    }

    private mutating func expire() {
        let now = MonotonicClock.milliseconds
        for place in captives.indices.reversed() where captives[place].captive.deadline <= now {
            captives[place].captive.expire()
            finish(place)
        }
    }

    private mutating func finish(_ place: Int) {
        let (identifier, captive) = captives.remove(at: place)
        reply(identifier, captive.end())
    }

    private func reply(_ identifier: [UInt8], _ outcome: Captive.Outcome) {
        var packet = identifier
        packet.append(outcome.code)
        if case .answered(let bytes) = outcome { packet += bytes }
        // A closed socket shows at the next poll.
        _ = evidock_send_packet(socket, packet, packet.count, -1)
    }

    /// One request; false at the end of the socket, or when the other end talks nonsense.
    private mutating func receive() -> Bool {
        var packet = [UInt8](repeating: 0, count: Int(EVIDOCK_REQUEST_SIZE))
        var descriptor: CInt = -1
        let count = evidock_receive_packet(socket, &packet, packet.count, &descriptor)
        guard count == packet.count else {
            if descriptor >= 0 { close(descriptor) }
            return false
        }
        defer { if descriptor >= 0 { close(descriptor) } }
        let identifier = Array(packet[0..<8])
        let hint = String(
            decoding: packet[16...].prefix { (0x21...0x7e).contains($0) }, as: UTF8.self)
        guard descriptor >= 0,
            let captive = Captive(
                descriptor: descriptor, baseline: baseline,
                work: { InspectorCommand.answer($0, size: Self.size(of: packet), hint: hint) })
        else {
            reply(identifier, .noCage)
            return true
        }
        captives.append((identifier, captive))
        return true
    }

    private static func size(of packet: [UInt8]) -> Int64 {
        let claimed: UInt64 = packet[8..<16].littleEndian()
        return Int64(clamping: claimed)
    }
}
