import CaseIndex
import Casework
import Custody
import DurableFiles
import Evidence
import Ingest
import Vault

/// Keeps, and lets go of, footage. Each step is in the ledger and the index when it returns.
struct RetentionDesk: Sendable {
    let stages: Stages
    let settings: Settings
    private let eraser: RecordEraser
    let turns = Turns()

    init(stages: Stages, settings: Settings, root: DurableRoot) {
        (self.stages, self.settings) = (stages, settings)
        eraser = RecordEraser(root: root, reader: stages.reader)
    }

    /// How long an approved deletion waits, in which it can be taken back.
    static let delay: Int64 = 7 * 86_400_000
    /// Items of one proposal at most.
    private static let batch = 1000
    /// Items whose rows go by one leaf.
    private static let erasedTogether = 100

    /// One step by a person; what there is to tell of it goes to `tell`.
    func take(
        _ request: RetentionRequest, by: String, tell: @escaping @Sendable (JSONValue) -> Void
    ) async throws -> ExitStatus {
        try await turns.take {
            let why = request.why ?? ""
            switch request.step {
            case .hold: try await hold(request, by: by, tell)
            case .release: try await release(request.names[0], why: why, by: by, tell)
            case .markPrivate: try await markPrivate(request.names, why: why, by: by, tell)
            case .propose: return try await propose(request.names, why: why, by: by, tell)
            case .approve: try await approve(request.names[0], by: by, tell)
            case .withdraw: try await withdraw(request.names[0], why: why, by: by, tell)
            case .carryOut: return try await carryOut(by: by, tell)
            }
            return .done
        }
    }

    @discardableResult
    private func enter(
        _ kind: CustodyEventKind, _ rows: [RecordRow], previous: Int64? = nil
    ) async throws -> String {
        let receipts = try await stages.ledger.enter([
            NewCustodyEvent(kind: kind, time: stages.now(), previous: previous, rows: rows)
        ])
        try await stages.feeder.catchUp()
        return receipts.first.map {
            LedgerName(station: stages.station.code, leaf: $0.index).description
        } ?? ""
    }

    // MARK: - Holds, and what is private

    private func hold(
        _ request: RetentionRequest, by: String, _ tell: (JSONValue) -> Void
    ) async throws {
        let items = try request.names.map { try ItemLookup.one($0, in: stages.index) }
        for item in items { try item.requireKept() }
        let numbers = try request.caseNumbers.map { try CaseNumber(asked: $0) }
        let subjects =
            items.map { HoldRow.Subject.item($0.name) } + numbers.map(HoldRow.Subject.caseNumber)
        let why = request.why ?? ""
        let name = try await enter(
            .hold, subjects.map { HoldRow($0, why: why, by: by).row },
            previous: items.count == 1 ? items[0].leaf : nil)
        for hold in try stages.index.holds() where hold.name == name { tell(hold.json) }
    }

