import Evidence

/// Files of one visit: how many its `docking` announced, and how many were accounted for.
struct VisitTally {
    var announced: Int64
    var refusedAtDocking: Int64
    var accounted: Int64 = 0
    var outcome: UndockingRow.Outcome?
    var leaf: Int64
    /// Paths, so that a file that was entered twice (a finding beside it) counts once.
    var paths: Set<RecorderPath> = []
}

extension Auditor {
    /// Gathers what one leaf and its rows say: contents, items, visits.
    func take(_ leaf: Leaf, rows: [RecordRow], index: Int64) {
        for row in rows {
            do { try take(row, of: leaf, index: index) } catch {
                find(
                    "row-malformed", "leaf \(index)",
                    Bilingual("A row of its record is malformed.", "其记录中有格式错误的行。"),
                    found: "\(error)")
            }
        }
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
            visits[kept.visit]?.paths.insert(kept.path)
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
            visits[undocking.visit]?.outcome = undocking.outcome
        case (.replication, ReplicationRow.kind):
            expected[try ReplicationRow(row).sha256]?.isReplicated = true
        default: break
        }
    }

    private func take(_ file: FileRow, of leaf: Leaf, index: Int64) throws {
        visits[file.visit]?.paths.insert(file.file.path)
        if let sha256 = leaf.sha256, sha256 != file.sha256 {
            find(
                "leaf-differs", "leaf \(index)",
                Bilingual("Leaf and record name different footage.", "存证记录与其附属记录的文件不一致。"),
                expected: sha256.hex, found: file.sha256.hex)
        }
        expect(
            file.sha256, size: file.file.size, sm3: file.sm3, leaf: index, isPartial: false)
        if leaf.event == .ingestion {
            items[LedgerName(station: leaf.station, leaf: index).description] =
                (file.sha256, file.file.size)
        }
    }

    private func expect(
        _ sha256: SHA256Digest, size: Int64, sm3: SM3Digest?, leaf: Int64, isPartial: Bool
    ) {
        if expected[sha256] == nil {
            expected[sha256] = ExpectedObject(
                size: size, sm3: sm3, leaf: leaf, isPartial: isPartial)
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
            guard outcome == .complete, Int64(visit.paths.count) < announced else { continue }
            find(
                "inventory-not-covered", "visit \(name)",
                Bilingual(
                    "Not every file of the docking's inventory is accounted for.",
                    "接入时清单中的文件未全部入账。"),
                expected: "\(announced) files", found: "\(visit.paths.count)")
        }
    }
}
