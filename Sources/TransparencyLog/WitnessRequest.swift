package import Evidence
import Fixity

/// What a log sends a witness: a checkpoint, and the proof that it extends the one the witness knows
/// (the body of `add-checkpoint`, C2SP tlog-witness v1.0.0). Parsed is not verified.
package struct WitnessRequest: Hashable, Sendable {
    /// The size of the checkpoint that the witness is thought to know; 0 for none.
    package let oldSize: Int64
    /// From ``oldSize`` to the size of the checkpoint.
    package let hashes: [SHA256Digest]
    package let note: SignedNote
    /// The text of the note.
    package let checkpoint: Checkpoint

    /// The most hashes that a request may have.
    package static let hashLimit = 63
    /// The most bytes of a request that are looked at: sixteen signatures of 5 kB fit well.
    package static let byteLimit = 256 << 10

    /// Throws where the values cannot be sent.
    package init(
        oldSize: Int64, hashes: [SHA256Digest], note: SignedNote
    ) throws(LogFailure) {
        guard oldSize >= 0, hashes.count <= Self.hashLimit else {
            throw LogFailure(.notRepresentable, "such a size or so many hashes")
        }
        (self.oldSize, self.hashes, self.note) = (oldSize, hashes, note)
        checkpoint = try Checkpoint(parsing: note.text)
    }

    /// Reads a request. A failure within the checkpoint bears the line of the request.
    package init(parsing bytes: [UInt8]) throws(LogFailure) {
        guard bytes.count <= Self.byteLimit else {
            throw LogFailure(.malformedRequest, "more than \(Self.byteLimit) bytes")
        }
        var rest = bytes[...]
        var number = 0
        func refused(_ detail: String) -> LogFailure {
            LogFailure(.malformedRequest, line: number, detail)
        }
        func nextLine() throws(LogFailure) -> String {
            number += 1
            guard let end = rest.firstIndex(of: 0x0a) else { throw refused("cut off") }
            guard let line = String(validating: rest[..<end], as: UTF8.self) else {
                throw refused("not UTF-8")
            }
            rest = rest[(end + 1)...]
            return line
        }

        let first = try nextLine()
        guard first.utf8.starts(with: "old ".utf8),
            let oldSize = Decimal.read(
                String(decoding: first.utf8.dropFirst(4), as: UTF8.self))
        else { throw refused("not old and a decimal number") }
        var hashes: [SHA256Digest] = []
        var line = try nextLine()
        while !line.isEmpty {
            guard line.utf8.count == 44,
                let hash = Base64.decode(line).flatMap({ SHA256Digest(bytes: $0) })
            else { throw refused("not 32 bytes in base64") }
            guard hashes.count < Self.hashLimit else {
                throw refused("more than \(Self.hashLimit) hashes")
            }
            hashes.append(hash)
            line = try nextLine()
        }
        guard !rest.isEmpty else {
            number += 1
            throw refused("no checkpoint")
        }
        do {
            try self.init(
                oldSize: oldSize, hashes: hashes, note: SignedNote(parsing: Array(rest)))
        } catch { throw error.moved(down: number) }
    }

    package var bytes: [UInt8] {
        let lines = ["old \(oldSize)"] + hashes.map { Base64.encode($0.bytes) }
        return Array(lines.map { $0 + "\n" }.joined().utf8) + [0x0a] + note.bytes
    }

    /// How many lines stand before the checkpoint.
    package var linesBefore: Int { hashes.count + 2 }
}

/// Where a witness shows things, below its prefix (C2SP tlog-witness v1.0.0).
package enum WitnessAddress {
    /// The newest checkpoint that it cosigned of a log.
    package static func newest(ofOrigin origin: String) -> String {
        SHA256Digest.of(Array(origin.utf8)).hex + "/checkpoint"
    }
}
