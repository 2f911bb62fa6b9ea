import CaseIndex
import Custody
import DurableFiles
package import Evidence
package import Logging
import TransparencyLog
import Vault

/// What came of a list.
package struct ListSummary: Sendable {
    /// How many lines had which result; one that none had is absent.
    package fileprivate(set) var counts: [ListVerdict.Result: Int] = [:]
    /// The size of the newest checkpoint.
    package fileprivate(set) var checkpointSize: Int64 = 0
    /// How many of its entries were looked at: the index of a busy station may be behind.
    package fileprivate(set) var indexedSize: Int64 = 0
    /// How many proofs were written, and under a checkpoint of what size; nil where none were to
    /// be.
    package fileprivate(set) var proofs: (count: Int, checkpointSize: Int64, isCosigned: Bool)?

    package var lines: Int { counts.values.reduce(0, +) }

    /// Whether every line was known or matched. Nothing to check is not success.
    package var isGood: Bool {
        lines > 0 && counts.keys.allSatisfy { $0 == .known || $0 == .matches }
    }

    /// A line each.
    package var words: [Bilingual] {
        guard lines > 0 else {
            return [Bilingual("There is nothing to check in the list.", "列表中没有可核验的内容。")]
        }
        let names: [(ListVerdict.Result, String, String)] = [
            (.known, "known", "已有存证记录"), (.matches, "match the record", "核验一致"),
            (.differs, "differ from the record", "核验不一致"),
            (.unknown, "without a record", "未查到存证记录"), (.malformed, "malformed", "格式有误"),
        ]
        let found = names.compactMap { result, english, chinese in
            counts[result].map { (english: "\($0) \(english)", chinese: "\(chinese) \($0) 条") }
        }
        var words = [
            Bilingual(
                "\(lines) digests against \(checkpointSize) entries of the custody log: "
                    + found.map(\.english).joined(separator: ", ") + ".",
                "共 \(lines) 条，对照存证日志 \(checkpointSize) 条："
                    + found.map(\.chinese).joined(separator: "，") + "。")
        ]
        if indexedSize < checkpointSize {
            words.append(
                Bilingual(
                    "The index has taken in only the first \(indexedSize) entries so far.",
                    "索引目前只包含前 \(indexedSize) 条。"))
        }
        if let proofs {
            let (english, chinese) =
                proofs.isCosigned
                ? ("cosigned by the notary", "公证机构已联署") : ("not yet cosigned", "公证机构尚未联署")
            words.append(
                Bilingual(
                    "\(proofs.count) proofs under the checkpoint of \(proofs.checkpointSize) entries (\(english)).",
                    "已写出 \(proofs.count) 份存证证明，对应 \(proofs.checkpointSize) 条的检查点（\(chinese)）。"))
        }
        return words
    }
}

extension StationReader {
    /// Looks up every digest of a list, in its order, all in one state of the index. Nothing is
    /// opened under a path that the list names.
    ///
    /// With `proofs`, a new folder has afterwards, whole and synced, for every item that was
    /// answered with its `<leaf>.entry` and its `<sha256>.tlog-proof`, all under one checkpoint:
    /// the cosigned one where it covers them all, else the newest. Where nothing was known there is
    /// no folder. A second item of the same content that a reference names has
    /// `<sha256>-<leaf>.tlog-proof`.
    ///
    /// - Parameters:
    ///   - begin: called once the whole file is known to be a list, before the first verdict.
    ///   - answer: told each verdict on the thread that reads, before the next one is made.
    /// - Throws: `wrong-usage` where the file is no list, before anything is answered.
    package func verify(
        list path: String, proofs: String?, log: Logger, begin: @escaping @Sendable () -> Void,
        answer: @escaping @Sendable (ListVerdict) -> Void
    ) async throws -> ListSummary {
        if let proofs { try requireTarget(proofs, option: "--proofs") }
        try await offPool { try DigestList.check(path) }
        let index = try await index(log: log)
        return try await offPool {
            var list = try DigestList(path: path)
            return try verify(
                &list, in: index, proofs: proofs, begin: begin, answer: answer)
        }
    }

    /// The same for a list that was sent, and without proofs. Blocks.
    func verify(
        sent list: [UInt8], in index: IndexReader, answer: (ListVerdict) -> Void
    ) throws -> ListSummary {
        var whole = DigestList(bytes: list)
        while try whole.next() != nil {}
        var sent = DigestList(bytes: list)
        return try verify(&sent, in: index, proofs: nil, begin: {}, answer: answer)
    }

