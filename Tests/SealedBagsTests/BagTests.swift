import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Testing
import TimeStamping
import TransparencyLog

@testable import SealedBags

@Suite("A sealed bag")
struct BagTests {
    @Test("Holds in every layer as it was written")
    func whole() throws {
        let bag = try SampleBag()
        let report = try bag.verify()
        #expect(report.failing.isEmpty && report.verdict == .holds)
        #expect(report.outcomes.map(\.layer) == BagReport.Layer.allCases)
        #expect(report.outcome(.timeStamps) == .absent(BagWords.notThere))
    }

    @Test("Every file that is changed, removed or added is named")
    func everyFile() throws {
        let bag = try SampleBag()
        for place in try bag.places {
            let before = bag.bytes(place)
            bag.flip(place)
            let changed = try bag.verify()
            #expect(changed.verdict == .fails, "changed: \(place)")
            // A bit of a manifest may be a bit of a file's name.
            let isNamed = subjects(changed).contains(place) || place.contains("manifest-")
            #expect(isNamed, "changed: \(place)")
            try bag.remove(place)
            if place != BagLayout.declaration {
                let removed = try bag.verify()
                #expect(removed.verdict == .fails, "removed: \(place)")
                #expect(subjects(removed).contains(place), "removed: \(place)")
            } else {
                #expect(throws: BagFailure(.notABag)) { try bag.verify() }
            }
            bag.put(before, at: place)
        }
        for place in ["data/more", "more", "custody/more", "tagmanifest-md5.txt", "trust/x/y"] {
            bag.put([1], at: place)
            #expect(subjects(try bag.verify()).contains(place), "added: \(place)")
            try bag.remove(place)
        }
        #expect(try bag.verify().verdict == .holds)
    }

    private func subjects(_ report: BagReport) -> Set<String> {
        Set(
            report.outcomes.flatMap { layer, outcome in
                if case .fails(let findings) = outcome {
                    findings.map(\.subject)
                } else {
                    [String]()
                }
            })
    }

    @Test("Whoever makes the manifests fit again is caught by the layers below")
    func resealed() throws {
        let bag = try SampleBag()
        // Nothing vouches for these but the manifests: they are for people.
        let papers = [
            BagLayout.declaration, BagLayout.info, BagLayout.guide, BagLayout.policy,
            BagLayout.certificate, BagLayout.checkPage, BagLayout.premis,
        ]
        for place in try bag.places where !papers.contains(place) && !place.contains("manifest-") {
            let before = bag.bytes(place)
            bag.flip(place)
            try bag.reseal()
            let failing = try bag.failing()
            #expect(failing.isSuperset(of: layers(of: place)), "\(place): \(failing)")
            #expect(failing.isDisjoint(with: [.form, .payload, .tags]), "\(place): \(failing)")
            bag.put(before, at: place)
            try bag.reseal()
            #expect(try bag.verify().verdict == .holds)
        }
    }

    /// The layer that says so when this file is not what it was.
    private func layers(of place: String) -> Set<BagReport.Layer> {
        switch place {
        case BagLayout.events, BagLayout.names: [.tables]
        case BagLayout.checkpoint: [.proofs]
        case _ where place.hasPrefix(BagLayout.payload): [.entries]
        case _ where place.hasPrefix(BagLayout.rows): [.records]
        case _ where place.hasSuffix(".entry"): [.proofs]
        case _ where place.hasSuffix(".record"): [.records]
        case _ where place.hasSuffix(".tlog-proof"): [.proofs]
        default: []
        }
    }

    @Test("A file, an entry, a record or a proof that is taken away is missed")
    func takenAway() throws {
        let bag = try SampleBag()
        let expected: [(String, BagReport.Layer)] = [
            (bag.log.data(0), .entries), ("custody/1.entry", .entries),
            ("custody/1.record", .records), ("custody/1.tlog-proof", .proofs),
            (BagLayout.checkpoint, .proofs), (BagLayout.names, .tables),
        ]
        for (place, layer) in expected {
            let before = bag.bytes(place)
            try bag.remove(place)
            try bag.reseal()
            #expect(try bag.failing().contains(layer), "\(place)")
            bag.put(before, at: place)
        }
        // Rows that are not the receiver's business may be left out; the tables say so.
        try bag.reseal()
        #expect(try bag.verify().verdict == .holds)
    }

