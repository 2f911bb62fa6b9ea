import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("A policy judges checkpoints and proofs")
struct CheckpointJudgementTests {
    private let log = try! CosignedLog()

    @Test("Who cosigned, when, and whether it is enough")
    func quorum() throws {
        let policy = try log.policy()
        for (cosigners, isMet) in [
            ([0, 1, 2], true), ([0, 2], false), ([0, 1], false), ([], false),
        ] {
            var note = try log.checkpoint.signed(with: log.logKey)
            for place in cosigners { note.append(try log.line(by: place)) }
            let judgement = try policy.judge(note.bytes)
            #expect(judgement.isQuorumMet == isMet)
            #expect(judgement.wouldUncheckedMeetQuorum == isMet)
            #expect(judgement.checkpoint == log.checkpoint)
            #expect(judgement.logKeys == policy.logs.compactMap(\.key))
            let found = judgement.witnesses.indices.filter {
                judgement.witnesses[$0].word != .absent
            }
            #expect(found == cosigners)
        }
        #expect(try policy.judge(log.note).ignoredSignatures == 1)
    }

    @Test("An unchecked cosignature is said and does not count")
    func unchecked() throws {
        let key = try CosignerKey(
            name: "pq", algorithm: .mlDSA44, publicKey: [UInt8](repeating: 1, count: 1312))
        let known = try VerifierKey(name: "example.com/log", of: log.logKey)
        let policy = try TrustPolicy(lines: ["log \(known)", "witness N \(key)", "quorum N"])
        var note = log.note
        #expect(try policy.judge(note).wouldUncheckedMeetQuorum == false)
        note.append(
            NoteSignature(
                name: "pq", keyID: key.keyID, bytes: [UInt8](repeating: 1, count: 2428)))
        let judgement = try policy.judge(note)
        #expect(judgement.witnesses.map(\.word) == [.notChecked])
        #expect(!judgement.isQuorumMet && judgement.wouldUncheckedMeetQuorum)
    }

    @Test("While a log changes its key, either suffices and a bad one refuses")
    func twoLogKeys() throws {
        let new = SigningKey.generate()
        let both = [log.logKey, new]
        let policy = try TrustPolicy(
            lines: both.map { "log \(try VerifierKey(name: "example.com/log", of: $0))" }
                + ["quorum none"])
        for key in both { #expect(try policy.judge(log.checkpoint.signed(with: key)).isQuorumMet) }
        var note = try log.checkpoint.signed(with: new)
        note.append(log.note.signatures[0])
        #expect(try policy.judge(note).logKeys.count == 2)
        let known = try VerifierKey(name: "example.com/log", of: new)
        note.append(
            NoteSignature(
                name: known.name, keyID: known.keyID, bytes: [UInt8](repeating: 0, count: 64)))
        #expect(throws: LogFailure(.badSignature, line: 7)) { try policy.judge(note) }
    }

    @Test("Another log's checkpoint, and one signed by no key of the log, are refused")
    func otherLogs() throws {
        let policy = try log.policy()
        let other = try Checkpoint(origin: "example.com/other", size: 7, root: log.checkpoint.root)
        #expect(throws: LogFailure.self) { try policy.judge(other.signed(with: log.logKey)) }
        #expect(throws: LogFailure.self) {
            try policy.judge(log.checkpoint.signed(with: .generate()))
        }
        // Cosignatures alone do not make it the log's.
        var note = try log.checkpoint.signed(with: .generate())
        for place in 0..<3 { note.append(try log.line(by: place)) }
        #expect(throws: LogFailure.self) { try policy.judge(note) }
    }

    private enum Outcome: Equatable, CustomStringConvertible {
        case met, notMet
        case refused(LogFailure.Code, Int)

        var description: String {
            switch self {
            case .met: "met"
            case .notMet: "not met"
            case .refused(let code, let line): "\(code.rawValue) \(line)"
            }
        }
    }

    private func note(_ fault: LineFault) throws -> Outcome {
        let lines = fault.done(to: LineFault.lines(of: log.note.bytes))
        return try outcome { policy throws(LogFailure) in
            try policy.judge(LineFault.bytes(of: lines))
        }
    }

    private func outcome(
        _ judge: (TrustPolicy) throws(LogFailure) -> CheckpointJudgement
    ) throws -> Outcome {
        let policy = try log.policy()
        do throws(LogFailure) {
            return try judge(policy).isQuorumMet ? .met : .notMet
        } catch { return .refused(error.kind, error.line) }
    }

