import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// Recordings that somebody may see, as a list and one by one.
struct ItemsEndpoint: Endpoint {
    private static let shownViewings = 100
    private static let allViewings = 100_000

    let pages: PageShelf
    let cases: any CaseDesk
    let footage: any FootageDesk
    let register: DisclosureRegister
    let purposes: Purposes

    func add(to router: Routes) {
        router.get("recordings") { request, context in
            let me = try Rights.require(.watch, context)
            var values = Self.asked(request)
            let states = ["assigned", "proposed", "inbox", "damaged", "quarantined", "deleted"]
            let chosen = request.query("state")
            values["states"] = states.map { state -> [String: Any] in
                [
                    "key": state, "isChosen": state == chosen,
                    "words": Texts.all.text("footage-" + state, in: context.language),
                ]
            }
            do {
                let list = try await list(request, me, context)
                values["lines"] = list.items.map { FootageLine.values(of: $0, context.language) }
                values["hasLines"] = !list.items.isEmpty
                values["isEmpty"] = list.items.isEmpty
                values["after"] = list.next.map { Self.again(request, after: $0) }
                return try pages.page("recordings", "recordings", values, context)
            } catch let problem as PortalProblem where problem.status == .unprocessableContent {
                values["problem"] = problem.title.text(in: context.language)
                return try pages.page(
                    "recordings", "recordings", values, context, status: problem.status)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                values["problem"] = failure.words(in: context.language)
                return try pages.page(
                    "recordings", "recordings", values, context, status: .unprocessableContent)
            }
        }
        router.get("api/v1/footage") { request, context in
            let me = try Rights.require(.watch, context)
            return try Response(json: try await list(request, me, context).json, request)
        }
        router.get("items/:item") { request, context in
            let me = try Rights.require(.watch, context)
            let (name, standing) = try await own(me, context)
            var why: String?
            if let standing {
                why = await purposes.purpose(of: standing.number, context.token ?? "")
                guard why != nil else {
                    return try Purposes.page(
                        standing.number, then: "/items/" + name, pages, context)
                }
            }
            return try await page(try await show(name, me, standing, why, context), me, context)
        }
        router.get("api/v1/items/:item") { request, context in
            let me = try Rights.require(.watch, context)
            let (name, standing) = try await own(me, context)
            var why: String?
            if let standing {
                why = try await purposes.require(standing.number, context.token ?? "", request)
            }
            return try Response(
                json: try await show(name, me, standing, why, context), request)
        }
        router.get("api/v1/items/:item/viewings") { request, context in
            let me = try Rights.require(.watch, context)
            let (name, _) = try await own(me, context)
            var redaction = Redaction(for: me, cases)
            let found = try await redaction.viewings(
                try await cases.viewings(ofItem: name, limit: Self.allViewings))
            return try Viewings.answer(found, to: request, context)
        }
    }

    /// An item that is his to see, and the case for which he sees it; nil for his own.
    ///
    /// - Throws: `not-found`, also where it is somebody else's.
    private func own(
        _ me: Account, _ context: PortalContext
    ) async throws -> (String, CaseStanding?) {
        let name = try context.parameters.require("item")
        guard let ownership = try await footage.ownership(of: name),
            Rights.may(me, .watch, on: ownership)
        else { throw PortalProblem.notFound }
        return (name, Rights.isOwn(me, ownership) ? nil : Rights.caseOfView(me, ownership))
    }

    /// An item, entered as seen.
    private func show(
        _ name: String, _ me: Account, _ standing: CaseStanding?, _ why: String?,
        _ context: PortalContext
    ) async throws -> JSONValue {
        guard let whole = try await cases.item(name) else { throw PortalProblem.notFound }
        var redaction = Redaction(for: me, cases)
        let item = try await redaction.item(whole)
        try await register.enter(
            [name], .describe, by: me, session: context.token ?? "", why: why,
            for: standing?.number)
        return item
    }

    private func list(
        _ request: Request, _ me: Account, _ context: PortalContext
    ) async throws -> FootageList {
        var question = FootageQuestion()
        question.caseNumber = request.query("case")
        question.text = request.query("q")
        question.officer = request.query("officer")
        question.recorder = request.query("recorder")
        question.state = request.query("state")
        question.mark = request.query("mark")
        question.from = try request.day("from")?.lowerBound
        // The whole of that day.
        question.to = try request.day("to").map {
            Timestamp(milliseconds: $0.upperBound.milliseconds + 1)
        }
        question.after = request.query("after")
        let found = try await cases.footage(question, in: Rights.sight(me))
        var redaction = Redaction(for: me, cases)
        let list = FootageList(
            items: try await redaction.items(found.items), next: found.next)
        try await register.enter(
            list.names, .list, by: me, session: context.token ?? "", why: "search")
        return list
    }

