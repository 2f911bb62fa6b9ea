import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Glibc
import Synchronization
import Testing
import TimeStamping
import TransparencyLog
import Witness

@testable import Notarization

@Suite("A station that reaches no notary sends a stick")
struct StickTests {
    private let station: Station

    init() throws { station = try Station() }

    private func cosignedSize() throws -> Int64? {
        try station.reader().cosignedNote().map {
            try Checkpoint(parsing: SignedNote(parsing: $0).text).size
        }
    }

    @Test("Three days without a notary, one answer lost: one exchange catches up")
    func threeDays() async throws {
        let notaries = try Notaries(1, of: station)
        let ledger = try station.open()
        try await ledger.enter(station.events(4))
        // Cosigned once, on the first morning.
        try await station.request("r0", ledger)
        try station.answer("r0", by: notaries.witnesses[0], to: "a0")
        try await station.read("a0", notaries.policy).apply(to: ledger)
        #expect(try cosignedSize() == 4)
        for hour in 1...72 {
            station.pass(hours: 1)
            try await ledger.enter(station.events(hour % 7 + 1))
            if hour == 30 {
                // It got to the notary, who cosigned; the answer never came back.
                try await station.request("r1", ledger)
                try station.answer("r1", by: notaries.witnesses[0], to: "a1")
            }
        }
        #expect(try cosignedSize() == 4)
        let size = try station.reader().size()
        #expect(size > 280)
        let request = try await station.request("r2", ledger)
        // From nothing, from what was cosigned, and from what may have been.
        #expect(request.sizes.count == 3)
        try station.answer("r2", by: notaries.witnesses[0], to: "a2")
        let answer = try station.read("a2", notaries.policy)
        #expect(answer.judgement?.isQuorumMet == true && answer.findings.isEmpty)
        try await answer.apply(to: ledger)
        #expect(try cosignedSize() == size)
        #expect(try station.reader().requestedSizes() == [size])
        // To import it again, or the lost one when it turns up, changes nothing.
        let before = try station.reader().cosignedNote()
        try await answer.apply(to: ledger)
        try await station.read("a1", notaries.policy).apply(to: ledger)
        #expect(try station.reader().cosignedNote() == before)
        #expect(try notaries.policy.judge(#require(before)).isQuorumMet)
        try await ledger.close()
    }

    @Test("Two notaries are visited with one stick; it counts when the second answer is in")
    func twoNotaries() async throws {
        let notaries = try Notaries(2, of: station)
        let ledger = try station.open()
        try await ledger.enter(station.events(9))
        try await station.request("r", ledger)
        for place in 0...1 {
            try station.answer("r", by: notaries.witnesses[place], to: "a\(place)")
            try await ledger.enter(station.events(1))
        }
        try await station.read("a0", notaries.policy).apply(to: ledger)
        #expect(try cosignedSize() == nil)
        let second = try station.read("a1", notaries.policy)
        #expect(second.note?.signatures.count == 3)
        try await second.apply(to: ledger)
        #expect(try cosignedSize() == 9)
        try await ledger.close()
    }

    @Test("A witness that is where no proof begins says so, and the next stick has one")
    func elsewhere() async throws {
        let notaries = try Notaries(1, of: station)
        let ledger = try station.open()
        try await ledger.enter(station.events(5))
        try await station.request("r0", ledger)
        try station.answer("r0", by: notaries.witnesses[0], to: "a0")
        // What was carried out is forgotten: as on a station restored without it.
        try await ledger.forgetRequested(below: .max)
        try await ledger.enter(station.events(5))
        try await station.request("r1", ledger)
        try station.answer("r1", by: notaries.witnesses[0], to: "a1")
        let answer = try station.read("a1", notaries.policy)
        #expect(answer.conflict == 5 && answer.note == nil && answer.hold == nil)
        #expect(answer.findings.map(\.code) == ["witness-answered-409"])
        try await answer.apply(to: ledger)
        try await station.request("r2", ledger)
        try station.answer("r2", by: notaries.witnesses[0], to: "a2")
        try await station.read("a2", notaries.policy).apply(to: ledger)
        #expect(try cosignedSize() == 10)
        try await ledger.close()
    }