    private func release(
        _ name: String, why: String, by: String, _ tell: (JSONValue) -> Void
    ) async throws {
        guard try stages.index.holds(isReleased: false).contains(where: { $0.name == name }) else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(name),
                wanted: Bilingual(
                    "it is no retention lock that stands: look at evidock hold list",
                    "没有该有效的留存锁定，请查看 evidock hold list"))
        }
        try await enter(
            .holdRelease, [HoldReleaseRow(hold: name, why: why, by: by).row],
            previous: LedgerName(name)?.leaf)
        for hold in try stages.index.holds() where hold.name == name { tell(hold.json) }
    }

    private func markPrivate(
        _ names: [String], why: String, by: String, _ tell: (JSONValue) -> Void
    ) async throws {
        let items = try names.map { try ItemLookup.one($0, in: stages.index) }
        for item in items {
            try item.requireKept()
            guard item.cases.isEmpty else {
                throw AssemblyFailure(
                    .wrongUsage, subject: item.name,
                    wanted: Bilingual(
                        "it is linked to a case: unassign it first", "该条目已关联案件，请先解除关联"))
            }
        }
        try await enter(
            .annotation, items.map { PrivateRow(item: $0.name, why: why, by: by).row },
            previous: items.count == 1 ? items[0].leaf : nil)
        for item in items {
            let persons = Set(try stages.index.retained(item.name)?.privates.map(\.by) ?? [])
            tell([
                "item": .string(item.name),
                "private": .array(persons.sorted().map(JSONValue.string)),
                "confirmed": .bool(persons.count > 1),
            ])
        }
    }

    // MARK: - Deletions

    private func propose(
        _ names: [String], why: String, by: String, _ tell: (JSONValue) -> Void
    ) async throws -> ExitStatus {
        let chosen = try names.map { try ItemLookup.one($0, in: stages.index).name }
        let rows = try await offPool { [self] in
            try proposable(chosen).map { item, verdict in
                DeletionProposalRow(
                    item: item.name.description, rule: verdict.rule,
                    until: verdict.until ?? stages.now(), why: why, by: by
                ).row
            }
        }
        guard !rows.isEmpty else { return .findings }
        try await tellProposal(enter(.proposal, rows), tell)
        return .done
    }

    /// Whose time is over, of those named or of all, and which no proposal that waits names.
    private func proposable(
        _ chosen: [String]
    ) throws -> [(item: RetainedItem, verdict: RetentionVerdict)] {
        let verdicts = try RetentionVerdicts(
            settings: settings, index: stages.index, now: stages.now())
        guard !chosen.isEmpty else {
            var found: [(RetainedItem, RetentionVerdict)] = []
            try verdicts.forEach { item, verdict in
                guard verdict.isDue, item.proposal == nil, found.count < Self.batch else { return }
                found.append((item, verdict))
            }
            return found
        }
        return try chosen.map { name in
            guard let item = try stages.index.retained(name) else {
                throw AssemblyFailure(.deleted, subject: name)
            }
            let verdict = verdicts.verdict(item)
            let words = verdict.reasons.compactMap { $0.json[key: "words"]?.arrayValue }
            func text(_ place: Int, _ separator: String) -> String {
                words.compactMap { $0[place].stringValue }.joined(separator: separator)
            }
            guard verdict.isDue else {
                throw AssemblyFailure(
                    .wrongUsage, subject: name,
                    wanted: Bilingual("it is kept: " + text(0, "; "), "应予保存：" + text(1, "；")))
            }
            guard item.proposal == nil else {
                throw AssemblyFailure(
                    .wrongUsage, subject: name,
                    wanted: Bilingual(
                        "its deletion is proposed already: \(item.proposal ?? "")",
                        "已列入删除建议 \(item.proposal ?? "")"))
            }
            return (item, verdict)
        }
    }

    private func waiting(_ name: String) throws -> ListedProposal {
        guard let proposal = try stages.index.proposals(name, isOpen: true).first else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(name),
                wanted: Bilingual(
                    "it is no proposal that waits: look at evidock retention list",
                    "没有该待办的删除建议，请查看 evidock retention list"))
        }
        return proposal
    }

    private func approve(_ name: String, by: String, _ tell: (JSONValue) -> Void) async throws {
        let proposal = try waiting(name)
        guard !proposal.approvals.contains(where: { $0.by == by }) else {
            throw AssemblyFailure(
                .wrongUsage, subject: name,
                wanted: Bilingual("another person must approve it", "须由另一人批准"))
        }
        try await enter(
            .approval, [ProposalStepRow(proposal: name, step: .approved, by: by).row],
            previous: proposal.leaf)
        try tellProposal(name, tell)
    }

    private func withdraw(
        _ name: String, why: String, by: String, _ tell: (JSONValue) -> Void
    ) async throws {
        let proposal = try waiting(name)
        try await enter(
            .approval,
            [ProposalStepRow(proposal: name, step: .withdrawn, why: why, by: by).row],
            previous: proposal.leaf)
        try tellProposal(name, tell)
    }

    private func tellProposal(_ name: String, _ tell: (JSONValue) -> Void) throws {
        for proposal in try stages.index.proposals(name) {
            tell(proposal.json)
        }
    }

    /// Deletes what two persons approved a week ago or earlier, and what a crash left of it. An
    /// item that is to be kept by now stays, and its proposal is over.
    private func carryOut(by: String, _ tell: (JSONValue) -> Void) async throws -> ExitStatus {
        let now = stages.now()
        var count: Int64 = 0
        for proposal in try stages.index.proposals(isOpen: true) {
            guard let approved = proposal.approved,
                approved.milliseconds + Self.delay <= now.milliseconds
            else { continue }
            let (rows, kept) = try await offPool { [self] in
                try deletions(proposal, by: by, now: now)
            }
            if rows.isEmpty {
                // Nothing of it may go any more.
                try await enter(
                    .approval,
                    [
                        ProposalStepRow(
                            proposal: proposal.name, step: .withdrawn,
                            why: "all of it is to be kept", by: by
                        ).row
                    ], previous: proposal.leaf)
            } else {
                // In the ledger first: bytes that are gone without it would be a loss.
                try await enter(.deletion, rows.map(\.row), previous: proposal.leaf)
                await stages.items.forget(Set(rows.map(\.item)))
            }
            for row in rows { tell(["item": .string(row.item), "deleted": true]) }
            for (item, reasons) in kept {
                tell([
                    "item": .string(item), "deleted": false,
                    "reasons": .array(reasons.map(\.json)),
                ])
            }
            count += Int64(rows.count)
        }
        try await stages.publish()
        let contents = try await offPool { [self] in try removeContents() }
        let records = try await eraseRecords(by: by)
        tell([
            "summary": [
                "items": .integer(count), "contents": .integer(contents),
                "records": .integer(records),
            ]
        ])
        return .done
    }

    /// What the records say of deleted items goes too, but for what was done with them, and by
    /// whom.
    ///
    /// - Returns: how many rows are gone by this.
    private func eraseRecords(by: String) async throws -> Int64 {
        let items = try await offPool { try stages.index.unerased(limit: Self.batch) }
        for start in stride(from: 0, to: items.count, by: Self.erasedTogether) {
            let some = items[start..<min(start + Self.erasedTogether, items.count)]
            let rows = try await offPool { [self] in try some.flatMap { try erasures(of: $0, by) } }
            // In the ledger first, as a deletion is.
            if !rows.isEmpty { try await enter(.erasure, rows.map(\.row)) }
        }
        return try await offPool { [self] in
            Int64(try eraser.finish { try stages.index.erasures(from: $0) })
        }
    }

    private func erasures(of item: LedgerName, _ by: String) throws -> [ErasureRow] {
        try stages.index.leaves(about: item).flatMap { leaf in
            try stages.reader.rows(of: leaf).compactMap { digest, row in
                ErasureRow(of: row, digest: digest, leaf: leaf, item: item, by: by)
            }
        }
    }

    private func deletions(
        _ proposal: ListedProposal, by: String, now: Timestamp
    ) throws -> (rows: [DeletionRow], kept: [(String, [RetentionVerdict.Reason])]) {
        let verdicts = try RetentionVerdicts(settings: settings, index: stages.index, now: now)
        var (going, kept): ([(RetainedItem, String)], [(String, [RetentionVerdict.Reason])]) = (
            [], []
        )
        for listed in proposal.items where !listed.isDeleted {
            guard let item = try stages.index.retained(listed.name) else { continue }
            let verdict = verdicts.verdict(item)
            guard verdict.isDue else {
                kept.append((listed.name, verdict.reasons))
                continue
            }
            going.append((item, verdict.rule))
            // What lay beside it alone goes with it, unless it is kept for itself.
            for name in item.sidecars {
                guard let sidecar = try stages.index.retained(name), sidecar.holds.isEmpty,
                    !sidecar.isCertified
                else { continue }
                going.append((sidecar, verdict.rule))
            }
        }
        let names = Set(going.map(\.0.name.description))
        let rows = try going.map { item, rule in
            DeletionRow(
                item: item.name.description,
                sha256: try stages.index.isNeeded(item.sha256, beside: names) ? nil : item.sha256,
                proposal: proposal.name, rule: rule, why: proposal.why,
                approvals: proposal.approvals.map(\.by), by: by)
        }
        return (rows, kept)
    }

    /// Contents that only deleted items have leave every disk; what is gone already costs a look.
    private func removeContents() throws -> Int64 {
        try stages.index.contentsGone().reduce(0) { count, sha256 in
            try stages.vault.remove(sha256) == true ? count + 1 : count
        }
    }
}

