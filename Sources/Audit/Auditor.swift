package import Evidence
import Fixity
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
        if let checkpoint = checkCheckpoint() {
            summary.treeSize = checkpoint.size
            LogCheck(auditor: self, checkpoint: checkpoint).run()
            checkVisits()
            checkRecordOrphans()
            checkObjects(isQuick: isQuick)
            if summary.leaves > 0 { checkIndex(index) }
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
                    "检查点已损坏，或不是由本站密钥签署。"), found: "\(error)")
        }
        return nil
    }

    // MARK: - Records

    /// The header and rows of a leaf's record; what is missing or spoiled is said.
    func rows(of leaf: Leaf, index: Int64) -> [RecordRow] {
        guard let record = leaf.record else { return [] }
        guard let json = storedRecord(record, index: index, what: "header"),
            let header = try? RecordHeader(json: json)
        else { return [] }
        return header.rows.compactMap { digest in
            storedRecord(digest, index: index, what: "row").flatMap { try? RecordRow(json: $0) }
        }
    }

    private func storedRecord(_ digest: SHA256Digest, index: Int64, what: String) -> JSONValue? {
        namedRecords.insert(digest)
        let place = "vault/records/\(digest.hex.prefix(2))/\(digest.hex)"
        guard let bytes = try? StoredFile.bytes(root + "/" + place, limit: 256 << 20) else {
            find(
                "record-missing", place,
                Bilingual("A record's \(what) of leaf \(index) is missing.", "第 \(index) 条存证的记录缺失。"))
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
            find(
                "record-malformed", place,
                Bilingual("A record of leaf \(index) is no JSON.", "第 \(index) 条存证的记录格式有误。"))
            return nil
        }
        return json
    }

    private func checkRecordOrphans() {
        for prefix in StoredFile.names(root + "/vault/records") {
            for name in StoredFile.names(root + "/vault/records/" + prefix) {
                let isNamed = SHA256Digest(hex: name).map { namedRecords.contains($0) } ?? false
                if !isNamed {
                    find(
                        "orphan-record", "vault/records/\(prefix)/\(name)",
                        Bilingual("No leaf names this record.", "没有存证记录引用该文件。"))
                }
            }
        }
    }

    // MARK: - Objects

    private func checkObjects(isQuick: Bool) {
        for (sha256, object) in expected.sorted(by: { $0.value.leaf < $1.value.leaf }) {
            check(sha256, object, isQuick: isQuick)
        }
        for volume in [root] + volumes {
            for kind in ["footage", "partial"] { checkOrphans(in: volume, kind: kind) }
        }
        for name in StoredFile.names(root + "/vault/damaged") {
            find(
                "damaged-kept", "vault/damaged/\(name)",
                Bilingual("A damaged object was put aside and replaced.", "损坏的内容已另存并替换。"))
        }
    }

    private func check(_ sha256: SHA256Digest, _ object: ExpectedObject, isQuick: Bool) {
        let hex = sha256.hex
        let place = "vault/\(object.isPartial ? "partial" : "footage")/\(hex.prefix(2))/\(hex)"
        let there = ([root] + volumes).filter { (try? StoredFile.size($0 + "/" + place)) != nil }
        if there.isEmpty, !object.isDeleted {
            find(
                "object-missing", place,
                Bilingual("Footage of leaf \(object.leaf) is missing.", "第 \(object.leaf) 条存证的文件缺失。"))
        }
        for volume in there { checkBytes(volume, place, sha256, object, isQuick: isQuick) }
        guard object.isReplicated, let copies else { return }
        if (try? StoredFile.size(copies + "/" + place)) == nil {
            find(
                "copy-missing", place,
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
        let differs = Bilingual(
            "Footage of leaf \(object.leaf) differs from the record.",
            "第 \(object.leaf) 条存证的文件与记录不符。")
        if let size = object.size, let found = try? StoredFile.size(volume + "/" + place),
            found != size
        {
            find(
                "object-differs", place, differs, expected: "\(size) bytes",
                found: "\(found) bytes")
            return
        }
        guard !isQuick else {
            summary.bytes += object.size ?? 0
            return
        }
        guard let found = try? StoredFile.digests(volume + "/" + place) else {
            find(
                "object-unreadable", place,
                Bilingual("Footage cannot be read.", "文件无法读取。"))
            return
        }
        summary.bytes += found.size
        if found.sha256 != sha256 {
            find(
                "object-differs", place, differs, expected: sha256.hex, found: found.sha256.hex)
        } else if let sm3 = object.sm3, found.sm3 != sm3 {
            find("object-differs", place, differs, expected: sm3.hex, found: found.sm3.hex)
        }
    }

    private func checkOrphans(in volume: String, kind: String) {
        for prefix in StoredFile.names("\(volume)/vault/\(kind)") {
            for name in StoredFile.names("\(volume)/vault/\(kind)/\(prefix)") {
                let object = SHA256Digest(hex: name).flatMap { expected[$0] }
                guard object == nil || object?.isPartial != (kind == "partial") else { continue }
                find(
                    "orphan-object", "vault/\(kind)/\(prefix)/\(name)",
                    Bilingual(
                        "No leaf names this file: dock its recorder again.",
                        "没有存证记录引用该文件：请重新接入对应的记录仪。"))
            }
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
        do {
            try index { item, sha256, size in
                guard let known = rest.removeValue(forKey: item) else {
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
                        expected: known.sha256.hex, found: sha256.hex)
                }
            }
        } catch {
            find(
                "index-damaged", "index.sqlite",
                Bilingual("The index cannot be read whole.", "索引无法完整读取。"), found: "\(error)")
            return
        }
        for item in rest.keys.sorted() {
            find(
                "index-differs", item,
                Bilingual(
                    "The ledger has an item that the index has not.", "存证日志中的条目在索引中不存在。"))
        }
    }
}
