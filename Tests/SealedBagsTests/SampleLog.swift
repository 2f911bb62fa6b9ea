import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import TimeStamping
import TransparencyLog

@testable import SealedBags

/// A small custody log with two items and somebody else's entries between, a witness, and, where
/// openssl is there, an authority's time stamps; and the bag that is made of it.
final class SampleLog {
    let station = StationIdentity(
        name: "Test court 测试法院", code: "T1", court: nil, origin: "court.example/t1",
        created: Timestamp(milliseconds: 0))
    let key = SigningKey.generate()
    let witness = SigningKey.generate()
    let footage: [[UInt8]] = [
        (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }, Array("sidecar".utf8),
    ]
    private(set) var entries: [[UInt8]] = []
    private var headers: [[UInt8]] = []
    private var rows: [[[UInt8]]] = []
    /// The leaves that a bag takes along.
    private(set) var chosen: [Int64] = []
    private(set) var stamps: BagContent.TimeStamps?
    private(set) var stampedSize: Int64 = 0
    /// An hour ago, so that nothing lies in the future.
    private var clock = Int64(Date().timeIntervalSince1970 * 1000) - 3_600_000

    /// - Parameter isStampEntered: whether an entry of the log commits to the tokens.
    init(authority: TestAuthority? = nil, isStampEntered: Bool = true) throws {
        let visit = RecordRow(kind: "visit", members: ["by": "uid:0", "officer": "P12"])
        try enter(.docking, [visit], isChosen: true)
        try ingest(footage[0], path: "DCIM/执行 001.MP4", isSidecar: false)
        for number in 0..<5 {
            try enter(
                .finding, [RecordRow(kind: "finding", members: ["item": .string("T1-9\(number)")])])
        }
        try ingest(footage[1], path: "=cmd.srt", isSidecar: true)
        if let authority { try stamp(by: authority, isEntered: isStampEntered) }
        try enter(
            .disclosure, [DisclosureRow(item: "T1-1", by: "uid:0", how: "export", why: nil).row],
            isChosen: true)
        for _ in 0..<3 { try enter(.fixityCheck, []) }
    }

    var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    var verifierKey: VerifierKey { try! VerifierKey(name: station.origin, of: key) }

    private func enter(
        _ event: CustodyEventKind, _ rows: [RecordRow], sha256: SHA256Digest? = nil,
        sm3: SM3Digest? = nil, size: Int64? = nil, isChosen: Bool = false
    ) throws {
        let bytes = try rows.map { try JSONWriter.canonical($0.json(salt: RecordRow.makeSalt())) }
        let header = try JSONWriter.canonical(
            RecordHeader(salt: RecordRow.makeSalt(), rows: bytes.map { SHA256Digest.of($0) }).json)
        clock += 1000
        let leaf = Leaf(
            event: event, time: Timestamp(milliseconds: clock), station: station.code,
            sha256: sha256, sm3: sm3, size: size, record: SHA256Digest.of(header))
        if isChosen { chosen.append(Int64(entries.count)) }
        entries.append(try leaf.encoded())
        headers.append(header)
        self.rows.append(bytes)
    }

    private func ingest(_ bytes: [UInt8], path: String, isSidecar: Bool) throws {
        let (sha256, sm3) = (SHA256Digest.of(bytes), SM3Digest.of(bytes))
        let file = FootageFile(
            path: RecorderPath(path), size: Int64(bytes.count),
            modified: FileTime(seconds: 1_700_000_000, nanoseconds: 0),
            role: isSidecar ? .sidecar : .video, claims: NameClaims())
        let row = FileRow(
            item: nil, visit: "T1-0", recorder: "R7", officer: nil, zone: "+08:00", file: file,
            sha256: sha256, sm3: sm3, blocks: sha256, probe: sha256, isNewName: false)
        try enter(
            .ingestion, [row.row], sha256: isSidecar ? nil : sha256, sm3: isSidecar ? nil : sm3,
            size: isSidecar ? nil : file.size, isChosen: true)
    }

    private func stamp(by authority: TestAuthority, isEntered: Bool) throws {
        stampedSize = Int64(entries.count)
        let note = try signed(stampedSize).bytes
        var tokens: [String: [UInt8]] = [:]
        for imprint in StampImprint.allCases {
            tokens[imprint.rawValue] = try authority.answer(
                TimeStampQuery(over: note, imprint: imprint).der)
        }
        stamps = BagContent.TimeStamps(checkpoint: note, tokens: tokens, consistency: [])
        guard isEntered else { return }
        let rows = tokens.map { imprint, token in
            TimeStampRow(
                treeSize: stampedSize, imprint: imprint, token: .of(token),
                verdict: .init(
                    isChecked: true, time: nil, serial: nil, policy: nil, certificateEnds: nil)
            ).row
        }
        try enter(.timeStamp, rows, isChosen: true)
    }

    // MARK: - The tree

    private func subtree(_ level: Int, _ index: Int64) -> SHA256Digest {
        let start = Int(index) << level
        return MerkleTree.root(
            ofLeafHashes: entries[start..<start + 1 << level].map { MerkleTree.leafHash($0) })
    }

    func signed(_ size: Int64? = nil) throws -> SignedNote {
        let size = size ?? Int64(entries.count)
        let root = MerkleTree.root(
            ofLeafHashes: entries[..<Int(size)].map { MerkleTree.leafHash($0) })
        return try Checkpoint(origin: station.origin, size: size, root: root).signed(with: key)
    }