    @Test("A stick with nothing new is answered with a fresh cosignature")
    func nothingNew() async throws {
        let notaries = try Notaries(1, of: station)
        let ledger = try station.open()
        try await ledger.enter(station.events(5))
        for round in 0..<2 {
            try await station.request("r\(round)", ledger)
            try station.answer("r\(round)", by: notaries.witnesses[0], to: "a\(round)")
            let answer = try station.read("a\(round)", notaries.policy)
            try await answer.apply(to: ledger)
            #expect(answer.note?.signatures.count == 2)
        }
        #expect(try cosignedSize() == 5)
        try await ledger.close()
    }

    @Test("A store put back to yesterday is caught by what the notary's stick shows, for good")
    func rolledBack() async throws {
        let notaries = try Notaries(1, of: station)
        var ledger = try station.open()
        try await ledger.enter(station.events(5))
        try await ledger.close()
        let yesterday = try station.copy("yesterday")
        ledger = try station.open()
        try await ledger.enter(station.events(7))
        try await station.request("r0", ledger)
        try station.answer("r0", by: notaries.witnesses[0], to: "a0")
        try await ledger.close()
        // With the key's memory: nothing local can tell.
        try station.putBack(yesterday)
        ledger = try station.open()
        try await ledger.enter(station.events(2))
        try await station.request("r1", ledger)
        try station.answer("r1", by: notaries.witnesses[0], to: "a1")
        for name in ["a0", "a1"] {
            let answer = try station.read(name, notaries.policy)
            #expect(answer.hold?.reason == .proven && answer.note == nil)
            #expect(answer.findings.first?.code == "second-history")
            #expect(answer.hold?.claimedSize == 12)
        }
        try await station.read("a1", notaries.policy).apply(to: ledger)
        await #expect(throws: CustodyFailure.self) { try await ledger.enter(station.events(1)) }
        try await ledger.close()
        let next = try station.open()
        #expect(await next.signingHold()?.reason == .proven)
        #expect(
            try await Checkpoint.open(
                #require(next.signingHold()?.evidence), by: station.verifierKey
            ).size
                == 12)
    }

    @Test("A notary's mirror lives on sticks alone, and cosigns only what they brought")
    func mirror() async throws {
        let notaries = try Notaries(1, of: station)
        let notary = TemporaryDirectory()
        mkdir(notary.path + "/staging", 0o755)
        let mirror = try LedgerMirror(
            root: DurableRoot(path: notary.path), place: "mirror", keys: [station.verifierKey])
        let ledger = try station.open()
        for (round, more) in [5, 300, 700].enumerated() {
            try await ledger.enter(station.events(more))
            try await station.request("r\(round)", ledger, mirrorFrom: mirror.held.size)
            let folder = try ForeignFolder(path: station.stick("r\(round)"))
            let source = FolderSource { try folder.read($0, limit: $1) }
            #expect(try mirror.pull(from: source).size == station.reader().size())
            #expect(try notaries.witnesses[0].decide(over: mirror)?.answer.status == 200)
            let size = mirror.held.size
            let proof = try #require(try mirror.inclusionProof(size - 1))
            try proof.verify(entry: station.reader().entry(size - 1), by: station.verifierKey)
        }
        // A stick that begins too late leaves the mirror where it is.
        try await ledger.enter(station.events(600))
        let size = try station.reader().size()
        try await station.request("late", ledger, mirrorFrom: size - 1)
        let folder = try ForeignFolder(path: station.stick("late"))
        #expect {
            try mirror.pull(from: FolderSource { try folder.read($0, limit: $1) })
        } throws: { ($0 as? MirrorFailure)?.kind == .missing }
        #expect(mirror.held.size == size - 600)
        try await ledger.close()
    }

    @Test(
        "Time stamps are fetched by stick as well, and only those of our own queries count",
        .enabled(if: TestAuthority.isPresent, "openssl is not installed"))
    func stamps() async throws {
        let notaries = try Notaries(1, of: station)
        let (authority, other) = (try TestAuthority(), try TestAuthority())
        let ledger = try station.open()
        // The authorities' clock is this machine's.
        func now() -> Timestamp {
            Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        }
        station.clock.withLock { $0 = now() }
        try await ledger.enter(station.events(5))
        let note = try station.reader().checkpoint().note
        var queries: [String: [UInt8]] = [:]
        for imprint in StampImprint.allCases {
            queries[imprint.rawValue + ".tsq"] = TimeStampQuery(over: note, imprint: imprint).der
        }
        try await ledger.freeze(note, files: queries)
        try await station.request("r", ledger)
        try station.answer("r", by: notaries.witnesses[0], to: "a")
        let good = try authority.answer(file("r/stamps/sha256.tsq"))
        station.sticks.write(good, at: "a/stamps/sha256.tsr")
        // By an authority that nobody trusts.
        let bad = try other.answer(file("r/stamps/sm3.tsq"))
        station.sticks.write(bad, at: "a/stamps/sm3.tsr")
        let answer = try station.read("a", notaries.policy)
        let trust = try TimeStampTrust(pem: authority.ca)
        let found = try answer.stamps(reader: station.reader(), trust: trust, now: now())
        guard case .success(.holds) = found[.sha256], case .failure(let failure) = found[.sm3]
        else {
            Issue.record("\(found)")
            return
        }
        #expect(failure.kind == .untrusted)
        try await ledger.freeze(note, files: ["sha256.tsr": good])
        #expect(try station.reader().frozen(5)?.files["sha256.tsr"] == good)
        // The cosignature is taken as ever.
        try await answer.apply(to: ledger)
        #expect(try cosignedSize() == 5)
        try await ledger.close()
    }

    // MARK: - Hostile sticks

    /// A request and an answer that are good.
    private func exchanged() async throws -> (CustodyLedger, Notaries) {
        let notaries = try Notaries(1, of: station)
        let ledger = try station.open()
        try await ledger.enter(station.events(9))
        try await station.request("r", ledger)
        try station.answer("r", by: notaries.witnesses[0], to: "a")
        return (ledger, notaries)
    }

    private func file(_ place: String) throws -> [UInt8] {
        try [UInt8](#require(FileManager.default.contents(atPath: station.stick(place))))
    }

    @Test("Each line of each file of an answer spoiled in turn: nothing false is ever taken")
    func spoiledAnswers() async throws {
        let (ledger, notaries) = try await exchanged()
        for place in ["a/checkpoint", "a/answer", "a/newest"] {
            let good = try file(place)
            for at in good.indices {
                var bad = good
                bad[at] ^= 2
                station.sticks.write(bad, at: place)
                guard let answer = try? station.read("a", notaries.policy) else { continue }
                #expect(answer.hold == nil)
                if let note = answer.note {
                    let judged = try notaries.policy.judge(note)
                    #expect(judged.checkpoint.size == 9 && judged.isQuorumMet)
                    #expect(note.text == answer.signed.note.text)
                }
            }
            for count in stride(from: 0, to: good.count, by: 3) {
                station.sticks.write(Array(good[..<count]), at: place)
                if let note = try? station.read("a", notaries.policy).note {
                    #expect(try notaries.policy.judge(note).isQuorumMet)
                }
            }
            station.sticks.write(good, at: place)
        }
        #expect(try station.read("a", notaries.policy).note != nil)
        try await ledger.close()
    }

    @Test("A number anybody could have written holds nobody")
    func writtenNumber() async throws {
        let (ledger, notaries) = try await exchanged()
        station.sticks.write(WitnessAnswer.conflict(1 << 40).file, at: "a/answer")
        let answer = try station.read("a", notaries.policy)
        #expect(answer.hold == nil && answer.conflict == nil && answer.findings.count == 1)
        try await ledger.close()
    }

    @Test("Answers of a stranger, about another log, without a checkpoint: refused in words")
    func strangers() async throws {
        let (ledger, notaries) = try await exchanged()
        let other = try Notaries(1, of: station)
        try station.answer("r", by: other.witnesses[0], to: "b")
        #expect { try station.read("b", notaries.policy) } throws: {
            ($0 as? NotarizationFailure)?.kind == .notOurWitness
        }
        let elsewhere = try Station()
        let foreign = try Notaries(1, of: elsewhere)
        let another = try elsewhere.open()
        try await another.enter(elsewhere.events(9))
        try await elsewhere.request("r", another)
        try elsewhere.answer("r", by: foreign.witnesses[0], to: "a")
        for name in ["checkpoint", "answer"] {
            station.sticks.write(
                [UInt8](
                    try #require(FileManager.default.contents(atPath: elsewhere.stick("a/" + name)))
                ),
                at: "c/" + name)
        }
        #expect { try station.read("c", notaries.policy) } throws: {
            ($0 as? LogFailure)?.kind == .unsigned
        }
        unlink(station.stick("a/checkpoint"))
        #expect { try station.read("a", notaries.policy) } throws: {
            ($0 as? NotarizationFailure)?.kind == .noAnswer
        }
        try await another.close()
        try await ledger.close()
    }

    @Test("Links, pipes, folders and giants in place of files are not followed, waited for or read")
    func notFiles() async throws {
        let (ledger, notaries) = try await exchanged()
        station.sticks.write([UInt8](repeating: 0x61, count: 2 << 20), at: "giant")
        for place in ["checkpoint", "answer", "newest"] {
            let path = station.stick("a/" + place)
            let good = try file("a/" + place)
            for kind in 0..<4 {
                unlink(path)
                switch kind {
                case 0: symlink("../a/answer", path)
                case 1: mkfifo(path, 0o644)
                case 2: mkdir(path, 0o755)
                default: rename(station.stick("giant"), path)
                }
                #expect(throws: DurableFileFailure.self) { try station.read("a", notaries.policy) }
                if kind == 2 { rmdir(path) }
                if kind == 3 { rename(path, station.stick("giant")) }
            }
            unlink(path)
            station.sticks.write(good, at: "a/" + place)
        }
        try await ledger.close()
    }

    @Test("A spoiled request makes the notary cosign nothing that is not shown to be so")
    func spoiledRequests() async throws {
        let notaries = try Notaries(1, of: station)
        let ledger = try station.open()
        try await ledger.enter(station.events(5))
        try await station.request("r0", ledger)
        try station.answer("r0", by: notaries.witnesses[0], to: "a0")
        try await ledger.enter(station.events(8))
        try await station.request("r1", ledger)
        let witness = notaries.witnesses[0]
        func answer() throws -> WitnessAnswer {
            let folder = try ForeignFolder(path: station.stick("r1"))
            return try witness.answer(StickQuestion { try folder.read($0, limit: $1) }).decision
                .answer
        }
        let proof = try file("r1/add-checkpoint/5")
        unlink(station.stick("r1/add-checkpoint/5"))
        #expect(try answer() == .conflict(5))
        station.sticks.write(proof, at: "r1/add-checkpoint/5")

        let truth = try SignedNote(parsing: file("r1/checkpoint"))
        let key = notaries.policy.witnesses[0].key
        for place in ["r1/checkpoint", "r1/add-checkpoint/5"] {
            let good = try file(place)
            for at in good.indices {
                var bad = good
                bad[at] ^= 2
                station.sticks.write(bad, at: place)
                // Where it does cosign, it is the text that our log has.
                guard case .cosigned(let lines) = try? answer() else { continue }
                #expect(CosignatureLines(lines, below: truth, by: key, among: [key]) != nil)
            }
            station.sticks.write(good, at: place)
        }
        unlink(station.stick("r1/checkpoint"))
        #expect(throws: LogFailure.self) { try answer() }
        try await ledger.close()
    }
}
