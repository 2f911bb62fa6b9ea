import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// Cases with their footage: what is there, what is missing, who may see it, who saw it.
struct CasesEndpoint: Endpoint {
    private static let shownCases = 200
    private static let shownViewings = 100
    private static let allViewings = 100_000

    let pages: PageShelf
    let cases: any CaseDesk
    let register: DisclosureRegister
    let purposes: Purposes

    func add(to router: Routes) {
        router.get("cases") { request, context in
            let me = try Rights.require(.watch, context)
            let text = request.query("q")
            do {
                let found = try await cases.cases(
                    in: Rights.sight(me), matching: text, limit: Self.shownCases)
                return try pages.page(
                    "cases", "cases", values(of: found, text, context.language), context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                var values = values(of: [], text, context.language)
                values["problem"] = failure.words(in: context.language)
                return try pages.page(
                    "cases", "cases", values, context, status: .unprocessableContent)
            }
        }
        router.get("api/v1/cases") { request, context in
            let me = try Rights.require(.watch, context)
            let found = try await cases.cases(
                in: Rights.sight(me), matching: request.query("q"), limit: Self.shownCases)
            return try Response(
                json: ["cases": .array(found.map { .object($0.row.members) })], request)
        }
        router.get("cases/:number") { request, context in
            let (me, standing) = try await own(context)
            guard let why = await purposes.purpose(of: standing.number, context.token ?? "")
            else { return try askPurpose(standing, then: "", context) }
            return try await page([:], me, standing, why, after: request.query("after"), context)
        }
        router.get("api/v1/cases/:number") { request, context in
            let (_, standing) = try await own(context)
            _ = try await purposes.require(standing.number, context.token ?? "", request)
            return try Response(
                json: Self.json(try await cases.file(of: standing)), request)
        }
        router.get("api/v1/cases/:number/footage") { request, context in
            let (me, standing) = try await own(context)
            let why = try await purposes.require(standing.number, context.token ?? "", request)
            let list = try await footage(
                of: standing, after: request.query("after"), me, why, context)
            return try Response(json: list.json, request)
        }
        router.get("api/v1/cases/:number/viewings") { request, context in
            let (me, standing) = try await own(context)
            let found = try await viewings(of: standing, Self.allViewings, me)
            return try Viewings.answer(found, to: request, context)
        }
        router.post("cases/:number/purpose") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let (_, standing) = try await own(context)
            let chosen = form["purpose"].flatMap { Purposes.presets.contains($0) ? $0 : nil }
                .map { Texts.all.text("purpose-" + $0, in: context.language) }
            guard let why = form["why"].flatMap(Purposes.checked) ?? chosen else {
                return try askPurpose(
                    standing, then: form["then"] ?? "", context, isWanted: true)
            }
            await purposes.set(why, of: standing.number, context.token ?? "")
            return Response.redirect(
                to: ItemsEndpoint.path(then: form["then"]) ?? Self.path(standing.number),
                type: .normal)
        }
        router.post("cases/:number/access") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let (me, standing) = try await own(context)
            guard Rights.mayOpen(me, standing) else { throw PortalProblem.notFound }
            return try await changeAccess(form, me, standing, context)
        }
    }

    /// Who asks, and how the case stands that he may see.
    ///
    /// - Throws: `not-found`, also where it is not for him.
    private func own(_ context: PortalContext) async throws -> (Account, CaseStanding) {
        let me = try Rights.require(.watch, context)
        let name = try context.parameters.require("number")
        let standing: CaseStanding?
        do { standing = try await cases.standing(of: PathText.decoded(name)) } catch let failure
            as any Failure where failure.disposition == .quarantine
        { standing = nil }
        guard let standing, Rights.may(me, see: standing) else { throw PortalProblem.notFound }
        return (me, standing)
    }

    /// The lines of a case, entered as seen.
    private func footage(
        of standing: CaseStanding, after cursor: String?, _ me: Account, _ why: String,
        _ context: PortalContext
    ) async throws -> FootageList {
        var question = FootageQuestion()
        question.caseNumber = standing.number.description
        question.after = cursor
        // Who only oversees the case sees nothing that is of a restricted one, too.
        question.hidesRestricted = !Rights.isOnCase(me, standing)
        let found = try await cases.footage(question, in: nil)
        var redaction = Redaction(for: me, cases)
        let list = FootageList(
            items: try await redaction.items(found.items), next: found.next)
        try await register.enter(
            list.names, .list, by: me, session: context.token ?? "", why: why,
            for: standing.number)
        return list
    }

    private func viewings(
        of standing: CaseStanding, _ limit: Int, _ me: Account
    ) async throws -> [JSONValue] {
        var redaction = Redaction(for: me, cases)
        return try await redaction.viewings(
            try await cases.viewings(of: standing.number, limit: limit))
    }

    // MARK: - Who may see it

    private func changeAccess(
        _ form: Form, _ me: Account, _ standing: CaseStanding, _ context: PortalContext
    ) async throws -> Response {
        let session = context.token ?? ""
        let purpose = await purposes.purpose(of: standing.number, session) ?? ""
        var values: [String: Any] = [:]
        do {
            guard let why = form["why"].flatMap(Purposes.checked) else {
                throw PortalProblem(
                    .unprocessableContent, "no-reason", Texts.both("reasonWanted"))
            }
            try await cases.change(
                try change(form, me), of: standing.number, why: why, by: me.by)
            values["done"] = true
        } catch let problem as PortalProblem where problem.status == .unprocessableContent {
            values["problem"] = problem.title.text(in: context.language)
        } catch let failure as any Failure where failure.disposition == .quarantine {
            values["problem"] = failure.words(in: context.language)
        }
        // He may have let himself out.
        guard let after = try await cases.standing(of: standing.number.description),
            Rights.may(me, see: after)
        else { return Response.redirect(to: "/cases", type: .normal) }
        return try await page(values, me, after, purpose, after: nil, context)
    }

    private func change(_ form: Form, _ me: Account) throws -> AccessChange {
        switch form["do"] {
        case "grant":
            guard let account = form["account"], account != me.name else {
                throw PortalProblem(
                    .unprocessableContent, "no-account", Texts.both("otherAccountWanted"))
            }
            let ground = form["ground"].flatMap(CaseAccessRow.Ground.init) ?? .grant
            // To the end of the day that is named, in China's time.
            let day = form["until"].map(LocalMoment.day)
            if case .some(nil) = day { throw PortalProblem.malformedDay }
            let until = day??.upperBound
            return .grant(account: account, ground: ground, until: until)
        case "end":
            guard let account = form["account"] else { throw HTTPError(.badRequest) }
            return .end(account: account)
        case "restrict": return .restrict
        case "lift": return .lift
        default: throw HTTPError(.badRequest)
        }
    }

    // MARK: - Pages

    static func path(_ number: CaseNumber) -> String {
        "/cases/" + PathText.encoded(number.description)
    }

    private func askPurpose(
        _ standing: CaseStanding, then: String, _ context: PortalContext, isWanted: Bool = false
    ) throws -> Response {
        try Purposes.page(standing.number, then: then, pages, context, isWanted: isWanted)
    }

    private func values(
        of found: [CaseRow], _ text: String?, _ language: Language
    ) -> [String: Any] {
        [
            "q": text ?? "", "isEmpty": found.isEmpty, "isFull": found.count == Self.shownCases,
            "cases": found.map { row -> [String: Any] in
                [
                    "number": row.caseNumber.description, "path": Self.path(row.caseNumber),
                    "category": row.category ?? "", "judge": row.judge ?? "",
                    "state": row.state.map { Texts.all.caseState($0, in: language) } ?? "",
                    "restricted": row.restricted,
                ]
            },
        ]
    }

    private func page(
        _ values: [String: Any], _ me: Account, _ standing: CaseStanding, _ why: String,
        after cursor: String?, _ context: PortalContext
    ) async throws -> Response {
        let language = context.language
        func text(_ key: String) -> String { Texts.all.text(key, in: language) }
        let list = try await footage(of: standing, after: cursor, me, why, context)
        let file = try await cases.file(of: standing)
        let viewings = try await viewings(of: standing, Self.shownViewings, me)
        var values = values
        values["number"] = standing.number.description
        values["path"] = Self.path(standing.number)
        values["apiPath"] = "/api/v1" + Self.path(standing.number)
        values["guard"] = context.session?.guardToken ?? ""
        values["why"] = why
        values["isRestricted"] = standing.isRestricted
        let row = file.row
        values["facts"] = [
            (text("caseJudge"), standing.judge), (text("caseCategory"), row?.category),
            (text("caseState"), row?.state.map { Texts.all.caseState($0, in: language) }),
            (text("caseParties"), row?.parties.joined(separator: "、")),
            (text("caseNotes"), row?.notes),
        ].compactMap { label, value in value.map { ["label": label, "value": $0] } }
        values["duties"] = file.duties.map { duty -> [String: Any] in
            [
                "what": Texts.all.action(duty.kind, in: language),
                "when": LocalMoment.text(duty.window.lowerBound, duty.window.upperBound),
                "place": duty.place ?? "",
                "officers": duty.officers.map { $0.name ?? $0.id ?? "" }.joined(separator: "、"),
            ]
        }
        values["findings"] = file.findings.map { finding -> [String: Any] in
            [
                "words": finding.words.text(in: language), "isOpen": finding.state == .open,
                "why": finding.why ?? "",
            ]
        }
        values["lines"] = list.items.map { FootageLine.values(of: $0, language) }
        values["hasLines"] = !list.items.isEmpty
        values["after"] = list.next
        values["mayOpen"] = Rights.mayOpen(me, standing)
        values["accesses"] = file.accesses.map { access -> [String: Any] in
            [
                "account": access.account, "ground": text("ground-" + access.ground.rawValue),
                "until": access.until.map { LocalMoment.text($0) } ?? text("noEnd"),
                "why": access.why, "by": PersonText.of(access.by),
                "isOver": standing.accounts[access.account] == nil,
                "path": Self.path(standing.number),
                "guard": context.session?.guardToken ?? "", "mayOpen": Rights.mayOpen(me, standing),
            ]
        }
        values["restriction"] = file.restriction.map {
            ["why": $0.why, "by": PersonText.of($0.by)]
        }
        values["viewings"] = viewings.map { Viewings.values(of: $0, language) }
        values["hasViewings"] = !viewings.isEmpty
        return try pages.page(
            "case", standing.number.description, values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }

    private static func json(_ file: CaseFile) -> JSONValue {
        let number = file.standing.number
        var members = file.row?.row.members ?? ["caseNumber": .string(number.description)]
        members["restricted"] = .bool(file.standing.isRestricted)
        members["duties"] = .array(file.duties.map { .object($0.row.members) })
        members["findings"] = .array(file.findings.map { .object($0.row.members) })
        members["orders"] = .array(file.orders)
        members["access"] = .array(file.accesses.map { .object($0.row.members) })
        return .object(members)
    }
}

extension FootageList {
    var names: [String] { items.compactMap { $0[key: "item"]?.stringValue } }

    var json: JSONValue {
        var members: [String: JSONValue] = ["items": .array(items)]
        members.set("next", next)
        return .object(members)
    }
}

extension Purposes {
    /// What people mostly look for.
    static let presets = ["enforcement", "complaint", "supervision", "evidence"]

    /// The page that asks why somebody looks at a case: once for each case and session.
    static func page(
        _ number: CaseNumber, then: String, _ pages: PageShelf, _ context: PortalContext,
        isWanted: Bool = false
    ) throws -> Response {
        let values: [String: Any] = [
            "number": number.description, "path": CasesEndpoint.path(number), "then": then,
            "guard": context.session?.guardToken ?? "", "isWanted": isWanted,
            "presets": presets.map { preset in
                [
                    "key": preset,
                    "words": Texts.all.text("purpose-" + preset, in: context.language),
                ]
            },
        ]
        return try pages.page(
            "purpose", number.description, values, context,
            status: isWanted ? .unprocessableContent : .ok)
    }
}