extension ListedProposal {
    /// When the second person approved it; nil before.
    var approved: Timestamp? { approvals.count > 1 ? approvals[1].time : nil }

    var state: String {
        if done != nil { return "deleted" }
        if withdrawnBy != nil { return "withdrawn" }
        return approved == nil ? "proposed" : "approved"
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "proposal": .string(name), "state": .string(state), "why": .string(why),
            "by": .string(by),
            "approvals": .array(
                approvals.map { ["by": .string($0.by), "time": .string($0.time.description)] }),
            "items": .array(
                items.map {
                    [
                        "item": .string($0.name), "rule": .string($0.rule),
                        "deleted": .bool($0.isDeleted),
                    ]
                }),
        ]
        if isOpen, let approved {
            members["deletedFrom"] = .string(
                Timestamp(milliseconds: approved.milliseconds + RetentionDesk.delay).description)
        }
        members.set("withdrawnBy", withdrawnBy)
        members.set("withdrawnWhy", withdrawnWhy)
        return .object(members)
    }
}

extension ListedHold {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "hold": .string(name), "why": .string(why), "by": .string(by),
            "state": .string(isReleased ? "released" : "standing"),
        ]
        members.set("items", items)
        members.set("cases", caseNumbers)
        return .object(members)
    }
}

extension ItemRecord {
    /// - Throws: `deleted` where its bytes are gone.
    func requireKept() throws {
        if deleted != nil { throw AssemblyFailure(.deleted, subject: name) }
    }
}
