import Evidence
package import Fixity

/// A text with signatures under it (C2SP signed-note v1.0.0). Parsed is not verified: only
/// ``verify(by:)`` says whose it is.
package struct SignedNote: Hashable, Sendable {
    /// The bytes that are signed, with the final newline.
    package let text: [UInt8]
    /// At least one in a note that was parsed, in its order.
    package private(set) var signatures: [NoteSignature]

    /// The most bytes that a note may have.
    package static let byteLimit = 1 << 20
    /// The most signatures that a note may have: each one by a known key is checked.
    package static let signatureLimit = 128

    /// Reads a note. The signatures stand after the last empty line; unknown ones stay where they
    /// are.
    package init(parsing bytes: [UInt8]) throws(LogFailure) {
        guard bytes.count <= Self.byteLimit else {
            throw LogFailure(.malformedNote, "more than \(Self.byteLimit) bytes")
        }
        try Self.check(bytes)
        guard bytes.last == 0x0a else {
            throw LogFailure(.malformedNote, "does not end with a newline")
        }
        guard
            let gap = bytes.indices.dropLast().last(where: {
                bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a
            })
        else { throw LogFailure(.malformedNote, "no empty line before the signatures") }
        text = Array(bytes[...gap])
        signatures = []
        var line = text.count { $0 == 0x0a } + 2
        let under = bytes[(gap + 2)...].dropLast()
        guard !under.isEmpty else { throw LogFailure(.malformedNote, line: line, "no signature") }
        for row in under.split(separator: 0x0a, omittingEmptySubsequences: false) {
            guard signatures.count < Self.signatureLimit else {
                throw LogFailure(
                    .malformedNote, line: line, "more than \(Self.signatureLimit) signatures")
            }
            signatures.append(try NoteSignature(parsing: row, line: line))
            line += 1
        }
    }

    /// Signs a text. Throws where it is not the text of a note, or no key can bear the name.
    package init(signing text: [UInt8], as name: String, with key: SigningKey) throws {
        guard text.last == 0x0a else {
            throw LogFailure(.notRepresentable, "the text does not end with a newline")
        }
        try Self.check(text)
        let known = try VerifierKey(name: name, of: key)
        self.text = text
        signatures = [
            NoteSignature(name: name, keyID: known.keyID, bytes: try key.sign(text))
        ]
    }

    /// Adds a signature line below the others: a cosignature, say. Nothing of it is checked.
    package mutating func append(_ signature: NoteSignature) { signatures.append(signature) }

    /// The same text with those lines alone, each once.
    package func kept(where isKept: (NoteSignature) -> Bool) -> SignedNote {
        var note = self
        var seen: Set<NoteSignature> = []
        note.signatures = signatures.filter { isKept($0) && seen.insert($0).inserted }
        return note
    }

    /// The note as it is stored and sent. What was parsed comes back byte for byte.
    package var bytes: [UInt8] { signatures.reduce(into: text + [0x0a]) { $0 += $1.text } }

    /// The keys that signed this note, in the order given. Signatures by other keys are ignored; a
    /// signature that claims to be by one of these and is not refuses the whole note.
    package func signers(among keys: [VerifierKey]) throws(LogFailure) -> [VerifierKey] {
        let first = text.count { $0 == 0x0a } + 2
        var signers: [VerifierKey] = []
        for key in keys {
            var isSigned = false
            for (place, signature) in signatures.enumerated() where signature.isClaimed(by: key) {
                guard
                    Ed25519.verify(
                        signature: signature.bytes, message: text, publicKey: key.publicKey)
                else { throw LogFailure(.badSignature, line: first + place) }
                isSigned = true
            }
            if isSigned { signers.append(key) }
        }
        return signers
    }

    /// Throws unless this key signed the note.
    package func verify(by key: VerifierKey) throws(LogFailure) {
        guard try !signers(among: [key]).isEmpty else { throw LogFailure(.unsigned) }
    }

    /// UTF-8, and no control character below 0x20 but the newline.
    private static func check(_ bytes: [UInt8]) throws(LogFailure) {
        if let place = bytes.firstIndex(where: { $0 < 0x20 && $0 != 0x0a }) {
            let line = bytes[..<place].count { $0 == 0x0a } + 1
            throw LogFailure(.malformedNote, line: line, "a control character")
        }
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        let rows = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        let place = rows.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw LogFailure(.malformedNote, line: (place ?? -1) + 1, "not UTF-8")
    }
}
