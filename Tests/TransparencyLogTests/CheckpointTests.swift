import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("Checkpoints")
struct CheckpointTests {
    private let root = Base64.encode(MerkleTree.emptyRoot.bytes)

    @Test("A checkpoint comes back from its text, with its further lines")
    func roundTrip() throws {
        let checkpoint = try Checkpoint(
            origin: "example.com/court", size: 42, root: MerkleTree.emptyRoot,
            extensions: ["one", "two 三"])
        #expect(
            checkpoint.text == Array("example.com/court\n42\n\(root)\none\ntwo 三\n".utf8))
        #expect(try Checkpoint(parsing: checkpoint.text) == checkpoint)
    }

    @Test("A malformed checkpoint is refused at its line")
    func hostileCheckpoints() {
        let hostile: [(String, Int)] = [
            ("", 0), ("\n", 1), ("o\n", 2), ("o\n1\n", 3), ("o\n1\n\(root)", 0),
            ("\n1\n\(root)\n", 1), ("o\n\n\(root)\n", 2), ("o\n01\n\(root)\n", 2),
            ("o\n-1\n\(root)\n", 2), ("o\n+1\n\(root)\n", 2), ("o\n1 \n\(root)\n", 2),
            ("o\n0x1\n\(root)\n", 2), ("o\n9223372036854775808\n\(root)\n", 2),
            ("o\n٣\n\(root)\n", 2), ("o\n1\n\(root)A\n", 3), ("o\n1\n \(root)\n", 3),
            ("o\n1\nAAAA\n", 3), ("o\n1\n\(root)\n\n", 4), ("o\n1\n\(root)\nx\n\ny\n", 5),
            ("o\r\n1\n\(root)\n", 1), ("o\n1\n\(root)\n\u{1}\n", 4),
        ]
        for (text, line) in hostile {
            do {
                _ = try Checkpoint(parsing: Array(text.utf8))
                Issue.record("accepted: \(text.debugDescription)")
            } catch {
                #expect(error.kind == .malformedCheckpoint, "\(text.debugDescription)")
                #expect(error.line == line, "\(text.debugDescription)")
            }
        }
    }

    @Test("What cannot stand in a checkpoint is not written")
    func unwritable() {
        for (origin, size, lines) in [
            ("", Int64(0), [String]()), ("a\nb", 0, []), ("a", -1, []), ("a", 0, [""]),
            ("a", 0, ["x\ny"]),
        ] {
            #expect(throws: LogFailure(.notRepresentable, "a checkpoint with such a line or size"))
            {
                try Checkpoint(
                    origin: origin, size: size, root: MerkleTree.emptyRoot, extensions: lines)
            }
        }
    }

    @Test("A signed checkpoint opens by its log's key alone")
    func opening() throws {
        let key = SigningKey.generate()
        let checkpoint = try Checkpoint(origin: "log/a", size: 7, root: MerkleTree.emptyRoot)
        let note = try checkpoint.signed(with: key).bytes
        #expect(try Checkpoint.open(note, by: VerifierKey(name: "log/a", of: key)) == checkpoint)
        #expect(throws: LogFailure(.unsigned)) {
            try Checkpoint.open(note, by: VerifierKey(name: "log/b", of: key))
        }
        // The right key under its name, over another log's checkpoint.
        let other = try SignedNote(signing: checkpoint.text, as: "log/b", with: key).bytes
        #expect(throws: LogFailure(.otherLog, line: 1)) {
            try Checkpoint.open(other, by: VerifierKey(name: "log/b", of: key))
        }
    }
}
