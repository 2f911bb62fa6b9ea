package import Evidence
import Fixity
import Glibc
import TransparencyLog

/// Re-reads a store from end to end and says everything that is not as the ledger has it.
///
/// It shares no code with those that write: only the pure maths of the log and the words of the
/// house. Whatever it reads may be hostile.
package final class Auditor {
    /// Items as the index has them: given by the caller, so that the auditor knows no database.
    package typealias IndexedItems = (
        _ body: (_ item: String, _ sha256: SHA256Digest, _ size: Int64) throws -> Void
    ) throws -> Void

    let root: String
    let volumes: [String]
    let copies: String?
    private let vkeys: [String]
    private let tell: (Finding) -> Void
    var summary = AuditSummary()
    /// What the ledger says must be in the vault.
    var expected: [SHA256Digest: ExpectedObject] = [:]
    /// Records and rows that leaves and headers name.
    var namedRecords: Set<SHA256Digest> = []
    /// Rows that are gone, each with the row that says what is left of it and the leaf that named
    /// it.
    var erased: [SHA256Digest: (by: SHA256Digest, leaf: Int64)] = [:]
    /// Rows of all `erasure` events.
    var erasures: Set<SHA256Digest> = []
    /// Items that the ledger has, with their content.
    var items: [String: (sha256: SHA256Digest, size: Int64)] = [:]
    var visits: [String: VisitTally] = [:]
    /// Some leaves could not be read: what they name cannot be told from orphans.
    var hasUnreadLeaves = false
    /// Somebody holds the root's lock: files that no leaf names yet may be on their way.
    private(set) var isWriterAtWork = false
    private var started: Int64 = 0
    /// Disks that are not there: said once, not for each of their objects.
    var missingDisks: Set<String> = []
    /// The log's origin, as its checkpoint says it.
    private(set) var origin = ""
    /// Objects of which the ledger says that a damaged one was put aside and replaced.
    var repaired: Set<SHA256Digest> = []
    /// The short code that every leaf must bear; nil where `station.json` does not say it.
    private(set) var stationCode: String?

    /// - Parameters:
    ///   - volumes: further vault volumes.
    ///   - copies: the directory of the second copy.
    ///   - vkeys: the verifier keys, one of which the checkpoint must be signed with.
    ///   - tell: called for every finding, as it is found.
    package init(
        root: String, volumes: [String], copies: String?, vkeys: [String],
        tell: @escaping (Finding) -> Void
    ) {
        (self.root, self.volumes, self.copies) = (root, volumes, copies)
        (self.vkeys, self.tell) = (vkeys, tell)
    }

    /// Reads everything; `quick` looks at the presence and size of footage, not at its bytes.
    package func run(isQuick: Bool, index: IndexedItems?) -> AuditSummary {
        isWriterAtWork = StoredFile.isLocked(root + "/lock")
        started = Int64(time(nil))
        if let checkpoint = checkCheckpoint() {
            summary.treeSize = checkpoint.size
            origin = checkpoint.origin
            checkStation(origin: checkpoint.origin)
            checkKey()
            let log = LogCheck(auditor: self, checkpoint: checkpoint)
            log.run()
            hasUnreadLeaves = hasUnreadLeaves || log.hasGap
            TileWalk(auditor: self, size: checkpoint.size).run()
            if !hasUnreadLeaves { checkVisits() }
            checkErasures()
            checkRecordOrphans()
            DiskCheck(auditor: self, volumes: volumes, copies: copies).run()
            checkObjects(isQuick: isQuick)
            if summary.leaves > 0 { checkIndex(index) }
            checkStaging(of: root)
        }
        if summary.leaves == 0, summary.findings == 0 {
            find(
                "nothing-to-check", "log",
                Bilingual("The ledger is empty: nothing was checked.", "存证日志为空，没有可核查的内容。"))
        }
        return summary
    }

    func find(
        _ code: String, _ subject: String, _ message: Bilingual, expected: String? = nil,
        found: String? = nil
    ) {
        summary.findings += 1
        tell(
            Finding(
                code: code, subject: subject, message: message, expected: expected, found: found))
    }

    /// Names in a directory of the root; one that is there and cannot be read is said.
    func names(_ place: String) -> [String] {
        let names = StoredFile.names(root + "/" + place)
        if names.isEmpty, StoredFile.changed(root + "/" + place) != nil,
            !StoredFile.isReadableDirectory(root + "/" + place)
        {
            stray(place)
        }
        return names
    }

    func stray(_ place: String) {
        find(
            "stray-file", SafeText.of(place),
            Bilingual("This does not belong into the store.", "存储中有不应存在的文件。"))
    }

    /// Whether a file that no leaf names may be on its way: somebody writes, and it is young.
    func isUnderWay(_ path: String) -> Bool {
        guard isWriterAtWork, let changed = StoredFile.changed(path) else { return isWriterAtWork }
        return changed > started - 600
    }

    /// Transfers that were cut off: the next start sweeps them away.
    func checkStaging(of disk: String) {
        guard !isWriterAtWork else { return }
        let names = disk == root ? names("staging") : StoredFile.names(disk + "/staging")
        for name in names {
            find(
                "staging-left", subject("staging/" + SafeText.of(name), on: disk),
                Bilingual(
                    "A transfer was cut off: the next start removes this.",
                    "传输曾中断：下次启动时将清除该文件。"))
        }
    }

    // MARK: - Checkpoint

    private func checkCheckpoint() -> Checkpoint? {
        let place = "log/checkpoint"
        guard let note = try? StoredFile.bytes(root + "/" + place, limit: SignedNote.byteLimit)
        else {
            find("checkpoint-missing", place, Bilingual("The checkpoint is missing.", "检查点缺失。"))
            return nil
        }
        let keys = vkeys.compactMap { try? VerifierKey(parsing: $0) }
        do {
            return try Checkpoint.open(note, byOneOf: keys)
        } catch {
            find(
                "checkpoint-damaged", place,
                Bilingual(
                    "The checkpoint is damaged or not signed with the station's key.",
                    "检查点已损坏，或不是由本站密钥签署。"),
                expected: vkeys.first,
                found: error.problem.english)
        }
        return nil
    }

    /// Who the station says it is, against whose log this is.
    private func checkStation(origin: String) {
        let place = "station.json"
        guard let bytes = try? StoredFile.bytes(root + "/" + place, limit: 1 << 16),
            let station = (try? JSONReader.value(of: bytes)).flatMap({ StationIdentity(json: $0) })
        else {
            find(
                "station-damaged", place,
                Bilingual("The station's identity cannot be read.", "本站标识文件无法读取。"))
            return
        }
        stationCode = station.code
        guard !station.origin.utf8.elementsEqual(origin.utf8) else { return }
        find(
            "station-differs", place,
            Bilingual("The log is another station's.", "存证日志属于另一站点。"),
            expected: origin, found: SafeText.of(station.origin))
    }

    /// Whoever can read the ledger's key can sign as this station.
    private func checkKey() {
        let place = "keys/log.key"
        guard let mode = StoredFile.mode(root + "/" + place), mode & 0o077 != 0 else { return }
        find(
            "readable-key", place,
            Bilingual("The ledger's key is open to other users.", "其他用户可以读取存证日志密钥。"),
            expected: "600", found: String(mode, radix: 8))
    }
}