    private static let fields = ["q", "case", "officer", "recorder", "from", "to", "state"]

    private static func asked(_ request: Request) -> [String: Any] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0, request.query($0) ?? "") })
    }

    /// The same question, for what comes after a line.
    private static func again(_ request: Request, after cursor: String) -> String {
        let asked = fields.compactMap { field in
            request.query(field).map { "\(field)=\(PathText.encoded($0))" }
        }
        return "/recordings?" + (asked + ["after=" + cursor]).joined(separator: "&")
    }

    /// Where a form goes on to: an item's page and nothing else.
    static func path(then: String?) -> String? {
        guard let then, then.hasPrefix("/items/"), LedgerName(String(then.dropFirst(7))) != nil
        else { return nil }
        return then
    }

    // MARK: - The page

    private func page(
        _ item: JSONValue, _ me: Account, _ context: PortalContext
    ) async throws -> Response {
        let language = context.language
        func text(_ key: String) -> String { Texts.all.text(key, in: language) }
        let name = item[key: "item"]?.stringValue ?? ""
        var values = FootageLine.values(of: item, language)
        values["isThere"] = item[key: "deleted"] == nil
        let media = item[key: "media"]
        let times = item[key: "times"]
        values["facts"] = [
            (text("itemName"), name),
            (text("itemStart"), times?[key: "start"]?.stringValue.map(FootageLine.moment)),
            (text("itemEnd"), times?[key: "end"]?.stringValue.map(FootageLine.moment)),
            (
                text("itemTimeFrom"),
                times?[key: "startFrom"]?.stringValue.map { text("from-" + $0) }
            ),
            (text("itemOfficer"), item[key: "officer"]?.stringValue),
            (text("itemRecorder"), item[key: "recorder"]?[key: "id"]?.stringValue),
            (text("itemSize"), item[key: "size"]?.integerValue.map { FootageLine.bytes($0) }),
            (text("itemStatus"), media?[key: "status"]?.stringValue.map { text("media-" + $0) }),
            ("SHA-256", item[key: "sha256"]?.stringValue), ("SM3", item[key: "sm3"]?.stringValue),
            (
                text("itemVerified"),
                item[key: "lastVerified"]?.stringValue.flatMap { Timestamp($0) }
                    .map { LocalMoment.text($0) }
            ),
        ].compactMap { label, value in value.map { ["label": label, "value": $0] } }
        values["isLinked"] = item[key: "linked"] != nil
        values["links"] = (item[key: "cases"]?.arrayValue ?? []).map { link -> [String: Any] in
            let number = link[key: "caseNumber"]?.stringValue ?? ""
            return [
                "number": number,
                "path": (try? CaseNumber(reading: number)).map(CasesEndpoint.path) ?? "",
                "by": PersonText.of(link[key: "by"]),
                "part": [link[key: "from"], link[key: "to"]].contains { $0 != nil },
                "why": link[key: "why"]?.stringValue ?? "",
                "reasons": (link[key: "reasons"]?.arrayValue ?? []).compactMap { reason in
                    let words = reason[key: "words"] ?? reason
                    return (words[key: language == .english ? "en" : "zh"] ?? words).stringValue
                },
            ]
        }
        values["custody"] = (item[key: "custody"]?.arrayValue ?? []).map { line -> [String: Any] in
            [
                "leaf": line[key: "leaf"]?.integerValue.map(String.init) ?? "",
                "event": line[key: "event"]?.stringValue.flatMap(CustodyEventKind.init(rawValue:))?
                    .words.text(in: language) ?? "",
                "time": line[key: "time"]?.stringValue.flatMap { Timestamp($0) }
                    .map { LocalMoment.text($0) } ?? "",
                "by": PersonText.of(line[key: "by"]),
            ]
        }
        var redaction = Redaction(for: me, cases)
        let viewings = try await redaction.viewings(
            try await cases.viewings(ofItem: name, limit: Self.shownViewings))
        values["viewings"] = viewings.map { Viewings.values(of: $0, language) }
        values["hasViewings"] = !viewings.isEmpty
        values["apiPath"] = "/api/v1/items/" + name
        return try pages.page("item", name, values, context)
    }
}
