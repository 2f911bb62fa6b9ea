package import Evidence

/// A `.tlog-proof`: all that a stranger needs beside the entry and the log's key to see that the
/// entry is in the log (C2SP tlog-proof, draft, format v1).
package struct TlogProof: Hashable, Sendable {
    /// Something for people; nothing vouches for it.
    package let extra: [UInt8]?
    package let index: Int64
    /// From the leaf's sibling up.
    package let hashes: [SHA256Digest]
    /// The signed note of the checkpoint, as the log published it, with its cosignatures.
    package let checkpoint: [UInt8]

    static let firstLine = "c2sp.org/tlog-proof@v1"
    /// Other parsers stop at lines of 64 KiB.
    package static let extraByteLimit = 48_000
    /// A tree of 2^63 leaves has no longer proof.
    package static let hashLimit = 63
    /// The most bytes that a proof may have.
    package static let byteLimit = SignedNote.byteLimit + 70_000

    /// Throws where the values cannot be written as a proof.
    package init(
        index: Int64, hashes: [SHA256Digest], checkpoint: [UInt8], extra: [UInt8]? = nil
    ) throws(LogFailure) {
        guard index >= 0, hashes.count <= Self.hashLimit else {
            throw LogFailure(.notRepresentable, "such an index or so many hashes")
        }
        guard extra.map({ !$0.isEmpty && $0.count <= Self.extraByteLimit }) ?? true else {
            throw LogFailure(.notRepresentable, "extra data of such a length")
        }
        (self.index, self.hashes) = (index, hashes)
        (self.checkpoint, self.extra) = (checkpoint, extra)
    }

    package init(parsing bytes: [UInt8]) throws(LogFailure) {
        guard bytes.count <= Self.byteLimit else {
            throw LogFailure(.malformedProof, "more than \(Self.byteLimit) bytes")
        }
        var rest = bytes[...]
        var number = 0
        func refused(_ detail: String) -> LogFailure {
            LogFailure(.malformedProof, line: number, detail)
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
        func value(of line: String, after word: String) -> String? {
            guard line.utf8.starts(with: word.utf8) else { return nil }
            return String(decoding: line.utf8.dropFirst(word.utf8.count), as: UTF8.self)
        }

        guard try nextLine().utf8.elementsEqual(Self.firstLine.utf8) else {
            throw refused("not \(Self.firstLine)")
        }
        var line = try nextLine()
        var extra: [UInt8]?
        if let text = value(of: line, after: "extra ") {
            guard text.utf8.count <= 64_000, let bytes = Base64.decode(text), !bytes.isEmpty,
                bytes.count <= Self.extraByteLimit
            else { throw refused("the extra data is not base64, or too long") }
            extra = bytes
            line = try nextLine()
        }
        guard let index = value(of: line, after: "index ").flatMap({ Decimal.read($0) }) else {
            throw refused("not index and a decimal number")
        }
        var hashes: [SHA256Digest] = []
        line = try nextLine()
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
        guard !rest.isEmpty else { throw refused("no checkpoint") }
        try self.init(index: index, hashes: hashes, checkpoint: Array(rest), extra: extra)
    }

    package var bytes: [UInt8] {
        var lines = [Self.firstLine]
        if let extra { lines.append("extra " + Base64.encode(extra)) }
        lines.append("index \(index)")
        lines += hashes.map { Base64.encode($0.bytes) }
        return Array(lines.map { $0 + "\n" }.joined().utf8) + [0x0a] + checkpoint
    }

    /// The checkpoint under which this entry is in the log of this key. Throws where the checkpoint
    /// is not that log's or the proof does not lead to its root. Says nothing of cosignatures.
    @discardableResult
    package func verify(entry: [UInt8], by key: VerifierKey) throws(LogFailure) -> Checkpoint {
        let checkpoint = try Checkpoint.open(self.checkpoint, by: key)
        let proof = InclusionProof(index: index, size: checkpoint.size, hashes: hashes)
        guard
            proof.verify(leafHash: MerkleTree.leafHash(entry), root: checkpoint.root)
        else { throw LogFailure(.notIncluded) }
        return checkpoint
    }
}