    func cosigned(by key: SigningKey? = nil, at time: Timestamp? = nil) throws -> SignedNote {
        var note = try signed()
        let checkpoint = try Checkpoint(parsing: note.text)
        note.append(
            try Cosignature(
                over: checkpoint, as: "notary.example/w", with: key ?? witness,
                at: (time ?? now).milliseconds / 1000
            ).line)
        return note
    }

    /// The policy that a verifier has from the notary.
    func policy(log: VerifierKey? = nil) throws -> [UInt8] {
        let cosigner = try CosignerKey(name: "notary.example/w", of: witness)
        return Array("log \(log ?? verifierKey)\nwitness notary \(cosigner)\nquorum notary\n".utf8)
    }

    // MARK: - The bag

    func content(_ note: SignedNote? = nil) throws -> BagContent {
        let note = try note ?? cosigned()
        let size = try Checkpoint(parsing: note.text).size
        let stamps = try stamps.map {
            BagContent.TimeStamps(
                checkpoint: $0.checkpoint, tokens: $0.tokens,
                consistency: try ConsistencyProof.make(from: stampedSize, to: size) {
                    self.subtree($0, $1)
                }.hashes)
        }
        let policy = try policy()
        return BagContent(
            station: station, made: now, isForParty: false, leaves: chosen, checkpoint: note.bytes,
            judgement: try TrustPolicy(parsing: policy).judge(note), timeStamps: stamps,
            trust: BagContent.TrustCopies(policy: policy, authority: nil),
            leaf: { index in
                let place = Int(index)
                let proof = try InclusionProof.make(index: index, size: size) {
                    self.subtree($0, $1)
                }
                return (
                    BagLeaf(
                        index: index, entry: self.entries[place], header: self.headers[place],
                        rows: self.rows[place]), proof.hashes
                )
            },
            lend: { digest, _, take in
                let directory = TemporaryDirectory()
                for bytes in self.footage where SHA256Digest.of(bytes) == digest {
                    let path = directory.write(bytes, at: "object")
                    let file = open(path, O_RDONLY)
                    defer { close(file) }
                    return try take(file)
                }
                return false
            })
    }
}

/// A written bag, and ways to spoil it.
final class SampleBag {
    let directory = TemporaryDirectory()
    let log: SampleLog
    let authority: TestAuthority?
    var path: String { directory.path + "/bag" }

    init(authority: TestAuthority? = nil, isStampEntered: Bool = true) throws {
        self.authority = authority
        log = try SampleLog(authority: authority, isStampEntered: isStampEntered)
        _ = try BagWriter.write(log.content(), to: path)
    }

    func trust(policy: [UInt8]? = nil, authority pem: [UInt8]? = nil) throws -> BagVerifier.Trust {
        let policy = try policy ?? log.policy()
        let roots = pem ?? authority?.ca
        return BagVerifier.Trust(
            policy: try TrustPolicy(parsing: policy), policyFile: policy,
            authority: try roots.map { try TimeStampTrust(pem: $0) }, authorityFile: roots ?? [])
    }

    func verify(_ trust: BagVerifier.Trust? = nil, at now: Timestamp? = nil) throws -> BagReport {
        try BagVerifier(
            ForeignFolder(path: path), trust: try trust ?? self.trust(), now: now ?? log.now
        ).verify()
    }

    /// The layers that fail.
    func failing(_ trust: BagVerifier.Trust? = nil) throws -> Set<BagReport.Layer> {
        try verify(trust).failing
    }

    var places: [String] {
        get throws { try ForeignFolder(path: path).list().files.keys.sorted() }
    }

    func bytes(_ place: String) -> [UInt8] {
        FileManager.default.contents(atPath: path + "/" + place).map { Array($0) } ?? []
    }

    func put(_ bytes: [UInt8], at place: String) { directory.write(bytes, at: "bag/" + place) }

    func remove(_ place: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + place)
    }

    /// One bit in the middle of a file.
    func flip(_ place: String) {
        var changed = bytes(place)
        changed[changed.count / 2] ^= 1
        put(changed, at: place)
    }

    /// Whoever spoiled the bag makes its manifests and its Oxum fit again.
    func reseal() throws {
        let places = try places
        let payload = places.filter { $0.hasPrefix("data/") }
        let size = payload.reduce(0) { $0 + bytes($1).count }
        let info = String(decoding: bytes("bag-info.txt"), as: UTF8.self).split(separator: "\n")
            .map { $0.hasPrefix("Payload-Oxum:") ? "Payload-Oxum: \(size).\(payload.count)" : $0 }
        put(Array(info.map { $0 + "\n" }.joined().utf8), at: "bag-info.txt")
        for isTag in [false, true] {
            for algorithm in ["sha256", "sm3"] {
                var manifest = BagManifest()
                for place in places
                where place.hasPrefix("data/") != isTag && !place.hasPrefix("tagmanifest-") {
                    let bytes = bytes(place)
                    manifest.add(
                        algorithm == "sm3"
                            ? SM3Digest.of(bytes).bytes : SHA256Digest.of(bytes).bytes, at: place)
                }
                put(manifest.bytes, at: BagManifest.place(algorithm, isTag: isTag))
            }
        }
    }
}

extension BagReport {
    var failing: Set<Layer> {
        Set(outcomes.filter { if case .fails = $0.outcome { true } else { false } }.map(\.layer))
    }

    func outcome(_ layer: Layer) -> Outcome? { outcomes.first { $0.layer == layer }?.outcome }

    func codes(_ layer: Layer) -> [String] {
        guard case .fails(let findings) = outcome(layer) else { return [] }
        return findings.map(\.code)
    }
}
