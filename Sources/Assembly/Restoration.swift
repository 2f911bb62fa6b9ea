import Custody
import DurableFiles
package import Evidence
import Fixity
import Ingest
import Logging
import NotaryLink
import TransparencyLog
import Vault
import Witness

/// Putting a station back: its root from a backup, its log from a mirror.
package enum Restoration {
    /// Makes a root of a backup. Every entry, record and object is verified by its digest; what is
    /// lost is told. The root is held: it signs nothing before it has been compared with what
    /// others know of its log.
    ///
    /// - Parameters:
    ///   - path: the root, empty or not there.
    ///   - key: the offline copy of the log's key, where the backup has none.
    ///   - withAccounts: whoever could sign in at the backup can again, whatever was changed since.
    /// - Throws: `wrong-usage`, `not-empty`; a ``MirrorFailure`` where the backup's log does not hold.
    package static func restore(
        from backup: String, to path: String, key: String?, withAccounts: Bool
    ) async throws -> CarryReport {
        let statement = try Backup.Statement(at: backup)
        guard case .vacant = try RootLayout.look(at: path),
            LocalPath.names(in: path).map({ $0.allSatisfy { $0 == "lost+found" || $0 == "lock" } })
                ?? true
        else { throw AssemblyFailure(.notEmpty, subject: path) }
        let pem = try keyFile(key ?? backup + "/keys/log.key")
        let keyring = try keyring(of: backup, statement.station, pem)
        return try await offPool {
            try RootLayout.makeRootDirectory(path)
            let root = try DurableRoot(path: path)
            let lock = try RootLock.acquire(root: root, note: "")
            defer { lock.release() }
            for place in ["staging", "keys"] { try root.makeDirectory(place, mode: 0o700) }
            for place in ["policy", "cache"] { try root.makeDirectory(place) }
            try Vault.create(in: root)
            try root.replace(pem, at: RootLayout.keyPlace, mode: 0o600)
            let next = RootLayout.nextKeyPlace
            if let pem = try SmallFile.read(backup + "/" + next, limit: 64 << 10) {
                try root.replace(pem, at: next, mode: 0o600)
            }
            try keyring.write(in: root)
            // Before anything that could be taken for a ledger.
            let hold = SigningHold(
                .restored, witness: "", claimedSize: 0, ownSize: statement.treeSize)
            try root.replace(
                JSONWriter.canonical(hold.json), at: "keys/log.held", mode: 0o600)
            let report = try carry(backup, to: root, keys: keyring.keys)
            try copySmallFiles(from: backup, to: root)
            let accounts = AccountDesk.file
            if withAccounts,
                let bytes = try SmallFile.read(
                    backup + "/" + accounts, limit: StationReader.accountsLimit)
            {
                try root.replace(bytes, at: accounts, mode: 0o600)
            }
            try root.replace(
                Array((RootLayout.format + "\n").utf8), at: "format", mode: 0o644)
            let text = JSONWriter.line(statement.station.json) + "\n"
            try root.replace(Array(text.utf8), at: "station.json", mode: 0o644)
            return report
        }
    }

    private static func keyFile(_ path: String) throws -> [UInt8] {
        guard let pem = try SmallFile.read(path, limit: 64 << 10),
            (try? SigningKey(pem: pem)) != nil
        else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--key",
                wanted: Bilingual(
                    "the backup holds no key of the log: name its offline copy",
                    "备份中没有日志密钥：请指定其离线副本"))
        }
        return pem
    }

    /// The log's keys as the backup knows them, with the one that signs from now on.
    ///
    /// - Throws: `wrong-usage` where that one had been replaced when the backup was made.
    private static func keyring(
        of backup: String, _ station: StationIdentity, _ pem: [UInt8]
    ) throws -> LogKeyring {
        let key = try VerifierKey(name: station.origin, of: SigningKey(pem: pem))
        guard var keyring = try LogKeyring.read(in: backup) else { return LogKeyring(key) }
        switch keyring.state(of: key) {
        case .signing, .next: break
        case .former:
            throw AssemblyFailure(
                .wrongUsage, subject: "--key",
                wanted: Bilingual(
                    "that key was replaced; the one that signs now is wanted",
                    "该密钥已被替换；请提供现用密钥"))
        case nil:
            // The key was changed after the backup was made; the entries that say so come back with
            // the log.
            let last = try SmallFile.read(
                backup + "/log/checkpoint", limit: SignedNote.byteLimit)
            keyring.replace(by: key, why: "restore", last: last ?? [])
        }
        return keyring
    }

    private static func carry(
        _ backup: String, to root: DurableRoot, keys: [VerifierKey]
    ) throws -> CarryReport {
        let mirror = try LedgerMirror(root: root, place: "log", keys: keys)
        try mirror.pull(from: folder(backup + "/log"))
        let note = try mirror.note() ?? []
        return try LedgerCarrier(
            snapshot: LedgerSnapshot(LedgerReader(rootPath: backup), at: note),
            vault: VaultReader(rootPaths: [backup], copies: nil), target: root
        ).run(from: 0)
    }

    private static func copySmallFiles(from backup: String, to root: DurableRoot) throws {
        var places = Backup.logFiles
        for folder in ["policy", "log/requested"] {
            places += (LocalPath.names(in: backup + "/" + folder) ?? []).map { folder + "/" + $0 }
        }
        for size in LocalPath.names(in: backup + "/log/stamped") ?? [] {
            let folder = "log/stamped/" + size
            places += (LocalPath.names(in: backup + "/" + folder) ?? []).map { folder + "/" + $0 }
        }
        for place in places {
            guard
                let bytes = try SmallFile.read(backup + "/" + place, limit: SignedNote.byteLimit)
            else { continue }
            if let end = place.lastIndex(of: "/") { try root.makeDirectory(String(place[..<end])) }
            try root.replace(bytes, at: place, mode: place.hasPrefix("log/stamped") ? 0o444 : 0o644)
        }
    }

    private static func folder(_ path: String) throws -> FolderSource {
        let folder = try ForeignFolder(path: path)
        return FolderSource { try folder.read($0, limit: $1) }
    }

    // MARK: - The log from a mirror

    /// What a mirror gave back.
    package struct Recovery: Sendable {
        package let treeSize: Int64
        /// Entries that the root had before.
        package let before: Int64
        package fileprivate(set) var missingRecords: Int64 = 0
        /// Items that the entries name and whose bytes are not here.
        package fileprivate(set) var lostItems: [String] = []

        package var json: JSONValue {
            var members: [String: JSONValue] = [
                "treeSize": .integer(treeSize), "before": .integer(before),
                "missingRecords": .integer(missingRecords),
            ]
            members.set("lostItems", lostItems)
            return .object(members)
        }
    }

    /// Fetches the entries that the root lacks from a mirror of its log, an address or a folder.
    /// Every entry is hashed and must lead to a checkpoint under this station's own key. A log
    /// whose files are damaged is fetched whole; what stood there is kept aside.
    ///
    /// - Throws: `in-use`; a ``MirrorFailure`` where the mirror has another history or fewer entries.
    package static func recover(settings: Settings, from mirror: String) async throws -> Recovery {
        let layout = try RootLayout.existing(at: settings.root)
        try RootLayout.requireOwn(layout.path)
        let keys = try layout.keys()
        let isAddress = mirror.hasPrefix("http://") || mirror.hasPrefix("https://")
        let line = isAddress ? try HTTPLine() : nil
        let recovery = try await offPool {
            let root = try DurableRoot(path: layout.path)
            let lock = try RootLock.acquire(root: root, note: "")
            defer { lock.release() }
            let copy = try opened(root, keys.all)
            let before = copy.held.size
            let held =
                try line.map { try copy.pull(from: HTTPTileSource(mirror, line: $0)) }
                ?? copy.pull(from: folder(mirror))
            var recovery = Recovery(treeSize: held.size, before: before)
            let ledger = try LedgerReader(rootPath: layout.path)
            let vault = try StationReader(settings: settings).vaultReader()
            let snapshot = try LedgerSnapshot(ledger, at: ledger.checkpoint().note)
            for index in before..<max(before, held.size) {
                let (leaf, found, _, missing) = try snapshot.objects(index)
                recovery.missingRecords += Int64(missing)
                for (name, digest) in Footage.digests(of: leaf, index, rows: found.map(\.bytes))
                where (try? vault.locate(digest)) == nil {
                    recovery.lostItems.append(name)
                }
            }
            return recovery
        }
        try await release(settings, layout, keys, treeSize: recovery.treeSize)
        return recovery
    }

    /// Where no witness can be asked over a network, the mirror was the comparison.
    private static func release(
        _ settings: Settings, _ layout: RootLayout, _ keys: LogKeys, treeSize: Int64
    ) async throws {
        let log = Logger(label: "evidock") { _ in SwiftLogNoOpLogHandler() }
        let station = try await Station.open(
            settings: settings, makesNew: false, note: "", log: log)
        do {
            let policy = try settings.notary.trustPolicy(root: layout.path, keys: keys)
            let canAsk = policy?.witnesses.contains { $0.url != nil } ?? false
            let ledger = station.stages.ledger
            if let hold = await ledger.signingHold(), hold.reason != .proven, !canAsk {
                try await ledger.release()
                let row = RestoreRow(
                    by: "log recover", isWitnessed: true, why: nil, treeSize: treeSize)
                try await ledger.enter([
                    NewCustodyEvent(kind: .restore, time: Clock.now(), rows: [row.row])
                ])
                try await station.enterKeyChanges()
            }
        } catch {
            try? await station.close()
            throw error
        }
        try await station.close()
    }

    private static func opened(_ root: DurableRoot, _ keys: [VerifierKey]) throws -> LedgerMirror {
        do {
            return try LedgerMirror(root: root, place: "log", keys: keys)
        } catch let failure as MirrorFailure where failure.code == "mirror-damaged" {
            let aside = "vault/damaged/log-" + RootLayout.random(digits: 8)
            try root.makeDirectory(aside)
            for name in ["checkpoint", "tile"] where try root.exists("log/" + name) {
                try root.moveAside("log/" + name, to: aside + "/" + name)
            }
            return try LedgerMirror(root: root, place: "log", keys: keys)
        }
    }
}
