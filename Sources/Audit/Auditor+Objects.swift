import Evidence

// Objects against the leaves that name them.
extension Auditor {
    func checkObjects(isQuick: Bool) {
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
    func subject(_ place: String, on disk: String) -> String {
        disk == root ? place : SafeText.of(disk) + "/" + place
    }

    func check(_ sha256: SHA256Digest, _ object: ExpectedObject, isQuick: Bool) {
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
        if !there.isEmpty, object.isDeleted, !isWriterAtWork {
            find(
                "deleted-still-there", place,
                Bilingual(
                    "Footage of leaf \(object.leaf) was deleted, and its bytes are still there: run evidock retention run.",
                    "第 \(object.leaf) 条存证的文件已登记删除但仍在：请运行 evidock retention run。"))
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

    func checkBytes(
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

    func checkOrphans(in volume: String, kind: String) {
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
}
