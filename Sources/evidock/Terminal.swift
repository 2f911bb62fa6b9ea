import Evidence
import Glibc
import Synchronization

/// What a command prints: results on stdout, everything else on stderr.
enum Terminal {
    private static let output = Mutex<[UInt8]>([])
    private static let bufferLimit = 64 << 10

    /// A line of results.
    static func line(_ text: String) {
        output.withLock { output in
            output += text.utf8
            output.append(UInt8(ascii: "\n"))
            // A person watches lines appear; a pipe is better served in larger pieces.
            if output.count >= bufferLimit || isatty(1) == 1 { write(&output) }
        }
    }

    /// Text that has its own line ends.
    static func text(_ text: String) { output.withLock { $0 += text.utf8 } }

    static func line(_ value: JSONValue) { line(JSONWriter.line(value)) }

    /// A line for the person: progress, messages, errors.
    static func note(_ text: String) {
        var bytes = Array((text + "\n").utf8)
        write(&bytes, to: 2)
    }

    static func note(_ text: Bilingual) { note(text.text(in: language)) }

    /// What happened, and what to do next.
    static func failure(_ error: any Error) {
        guard let failure = error as? any Failure else {
            note("evidock: \(error)")
            return
        }
        self.failure(failure.problem, failure.nextStep)
    }

    static func failure(_ problem: Bilingual, _ nextStep: Bilingual) {
        note("evidock: " + problem.text(in: language))
        note("  " + nextStep.text(in: language))
    }

    static func flush() { output.withLock { write(&$0) } }

    private static func write(_ bytes: inout [UInt8], to descriptor: CInt = 1) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            sent += count
        }
        bytes = []
    }
}

/// Numbers and times for the eye.
enum Readable {
    static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 1000 || unit == "GB" {
                return unit == "B" ? "\(count) B" : "\(rounded(value)) \(unit)"
            }
            value /= 1000
        }
        return "\(count) B"
    }

    static func duration(seconds: Double) -> String {
        let whole = Int64(seconds)
        guard whole >= 60 else { return "\(rounded(seconds)) s" }
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return hours > 0
            ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }

    private static func rounded(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// Digests in groups of four are easier to compare by eye.
    static func digest(_ hex: String) -> String { String(hex.prefix(12)) }
}
