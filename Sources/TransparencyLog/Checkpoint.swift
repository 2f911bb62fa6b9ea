package import Evidence
package import Fixity

/// What a log says of itself: whose it is, how many entries it has, and their root (C2SP
/// tlog-checkpoint v1.0.0). The text of a signed note.
package struct Checkpoint: Hashable, Sendable {
    /// The name of the log, and of its key.
    package let origin: String
    package let size: Int64
    package let root: SHA256Digest
    /// Further lines, none of them empty; we write none.
    package let extensions: [String]

    /// Throws where the values cannot stand in a checkpoint.
    package init(
        origin: String, size: Int64, root: SHA256Digest, extensions: [String] = []
    ) throws(LogFailure) {
        let isWritable = ([origin] + extensions).allSatisfy { line in
            !line.isEmpty && line.utf8.allSatisfy { $0 >= 0x20 }
        }
        guard isWritable, size >= 0 else {
            throw LogFailure(.notRepresentable, "a checkpoint with such a line or size")
        }
        (self.origin, self.size, self.root) = (origin, size, root)
        self.extensions = extensions
    }

    /// Reads the text of a note, with its final newline. Who signed it is not asked here.
    package init(parsing text: [UInt8]) throws(LogFailure) {
        guard text.count <= SignedNote.byteLimit else {
            throw LogFailure(.malformedCheckpoint, "more than \(SignedNote.byteLimit) bytes")
        }
        guard text.last == 0x0a else {
            throw LogFailure(.malformedCheckpoint, "does not end with a newline")
        }
        var lines: [String] = []
        for row in text.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false) {
            let place = lines.count + 1
            guard let line = String(validating: row, as: UTF8.self),
                row.allSatisfy({ $0 >= 0x20 })
            else { throw LogFailure(.malformedCheckpoint, line: place, "not plain text") }
            guard !line.isEmpty else {
                throw LogFailure(.malformedCheckpoint, line: place, "empty")
            }
            lines.append(line)
        }
        guard lines.count >= 3 else {
            throw LogFailure(
                .malformedCheckpoint, line: lines.count + 1, "origin, size and root belong here")
        }
        guard let size = Decimal.read(lines[1]) else {
            throw LogFailure(.malformedCheckpoint, line: 2, "the size is not a decimal number")
        }
        guard let root = Base64.decode(lines[2]).flatMap({ SHA256Digest(bytes: $0) }) else {
            throw LogFailure(.malformedCheckpoint, line: 3, "the root is not 32 bytes in base64")
        }
        try self.init(
            origin: lines[0], size: size, root: root, extensions: Array(lines.dropFirst(3)))
    }

    /// The text that is signed, with its final newline.
    package var text: [UInt8] {
        let lines = [origin, String(size), Base64.encode(root.bytes)] + extensions
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    /// The signed note of this checkpoint, under the name of its origin.
    package func signed(with key: SigningKey) throws -> SignedNote {
        try SignedNote(signing: text, as: origin, with: key)
    }

    /// The same with a line of each key, in their order: while a log changes its key. At least one.
    package func signed(with keys: [SigningKey]) throws -> SignedNote {
        guard let first = keys.first else { throw LogFailure(.notRepresentable, "no key") }
        return try keys.dropFirst().reduce(into: signed(with: first)) { note, key in
            try signed(with: key).signatures.forEach { note.append($0) }
        }
    }

    /// Reads a signed checkpoint: its note must be signed by this key, and its origin the key's
    /// name. Cosignatures are left unread.
    package static func open(
        _ note: [UInt8], by key: VerifierKey
    ) throws(LogFailure) -> Checkpoint { try open(note, byOneOf: [key]) }

    /// The same where a log has had several keys: at least one of them must have signed, and none
    /// of their lines may be false.
    package static func open(
        _ note: [UInt8], byOneOf keys: [VerifierKey]
    ) throws(LogFailure) -> Checkpoint {
        let note = try SignedNote(parsing: note)
        let signers = try note.signers(among: keys)
        guard !signers.isEmpty else { throw LogFailure(.unsigned) }
        let checkpoint = try Checkpoint(parsing: note.text)
        guard signers.contains(where: { checkpoint.origin.utf8.elementsEqual($0.name.utf8) })
        else { throw LogFailure(.otherLog, line: 1) }
        return checkpoint
    }
}
