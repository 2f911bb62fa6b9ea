import CaseIndex
import Custody
import DurableFiles
package import Evidence
import Fixity
import Ingest
package import Logging
import NotaryLink
import TransparencyLog

/// Changing the key of the station's log. The daemon must not run meanwhile.
package enum KeyChange {
    /// What was done.
    package struct Outcome: Sendable {
        package let step: KeyChangeRow.Step
        package let key: String
        package let former: String
        /// The policy that was written anew; nil where the station's lies elsewhere, or there is none.
        package let policy: String?
        /// Signing waits for the witnesses.
        package let isHeld: Bool

        package var json: JSONValue {
            var members: [String: JSONValue] = [
                "step": .string(step.rawValue), "key": .string(key), "former": .string(former),
                "held": .bool(isHeld),
            ]
            members.set("policy", policy)
            return .object(members)
        }
    }

    // MARK: - With the old key at hand

    /// A new key is made, and from now on every checkpoint is signed by both. Durable, in the ledger
    /// and in the station's own policy when it returns.
    package static func begin(
        settings: Settings, why: String, log: Logger
    ) async throws -> Outcome {
        try await entered(.begun, settings, makeNext(settings, why), log)
    }

    /// - Returns: the policy that was written anew.
    private static func makeNext(_ settings: Settings, _ why: String) throws -> String? {
        let layout = try RootLayout.existing(at: settings.root)
        try RootLayout.requireOwn(layout.path)
        let root = try DurableRoot(path: layout.path)
        let lock = try RootLock.acquire(root: root, note: "")
        defer { lock.release() }
        var keyring = try layout.keyring()
        guard keyring.key(in: .next) == nil else {
            throw refused("a change is under way already: --finish", "密钥变更已在进行：--finish")
        }
        // One that is no key of this log, and no new key where it is not in its place.
        _ = try layout.keys()
        let key = SigningKey.generate()
        try root.replace(try key.pem(), at: RootLayout.nextKeyPlace, mode: 0o600)
        keyring.begin(try VerifierKey(name: layout.station.origin, of: key), why: why)
        try keyring.write(in: root)
        return try publishPolicy(root, layout, settings)
    }

    /// The new key signs alone. Every witness of the policy with an address is asked before whether it
    /// takes the new key's signature.
    ///
    /// - Parameter anyway: those that refuse, or cannot be asked, are not waited for.
    /// - Throws: `wrong-usage` with their names.
    package static func finish(
        settings: Settings, anyway: Bool, log: Logger
    ) async throws -> Outcome {
        let station = try await Station.open(
            settings: settings, makesNew: false, note: "", log: log)
        let outcome: Outcome
        do {
            let layout = station.layout
            var keyring = try layout.keyring()
            guard let next = keyring.key(in: .next), let former = keyring.key(in: .signing) else {
                throw refused("no change is under way", "没有进行中的密钥变更")
            }
            let keys = try layout.keys()
            guard keys.current == next || !RootLayout.isKeyCredential(in: layout.path) else {
                throw refused(
                    "the old key is a systemd credential: put \(RootLayout.nextKeyPlace) in its place first",
                    "旧密钥为 systemd 凭据：请先以 \(RootLayout.nextKeyPlace) 替换该凭据")
            }
            if !anyway, keys.next != nil {
                let policy = try settings.notary.trustPolicy(root: layout.path, keys: keys)
                let waiting = try await WitnessProbe(key: next, line: HTTPLine()).refusals(
                    of: policy, note: station.stages.reader.checkpoint().note)
                guard waiting.isEmpty else {
                    let names = waiting.joined(separator: ", ")
                    throw refused(
                        "not yet accepted by: \(names); give them the policy (evidock log policy), or --anyway",
                        "以下公证联署节点尚未接受新密钥：\(names)；请将新策略（evidock log policy）交给对方，或用 --anyway")
                }
            }
            let row = KeyChangeRow(.finished, key: next.description, former: former.description)
            try await station.stages.ledger.enter([
                NewCustodyEvent(kind: .keyChange, time: Clock.now(), rows: [row.row])
            ])
            let root = try DurableRoot(path: layout.path)
            keyring.finish()
            try keyring.write(in: root)
            try settle(root, layout)
            outcome = Outcome(
                step: .finished, key: row.key, former: row.former,
                policy: try publishPolicy(root, layout, settings), isHeld: false)
        } catch {
            try? await station.close()
            throw error
        }
        try await station.close()
        return outcome
    }

    /// What a change that was cut off left: the key that signs lies in its place.
    static func settle(_ root: DurableRoot, _ layout: RootLayout) throws {
        guard let keyring = try LogKeyring.read(in: layout.path) else {
            try layout.keyring().write(in: root)
            return
        }
        guard
            let pem = try SmallFile.read(
                layout.path + "/" + RootLayout.nextKeyPlace, limit: 64 << 10),
            let key = try? SigningKey(pem: pem),
            try keyring.state(of: VerifierKey(name: layout.station.origin, of: key)) == .signing
        else { return }
        if !RootLayout.isKeyCredential(in: layout.path) {
            try root.replace(pem, at: RootLayout.keyPlace, mode: 0o600)
        }
        try root.remove(RootLayout.nextKeyPlace)
    }

    // MARK: - With the old key lost

    /// A new key takes the place of one that is lost, and goes on from the last checkpoint that it
    /// signed. The log keeps its name and its entries, so that whoever remembers a checkpoint of it
    /// still sees any other history; only a policy that has the new key accepts what comes. Where the
    /// policy has witnesses, they are compared with before anything is signed.
    ///
    /// - Parameter known: the lost key's verifier key, where the root does not know it.
    /// - Throws: `wrong-usage` where the key is there.
    package static func replaceLost(
        settings: Settings, known: String?, why: String, log: Logger
    ) async throws -> Outcome {
        try await entered(.lost, settings, makeSuccessor(settings, known, why), log)
    }

    /// - Returns: the policy that was written anew.
    private static func makeSuccessor(
        _ settings: Settings, _ known: String?, _ why: String
    ) throws -> String? {
        let layout = try RootLayout.existing(at: settings.root)
        try RootLayout.requireOwn(layout.path)
        guard (try? layout.keys()) == nil else {
            throw refused("the key is there: evidock log rotate", "密钥仍在：请用 evidock log rotate")
        }
        guard !RootLayout.isKeyCredential(in: layout.path) else {
            throw refused(
                "a systemd credential names another key: take it away first",
                "systemd 凭据中是其他密钥：请先移除该凭据")
        }
        let root = try DurableRoot(path: layout.path)
        let lock = try RootLock.acquire(root: root, note: "")
        defer { lock.release() }
        var keyring = try lostKeyring(layout, known)
        let note = try lastNote(layout, by: keyring.keys)
        let key = SigningKey.generate()
        try root.makeDirectory("keys", mode: 0o700)
        if try mayAsk(settings, layout) {
            let size = try Checkpoint.open(note, byOneOf: keyring.keys).size
            let hold = SigningHold(.restored, witness: "", claimedSize: 0, ownSize: size)
            try root.replace(
                JSONWriter.canonical(hold.json), at: "keys/log.held", mode: 0o600)
        }
        // The key before the ring: one that stands in no ring is replaced again.
        try root.replace(try key.pem(), at: RootLayout.keyPlace, mode: 0o600)
        keyring.replace(
            by: try VerifierKey(name: layout.station.origin, of: key), why: why, last: note)
        try keyring.write(in: root)
        if try root.exists(RootLayout.nextKeyPlace) { try root.remove(RootLayout.nextKeyPlace) }
        return try publishPolicy(root, layout, settings)
    }

    private static func lostKeyring(_ layout: RootLayout, _ known: String?) throws -> LogKeyring {
        if let keyring = try LogKeyring.read(in: layout.path) { return keyring }
        guard let key = known.flatMap({ try? VerifierKey(parsing: $0) }),
            key.name.utf8.elementsEqual(layout.station.origin.utf8)
        else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--vkey",
                wanted: Bilingual(
                    "the lost key's verifier key is wanted, as the notary has it",
                    "请给出丢失密钥的公钥（向公证机构索取）"))
        }
        return LogKeyring(key)
    }

    private static func lastNote(_ layout: RootLayout, by keys: [VerifierKey]) throws -> [UInt8] {
        let path = layout.path + "/log/checkpoint"
        guard let note = try SmallFile.read(path, limit: SignedNote.byteLimit) else {
            throw AssemblyFailure(.damagedStation, subject: path)
        }
        _ = try Checkpoint.open(note, byOneOf: keys)
        return note
    }

    private static func mayAsk(_ settings: Settings, _ layout: RootLayout) throws -> Bool {
        guard let text = try settings.notary.policyFile(root: layout.path) else { return false }
        return try !TrustPolicy(parsing: text).witnesses.isEmpty
    }

    // MARK: - Telling

    /// Opens the station, which enters what has happened to its keys.
    private static func entered(
        _ step: KeyChangeRow.Step, _ settings: Settings, _ policy: String?, _ log: Logger
    ) async throws -> Outcome {
        let station = try await Station.open(
            settings: settings, makesNew: false, note: "", log: log)
        let keyring = try station.layout.keyring()
        let isHeld = await station.stages.ledger.signingHold() != nil
        try await station.close()
        let keys = keyring.keys
        return Outcome(
            step: step, key: keys.last?.description ?? "",
            former: keys.dropLast().last?.description ?? "", policy: policy, isHeld: isHeld)
    }

    /// Writes the root's own policy anew; nil where the settings name another file, which is not ours
    /// to write, or there is none.
    private static func publishPolicy(
        _ root: DurableRoot, _ layout: RootLayout, _ settings: Settings
    ) throws -> String? {
        guard settings.notary.policy == nil,
            let text = try settings.notary.policyFile(root: layout.path)
        else { return nil }
        let new = try TrustPolicy.text(text, knowing: layout.keyring().keys)
        if new != text { try root.replace(new, at: "policy/policy", mode: 0o644) }
        return layout.path + "/policy/policy"
    }

    private static func refused(_ english: String, _ chinese: String) -> AssemblyFailure {
        AssemblyFailure(
            .wrongUsage, subject: "log rotate", wanted: Bilingual(english, chinese))
    }
}

extension Station {
    /// Enters what has happened to the keys and does not stand in the ledger yet. Nothing while
    /// signing is held.
    func enterKeyChanges() async throws {
        let entries = try layout.keyring().entries
        guard entries.count > 1, await stages.ledger.signingHold() == nil else { return }
        var told: Set<String> = []
        for leaf in try stages.index.leaves(of: .keyChange, from: 0, limit: 10_000) {
            for row in try stages.reader.event(leaf).rows {
                if let row = try? KeyChangeRow(row) { told.insert(row.key) }
            }
        }
        let events = zip(entries, entries.dropFirst()).compactMap { former, entry in
            told.contains(entry.key.description)
                ? nil
                : KeyChangeRow(
                    entry.lastOfLost == nil ? .begun : .lost, key: entry.key.description,
                    former: former.key.description, why: entry.why, checkpoint: entry.lastOfLost)
        }.map { NewCustodyEvent(kind: .keyChange, time: Clock.now(), rows: [$0.row]) }
        guard !events.isEmpty else { return }
        try await stages.ledger.enter(events)
        try await stages.feeder.catchUp()
    }
}
