import CaseIndex
import Custody
import Evidence
import Ingest
import Vault

extension Operations {
    /// Restores what is damaged or missing in the vault and on the second copy, and says of each
    /// object what became of it; without names, all of the vault is read.
    func repair(
        _ names: [String], by: String, answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let index = station.stages.index
        let contents =
            try names.isEmpty
            ? await offPool { try Self.everything(in: index) }
            : names.map { name in
                let item = try ItemLookup.one(name, in: index)
                try item.requireKept()
                return Content(item: item.name, sha256: item.sha256)
            }
        var run = RepairRun(station: station, by: by, answer: answer)
        for content in contents {
            try Task.checkCancellation()
            try await run.repair(content)
        }
        try await run.enter()
        return run.finish()
    }

    struct Content: Sendable {
        /// An item that has it; nil for a partial copy, which is none.
        let item: String?
        let sha256: SHA256Digest
    }

    /// Every content once, in the ledger's order.
    private static func everything(in index: IndexReader) throws -> [Content] {
        var seen: Set<SHA256Digest> = []
        var contents: [Content] = []
        // What was deleted on purpose is missing for good.
        seen.formUnion(try index.contentsGone())
        try index.everyItem { item, sha256, _ in
            guard seen.insert(sha256).inserted else { return }
            contents.append(Content(item: item.description, sha256: sha256))
        }
        for entry in try index.quarantined() {
            guard let sha256 = entry.sha256, seen.insert(sha256).inserted else { continue }
            contents.append(Content(item: entry.item, sha256: sha256))
        }
        return contents
    }
}

/// One run of `repair`: what was found is told when its `finding` is published.
private struct RepairRun {
    /// Findings entered with one leaf at most.
    private static let batchSize = 64

    let station: Station
    let by: String
    let answer: @Sendable (Answer) -> Void
    private var counts: [ObjectRepair.Outcome: Int64] = [:]
    private var waiting: [(content: Operations.Content, repair: ObjectRepair)] = []

    init(station: Station, by: String, answer: @escaping @Sendable (Answer) -> Void) {
        (self.station, self.by, self.answer) = (station, by, answer)
    }

    mutating func repair(_ content: Operations.Content) async throws {
        let stages = station.stages
        let hasCopy = try stages.copyPlace.map { place in
            try stages.index.hasCopy(content.sha256, at: place)
        }
        do {
            let repair = try await stages.vault.repair(content.sha256, hasCopy: hasCopy ?? false)
            counts[repair.outcome, default: 0] += 1
            if repair.faults.isEmpty {
                answer(.line(Self.line(content, repair, leaf: nil)))
            } else {
                waiting.append((content, repair))
            }
        } catch {
            // What is mended already is said and entered all the same.
            try await enter()
            throw error
        }
        if waiting.count >= Self.batchSize { try await enter() }
    }

    /// Enters what was found so far, and tells it.
    mutating func enter() async throws {
        guard !waiting.isEmpty else { return }
        let batch = waiting
        waiting = []
        let stages = station.stages
        let leaf = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .finding, time: Clock.now(),
                rows: batch.flatMap { content, repair in
                    repair.faults.map { row(content, repair, $0) }
                })
        ]).first
        try await stages.publish()
        for (content, repair) in batch { answer(.line(Self.line(content, repair, leaf: leaf))) }
    }

    mutating func finish() -> ExitStatus {
        func count(_ outcome: ObjectRepair.Outcome) -> Int64 { counts[outcome] ?? 0 }
        let all = counts.values.reduce(0, +)
        answer(
            .line([
                "summary": [
                    "objects": .integer(all), "sound": .integer(count(.sound)),
                    "repaired": .integer(count(.repaired)),
                    "noSoundCopy": .integer(count(.noSoundCopy)),
                ]
            ]))
        return all == 0 || count(.noSoundCopy) > 0 ? .findings : .done
    }

    private func row(
        _ content: Operations.Content, _ repair: ObjectRepair, _ fault: ObjectRepair.Fault
    ) -> RecordRow {
        let finding = FindingRow(
            visit: nil, item: content.item, path: nil,
            finding: Finding(
                code: (fault.isCopy ? "copy-" : "object-")
                    + (fault.isRepaired ? "repaired" : "lost"),
                subject: repair.place, message: Self.message(fault),
                expected: content.sha256.hex, found: fault.wasThere ? "damaged" : "missing"))
        var members = finding.row.members
        members["by"] = .string(by)
        return RecordRow(kind: FindingRow.kind, members: members)
    }

    private static func message(_ fault: ObjectRepair.Fault) -> Bilingual {
        switch (fault.isCopy, fault.isRepaired) {
        case (false, true):
            Bilingual(
                "Stored bytes were damaged or missing, and were restored from a sound copy.",
                "库中内容损坏或缺失，已由完好副本恢复。")
        case (true, true):
            Bilingual(
                "The second copy was damaged or missing, and was made again from the original.",
                "第二份副本损坏或缺失，已由原件重新生成。")
        case (false, false):
            Bilingual(
                "Stored bytes are damaged or missing, and no sound copy was found.",
                "库中内容损坏或缺失，且未找到完好副本。")
        case (true, false):
            Bilingual(
                "The second copy is damaged or missing, and the original is not sound.",
                "第二份副本损坏或缺失，且原件不完好。")
        }
    }

    private static func line(
        _ content: Operations.Content, _ repair: ObjectRepair, leaf: Int64?
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "sha256": .string(content.sha256.hex), "place": .string(repair.place),
            "outcome": .string(repair.outcome.rawValue),
        ]
        members.set("item", content.item)
        members.set("leaf", leaf)
        if !repair.faults.isEmpty {
            members["faults"] = .array(
                repair.faults.map { fault in
                    var members: [String: JSONValue] = [
                        "copy": .bool(fault.isCopy), "repaired": .bool(fault.isRepaired),
                        "found": .string(fault.wasThere ? "damaged" : "missing"),
                    ]
                    members.set("disk", fault.disk)
                    return .object(members)
                })
        }
        return .object(members)
    }
}
