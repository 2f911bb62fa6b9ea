package import CaseIndex
import Custody
import DurableFiles
package import Evidence
import Fixity
import Ingest
package import Logging
import Portal

/// What is asked about a request by another court.
package enum CourtRequestOrder: Sendable {
    /// - Parameter path: of the letter's scan, a PDF; absolute.
    case add(
        path: String, letter: String, court: String, caseNumber: String, from: Timestamp?,
        to: Timestamp?, why: String)
    case step(CourtRequestStepRow)

    var json: JSONValue {
        switch self {
        case .add(let path, let letter, let court, let number, let from, let to, let why):
            var members: [String: JSONValue] = [
                "request": "court-request", "path": .string(path), "letter": .string(letter),
                "court": .string(court), "case": .string(number), "why": .string(why),
            ]
            members.set("from", from?.description)
            members.set("to", to?.description)
            return .object(members)
        case .step(let step):
            return ["request": "court-request", "row": .object(step.row.members)]
        }
    }

    init?(json: JSONValue) {
        if let members = json[key: "row"]?.objectValue {
            let row = RecordRow(kind: CourtRequestStepRow.kind, members: members)
            guard let step = try? CourtRequestStepRow(row) else { return nil }
            self = .step(step)
            return
        }
        func text(_ key: String) -> String? { json[key: key]?.stringValue }
        guard let path = text("path"), path.hasPrefix("/"), let letter = text("letter"),
            let court = text("court"), let number = text("case"), let why = text("why")
        else { return nil }
        let (from, to) = (text("from").map { Timestamp($0) }, text("to").map { Timestamp($0) })
        // A bound that nobody can read is not none.
        if case .some(nil) = from { return nil }
        if case .some(nil) = to { return nil }
        self = .add(
            path: path, letter: letter, court: court, caseNumber: number, from: from ?? nil,
            to: to ?? nil, why: why)
    }
}

/// Requests by other courts: each change stands in the ledger and in the index when it returns.
struct CourtRequestBook {
    let station: Station

    private static let longest = 200

    /// - Parameter document: takes the letter itself in, after all else was found to be right.
    /// - Throws: `wrong-usage`; what `document` throws.
    func add(
        letter: String, court: String, caseNumber: String, from: Timestamp?, to: Timestamp?,
        why: String, by: String, document: () async throws -> DocumentDesk.Document
    ) async throws -> ListedCourtRequest {
        try PlainText.check(letter, of: "--letter", limit: Self.longest)
        try PlainText.check(court, of: "--court", limit: Self.longest)
        try PlainText.check(why, of: "--why", limit: 1000)
        let number = try CaseNumber(asked: caseNumber)
        if let from, let to, from > to {
            throw Self.refusal("--to", "it ends after it begins", "结束应晚于开始")
        }
        let document = try await document()
        let row = CourtRequestRow(
            caseNumber: number, court: court, letter: letter, document: document.item,
            sha256: document.sha256, from: from, to: to, why: why, by: by)
        let leaf = try await enter(row.row, previous: LedgerName(document.item)?.leaf)
        return try known(
            LedgerName(station: station.layout.station.code, leaf: leaf).description)
    }

    /// - Throws: `wrong-usage` for a step that its state does not allow, in words that say why.
    func take(_ step: CourtRequestStepRow) async throws -> ListedCourtRequest {
        try PlainText.check(step.why, of: "--why", limit: 1000)
        try PlainText.check(step.receiver, of: "--receiver", limit: Self.longest)
        let before = try known(step.request)
        let refusal: Bilingual? =
            switch (step.step, before.state) {
            case (.approved, "open"):
                if before.request.by == step.by {
                    Bilingual(
                        "whoever entered it does not approve it", "登记人不得审批本人登记的申请")
                } else if before.steps.contains(where: { $0.row.by == step.by }) {
                    Bilingual("it takes another person", "须由另一人审批")
                } else {
                    nil
                }
            case (.refused, "open"), (.refused, "approved"): nil
            case (.packed, "approved"), (.packed, "packed"): nil
            case (.delivered, "packed"): nil
            case (.packed, "open"):
                Bilingual("it is not approved by two people yet", "尚未经两人审批")
            case (.delivered, _):
                Bilingual(
                    "no package was made: evidock export --request",
                    "尚未制作证据包：evidock export --request")
            default: Bilingual("it was answered already", "该申请已处理")
            }
        if let refusal {
            throw Self.refusal(before.name, refusal.english, refusal.chinese)
        }
        _ = try await enter(step.row, previous: before.leaf)
        let after = try known(before.name)
        // Somebody else may have answered meanwhile: then this one counts for nothing.
        guard after.steps.contains(where: { $0.row == step }) else {
            throw Self.refusal(before.name, "it was answered meanwhile", "该申请刚刚已被处理")
        }
        return after
    }