    /// 1 origin, 2 size, 3 root, 4 empty, 5 log, 6 to 8 witnesses, 9 stranger.
    @Test("Every line of a cosigned checkpoint left out, doubled, or exchanged with the next")
    func everyLineOfANote() throws {
        let without = try (1...9).map { try note(.removed($0)) }
        #expect(
            without == [
                .refused(.malformedCheckpoint, 3), .refused(.malformedCheckpoint, 3),
                .refused(.malformedCheckpoint, 3), .refused(.malformedNote, 0),
                .refused(.unsigned, 0), .notMet, .notMet, .notMet, .met,
            ])
        let doubled = try (1...9).map { try note(.doubled($0)) }
        #expect(
            doubled == [
                .refused(.malformedCheckpoint, 2), .refused(.malformedCheckpoint, 3),
                .refused(.badSignature, 6), .refused(.malformedCheckpoint, 4),
                .met, .met, .met, .met, .met,
            ])
        let swapped = try (1...8).map { try note(.swapped($0)) }
        #expect(
            swapped == [
                .refused(.malformedCheckpoint, 2), .refused(.malformedCheckpoint, 2),
                .refused(.malformedNote, 4), .refused(.unsigned, 0), .met, .met, .met, .met,
            ])
    }

    @Test("Every byte of a cosigned checkpoint spoiled, and every cut: never trusted by mistake")
    func everyByteOfANote() throws {
        let bytes = log.note.bytes
        let stranger = LineFault.bytes(of: LineFault.lines(of: bytes).dropLast()).count
        for place in bytes.indices {
            var spoiled = bytes
            spoiled[place] ^= 1 << UInt8(place % 8)
            let found = try outcome { policy throws(LogFailure) in try policy.judge(spoiled) }
            let line = bytes[..<place].count { $0 == 0x0a } + 1
            switch found {
            case .met: #expect(place >= stranger, "byte \(place)")
            // The name or key ID of a witness, who is then a stranger.
            case .notMet: #expect((6...8).contains(line), "byte \(place)")
            // The same of the log, and an empty line that is none.
            case .refused(.unsigned, _): #expect(line == 5 || line == 4, "byte \(place)")
            case .refused(_, 0): #expect(spoiled[place] != 0x0a, "byte \(place)")
            case .refused(_, let named): #expect((1...9).contains(named), "byte \(place)")
            }
            let cut = try outcome { policy throws(LogFailure) in
                try policy.judge(Array(bytes[..<place]))
            }
            #expect(cut != .met || place == stranger, "cut at \(place)")
        }
    }

    /// 1 format, 2 extra, 3 index, 4 to 6 hashes, 7 empty, 8 origin, … 12 log, … 16 stranger.
    @Test("Every line of a proof left out, doubled, or exchanged: refused at the line of the file")
    func everyLineOfAProof() throws {
        let lines = LineFault.lines(of: try log.proof().bytes)
        #expect(lines.count == 16)
        func found(_ fault: LineFault) throws -> Outcome {
            try outcome { policy throws(LogFailure) in
                try TlogProof(parsing: LineFault.bytes(of: fault.done(to: lines)))
                    .judge(entry: log.entries[5], under: policy)
            }
        }
        let without = try (1...16).map { try found(.removed($0)) }
        #expect(
            without == [
                .refused(.malformedProof, 1), .met, .refused(.malformedProof, 3),
                .refused(.notIncluded, 0), .refused(.notIncluded, 0), .refused(.notIncluded, 0),
                .refused(.malformedProof, 7), .refused(.malformedCheckpoint, 10),
                .refused(.malformedCheckpoint, 10), .refused(.malformedCheckpoint, 10),
                .refused(.malformedNote, 0), .refused(.unsigned, 0), .notMet, .notMet, .notMet,
                .met,
            ])
        let doubled = try (1...16).map { try found(.doubled($0)) }
        #expect(
            doubled == [
                .refused(.malformedProof, 2), .refused(.malformedProof, 3),
                .refused(.malformedProof, 4), .refused(.notIncluded, 0), .refused(.notIncluded, 0),
                .refused(.notIncluded, 0), .refused(.malformedCheckpoint, 8),
                .refused(.malformedCheckpoint, 9), .refused(.malformedCheckpoint, 10),
                .refused(.badSignature, 13), .refused(.malformedCheckpoint, 11),
                .met, .met, .met, .met, .met,
            ])
        let swapped = try (1...15).map { try found(.swapped($0)) }
        #expect(
            swapped == [
                .refused(.malformedProof, 1), .refused(.malformedProof, 3),
                .refused(.malformedProof, 3), .refused(.notIncluded, 0), .refused(.notIncluded, 0),
                .refused(.malformedCheckpoint, 8), .refused(.malformedProof, 7),
                .refused(.malformedCheckpoint, 9), .refused(.malformedCheckpoint, 9),
                .refused(.malformedNote, 11), .refused(.unsigned, 0), .met, .met, .met, .met,
            ])
    }

    @Test("Every byte of a proof spoiled is refused, but for what nobody vouches for")
    func everyByteOfAProof() throws {
        let bytes = try log.proof().bytes
        let lines = LineFault.lines(of: bytes)
        for place in bytes.indices {
            var spoiled = bytes
            spoiled[place] ^= 1 << UInt8(place % 8)
            let found = try outcome { policy throws(LogFailure) in
                try TlogProof(parsing: spoiled).judge(entry: log.entries[5], under: policy)
            }
            let line = bytes[..<place].count { $0 == 0x0a } + 1
            switch found {
            case .met: #expect(line == 2 || line == lines.count, "byte \(place)")
            case .notMet: #expect((13...15).contains(line), "byte \(place)")
            case .refused(_, let named): #expect((0...17).contains(named), "byte \(place)")
            }
        }
        #expect(throws: LogFailure(.notIncluded)) {
            try log.proof().judge(entry: log.entries[4], under: log.policy())
        }
    }
}
