import Evidence
import Fixity

extension VisitWalk {
    /// An event about one file, and what to do when its leaf is known.
    struct Draft {
        enum Kind {
            case ingestion
            case duplicate(LedgerName)
            case quarantine(code: String, reason: Bilingual)
        }

        let kind: Kind
        let file: FootageFile
        let sealed: VaultedItem
        let event: NewCustodyEvent
    }

    private func fileRow(
        _ file: FootageFile, _ sealed: VaultedItem, item: LedgerName? = nil
    ) -> FileRow {
        FileRow(
            item: item?.description, visit: name.description, recorder: visit.recorder,
            officer: officer(of: file), zone: visit.zone.description,
            file: FootageFile(
                path: file.path, size: sealed.size, modified: file.modified, role: file.role,
                claims: file.claims, sidecarOf: file.sidecarOf),
            sha256: sealed.sha256, sm3: sealed.sm3,
            blocks: SHA256Digest.of(sealed.blocks.flatMap(\.bytes)), probe: sealed.probe,
            isNewName: item != nil)
    }

    private func event(
        _ kind: CustodyEventKind, _ file: FootageFile, _ sealed: VaultedItem, previous: Int64,
        rows: [RecordRow]
    ) -> NewCustodyEvent {
        let isFootage = file.role.isFootage
        return NewCustodyEvent(
            kind: kind, time: stages.now(), sha256: isFootage ? sealed.sha256 : nil,
            sm3: isFootage ? sealed.sm3 : nil, size: isFootage ? sealed.size : nil,
            previous: previous, rows: rows)
    }

    func ingestion(_ file: FootageFile, _ sealed: VaultedItem) -> Draft {
        var rows = [fileRow(file, sealed).row]
        if sealed.blocks.count > 1 { rows.append(BlocksRow(digests: sealed.blocks).row) }
        return Draft(
            kind: .ingestion, file: file, sealed: sealed,
            event: event(.ingestion, file, sealed, previous: name.leaf, rows: rows))
    }

    func duplicate(
        of item: LedgerName, _ file: FootageFile, _ sealed: VaultedItem
    ) -> Draft {
        Draft(
            kind: .duplicate(item), file: file, sealed: sealed,
            event: event(
                .duplicate, file, sealed, previous: item.leaf,
                rows: [fileRow(file, sealed, item: item).row]))
    }

    func incomplete(_ file: FootageFile, _ sealed: VaultedItem) -> Draft {
        let ranges = sealed.unreadable.map { "\($0.lowerBound) to \($0.upperBound)" }
            .joined(separator: ", ")
        return quarantine(
            file, sealed, code: "incomplete",
            reason: Bilingual(
                "The recorder could not give bytes \(ranges); the rest is kept.",
                "记录仪无法读出字节 \(ranges)，其余部分已保存。"))
    }

    func quarantine(
        _ file: FootageFile, _ sealed: VaultedItem, code: String, reason: Bilingual
    ) -> Draft {
        let row = QuarantineRow(
            item: nil, visit: name.description, path: file.path, code: code,
            reason: reason.english, size: sealed.size, sha256: sealed.sha256, sm3: sealed.sm3,
            unreadable: sealed.unreadable)
        return Draft(
            kind: .quarantine(code: code, reason: reason), file: file, sealed: sealed,
            event: event(.quarantine, file, sealed, previous: name.leaf, rows: [row.row]))
    }
}
