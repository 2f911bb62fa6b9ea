import DurableFiles
import Evidence
import Fixity
import Glibc
package import Logging
import Portal
import ServiceLifecycle
package import TransparencyLog
import UnixSignals
import Witness

/// A notary's witness on its own root: its key, what it cosigned, and where it is asked to, a copy of
/// each log. Nothing here reaches footage. It holds the root's lock for as long as it lives.
///
/// Below the root: `witness.json`, `keys/witness.key`, and what ``LogWitness`` and ``LedgerMirror``
/// keep.
package final class WitnessStation: Sendable {
    package static let defaultRoot = "/var/lib/evidock-witness"
    private static let identity = "witness.json"
    private static let keyPlace = "keys/witness.key"

    package typealias Policy = TrustPolicy

    let witness: LogWitness
    let mirrors: MirrorShelf?
    package let vkey: String
    private let lock: RootLock

    /// Opens the root, and makes it where it is empty.
    ///
    /// - Parameters:
    ///   - name: of a new witness's key; nil for one by chance.
    ///   - note: what the lock file says of the holder: where it listens.
    ///   - mirrors: whether it cosigns only what it holds a copy of.
    /// - Throws: `in-use`, `not-empty`, `missing-key`; `wrong-usage` where it has another name.
    package init(
        root path: String, policy: TrustPolicy, name: String? = nil, note: String = "",
        mirrors: Bool = false
    ) throws {
        let root = try Self.root(at: path)
        lock = try RootLock.acquire(root: root, note: note)
        let cosigner = try Self.cosigner(in: root, path: path, name: name)
        vkey = cosigner.key.description
        let logs = policy.logs.compactMap(\.key)
        witness = try LogWitness(
            root: root, logs: logs, cosigners: [cosigner], clock: { Int64(time(nil)) })
        self.mirrors = mirrors ? try MirrorShelf(root: root, policy: policy) : nil
    }

    /// One that only makes its key, or looks at it.
    package convenience init(root path: String, name: String?) throws {
        try self.init(root: path, policy: TrustPolicy.none, name: name)
    }

    package func close() { lock.release() }

    /// The verifier key of a witness that is there.
    package static func verifierKey(root path: String) throws -> String? {
        guard let bytes = try SmallFile.read(path + "/" + identity, limit: 64 << 10) else {
            return nil
        }
        guard let name = (try? JSONReader.value(of: bytes))?[key: "name"]?.stringValue,
            let pem = try SmallFile.read(path + "/" + keyPlace, limit: 64 << 10),
            let key = try? SigningKey(pem: pem), let cosigner = try? Cosigner(name: name, key: key)
        else { throw AssemblyFailure(.missingKey, subject: path + "/" + keyPlace) }
        return cosigner.key.description
    }

    func decide(_ body: [UInt8], log: Logger) -> WitnessDecision {
        mirrors.map { $0.decide(body, by: witness, log: log) } ?? witness.decide(body)
    }

    // MARK: - The root

    private static func root(at path: String) throws -> DurableRoot {
        try RootLayout.requireOwn(path)
        if !LocalPath.exists(path) { try RootLayout.makeRootDirectory(path) }
        let ours: Set<String> = [
            identity, "keys", "staging", "origins", "forks", "mirror", "lock", "lost+found",
        ]
        guard let names = LocalPath.names(in: path) else {
            throw DurableFileFailure(errno: errno, operation: "opendir", place: "root")
        }
        guard Set(names).isSubset(of: ours) else { throw AssemblyFailure(.notEmpty, subject: path) }
        let root = try DurableRoot(path: path)
        try root.makeDirectory("staging", mode: 0o700)
        try root.makeDirectory("keys", mode: 0o700)
        return root
    }

    private static func cosigner(
        in root: DurableRoot, path: String, name: String?
    ) throws -> Cosigner {
        let key: SigningKey
        if try root.exists(keyPlace) {
            guard FileFacts(at: path + "/" + keyPlace)?.isOpenToOthers != true else {
                throw AssemblyFailure(.readableKey, subject: path + "/" + keyPlace)
            }
            guard let found = try? SigningKey(pem: root.read(keyPlace, limit: 64 << 10)) else {
                throw AssemblyFailure(.missingKey, subject: path + "/" + keyPlace)
            }
            key = found
        } else {
            // A witness without its key is not made anew: another key would be another witness.
            guard try !root.exists(identity) else {
                throw AssemblyFailure(.missingKey, subject: path + "/" + keyPlace)
            }
            key = SigningKey.generate()
            try root.replace(try key.pem(), at: keyPlace, mode: 0o600)
        }
        if try root.exists(identity) {
            guard
                let known = (try? JSONReader.value(of: root.read(identity, limit: 64 << 10)))?[
                    key: "name"]?.stringValue
            else { throw AssemblyFailure(.damagedStation, subject: path + "/" + identity) }
            guard name == nil || name == known else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--name",
                    wanted: Bilingual("this witness is called \(known)", "该联署节点名为 \(known)"))
            }
            return try Cosigner(name: known, key: key)
        }
        let chosen = name ?? "evidock.invalid/witness-\(RootLayout.random(digits: 8))"
        let cosigner: Cosigner
        do { cosigner = try Cosigner(name: chosen, key: key) } catch {
            throw AssemblyFailure(
                .wrongUsage, subject: "--name",
                wanted: Bilingual("no spaces and no + in it", "不得包含空格或加号"))
        }
        let json: JSONValue = [
            "v": .integer(1), "name": .string(chosen),
            "created": .string(Clock.now().description),
        ]
        try root.replace(Array((JSONWriter.line(json) + "\n").utf8), at: identity, mode: 0o644)
        return cosigner
    }
}

/// `evidock witness serve`.
package struct WitnessDaemon: Sendable {
    private let root: String
    private let policy: TrustPolicy
    private let name: String?
    private let listen: ListenAddress
    private let mirrors: Bool
    private let log: Logger

    /// - Throws: `malformed-setting` where the address is none.
    package init(
        root: String, policy: TrustPolicy, name: String?, listen: String, mirrors: Bool, log: Logger
    ) throws {
        guard let address = ListenAddress(listen) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "--listen (\(listen))",
                wanted: Settings.Wanted.address)
        }
        (self.root, self.policy, self.name, self.listen) = (root, policy, name, address)
        (self.mirrors, self.log) = (mirrors, log)
    }

    /// Runs until SIGTERM or SIGINT; whatever was answered is durable.
    ///
    /// - Parameter ready: told once, where it listens and under which key.
    package func run(ready: @escaping @Sendable (String) -> Void) async throws {
        let station = try WitnessStation(
            root: root, policy: policy, name: name, note: "http://\(listen)", mirrors: mirrors)
        defer { station.close() }
        let notifier = SystemdNotifier { true }
        let (count, log) = (policy.logs.count, log)
        let endpoint = WitnessEndpoint(station.witness, log: log) {
            station.decide($0, log: log)
        }
        let portal = PortalService(at: listen, [endpoint], mayBeAbsent: false, log: log) {
            guard let address = $0 else { return }
            ready("listening on http://\(address), \(count) logs, as \(station.vkey)")
            notifier.ready()
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: portal), .init(service: notifier)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }
}
