import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("Signed notes and verifier keys")
struct SignedNoteTests {
    /// The worked example of golang.org/x/mod/sumdb/note.
    private let vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    private let note = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """

    private func parse(_ text: String) throws -> SignedNote {
        try SignedNote(parsing: Array(text.utf8))
    }

    @Test("The foreign example verifies and comes back byte for byte")
    func foreignExample() throws {
        let key = try VerifierKey(parsing: vkey)
        #expect(key.description == vkey)
        #expect(key.keyID == 0x530d_903a)
        let parsed = try parse(note)
        try parsed.verify(by: key)
        #expect(parsed.text == Array("This is an example message.\n".utf8))
        #expect(parsed.bytes == Array(note.utf8))
    }

    @Test("What we sign verifies by our key and by no other of the same name")
    func roundTrip() throws {
        let key = SigningKey.generate()
        let signed = try SignedNote(signing: Array("a\n\nb\n".utf8), as: "court/一号", with: key)
        let again = try SignedNote(parsing: signed.bytes)
        #expect(again == signed)
        try again.verify(by: VerifierKey(name: "court/一号", of: key))
        #expect(throws: LogFailure(.unsigned)) {
            try again.verify(by: VerifierKey(name: "court/一号", of: .generate()))
        }
        #expect(throws: LogFailure(.unsigned)) {
            try again.verify(by: VerifierKey(name: "court", of: key))
        }
    }

    @Test("Signatures are below the last empty line, whatever the text looks like")
    func textWithSignaturesInIt() throws {
        let key = SigningKey.generate()
        let inner = Array(note.utf8)
        let signed = try SignedNote(signing: inner, as: "outer", with: key)
        let again = try SignedNote(parsing: signed.bytes)
        #expect(again.text == inner)
        #expect(again.signatures.count == 1)
        #expect(throws: LogFailure(.unsigned)) {
            try again.verify(by: VerifierKey(parsing: vkey))
        }
    }

    @Test("Sixteen unknown signatures of 2.5 kB do not hide the known one")
    func largeUnknownSignatures() throws {
        let key = SigningKey.generate()
        var signed = try SignedNote(signing: Array("text\n".utf8), as: "log", with: key)
        for number in 0..<16 {
            signed.append(
                NoteSignature(
                    name: "witness\(number)", keyID: UInt32(number),
                    bytes: [UInt8](repeating: UInt8(number), count: 2500)))
        }
        let again = try SignedNote(parsing: signed.bytes)
        #expect(again.signatures.count == 17)
        try again.verify(by: VerifierKey(name: "log", of: key))
    }

    @Test(
        "A signature that claims a known key and is not its own refuses the note, first or second")
    func badKnownSignature() throws {
        let key = SigningKey.generate()
        let known = try VerifierKey(name: "log", of: key)
        var signed = try SignedNote(signing: Array("text\n".utf8), as: "log", with: key)
        let good = signed.signatures[0]
        for bytes in [
            [UInt8](repeating: 0, count: 64), Array(good.bytes.dropLast()), good.bytes + [0], [1],
        ] {
            var spoiled = signed
            spoiled.append(NoteSignature(name: "log", keyID: known.keyID, bytes: bytes))
            let note = try SignedNote(parsing: spoiled.bytes)
            #expect(throws: LogFailure(.badSignature, line: 4)) { try note.verify(by: known) }
        }
        // The same signature twice, and one of the same name by another key, are no harm.
        signed.append(good)
        signed.append(NoteSignature(name: "log", keyID: known.keyID ^ 1, bytes: [1, 2, 3]))
        try SignedNote(parsing: signed.bytes).verify(by: known)
        #expect(try signed.signers(among: [known, VerifierKey(parsing: vkey)]) == [known])
    }

    @Test("Every byte of a note matters: none can be changed without a refusal")
    func everyByteSpoiled() throws {
        let key = try VerifierKey(parsing: vkey)
        let bytes = Array(note.utf8)
        for place in bytes.indices {
            for bit in 0..<8 {
                var spoiled = bytes
                spoiled[place] ^= 1 << bit
                #expect(throws: LogFailure.self, "byte \(place), bit \(bit)") {
                    try SignedNote(parsing: spoiled).verify(by: key)
                }
            }
            #expect(throws: LogFailure.self, "cut at \(place)") {
                try SignedNote(parsing: Array(bytes[..<place])).verify(by: key)
            }
        }
    }

    @Test("A malformed note is refused at its line", arguments: HostileNote.all)
    func hostileNotes(_ hostile: HostileNote) throws {
        do {
            _ = try SignedNote(parsing: hostile.bytes)
            Issue.record("accepted")
        } catch {
            #expect(error.kind == .malformedNote)
            #expect(error.line == hostile.line)
        }
    }

    @Test("What cannot be a note's text or name is not signed")
    func unsignable() {
        let key = SigningKey.generate()
        for (text, name) in [
            ("no newline", "log"), ("", "log"), ("tab\t\n", "log"), ("a\n", ""), ("a\n", "a b"),
            ("a\n", "a+b"), ("a\n", "a\u{3000}b"), ("a\n", "a\nb"),
        ] {
            #expect(throws: LogFailure.self) {
                try SignedNote(signing: Array(text.utf8), as: name, with: key)
            }
        }
    }

    @Test(
        "A malformed verifier key is refused",
        arguments: [
            "", "+", "++", "example.com/foo", "example.com/foo+530d903a",
            "example.com/foo+530d903a+",
            "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903aa+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
            "example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
            "example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            String(repeating: "a", count: 5000) + "+530d903a+AQ==",
        ])
    func hostileKeys(_ text: String) {
        #expect(throws: LogFailure.self) { try VerifierKey(parsing: text) }
    }

    @Test("Names that Unicode holds equal are two names")
    func namesAreBytes() throws {
        let key = SigningKey.generate()
        let composed = try VerifierKey(name: "caf\u{e9}", of: key)
        let decomposed = try VerifierKey(name: "cafe\u{301}", of: key)
        #expect(composed.keyID != decomposed.keyID)
        var signed = try SignedNote(signing: [0x0a], as: "caf\u{e9}", with: key)
        signed.append(
            NoteSignature(name: "cafe\u{301}", keyID: composed.keyID, bytes: [0]))
        try SignedNote(parsing: signed.bytes).verify(by: composed)
    }
}

/// A note with one defect, and the line where it stands (0 for none of its own).
struct HostileNote: Sendable, CustomTestStringConvertible {
    let name: String
    let line: Int
    let bytes: [UInt8]

    var testDescription: String { name }

    init(_ name: String, line: Int, _ text: String) {
        (self.name, self.line, bytes) = (name, line, Array(text.utf8))
    }

    init(_ name: String, line: Int, bytes: [UInt8]) {
        (self.name, self.line, self.bytes) = (name, line, bytes)
    }

    private static let row = "— a AAAAAAA=\n"

    static let all = [
        HostileNote("empty", line: 0, ""),
        HostileNote("a newline only", line: 0, "\n"),
        HostileNote("no empty line", line: 0, "text\n— a AAAAAAA=\n"),
        HostileNote("no signature", line: 3, "text\n\n"),
        HostileNote("no final newline", line: 0, "text\n\n— a AAAAAAA="),
        HostileNote("a hyphen for the dash", line: 3, "text\n\n- a AAAAAAA=\n"),
        HostileNote("an en dash for the dash", line: 3, "text\n\n– a AAAAAAA=\n"),
        HostileNote("two spaces", line: 3, "text\n\n—  a AAAAAAA=\n"),
        HostileNote("a space after", line: 3, "text\n\n— a AAAAAAA= \n"),
        HostileNote("no name", line: 3, "text\n\n— AAAAAAA=\n"),
        HostileNote("an empty name", line: 3, "text\n\n—  AAAAAAA=\n"),
        HostileNote("a plus in the name", line: 3, "text\n\n— a+b AAAAAAA=\n"),
        HostileNote("a wide space in the name", line: 3, "text\n\n— a\u{3000}b AAAAAAA=\n"),
        HostileNote("base64 without padding", line: 3, "text\n\n— a AAAAAAA\n"),
        HostileNote("base64 for the web", line: 3, "text\n\n— a AA-_AAA=\n"),
        HostileNote("a key ID and nothing more", line: 3, "text\n\n— a AAAAAA==\n"),
        HostileNote("text under the signature", line: 4, "text\n\n" + row + "more\n"),
        HostileNote("a carriage return", line: 1, "text\r\n\n" + row),
        HostileNote("a zero byte", line: 2, "text\n\0\n\n" + row),
        HostileNote("not UTF-8", line: 1, bytes: [0xff, 0x0a, 0x0a] + Array(row.utf8)),
        HostileNote("a surrogate", line: 1, bytes: [0xed, 0xa0, 0x80, 10, 10] + Array(row.utf8)),
        HostileNote(
            "too many signatures", line: 131,
            "text\n\n" + String(repeating: row, count: 129)),
        HostileNote(
            "too long", line: 0, String(repeating: "a", count: 1 << 20) + "\n\n" + row),
    ]
}