    private func verify(
        _ list: inout DigestList, in index: IndexReader, proofs: String?, begin: () -> Void,
        answer: (ListVerdict) -> Void
    ) throws -> ListSummary {
        let vouchers = try LeafVouchers(self)
        var proven = ProvenItems()
        var summary = ListSummary()
        begin()
        try index.lookUp(origin: layout.station.origin) { lookup in
            // After the index: what that knows is published.
            summary.checkpointSize = try ledger.size()
            summary.indexedSize = lookup.nextLeaf
            guard lookup.nextLeaf <= summary.checkpointSize else {
                throw AssemblyFailure(.indexUnavailable)
            }
            while let line = try list.next() {
                var verdict = try lookup.verdict(of: line)
                verdict.checkpointSize = summary.checkpointSize
                if let content = verdict.answered {
                    let leaf = content.item.leaf
                    verdict.cosignedSize = vouchers.cosignedSize(over: leaf)
                    if verdict.cosignedSize != nil { verdict.cosigners = vouchers.cosigners }
                    let stamp = vouchers.stamp(over: leaf)
                    (verdict.stampedSize, verdict.stampTime) = (stamp?.size, stamp?.time)
                    if proofs != nil {
                        proven.add(content, isFirst: content == verdict.items.first)
                    }
                }
                summary.counts[verdict.result, default: 0] += 1
                answer(verdict)
            }
        }
        if let proofs {
            summary.proofs = try proven.write(to: proofs, from: ledger, vouchers)
        }
        return summary
    }
}

extension ContentLookup {
    /// What is in the log under a digest, and whether it is what the reference says.
    fileprivate func verdict(of given: ListedDigest) throws -> ListVerdict {
        guard !given.digest.isEmpty else { return ListVerdict(given, .malformed, .noDigest) }
        guard given.digest.utf8.count == 64, let bytes = Hex.decode(given.digest) else {
            return ListVerdict(given, .malformed, .notADigest)
        }
        let found = try items(withDigest: bytes, limit: ListVerdict.itemLimit + 1)
        var verdict = ListVerdict(given, found.isEmpty ? .unknown : .known)
        verdict.items = Array(found.prefix(ListVerdict.itemLimit))
        verdict.answered = found.first
        if found.count > ListVerdict.itemLimit { verdict.note = .moreItems }
        if let name = given.reference {
            switch try reference(name) {
            case .malformed: return ListVerdict(given, .malformed, .malformedReference)
            case .content(let content, let isItem):
                let matches = content.sha256.bytes == bytes || content.sm3.bytes == bytes
                verdict.result = matches ? .matches : .differs
                if matches, isItem { verdict.answered = content }
            case .digest where !found.isEmpty:
                // Both digests of what was given are known, and it is neither.
                verdict.result = .differs
                verdict.note = .unknownReference
            case .digest:
                verdict.note = .unknownReference
            case .nothing:
                verdict.result = .malformed
                verdict.note = .unknownReference
            }
        }
        if let content = verdict.answered {
            verdict.events = try events(about: content.item)
            if !content.isInLeaf, verdict.note == nil { verdict.note = .inRecord }
        }
        return verdict
    }

    private enum Reference {
        case content(KnownContent, isItem: Bool)
        /// A digest that nothing in the log has.
        case digest
        /// An item or a leaf that is not there.
        case nothing
        case malformed
    }

    private func reference(_ text: String) throws -> Reference {
        if text.utf8.count == 64, let bytes = Hex.decode(text) {
            return try items(withDigest: bytes, limit: 1).first.map { .content($0, isItem: false) }
                ?? .digest
        }
        let content: KnownContent?
        if text.utf8.count < 16, let leaf = Int64(text), leaf >= 0 {
            content = try item(leaf: leaf)
        } else if let name = LedgerName(text) {
            content = try item(name)
        } else {
            return .malformed
        }
        return content.map { .content($0, isItem: true) } ?? .nothing
    }
}

/// The items whose proofs are wanted, each once.
private struct ProvenItems {
    private struct One {
        let content: KnownContent
        let isFirst: Bool
    }

    private var items: [One] = []
    private var leaves: Set<Int64> = []

    mutating func add(_ content: KnownContent, isFirst: Bool) {
        guard leaves.insert(content.item.leaf).inserted else { return }
        items.append(One(content: content, isFirst: isFirst))
    }

    /// In the order of their leaves, so that each file of the ledger is read once.
    consuming func write(
        to path: String, from ledger: LedgerReader, _ vouchers: LeafVouchers
    ) throws -> (count: Int, checkpointSize: Int64, isCosigned: Bool) {
        items.sort { $0.content.item.leaf < $1.content.item.leaf }
        let last = items.last?.content.item.leaf ?? 0
        let cosigned = vouchers.cosignedSize(over: last) == nil ? nil : vouchers.cosigned
        let session = try LedgerSnapshot(ledger, at: cosigned?.note)
        let size = session.checkpoint.size
        guard !items.isEmpty else { return (0, size, cosigned != nil) }
        do {
            let folder = try OutgoingFolder(path: path)
            for one in items {
                let (content, leaf) = (one.content, one.content.item.leaf)
                let proven = try session.prove(leaf)
                guard !content.isInLeaf || proven.leaf.sha256 == content.sha256 else {
                    throw IndexFailure(.damaged, detail: "leaf \(leaf) has another digest")
                }
                let name = content.sha256.hex + (one.isFirst ? "" : "-\(leaf)")
                try folder.put(proven.proof, at: name + ".tlog-proof")
                try folder.put(proven.entry, at: "\(leaf).entry")
            }
            try folder.publish()
        } catch let failure as DurableFileFailure {
            throw VaultFailure(
                failure.code == "exists" ? .targetExists : .targetFailed, errno: failure.errno)
        }
        return (items.count, size, cosigned != nil)
    }
}
