import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Glibc
import Synchronization
import TransparencyLog
import Witness

@testable import Notarization

/// A station with a real ledger, and a folder for sticks.
final class Station: Sendable {
    let directory = TemporaryDirectory()
    let sticks = TemporaryDirectory()
    let key = SigningKey.generate()
    let clock = Mutex(Timestamp(milliseconds: 1_790_000_000_000))
    let identity = StationIdentity(
        name: "Test", code: "T1", court: nil, origin: "station.example/t1",
        created: Timestamp(milliseconds: 0))
    private let count = Mutex(0)

    init() throws {
        for place in ["staging", "log", "vault/records"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + place, withIntermediateDirectories: true)
        }
        try CustodyLedger.initialise(
            root: DurableRoot(path: path), station: identity, key: key)
    }

    var path: String { directory.path }
    var verifierKey: VerifierKey { try! VerifierKey(name: identity.origin, of: key) }

    func open() throws -> CustodyLedger {
        try CustodyLedger.open(
            root: DurableRoot(path: path), station: identity,
            keys: LogKeys(origin: identity.origin, key: key),
            settings: CustodySettings(integrateEvery: .zero, publishEvery: .zero),
            now: { self.clock.withLock { $0 } }, uptime: { .zero })
    }

    func reader() throws -> LedgerReader { try LedgerReader(rootPath: path) }

    func pass(hours: Int64) {
        clock.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + hours * 3_600_000) }
    }

    func events(_ number: Int) -> [NewCustodyEvent] {
        let now = clock.withLock { $0 }
        return (0..<number).map { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return NewCustodyEvent(
                kind: .annotation, time: now,
                rows: [RecordRow(kind: "test", members: ["n": .integer(Int64(number))])])
        }
    }

    /// A copy of the root as it stands.
    func copy(_ name: String) throws -> String {
        let copy = sticks.path + "/" + name
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    func putBack(_ copy: String) throws {
        for name in ["log", "vault", "keys"] {
            try FileManager.default.removeItem(atPath: path + "/" + name)
            try FileManager.default.copyItem(atPath: copy + "/" + name, toPath: path + "/" + name)
        }
    }

    // MARK: - Sticks

    func stick(_ name: String) -> String { sticks.path + "/" + name }

    @discardableResult
    func request(
        _ name: String, _ ledger: CustodyLedger, mirrorFrom: Int64? = nil
    ) async throws -> StickRequest {
        let request = try StickRequest(
            reader: reader(), keys: [verifierKey], mirrorFrom: mirrorFrom)
        try await ledger.noteRequested(request.signed.note)
        let folder = try OutgoingFolder(path: stick(name))
        try request.write { try folder.put($0, at: $1) }
        try folder.publish()
        return request
    }

    func answer(_ request: String, by witness: LogWitness, to name: String) throws {
        let folder = try ForeignFolder(path: stick(request))
        let answer = try witness.answer(StickQuestion { try folder.read($0, limit: $1) })
        let out = try OutgoingFolder(path: stick(name))
        for (place, bytes) in answer.files { try out.put(bytes, at: place) }
        try out.publish()
    }

    func read(_ name: String, _ policy: TrustPolicy) throws -> StickAnswer {
        let folder = try ForeignFolder(path: stick(name))
        return try StickAnswer(policy: policy, keys: [verifierKey], reader: reader()) {
            try folder.read($0, limit: $1)
        }
    }
}

/// Notaries of a station, each with its witness.
final class Notaries {
    let keys: [SigningKey]
    let witnesses: [LogWitness]
    let policyText: String
    let policy: TrustPolicy
    private let directories: [TemporaryDirectory]

    init(_ count: Int, of station: Station, quorum: String = "all") throws {
        let log = station.verifierKey
        let keys = (0..<count).map { _ in SigningKey.generate() }
        let directories = keys.map { _ in TemporaryDirectory() }
        (self.keys, self.directories) = (keys, directories)
        witnesses = try keys.indices.map { place in
            try LogWitness(
                root: DurableRoot(path: directories[place].path), logs: [log],
                cosigners: [Cosigner(name: "n\(place).example", key: keys[place])],
                clock: { 1_790_000_000 })
        }
        var lines = ["log \(log)"]
        for (place, key) in keys.enumerated() {
            lines.append("witness N\(place) \(try CosignerKey(name: "n\(place).example", of: key))")
        }
        lines.append("group g \(quorum) " + keys.indices.map { "N\($0)" }.joined(separator: " "))
        lines.append("quorum g")
        policyText = lines.map { $0 + "\n" }.joined()
        policy = try TrustPolicy(parsing: Array(policyText.utf8))
    }
}