    func known(_ name: String) throws -> ListedCourtRequest {
        guard let request = try station.stages.index.courtRequest(name) else {
            throw Self.refusal(
                SafeText.of(name), "there is no such request: look at evidock court-request list",
                "没有该申请，请查看 evidock court-request list")
        }
        return request
    }

    private func enter(_ row: RecordRow, previous: Int64?) async throws -> Int64 {
        let stages = station.stages
        let receipts = try await stages.ledger.enter([
            NewCustodyEvent(kind: .order, time: stages.now(), previous: previous, rows: [row])
        ])
        try await stages.feeder.catchUp()
        return receipts.first?.index ?? 0
    }

    private static func refusal(
        _ subject: String, _ english: String, _ chinese: String
    ) -> AssemblyFailure {
        AssemblyFailure(.wrongUsage, subject: subject, wanted: Bilingual(english, chinese))
    }
}

extension Operations {
    func courtRequest(
        _ order: CourtRequestOrder, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let book = CourtRequestBook(station: station)
        let request: ListedCourtRequest
        switch order {
        case .add(let path, let letter, let court, let number, let from, let to, let why):
            request = try await book.add(
                letter: letter, court: court, caseNumber: number, from: from, to: to, why: why,
                by: by
            ) { try await DocumentDesk(station: station, kind: .courtLetter).take(path, by: by) }
        case .step(var step):
            // Whoever asks by the socket is who the socket says.
            step.by = by
            request = try await book.take(step)
        }
        answer(.line(request.json))
        return .done
    }
}

extension ListedCourtRequest {
    package var json: JSONValue {
        var members = request.row.members
        members["request"] = .string(name)
        members["state"] = .string(state)
        members["entered"] = .string(time.description)
        members["steps"] = .array(
            steps.map { step in
                var members = step.row.row.members
                members["request"] = nil
                members["time"] = .string(step.time.description)
                return .object(members)
            })
        return .object(members)
    }
}

extension StationReader {
    private static let most = 10_000
    /// Bytes of a package's list of its papers: some lines for each entry about each item.
    private static let manifestLimit = 256 << 20

    /// Requests by other courts, the newest first.
    package func courtRequests(log: Logger) async throws -> [JSONValue] {
        try await index(log: log).courtRequests(limit: Self.most).map(\.json)
    }

    /// The footage that another court gets: of its case, shot in the time it asked for.
    ///
    /// - Returns: items in the ledger's order, and what the disclosure is entered with.
    /// - Throws: `wrong-usage` where two people have not approved it; `no-such-item` where there is
    ///   no such footage.
    package func itemsToExport(
        request name: String, log: Logger
    ) async throws -> (items: [String], why: String) {
        guard let found = try await index(log: log).courtRequest(name),
            ["approved", "packed"].contains(found.state)
        else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(name),
                wanted: Bilingual(
                    "it is no request that two people approved: look at evidock court-request list",
                    "没有经两人审批的该申请，请查看 evidock court-request list"))
        }
        let items = try await itemsToExport(
            [], caseNumber: found.request.caseNumber.description, from: found.request.from,
            to: found.request.to, log: log)
        return (items, "\(found.request.court) \(found.request.letter)")
    }

    /// That the package of a request was made.
    ///
    /// - Throws: `unreadable-file` where it is not there.
    package func packed(
        _ path: String, items: Int, for request: String
    ) throws -> CourtRequestStepRow {
        let place = "tagmanifest-sha256.txt"
        guard let manifest = try ForeignFolder(path: path).read(place, limit: Self.manifestLimit)
        else {
            throw AssemblyFailure(.unreadableFile, subject: "\(path)/\(place)")
        }
        var step = CourtRequestStepRow(request: request, step: .packed, by: "")
        (step.bag, step.items) = (.of(manifest), Int64(items))
        return step
    }
}
