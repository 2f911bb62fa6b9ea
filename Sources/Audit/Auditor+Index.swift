import Evidence

// The index against the ledger.
extension Auditor {
    func checkIndex(_ index: IndexedItems?) {
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
