import Evidence

/// What a witness answers to ``WitnessRequest`` (C2SP tlog-witness v1.0.0): a status of HTTP and a
/// body. Both ends read it here.
package enum WitnessAnswer: Hashable, Sendable {
    /// 200: the lines to put below the checkpoint, at least one. Nothing of them is checked.
    case cosigned([NoteSignature])
    /// 400: the request cannot be read, or its old size exceeds the new one.
    case malformed(String)
    /// 403: no signature by a key of this log, or one that is not that key's.
    case forbidden(String)
    /// 404: the witness does not know the log.
    case unknownLog
    /// 409: the witness knows another checkpoint, of this size; to be asked again from there.
    case conflict(Int64)
    /// 422: the checkpoint is not shown to extend the one that the witness cosigned. Version 1.0.0
    /// said 409 for two roots of one size; that is read here too, and never written.
    case inconsistent(String)
    /// 500: the witness cannot do its work; nothing was cosigned.
    case unavailable(String)

    /// The type of the body of ``conflict(_:)``.
    package static let sizeType = "text/x.tlog.size"
    /// The most bytes of an answer that are looked at.
    package static let byteLimit = 64 << 10

    package var status: Int {
        switch self {
        case .cosigned: 200
        case .malformed: 400
        case .forbidden: 403
        case .unknownLog: 404
        case .conflict: 409
        case .inconsistent: 422
        case .unavailable: 500
        }
    }

    package var contentType: String {
        if case .conflict = self { Self.sizeType } else { "text/plain; charset=utf-8" }
    }

    package var body: [UInt8] {
        switch self {
        case .cosigned(let lines): lines.flatMap(\.text)
        case .conflict(let size): Array("\(size)\n".utf8)
        case .unknownLog: Array("unknown log\n".utf8)
        case .malformed(let words), .forbidden(let words), .inconsistent(let words),
            .unavailable(let words):
            Array((words + "\n").utf8)
        }
    }

    /// Reads the answer of a witness, ours or another's. Words for people are cut to one line of 200
    /// characters. Throws where a body that must be understood cannot be.
    package init(status: Int, contentType: String?, body: [UInt8]) throws(LogFailure) {
        guard body.count <= Self.byteLimit else {
            throw LogFailure(.malformedAnswer, "more than \(Self.byteLimit) bytes")
        }
        let line = body.prefix(800).prefix { $0 >= 0x20 }
        let words = String(String(decoding: line, as: UTF8.self).prefix(200))
        switch status {
        case 200: self = .cosigned(try Self.lines(body))
        case 400: self = .malformed(words)
        case 403: self = .forbidden(words)
        case 404: self = .unknownLog
        case 409 where Self.isSize(contentType):
            guard body.last == 0x0a,
                let size = Decimal.read(String(decoding: body.dropLast(), as: UTF8.self))
            else { throw LogFailure(.malformedAnswer, line: 1, "not a size") }
            self = .conflict(size)
        case 409, 422: self = .inconsistent(words)
        default: self = .unavailable("status \(status)")
        }
    }

    /// Whether a body is a size: whatever a gateway added to the type, lest a witness that only knows
    /// another size be taken for one that saw a fork.
    private static func isSize(_ contentType: String?) -> Bool {
        let type = (contentType ?? "").utf8.prefix { $0 != UInt8(ascii: ";") }
            .filter { $0 != 0x20 && $0 != 0x09 }
        return String(decoding: type, as: UTF8.self).lowercased() == sizeType
    }

    private static func lines(_ body: [UInt8]) throws(LogFailure) -> [NoteSignature] {
        guard body.last == 0x0a else {
            throw LogFailure(.malformedAnswer, "does not end with a newline")
        }
        var lines: [NoteSignature] = []
        for row in body.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false) {
            let number = lines.count + 1
            guard lines.count < SignedNote.signatureLimit else {
                throw LogFailure(.malformedAnswer, line: number, "too many signatures")
            }
            guard row.allSatisfy({ $0 >= 0x20 }), String(validating: row, as: UTF8.self) != nil
            else { throw LogFailure(.malformedAnswer, line: number, "not plain text") }
            do { lines.append(try NoteSignature(parsing: row, line: number)) } catch {
                throw LogFailure(.malformedAnswer, line: number, error.detail)
            }
        }
        return lines
    }
}
