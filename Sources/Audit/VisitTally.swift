import Evidence
import Fixity

/// Files of one visit: how many its `docking` announced, and how many were accounted for.
struct VisitTally {
    var announced: Int64
    /// Seen before and not read again: the recorder went, which harms nothing.
    var unconfirmed: Int64 = 0
    var refusedAtDocking: Int64
    var accounted: Int64 = 0
    var outcome: UndockingRow.Outcome?
    var leaf: Int64
    /// Paths, so that a file that was entered twice (a finding beside it) counts once.
    var paths: Set<RecorderPath> = []

    mutating func end(_ undocking: UndockingRow) {
        unconfirmed = undocking.unconfirmed
        (outcome, accounted, paths) = (undocking.outcome, Int64(paths.count), [])
    }
}

extension Auditor {
    /// Gathers what one leaf and its rows say: contents, items, visits.
    func take(_ leaf: Leaf, rows: [RecordRow], index: Int64) {
        for row in rows {
            do { try take(row, of: leaf, index: index) } catch {
                find(
                    "row-malformed", "leaf \(index)",
                    Bilingual("A row of its record is malformed.", "其记录中有格式错误的行。"),
                    found: (error as? MalformedEntry)?.problem ?? "\(error)")
            }
        }
        checkBlocks(rows, index: index)
        if leaf.event == .deletion {
            let named = rows.compactMap {
                $0.members["sha256"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
            }
            for sha256 in [leaf.sha256].compactMap(\.self) + named {
                expected[sha256]?.isDeleted = true
            }
        }
    }

    /// The list of blocks against what the file's row says of it.
    private func checkBlocks(_ rows: [RecordRow], index: Int64) {
        guard
            let list = rows.lazy.filter({ $0.kind == BlocksRow.kind }).compactMap({
                try? BlocksRow($0)
            }).first,
            let file = rows.lazy.filter({ $0.kind == FileRow.kind }).compactMap({ try? FileRow($0) }
            ).first
        else { return }
        let found = SHA256Digest.of(list.digests.flatMap(\.bytes))
        guard found != file.blocks else { return }
        find(
            "blocks-differ", "leaf \(index)",
            Bilingual("The list of blocks is not the file's.", "分块摘要列表与文件记录不符。"),
            expected: file.blocks.hex, found: found.hex)
    }

    private func take(_ row: RecordRow, of leaf: Leaf, index: Int64) throws {
        switch (leaf.event, row.kind) {
        case (.docking, VisitRow.kind):
            let visit = try VisitRow(row)
            let name = LedgerName(station: leaf.station, leaf: index).description
            visits[name] = VisitTally(
                announced: visit.files, refusedAtDocking: visit.refused, leaf: index)
        case (.ingestion, FileRow.kind), (.duplicate, FileRow.kind):
            try take(try FileRow(row), of: leaf, index: index)
        case (.quarantine, QuarantineRow.kind):
            let kept = try QuarantineRow(row)
            // An item's path is its file's.
            if kept.item == nil { visits[kept.visit]?.paths.insert(kept.path) }
            if kept.item == nil, let sha256 = kept.sha256 {
                expect(
                    sha256, size: kept.size, sm3: kept.sm3, leaf: index,
                    isPartial: !kept.unreadable.isEmpty)
            }
        case (.refusal, RefusalRow.kind):
            let refused = try RefusalRow(row)
            visits[refused.visit]?.paths.insert(refused.path)
        case (.undocking, UndockingRow.kind):
            let undocking = try UndockingRow(row)
            if visits[undocking.visit] == nil, !hasUnreadLeaves {
                find(
                    "visit-unknown", "leaf \(index)",
                    Bilingual("An undocking of no docking.", "该结束记录没有对应的接入记录。"),
                    found: SafeText.of(undocking.visit))
            }
            visits[undocking.visit]?.end(undocking)
        case (.erasure, ErasureRow.kind): checkIsErased(try ErasureRow(row))
        case (.replication, ReplicationRow.kind):
            expected[try ReplicationRow(row).sha256]?.isReplicated = true
        case (.finding, FindingRow.kind):
            let finding = try FindingRow(row).finding
            guard ["object-repaired", "copy-repaired"].contains(finding.code) else { break }
            if let sha256 = finding.expected.flatMap({ SHA256Digest(hex: $0) }) {
                repaired.insert(sha256)
            }
        default: break
        }
    }

    private func take(_ file: FileRow, of leaf: Leaf, index: Int64) throws {
        visits[file.visit]?.paths.insert(file.file.path)
        let pairs = [
            (leaf.sha256?.hex, file.sha256.hex), (leaf.sm3?.hex, file.sm3.hex),
            (leaf.size.map { "\($0) B" }, "\(file.file.size) B"),
        ]
        for (claimed, recorded) in pairs {
            guard let claimed, claimed != recorded else { continue }
            find(
                "leaf-differs", "leaf \(index)",
                Bilingual("Leaf and record name different footage.", "存证记录与其附属记录的文件不一致。"),
                expected: claimed, found: recorded)
        }
        expect(
            file.sha256, size: file.file.size, sm3: file.sm3, blocks: file.blocks, leaf: index,
            isPartial: false)
        if leaf.event == .duplicate, !hasUnreadLeaves {
            let known = file.item.flatMap { items[$0] }
            if known?.sha256 != file.sha256 {
                find(
                    "item-unknown", "leaf \(index)",
                    Bilingual(
                        "A duplicate of an item that has no such content.",
                        "重复记录所指的条目没有该内容。"),
                    expected: known?.sha256.hex, found: file.sha256.hex)
            }
        }
        if leaf.event == .ingestion {
            items[LedgerName(station: leaf.station, leaf: index).description] =
                (file.sha256, file.file.size)
        }
    }

    private func expect(
        _ sha256: SHA256Digest, size: Int64, sm3: SM3Digest?, blocks: SHA256Digest? = nil,
        leaf: Int64, isPartial: Bool
    ) {
        if let known = expected[sha256], known.isPartial == isPartial {
            // Content that comes again after its deletion is expected again.
            expected[sha256]?.isDeleted = false
            if known.size != size || (sm3 != nil && known.sm3 != nil && known.sm3 != sm3) {
                find(
                    "leaf-differs", "leaf \(leaf)",
                    Bilingual(
                        "Two records of one content differ.", "同一内容的两份附属记录不一致。"),
                    expected: "as leaf \(known.leaf)")
            }
            return
        }
        if expected[sha256]?.isPartial != false {
            expected[sha256] = ExpectedObject(
                size: size, sm3: sm3, blocks: blocks, leaf: leaf, isPartial: isPartial)
        }
    }

    /// Every file that a `docking` announced is accounted for where the visit came to its end.
    func checkVisits() {
        for (name, visit) in visits.sorted(by: { $0.value.leaf < $1.value.leaf }) {
            guard let outcome = visit.outcome else {
                summary.unfinishedVisits += 1
                continue
            }
            let announced = visit.announced + visit.refusedAtDocking
            guard outcome == .complete, visit.accounted + visit.unconfirmed < announced else {
                continue
            }
            find(
                "inventory-not-covered", "visit \(name)",
                Bilingual(
                    "Not every file of the docking's inventory is accounted for.",
                    "接入时清单中的文件未全部入账。"),
                expected: "\(announced)", found: "\(visit.accounted)")
        }
    }
}
