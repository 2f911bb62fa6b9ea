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
    private let volumes: [String]
    private let copies: String?
    private let vkey: String
    private let tell: (Finding) -> Void
    var summary = AuditSummary()
    /// What the ledger says must be in the vault.
    var expected: [SHA256Digest: ExpectedObject] = [:]
    /// Records and rows that leaves and headers name.
    var namedRecords: Set<SHA256Digest> = []
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
    ///   - vkey: the verifier key that the checkpoint must be signed with.
    ///   - tell: called for every finding, as it is found.
    package init(
        root: String, volumes: [String], copies: String?, vkey: String,
        tell: @escaping (Finding) -> Void
    ) {
        (self.root, self.volumes, self.copies) = (root, volumes, copies)
        (self.vkey, self.tell) = (vkey, tell)
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
    private func isUnderWay(_ path: String) -> Bool {
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
        do {
            return try Checkpoint.open(note, by: try VerifierKey(parsing: vkey))
        } catch {
            find(
                "checkpoint-damaged", place,
                Bilingual(
                    "The checkpoint is damaged or not signed with the station's key.",
                    "检查点已损坏，或不是由本站密钥签署。"),
                expected: vkey,
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

    // MARK: - Records

    /// The header and rows of a leaf's record; what is missing or spoiled is said.
    func rows(of leaf: Leaf, index: Int64) -> [RecordRow] {
        guard let record = leaf.record else { return [] }
        guard let json = storedRecord(record, index: index, what: "header") else { return [] }
        let header: RecordHeader
        do { header = try RecordHeader(json: json) } catch {
            malformed(record, index: index, found: error.problem)
            return []
        }
        return header.rows.compactMap { digest -> RecordRow? in
            guard let json = storedRecord(digest, index: index, what: "row") else { return nil }
            let row = try? RecordRow(json: json)
            if row == nil { malformed(digest, index: index, found: "not a row") }
            return row
        }
    }

    private func place(ofRecord digest: SHA256Digest) -> String {
        "vault/records/\(digest.hex.prefix(2))/\(digest.hex)"
    }

    private func malformed(_ digest: SHA256Digest, index: Int64, found: String) {
        find(
            "record-malformed", place(ofRecord: digest),
            Bilingual("A record of leaf \(index) is malformed.", "第 \(index) 条存证的记录格式有误。"),
            found: found)
    }

    private func storedRecord(_ digest: SHA256Digest, index: Int64, what: String) -> JSONValue? {
        namedRecords.insert(digest)
        let place = place(ofRecord: digest)
        guard let bytes = try? StoredFile.bytes(root + "/" + place, limit: 256 << 20) else {
            find(
                "record-missing", place,
                Bilingual(
                    "A record's \(what) of leaf \(index) is missing.", "第 \(index) 条存证的记录缺失。"),
                expected: digest.hex)
            return nil
        }
        summary.records += 1
        let found = SHA256Digest.of(bytes)
        guard found == digest else {
            find(
                "record-differs", place,
                Bilingual("A record of leaf \(index) differs.", "第 \(index) 条存证的记录与日志不符。"),
                expected: digest.hex, found: found.hex)
            return nil
        }
        guard let json = try? JSONReader.value(of: bytes) else {
            malformed(digest, index: index, found: "not JSON")
            return nil
        }
        return json
    }

    private func checkRecordOrphans() {
        guard !hasUnreadLeaves else { return }
        checkNames(in: root, kind: "records") {
            namedRecords.contains($0)
        } orphan: { place in
            find("orphan-record", place, Bilingual("No leaf names this record.", "没有存证记录引用该文件。"))
        }
    }

    /// Every name below one folder of the vault is a digest in its place, and one that a leaf names.
    private func checkNames(
        in volume: String, kind: String, isNamed: (SHA256Digest) -> Bool,
        orphan: (String) -> Void
    ) {
        for prefix in StoredFile.names("\(volume)/vault/\(kind)") {
            let folder = "vault/\(kind)/\(prefix)"
            guard StoredFile.isReadableDirectory(volume + "/" + folder) else {
                stray(subject(folder, on: volume))
                continue
            }
            for name in StoredFile.names(volume + "/" + folder) {
                let place = folder + "/" + name
                guard let digest = SHA256Digest(hex: name), digest.hex == name,
                    name.hasPrefix(prefix), prefix.utf8.count == 2,
                    (try? StoredFile.size(volume + "/" + place)) != nil
                else {
                    stray(subject(place, on: volume))
                    continue
                }
                if !isNamed(digest), !isUnderWay(volume + "/" + place) { orphan(place) }
            }
        }
    }

    // MARK: - Objects

    private func checkObjects(isQuick: Bool) {
        for (sha256, object) in expected.sorted(by: { $0.value.leaf < $1.value.leaf }) {
            check(sha256, object, isQuick: isQuick)
        }
        for volume in [root] + volumes + [copies].compactMap({ $0 }) {
            for kind in ["footage", "partial"] { checkOrphans(in: volume, kind: kind) }
        }
        let folders = ["footage", "partial", "records", "damaged"]
        for name in names("vault") where !folders.contains(name) { stray("vault/" + name) }
        checkPutAside(on: root)
    }

    /// Damaged objects that were put aside; those whose repair the ledger tells are no news.
    func checkPutAside(on disk: String) {
        for name in StoredFile.names(disk + "/vault/damaged") {
            if let sha256 = SHA256Digest(hex: String(name.prefix(64))), repaired.contains(sha256) {
                continue
            }
            find(
                "damaged-kept", subject("vault/damaged/\(SafeText.of(name))", on: disk),
                Bilingual("A damaged object was put aside and replaced.", "损坏的内容已另存并替换。"))
        }
    }

    /// A place of the root as it is; one of another disk with that disk's path.
    private func subject(_ place: String, on disk: String) -> String {
        disk == root ? place : SafeText.of(disk) + "/" + place
    }

    private func check(_ sha256: SHA256Digest, _ object: ExpectedObject, isQuick: Bool) {
        let hex = sha256.hex
        let place = "vault/\(object.isPartial ? "partial" : "footage")/\(hex.prefix(2))/\(hex)"
        let there = ([root] + volumes).filter { (try? StoredFile.size($0 + "/" + place)) != nil }
        if there.isEmpty, !object.isDeleted {
            find(
                "object-missing", place,
                Bilingual(
                    "Footage of leaf \(object.leaf) is missing.", "第 \(object.leaf) 条存证的文件缺失。"),
                expected: sha256.hex)
        }
        for volume in there { checkBytes(volume, place, sha256, object, isQuick: isQuick) }
        guard let copies, !missingDisks.contains(copies) else { return }
        if (try? StoredFile.size(copies + "/" + place)) == nil {
            // One that is not entered may still come.
            guard object.isReplicated, !object.isDeleted else { return }
            find(
                "copy-missing", subject(place, on: copies),
                Bilingual("The second copy is missing.", "第二份副本缺失。"))
        } else {
            checkBytes(copies, place, sha256, object, isQuick: isQuick)
        }
    }

    private func checkBytes(
        _ volume: String, _ place: String, _ sha256: SHA256Digest, _ object: ExpectedObject,
        isQuick: Bool
    ) {
        summary.objects += 1
        let subject = subject(place, on: volume)
        let differs = Bilingual(
            "Footage of leaf \(object.leaf) differs from the record.",
            "第 \(object.leaf) 条存证的文件与记录不符。")
        if let size = object.size, let found = try? StoredFile.size(volume + "/" + place),
            found != size
        {
            find(
                "object-differs", subject, differs, expected: "\(size) B",
                found: "\(found) B")
            return
        }
        guard !isQuick else {
            summary.bytes += object.size ?? 0
            return
        }
        guard let found = try? StoredFile.digests(volume + "/" + place) else {
            find(
                "object-unreadable", subject,
                Bilingual("Footage cannot be read.", "文件无法读取。"))
            return
        }
        summary.bytes += found.size
        if found.sha256 != sha256 {
            find(
                "object-differs", subject, differs, expected: sha256.hex, found: found.sha256.hex)
        } else if let sm3 = object.sm3, found.sm3 != sm3 {
            find("object-differs", subject, differs, expected: sm3.hex, found: found.sm3.hex)
        } else if let blocks = object.blocks, found.blocks != blocks {
            find(
                "blocks-differ", subject,
                Bilingual(
                    "The blocks of leaf \(object.leaf) are not those of its file.",
                    "第 \(object.leaf) 条存证的分块摘要与文件不符。"),
                expected: blocks.hex, found: found.blocks.hex)
        }
    }

    private func checkOrphans(in volume: String, kind: String) {
        guard !hasUnreadLeaves else { return }
        checkNames(in: volume, kind: kind) {
            expected[$0]?.isPartial == (kind == "partial")
        } orphan: { place in
            find(
                "orphan-object", subject(place, on: volume),
                Bilingual(
                    "No leaf names this file: dock its recorder again.",
                    "没有存证记录引用该文件：请重新接入对应的记录仪。"))
        }
    }

    // MARK: - Index

    private func checkIndex(_ index: IndexedItems?) {
        guard let index else {
            find(
                "index-missing", "index.sqlite",
                Bilingual(
                    "The index cannot be read: run evidock index rebuild.",
                    "索引无法读取：请运行 evidock index rebuild。"))
            return
        }
        var rest = items
        var newest: Int64 = -1
        do {
            try index { item, sha256, size in
                newest = max(newest, LedgerName(item)?.leaf ?? -1)
                guard let known = rest.removeValue(forKey: item) else {
                    // The leaf may be one that came after this audit's checkpoint.
                    let leaf = LedgerName(item)?.leaf ?? 0
                    if hasUnreadLeaves || (isWriterAtWork && leaf >= summary.treeSize) { return }
                    find(
                        "index-differs", item,
                        Bilingual(
                            "The index has an item that the ledger has not.",
                            "索引中的条目在存证日志中不存在。"))
                    return
                }
                if known.sha256 != sha256 || known.size != size {
                    find(
                        "index-differs", item,
                        Bilingual("The index differs from the ledger.", "索引与存证日志不一致。"),
                        expected: "\(known.size) B \(known.sha256.hex)",
                        found: "\(size) B \(sha256.hex)")
                }
            }
        } catch {
            find(
                "index-damaged", "index.sqlite",
                Bilingual("The index cannot be read whole.", "索引无法完整读取。"), found: "\(error)")
            return
        }
        for item in rest.keys.sorted() {
            // The index follows the ledger: with a writer at work its end may still be on the way.
            if isWriterAtWork, (LedgerName(item)?.leaf ?? -1) > newest { continue }
            find(
                "index-differs", item,
                Bilingual(
                    "The ledger has an item that the index has not.", "存证日志中的条目在索引中不存在。"))
        }
    }
}
