import Evidence
import Fixity

// Records against the leaves that commit to them.
extension Auditor {
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
            if leaf.event == .erasure { erasures.insert(digest) }
            if let left = leftOfErased(digest, index: index) { return left }
            guard let json = storedRecord(digest, index: index, what: "row") else { return nil }
            let row = try? RecordRow(json: json)
            if row == nil { malformed(digest, index: index, found: "not a row") }
            return row
        }
    }

    /// What an `erasure` left of a row that is not there; nil where the row is, or nothing says why
    /// it is not. That the `erasure` stands in the ledger is looked at when all of it was read.
    private func leftOfErased(_ digest: SHA256Digest, index: Int64) -> RecordRow? {
        let place = place(ofRecord: digest)
        guard StoredFile.changed(root + "/" + place) == nil,
            let mark = try? StoredFile.bytes(root + "/" + place + Self.erasedEnding, limit: 128),
            let by = SHA256Digest(hex: String(decoding: mark, as: UTF8.self)),
            let bytes = try? StoredFile.bytes(
                root + "/" + self.place(ofRecord: by), limit: 1 << 20),
            SHA256Digest.of(bytes) == by,
            let row = (try? JSONReader.value(of: bytes)).flatMap({ try? RecordRow(json: $0) }),
            let erasure = try? ErasureRow(row), erasure.replaces == digest, erasure.leaf == index
        else { return nil }
        namedRecords.insert(digest)
        erased[digest] = (by, index)
        return erasure.left
    }

    /// Each row that is gone is one that an entered `erasure` names, and each that one names is
    /// gone.
    func checkErasures() {
        guard !hasUnreadLeaves else { return }
        for (digest, (by, index)) in erased.sorted(by: { $0.key.hex < $1.key.hex })
        where !erasures.contains(by) {
            // It may have been entered since this audit's checkpoint.
            if isUnderWay(root + "/" + place(ofRecord: digest) + Self.erasedEnding) { continue }
            find(
                "record-missing", place(ofRecord: digest),
                Bilingual(
                    "A record's row of leaf \(index) is missing, and no erasure in the ledger names it.",
                    "第 \(index) 条存证的记录缺失，且存证日志中没有对应的清除记录。"), expected: digest.hex)
        }
    }

    /// A row that was to be erased is still there: a crash came between, or somebody put it back.
    func checkIsErased(_ erasure: ErasureRow) {
        let place = place(ofRecord: erasure.replaces)
        guard StoredFile.changed(root + "/" + place) != nil, !isWriterAtWork else { return }
        find(
            "erased-row-left", place,
            Bilingual(
                "A row of leaf \(erasure.leaf) was erased, and is still there: run evidock retention run.",
                "第 \(erasure.leaf) 条存证的一项记录已决定清除但仍存在：请运行 evidock retention run。"))
    }

    private static let erasedEnding = ".erased"

    func place(ofRecord digest: SHA256Digest) -> String {
        "vault/records/\(digest.hex.prefix(2))/\(digest.hex)"
    }

    func malformed(_ digest: SHA256Digest, index: Int64, found: String) {
        find(
            "record-malformed", place(ofRecord: digest),
            Bilingual("A record of leaf \(index) is malformed.", "第 \(index) 条存证的记录格式有误。"),
            found: found)
    }

    func storedRecord(_ digest: SHA256Digest, index: Int64, what: String) -> JSONValue? {
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

    func checkRecordOrphans() {
        guard !hasUnreadLeaves else { return }
        checkNames(in: root, kind: "records") {
            namedRecords.contains($0)
        } orphan: { place in
            find("orphan-record", place, Bilingual("No leaf names this record.", "没有存证记录引用该文件。"))
        }
    }

    /// Every name below one folder of the vault is a digest in its place, and one that a leaf
    /// names.
    func checkNames(
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
                let isMark = kind == "records" && name.hasSuffix(Self.erasedEnding)
                let hex = isMark ? String(name.dropLast(Self.erasedEnding.count)) : name
                guard let digest = SHA256Digest(hex: hex), digest.hex == hex,
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
}