    @Test("Footage that no entry is about is named, and a bag of nothing is not sound")
    func strangers() throws {
        let bag = try SampleBag()
        bag.put([1, 2, 3], at: "data/T1-9_x.mp4")
        try bag.reseal()
        #expect(try bag.verify().codes(.entries) == ["no-entry"])

        let empty = TemporaryDirectory()
        empty.write(Array(BagLayout.declarationText.utf8), at: BagLayout.declaration)
        let report = try BagVerifier(
            ForeignFolder(path: empty.path), trust: bag.trust(), now: bag.log.now
        ).verify()
        #expect(report.verdict == .fails)
        #expect(report.codes(.form).contains("nothing-to-check"))
        #expect(report.codes(.entries) == ["nothing-to-check"])
        try FileManager.default.removeItem(atPath: empty.path + "/" + BagLayout.declaration)
        #expect(throws: BagFailure(.notABag)) {
            try BagVerifier(
                ForeignFolder(path: empty.path), trust: bag.trust(), now: bag.log.now
            ).verify()
        }
    }

    @Test("An entry of another log does not pass, though all else is made to fit")
    func otherLog() throws {
        let (bag, other) = (try SampleBag(), try SampleBag())
        for place in ["custody/1.entry", "custody/1.record", "custody/1.tlog-proof"] {
            bag.put(other.bytes(place), at: place)
        }
        try bag.reseal()
        #expect(try bag.verify().codes(.proofs) == ["other-checkpoint"])
        // The whole log of another key.
        bag.put(other.bytes(BagLayout.checkpoint), at: BagLayout.checkpoint)
        #expect(try bag.failing().contains(.signature))
    }

    // MARK: - Whom one trusts

    @Test("Without a policy, or with too few cosignatures, it is not enough")
    func notEnough() throws {
        let bag = try SampleBag()
        let nobody = try bag.verify(BagVerifier.Trust())
        #expect(nobody.failing.isEmpty && nobody.verdict == .notEnough)
        let path = bag.directory.path + "/uncosigned"
        _ = try BagWriter.write(bag.log.content(bag.log.signed()), to: path)
        let report = try BagVerifier(
            ForeignFolder(path: path), trust: bag.trust(), now: bag.log.now
        ).verify()
        #expect(report.failing.isEmpty && report.verdict == .notEnough)
        let info = FileManager.default.contents(atPath: path + "/bag-info.txt") ?? Data()
        #expect(String(decoding: info, as: UTF8.self).contains("not yet cosigned"))
    }

    @Test("A policy of another log, another key, a forged cosignature")
    func otherKeys() throws {
        let bag = try SampleBag()
        let other = try VerifierKey(name: bag.log.station.origin, of: .generate())
        #expect(try bag.failing(bag.trust(policy: bag.log.policy(log: other))) == [.signature])

        // By another key under the same name the line is nobody's; with the same key ID it is forged.
        let forged = try bag.log.cosigned(by: .generate())
        let path = bag.directory.path + "/forged"
        _ = try BagWriter.write(bag.log.content(forged), to: path)
        let report = try BagVerifier(
            ForeignFolder(path: path), trust: bag.trust(), now: bag.log.now
        ).verify()
        #expect(report.failing.isEmpty && report.verdict == .notEnough)

        var lines = String(decoding: bag.bytes(BagLayout.checkpoint), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let place = try #require(lines.lastIndex { $0.hasPrefix("— notary") })
        let words = lines[place].split(separator: " ")
        var blob = try #require(Base64.decode(words[2]))
        blob[40] ^= 1
        lines[place] = "— \(words[1]) \(Base64.encode(blob))"
        bag.put(Array(lines.joined(separator: "\n").utf8), at: BagLayout.checkpoint)
        #expect(try bag.failing().contains(.cosignatures))
        #expect(try bag.verify().codes(.cosignatures) == ["bad-signature"])
    }

    @Test("After key rotation a policy with both keys still opens the old bag")
    func rotatedKey() throws {
        let bag = try SampleBag()
        let next = try VerifierKey(name: bag.log.station.origin, of: .generate())
        let policy = try Array("log \(next)\n".utf8) + bag.log.policy()
        #expect(try bag.verify(bag.trust(policy: policy)).verdict == .holds)
    }

    @Test("A station whose clock runs hours ahead of its witness is told")
    func clocks() throws {
        let log = try SampleLog()
        let directory = TemporaryDirectory()
        let early = Timestamp(milliseconds: log.now.milliseconds - 7_200_000)
        _ = try BagWriter.write(
            log.content(log.cosigned(at: early)), to: directory.path + "/bag")
        let policy = try log.policy()
        let report = try BagVerifier(
            ForeignFolder(path: directory.path + "/bag"),
            trust: BagVerifier.Trust(policy: TrustPolicy(parsing: policy), policyFile: policy),
            now: log.now
        ).verify()
        #expect(report.failing == [.clocks])
    }

    // MARK: - Writing

    @Test("Names are safe and unique, whatever the recorder wrote")
    func names() throws {
        let name = LedgerName(station: "T1", leaf: 7)
        let hostile: [(String, String)] = [
            ("a/../../etc/passwd", "data/T1-7_passwd"), ("执行.MP4", "data/T1-7_______.MP4"),
            ("x\ny;rm -rf.mp4", "data/T1-7_x_y_rm_-rf.mp4"), ("", "data/T1-7_"),
            (
                String(repeating: "a", count: 300) + ".mp4",
                "data/T1-7_" + String(repeating: "a", count: 96) + ".mp4"
            ),
        ]
        for (path, place) in hostile {
            #expect(BagLayout.data(name, path: RecorderPath(path)) == place)
        }
        let bag = try SampleBag()
        let table = String(decoding: bag.bytes(BagLayout.names), as: UTF8.self)
        #expect(table.contains(",DCIM/执行 001.MP4,,"))
        #expect(table.contains(",'=cmd.srt,PWNtZC5zcnQ=,"))
    }

    @Test("Bytes that are not what the record says are not handed out; nothing is left behind")
    func damaged() throws {
        let log = try SampleLog()
        let content = try log.content()
        let directory = TemporaryDirectory()
        var lent = 0
        let spoiled = BagContent(
            station: content.station, made: content.made, isForParty: false,
            leaves: content.leaves, checkpoint: content.checkpoint, judgement: content.judgement,
            timeStamps: nil, trust: content.trust, leaf: content.leaf,
            lend: { _, _, take in
                lent += 1
                let file = open(directory.write([0, 1], at: "object"), O_RDONLY)
                defer { close(file) }
                return try take(file)
            })
        #expect(throws: BagFailure(.damagedItem, "T1-1")) {
            try BagWriter.write(spoiled, to: directory.path + "/bag")
        }
        #expect(lent == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["object"])
    }

    @Test(
        "Malformed manifests are told by their line",
        arguments: [
            ("zz  data/x", 1), (String(repeating: "0", count: 64) + " ", 1),
            (String(repeating: "0", count: 64) + "  /etc/passwd", 1),
            (String(repeating: "0", count: 64) + "  data/../x", 1),
            (String(repeating: "0", count: 64) + "  data/\u{e9}", 1),
            (
                String(repeating: "0", count: 64) + "  x\n" + String(repeating: "0", count: 64)
                    + "  x", 2
            ),
            (String(repeating: "0", count: 1_000_000), 1),
        ])
    func manifests(text: String, line: Int) {
        #expect(throws: BagManifest.Malformed.self) { try BagManifest(parsing: Array(text.utf8)) }
        do { _ = try BagManifest(parsing: Array(text.utf8)) } catch { #expect(error.line == line) }
    }

    @Test("Links, devices and odd names in a bag are not followed, and are told")
    func strange() throws {
        let bag = try SampleBag()
        symlink("/etc/passwd", bag.path + "/data/link")
        symlink("/", bag.path + "/root")
        mkfifo(bag.path + "/data/pipe", 0o644)
        bag.put([1], at: "data/caf\u{e9}")
        let report = try bag.verify()
        #expect(report.codes(.form) == Array(repeating: "strange-file", count: 4))
    }
}

extension SampleLog {
    /// Where the bag has the bytes of an item.
    func data(_ number: Int) -> String {
        number == 0
            ? BagLayout.data(
                LedgerName(station: "T1", leaf: 1), path: RecorderPath("DCIM/执行 001.MP4"))
            : BagLayout.data(LedgerName(station: "T1", leaf: 7), path: RecorderPath("=cmd.srt"))
    }
}
