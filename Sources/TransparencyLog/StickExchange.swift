import Evidence

/// What goes to a notary and back on a stick, or through a gateway, where no network does: a folder
/// of the texts that would otherwise go by HTTP, each as its specification has it.
///
/// To the notary: `checkpoint`, the log's signed note; `add-checkpoint/<N>`, for each size at which a
/// witness may be, what would be posted to it (C2SP tlog-witness); for a mirror the new tiles and
/// bundles below `tile/` (C2SP tlog-tiles); `stamps/<name>.tsq`, queries for time stamps (RFC 3161).
///
/// Back: `checkpoint`, as it was asked for; `answer`, what the witness would have answered; `newest`,
/// what it shows to everybody of this log; `stamps/<name>.tsr`.
package enum StickExchange {
    package static let checkpoint = "checkpoint"
    package static let answer = "answer"
    package static let newest = "newest"

    package static func request(from oldSize: Int64) -> String { "add-checkpoint/\(oldSize)" }

    /// - Parameter name: `sha256` or `sm3`.
    package static func query(_ name: String) -> String { "stamps/\(name).tsq" }

    package static func token(_ name: String) -> String { "stamps/\(name).tsr" }

    /// The imprints for which there may be queries and tokens.
    package static let stamps = ["sha256", "sm3"]
    /// The most bytes of a query or of a token.
    package static let stampByteLimit = 64 << 10
}

extension WitnessAnswer {
    private static let firstLine = "evidock-witness-answer/v1"

    /// The most bytes of ``file``.
    package static let fileByteLimit = byteLimit + 256

    /// This answer as a file: what HTTP would have said in its head, an empty line, the body.
    package var file: [UInt8] {
        Array("\(Self.firstLine)\nstatus \(status)\ntype \(contentType)\n\n".utf8) + body
    }

    /// Reads such a file. A failure within the body bears the line of the file.
    package init(file bytes: [UInt8]) throws(LogFailure) {
        guard bytes.count <= Self.fileByteLimit else {
            throw LogFailure(.malformedAnswer, "more than \(Self.fileByteLimit) bytes")
        }
        let words = [Self.firstLine, "status ", "type ", ""]
        var values: [String] = []
        var rest = bytes[...]
        for (place, word) in words.enumerated() {
            func refused(_ detail: String) -> LogFailure {
                LogFailure(.malformedAnswer, line: place + 1, detail)
            }
            guard let end = rest.prefix(200).firstIndex(of: 0x0a),
                let line = String(validating: rest[..<end], as: UTF8.self)
            else { throw refused("cut off, too long or not UTF-8") }
            guard line.utf8.starts(with: word.utf8),
                word.last == " " || line.utf8.count == word.utf8.count
            else { throw refused(word.isEmpty ? "not empty" : "does not begin with \(word)") }
            values.append(String(decoding: line.utf8.dropFirst(word.utf8.count), as: UTF8.self))
            rest = rest[(end + 1)...]
        }
        guard let status = Decimal.read(values[1]), (100...599).contains(status) else {
            throw LogFailure(.malformedAnswer, line: 2, "not a status")
        }
        do {
            try self.init(status: Int(status), contentType: values[2], body: Array(rest))
        } catch { throw error.moved(down: words.count) }
    }
}
