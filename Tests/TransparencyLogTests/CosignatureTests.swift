import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("Cosignatures and the keys of cosigners")
struct CosignatureTests {
    /// RFC 8032 section 7.1, test 3, as PKCS#8.
    private let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3
        -----END PRIVATE KEY-----

        """
    private let text = """
        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        """
    /// Signed by `openssl pkeyutl` over the text and time of the example in C2SP tlog-cosignature.
    private let vkey =
        "witness.example.com/w1+1a9273ae+BPxRzY5iGKGjjaR+0AIw8FgIFu0TujMDrF3rkRVIkIAl"
    private let line =
        "— witness.example.com/w1 GpJzrgAAAABkGFDLBrQRsEaDhcXPFOeg6IvpW03KqJpfEXpc+i/9"
        + "Xezb8NHFPw52jM1XKZM2zz76xGI723ctKrve+KTdEQv2vtDHDA==\n"

    @Test("A cosignature that other tools made verifies, and ours is the same bytes")
    func madeByOthers() throws {
        let cosigner = try CosignerKey(parsing: vkey)
        #expect(cosigner.description == vkey)
        let note = try SignedNote(parsing: Array((text + "\n" + line).utf8))
        guard case .cosigned(let found) = try note.words(of: [cosigner])[0] else {
            Issue.record("not cosigned")
            return
        }
        #expect(found.map(\.time) == [1_679_315_147])
        let made = try Cosignature(
            over: Checkpoint(parsing: note.text), as: "witness.example.com/w1",
            with: SigningKey(pem: Array(pem.utf8)), at: 1_679_315_147)
        #expect(made.line.text == Array(line.utf8))
        #expect(made == found[0])
    }

    @Test("A cosigner may speak twice; its words stand in the order of time")
    func twice() throws {
        let log = try CosignedLog(cosignedBy: [1])
        var note = log.note
        let later = try Cosignature(
            over: log.checkpoint, as: "x.example/w1", with: log.witnessKeys[0], at: 900)
        let earlier = try Cosignature(
            over: log.checkpoint, as: "x.example/w1", with: log.witnessKeys[0], at: 800)
        note.append(later.line)
        note.append(earlier.line)
        let words = try SignedNote(parsing: note.bytes).words(
            of: [log.cosigner(0), log.cosigner(2)])
        #expect(words == [.cosigned([earlier, later]), .absent])
    }

    @Test("A time that a witness cannot state is not signed")
    func unstatable() throws {
        let log = try CosignedLog()
        for time in [0, -1, Int64.min] {
            #expect(throws: LogFailure.self) {
                try Cosignature(
                    over: log.checkpoint, as: "w", with: log.witnessKeys[0], at: time)
            }
        }
        let last = try Cosignature(
            over: log.checkpoint, as: "w", with: log.witnessKeys[0], at: .max)
        var note = log.note
        note.append(last.line)
        #expect(try note.words(of: [last.cosigner]) == [.cosigned([last])])
    }

    @Test("Every bit of a cosignature counts; a time beyond 2^63 and a wrong length are refused")
    func spoiled() throws {
        let log = try CosignedLog(cosignedBy: [])
        let (good, cosigner) = (try log.line(by: 0), try log.cosigner(0))
        var hostile = [
            Array(good.bytes.dropLast()), good.bytes + [0], [1], good.bytes + good.bytes,
        ]
        for bit in 0..<good.bytes.count * 8 {
            var bytes = good.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            hostile.append(bytes)
        }
        for bytes in hostile {
            var note = log.note
            note.append(NoteSignature(name: good.name, keyID: good.keyID, bytes: bytes))
            #expect(throws: LogFailure(.badSignature, line: 7, "a cosignature")) {
                try note.words(of: [cosigner])
            }
        }
    }

    @Test("A log's signature is no cosignature, by the same key and name")
    func kindsAreApart() throws {
        let log = try CosignedLog(cosignedBy: [])
        let cosigner = try CosignerKey(name: "example.com/log", of: log.logKey)
        let known = try VerifierKey(name: "example.com/log", of: log.logKey)
        #expect(cosigner.keyID != known.keyID)
        #expect(try log.note.words(of: [cosigner]) == [.absent])
        var note = log.note
        note.append(
            NoteSignature(
                name: "example.com/log", keyID: cosigner.keyID, bytes: log.note.signatures[0].bytes)
        )
        #expect(throws: LogFailure.self) { try note.words(of: [cosigner]) }
    }

    @Test(
        "ML-DSA is recognised, said to be unchecked, and refused only where it has a wrong length")
    func mlDSA() throws {
        let log = try CosignedLog(cosignedBy: [])
        let cosigner = try CosignerKey(
            name: "pq.example", algorithm: .mlDSA44, publicKey: [UInt8](repeating: 5, count: 1312))
        #expect(try CosignerKey(parsing: cosigner.description) == cosigner)
        for (count, isFit) in [(2428, true), (2427, false), (72, false), (2429, false)] {
            var note = log.note
            note.append(
                NoteSignature(
                    name: "pq.example", keyID: cosigner.keyID,
                    bytes: [UInt8](repeating: 1, count: count)))
            if isFit {
                #expect(try note.words(of: [cosigner]) == [.notChecked])
                #expect(try SignedNote(parsing: note.bytes) == note)
            } else {
                #expect(throws: LogFailure.self) { try note.words(of: [cosigner]) }
            }
        }
    }

    @Test("A malformed key of a cosigner is refused, and so is one of a log")
    func hostileKeys() throws {
        let log = try CosignedLog()
        let good = try log.cosigner(0).description
        let hostile = [
            "", "+", "++", "w", String(good.dropLast(4)), good + "AAAA", good + "\n", " " + good,
            "v" + good, good.replacing("+", with: "-"),
            try VerifierKey(name: "w", of: log.logKey).description,
            "w+00000000+BA==", "w+00000000+", String(repeating: "a", count: 5000),
        ]
        for text in hostile {
            #expect(throws: LogFailure.self, "\(text.debugDescription)") {
                try CosignerKey(parsing: text)
            }
        }
        for count in [0, 31, 33, 1312] {
            #expect(throws: LogFailure.self) {
                try CosignerKey(name: "w", publicKey: [UInt8](repeating: 1, count: count))
            }
        }
    }
}
