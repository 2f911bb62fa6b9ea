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
            guard let json = storedRecord(digest, index: index, what: "row") else { return nil }
            let row = try? RecordRow(json: json)
            if row == nil { malformed(digest, index: index, found: "not a row") }
            return row
        }
    }

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

    /// Every name below one folder of the vault is a digest in its place, and one that a leaf names.
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
}
