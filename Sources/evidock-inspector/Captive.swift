import CLinux
import Evidence
import Glibc

/// A forked child that reads one file in a cage and answers through a pipe.
///
/// The parent must have one thread. The child never returns: it locks itself in, reads, answers
/// and ends; where it cannot lock itself in it reads nothing.
struct Captive {
    struct Limits {
        /// Seconds of CPU time.
        var processor: CUnsignedInt = 10
        /// Bytes over what the parent has.
        var memory: UInt64 = 512 << 20
        /// Milliseconds by the wall clock, held by the parent.
        var wall: Int64 = 30_000
    }

    /// What became of it.
    enum Outcome {
        case answered([UInt8])
        case crashed
        case timeout
        case memory
        case oversize
        case noCage

        /// The reply's code (CLinuxSandbox.h).
        var code: UInt8 {
            let code =
                switch self {
                case .answered: EVIDOCK_REPLY_ANSWER
                case .crashed: EVIDOCK_REPLY_CRASHED
                case .timeout: EVIDOCK_REPLY_TIMEOUT
                case .memory: EVIDOCK_REPLY_MEMORY
                case .oversize: EVIDOCK_REPLY_OVERSIZE
                case .noCage: EVIDOCK_REPLY_CAGE
                }
            return UInt8(code)
        }
    }

    private static let noCageStatus: CInt = 11

    let child: pid_t
    /// The pipe's end to poll and read; closed by `end`.
    let answer: CInt
    /// Milliseconds of the monotonic clock.
    let deadline: Int64
    private let baseline: UInt64
    private let growth: UInt64
    private var received: [UInt8] = []
    private var isLate = false
    private var isOversize = false

    /// Forks a child that runs `work` in its cage and answers with what it gives. Nil where no
    /// process or pipe is to be had. `descriptor` stays the caller's.
    init?(
        descriptor: CInt, baseline: evidock_memory, limits: Limits = Limits(),
        work: (CInt) -> [UInt8]
    ) {
        var pipe: [CInt] = [-1, -1]
        guard evidock_pipe(&pipe) == 0 else { return nil }
        let parent = getpid()
        child = evidock_fork()
        guard child >= 0 else {
            close(pipe[0])
            close(pipe[1])
            return nil
        }
        if child == 0 {
            Self.live(
                parent: parent, descriptor: descriptor, pipe: pipe[1], baseline: baseline,
                limits: limits, work: work)
        }
        close(pipe[1])
        answer = pipe[0]
        deadline = MonotonicClock.milliseconds + limits.wall
        (self.baseline, growth) = (baseline.data, limits.memory)
    }

    private static func live(
        parent: pid_t, descriptor: CInt, pipe: CInt, baseline: evidock_memory, limits: Limits,
        work: (CInt) -> [UInt8]
    ) -> Never {
        var abi: CInt = 0
        guard evidock_die_with(parent) == 0,
            evidock_reader_descriptors(descriptor, pipe) == 0,
            evidock_cage_privileges() == 0,
            evidock_cage_landlock(&abi) == 0,
            evidock_cage_limits(limits.processor, limits.memory, baseline) == 0,
            evidock_cage_filter(EVIDOCK_CAGE_READER) == 0
        else { _exit(noCageStatus) }
        let bytes = work(CInt(EVIDOCK_READER_FOOTAGE))
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count, let base = buffer.baseAddress {
                let written = write(
                    CInt(EVIDOCK_READER_ANSWER), base + done, buffer.count - done)
                guard written > 0 else { break }
                done += written
            }
        }
        _exit(0)
    }

    /// Takes what the pipe holds, when poll says that it holds something. True when it has ended.
    mutating func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = read(answer, &buffer, buffer.count)
        if count < 0 && errno == EINTR { return false }
        guard count > 0 else { return true }
        received += buffer.prefix(count)
        isOversize = received.count > Int(EVIDOCK_ANSWER_LIMIT)
        return isOversize
    }

    /// Its time is over.
    mutating func expire() { isLate = true }

    /// Ends the child, whatever it does, and says what became of it.
    func end() -> Outcome {
        // One that has answered and lives on is not to be waited for; one that has crashed keeps
        // its own status.
        kill(child, SIGKILL)
        close(answer)
        var status: CInt = 0
        var peak: UInt64 = 0
        guard evidock_wait(child, &status, &peak) == 0 else { return .crashed }
        if isOversize { return .oversize }
        // A whole answer ends with a newline: it counts, however the child ended.
        if received.last == UInt8(ascii: "\n") { return .answered(received.dropLast()) }
        let signal = status & 0x7f
        if isLate || signal == SIGXCPU { return .timeout }
        if signal == 0, status >> 8 & 0xff == Self.noCageStatus { return .noCage }
        // The kernel killed it for want of memory, or it fell over a refused allocation.
        if signal == SIGKILL || peak > growth / 4 * 3 { return .memory }
        return .crashed
    }
}

/// CLOCK_MONOTONIC: no clock that somebody can set.
enum MonotonicClock {
    static var milliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
