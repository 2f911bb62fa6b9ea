import Accounts
import Custody
import DurableFiles
import Evidence
import TransparencyLog
import Vault
import Witness

/// A backup: a folder laid out as a root is, but that no evidock takes for one, since
/// ``file`` stands where `station.json` would.
enum Backup {
    static let file = "backup.json"
    /// What is needed of the log beside checkpoint and tiles.
    static let logFiles = ["log/checkpoint.cosigned"]

    /// What ``file`` says.
    struct Statement {
        let station: StationIdentity
        /// Entries whose records and footage are in the backup.
        let treeSize: Int64
        let made: Timestamp

        var json: JSONValue {
            [
                "v": 1, "station": station.json, "treeSize": .integer(treeSize),
                "made": .string(made.description),
            ]
        }

        init(station: StationIdentity, treeSize: Int64, made: Timestamp) {
            (self.station, self.treeSize, self.made) = (station, treeSize, made)
        }

        /// - Throws: `wrong-usage` where the folder is no backup.
        init(at path: String) throws {
            guard let bytes = try SmallFile.read(path + "/" + Backup.file, limit: 64 << 10),
                let json = try? JSONReader.value(of: bytes), json[key: "v"]?.integerValue == 1,
                let station = json[key: "station"].flatMap({ StationIdentity(json: $0) }),
                let size = json[key: "treeSize"]?.integerValue, size >= 0,
                let made = json[key: "made"]?.stringValue.flatMap({ Timestamp($0) })
            else {
                throw AssemblyFailure(
                    .wrongUsage, subject: SafeText.of(path),
                    wanted: Bilingual(
                        "a folder that evidock backup made", "应为 evidock backup 生成的文件夹"))
            }
            self.init(station: station, treeSize: size, made: made)
        }
    }
}

extension StationReader {
    /// Copies everything that cannot be made again into a folder: the ledger, its records, footage,
    /// the policy, and the log's key and the accounts unless those are left out. Consistent while the
    /// station works: the backup is of the checkpoint that was newest at the start. A folder that holds
    /// an earlier backup of this station gets what is new. Every byte of ledger, records and footage is
    /// verified by its digest, and durable when it returns; until then the folder says what it said
    /// before.
    package func backup(to path: String, withKey: Bool) async throws -> CarryReport {
        try requireBackupTarget(path)
        let keys = try keys()
        return try await offPool { [self] in
            try RootLayout.makeRootDirectory(path)
            let root = try DurableRoot(path: path)
            let lock = try RootLock.acquire(root: root, note: "")
            defer { lock.release() }
            let before =
                LocalPath.exists(path + "/" + Backup.file) ? try Backup.Statement(at: path) : nil
            if let before, before.station.origin != layout.station.origin {
                throw AssemblyFailure(.foreignVolume, subject: path)
            }
            try Vault.create(in: root)
            try root.makeDirectory("keys", mode: 0o700)
            try root.makeDirectory("policy")
            _ = try root.sweepStaging()
            // First: where that cannot be, nobody waits for the rest.
            if withKey {
                try copyAccounts(to: root, at: path)
            } else {
                // Nor does an earlier backup's stay.
                for secret in [AccountDesk.file, RootLayout.keyPlace, RootLayout.nextKeyPlace] {
                    try root.remove(secret)
                }
            }
            let mirror = try LedgerMirror(root: root, place: "log", keys: keys.all)
            let held = try mirror.pull(from: source(at: try ledger.checkpoint().note))
            let snapshot = try LedgerSnapshot(ledger, at: try mirror.note() ?? [])
            let report = try LedgerCarrier(
                snapshot: snapshot, vault: try vaultReader(), target: root
            ).run(from: before?.treeSize ?? 0)
            try copySmallFiles(to: root, withKey: withKey)
            let statement = Backup.Statement(
                station: layout.station, treeSize: held.size, made: Clock.now())
            try root.replace(
                Array((JSONWriter.line(statement.json) + "\n").utf8), at: Backup.file, mode: 0o644)
            return report
        }
    }

    private func requireBackupTarget(_ path: String) throws {
        guard LocalPath.exists(path) else { return try requireTarget(path) }
        guard LocalPath.isDirectory(path), let names = LocalPath.names(in: path) else {
            throw AssemblyFailure(.noSuchDirectory, subject: path)
        }
        // One that was cut off has everything but the statement.
        let isOurs = names.contains(Backup.file) || names.contains("lock") && names.contains("log")
        guard names.allSatisfy({ $0 == "lost+found" }) || isOurs, !names.contains("station.json")
        else { throw AssemblyFailure(.volumeNotEmpty, subject: path) }
    }

    /// The published ledger, at one of its checkpoints.
    private func source(at note: [UInt8]) -> FolderSource {
        FolderSource { [ledger] place, limit in
            if place == "checkpoint" { return note }
            return (try? TilePath(parsing: place)).flatMap { try? ledger.tileBytes($0) }
        }
    }

    static let accountsLimit = 256 << 20

    private func copyAccounts(to root: DurableRoot, at path: String) throws {
        let place = layout.path + "/" + AccountDesk.file
        guard LocalPath.exists(place) else { return }
        let accounts = try AccountStore.open(path: place)
        defer { accounts.close() }
        let copy = "staging/accounts"
        try root.replace([], at: copy, mode: 0o600)
        defer { try? root.remove(copy) }
        try accounts.copy(to: path + "/" + copy)
        try root.replace(
            root.read(copy, limit: Self.accountsLimit), at: AccountDesk.file, mode: 0o600)
    }

    private func copySmallFiles(to root: DurableRoot, withKey: Bool) throws {
        var files: [(String, UInt32)] = Backup.logFiles.map { ($0, 0o644) }
        for name in LocalPath.names(in: layout.path + "/policy") ?? [] {
            files.append(("policy/" + name, 0o644))
        }
        for size in ledger.stampedSizes() {
            let place = "log/stamped/\(size)"
            for name in LocalPath.names(in: layout.path + "/" + place) ?? [] {
                files.append((place + "/" + name, 0o444))
            }
        }
        for size in ledger.requestedSizes() { files.append(("log/requested/\(size)", 0o644)) }
        files.append(("format", 0o644))
        files.append((LogKeyring.place, 0o600))
        if withKey {
            files += [(RootLayout.keyPlace, 0o600), (RootLayout.nextKeyPlace, 0o600)]
        }
        for (place, mode) in files {
            guard
                let bytes = try SmallFile.read(
                    layout.path + "/" + place, limit: SignedNote.byteLimit)
            else { continue }
            if let end = place.lastIndex(of: "/") { try root.makeDirectory(String(place[..<end])) }
            try root.replace(bytes, at: place, mode: mode)
        }
    }
}
