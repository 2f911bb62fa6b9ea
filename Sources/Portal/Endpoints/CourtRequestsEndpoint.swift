import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// What other courts ask for (外院调取): a letter with its scan, two approvals, the sealed package that
/// the command line makes, and the receipt.
struct CourtRequestsEndpoint: Endpoint {
    /// Requests that a list shows.
    private static let most = 500
    /// Bytes of a form with a letter's scan.
    private static let longestLetter = 32 << 20

    let pages: PageShelf
    let desk: any CourtRequestDesk
    let cases: any CaseDesk
    let footage: any FootageDesk
    let register: DisclosureRegister
    let station: String

    func add(to router: Routes) {
        router.get("court-requests") { _, context in
            let me = try Rights.require(.giveOut, context)
            return try await list([:], me, context)
        }
        router.post("court-requests") { request, context in
            // Nobody else makes us hold so much.
            let me = try Rights.require(.giveOut, context)
            let form = try await Form(
                request, withFile: "scan", upTo: Self.longestLetter)
            try form.require(context)
            do {
                let name = try await desk.enter(try await letter(form, me), by: me.by)
                return Response.redirect(to: Self.path(name), type: .normal)
            } catch let problem as PortalProblem where problem.status == .unprocessableContent {
                return try await list(typed(form, problem.title, context), me, context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                return try await list(typed(form, failure.pageProblem, context), me, context)
            }
        }
        router.get("api/v1/court-requests") { request, context in
            let me = try Rights.require(.giveOut, context)
            return try Response(
                json: ["requests": .array(try await mine(me).map(\.json))], request)
        }
        router.get("court-requests/:request") { _, context in
            let (me, found) = try await own(context)
            return try page(found, [:], me, context)
        }
        router.post("court-requests/:request") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let (me, found) = try await own(context)
            do {
                try await desk.take(try step(form, found, me))
                guard let after = try await desk.courtRequest(found.name) else {
                    throw PortalProblem.notFound
                }
                return try page(after, ["done": true], me, context)
            } catch let problem as PortalProblem where problem.status == .unprocessableContent {
                return try page(
                    found, ["problem": problem.title.text(in: context.language)], me, context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                return try page(
                    found, ["problem": failure.words(in: context.language)], me, context)
            }
        }
        router.get("court-requests/:request/letter") { _, context in
            let (me, found) = try await own(context)
            guard let object = try await footage.object(of: found.row.document) else {
                throw PortalProblem.notFound
            }
            try await register.enter(
                [found.row.document], .view, by: me, session: context.token ?? "",
                why: found.row.letter, for: found.row.caseNumber)
            var headers: HTTPFields = [
                .contentType: "application/pdf", .cacheControl: "private, no-store",
                .xContentTypeOptions: "nosniff",
            ]
            if let disposition = HTTPField.Name("Content-Disposition") {
                headers[disposition] = "attachment; filename=\"\(found.row.document).pdf\""
            }
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(contentLength: Int(object.size)) { writer in
                    try await object.send(0, object.size - 1, to: &writer, on: context.channel)
                    try await writer.finish(nil)
                })
        }
    }

    private static func path(_ name: String) -> String { "/court-requests/" + name }

    // MARK: - Who may

    /// Requests of cases that he may give footage of.
    private func mine(_ me: Account) async throws -> [CourtRequest] {
        var (shown, known): ([CourtRequest], [CaseNumber: Bool]) = ([], [:])
        for request in try await desk.courtRequests() where shown.count < Self.most {
            let number = request.row.caseNumber
            if known[number] == nil {
                known[number] = try await standing(of: number.description, me) != nil
            }
            if known[number] == true { shown.append(request) }
        }
        return shown
    }

    private func standing(of number: String, _ me: Account) async throws -> CaseStanding? {
        guard let standing = try await cases.standing(of: number),
            Rights.mayGiveOut(me, standing)
        else { return nil }
        return standing
    }

    /// - Throws: `not-found`, also where it is not for him.
    private func own(
        _ context: PortalContext
    ) async throws -> (Account, CourtRequest) {
        let me = try Rights.require(.giveOut, context)
        let name = try context.parameters.require("request")
        guard let found = try await desk.courtRequest(name),
            try await standing(of: found.row.caseNumber.description, me) != nil
        else { throw PortalProblem.notFound }
        return (me, found)
    }

    // MARK: - Forms

    private func letter(_ form: Form, _ me: Account) async throws -> CourtLetter {
        func wanted(_ code: String, _ key: String) -> PortalProblem {
            PortalProblem(.unprocessableContent, code, Texts.both(key))
        }
        guard let letter = form["letter"], let court = form["court"],
            let number = form["case"], let why = form["why"].flatMap(Purposes.checked)
        else { throw wanted("incomplete", "courtRequestWanted") }
        guard !form.file.isEmpty else { throw wanted("no-scan", "letterWanted") }
        // Whoever may not see a case is not told whether there is one.
        guard try await standing(of: number, me) != nil else {
            throw wanted("no-case", "courtRequestNoCase")
        }
        func day(_ name: String) throws -> ClosedRange<Timestamp>? {
            guard let text = form[name] else { return nil }
            guard let day = LocalMoment.day(text) else { throw PortalProblem.malformedDay }
            return day
        }
        return CourtLetter(
            letter: letter, court: court, caseNumber: number, from: try day("from")?.lowerBound,
            to: try day("to")?.upperBound, why: why, scan: form.file)
    }

    private func step(
        _ form: Form, _ request: CourtRequest, _ me: Account
    ) throws -> CourtRequestStepRow {
        guard let kind = form["do"].flatMap(CourtRequestStepRow.Step.init), kind != .packed
        else { throw HTTPError(.badRequest) }
        var step = CourtRequestStepRow(
            request: request.name, step: kind, why: form["why"].flatMap(Purposes.checked),
            by: me.by)
        if kind == .delivered { step.receiver = form["receiver"] }
        if kind == .refused, step.why == nil {
            throw PortalProblem(.unprocessableContent, "no-reason", Texts.both("reasonWanted"))
        }
        if kind == .delivered, step.receiver == nil {
            throw PortalProblem(
                .unprocessableContent, "no-receiver", Texts.both("receiverWanted"))
        }
        return step
    }

    private func typed(
        _ form: Form, _ problem: Bilingual, _ context: PortalContext
    ) -> [String: Any] {
        var values: [String: Any] = ["problem": problem.text(in: context.language)]
        for field in ["letter", "court", "case", "from", "to", "why"] {
            values[field] = form[field]
        }
        return values
    }

    // MARK: - Pages

    private func list(
        _ values: [String: Any], _ me: Account, _ context: PortalContext
    ) async throws -> Response {
        var values = values
        values["requests"] = try await mine(me).map { self.values(of: $0, context.language) }
        values["guard"] = context.session?.guardToken ?? ""
        return try pages.page(
            "court-requests", "courtRequests", values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }

    private func values(of request: CourtRequest, _ language: Language) -> [String: Any] {
        [
            "name": request.name, "path": Self.path(request.name),
            "number": request.row.caseNumber.description, "court": request.row.court,
            "letter": request.row.letter, "time": LocalMoment.text(request.time),
            "state": Texts.all.text("letter-" + request.state, in: language),
        ]
    }

    private func page(
        _ request: CourtRequest, _ more: [String: Any], _ me: Account, _ context: PortalContext
    ) throws -> Response {
        let language = context.language
        func text(_ key: String) -> String { Texts.all.text(key, in: language) }
        var values = self.values(of: request, language).merging(more) { $1 }
        let row = request.row
        let package = request.package
        let range = [
            row.from.map { LocalMoment.text($0) }, row.to.map { LocalMoment.text($0) },
        ]
        values["facts"] = [
            ("courtRequest", request.name), ("case", row.caseNumber.description),
            ("askingCourt", row.court), ("letterNumber", row.letter),
            ("letterDigest", row.sha256.hex),
            (
                "courtRequestRange",
                range == [nil, nil]
                    ? text("courtRequestAll") : range.map { $0 ?? "…" }.joined(separator: " – ")
            ),
            ("why", row.why), ("courtRequestEntered", PersonText.of(row.by)),
            ("packageItems", package?.items.map(String.init)),
            ("packageDigest", package?.bag?.hex),
            ("packageReceiver", request.delivery?.row.receiver),
        ].compactMap { key, value in value.map { ["label": text(key), "value": $0] } }
        values["steps"] = request.steps.map { step -> [String: Any] in
            [
                "time": LocalMoment.text(step.time), "by": PersonText.of(step.row.by),
                "what": text("step-" + step.row.step.rawValue),
                "why": step.row.why ?? "",
            ]
        }
        values["station"] = station
        values["guard"] = context.session?.guardToken ?? ""
        values["isOpen"] = request.state == "open"
        values["mayApprove"] =
            request.state == "open" && row.by != me.by && !request.approvers.contains(me.by)
        values["mayRefuse"] = ["open", "approved"].contains(request.state)
        values["isApproved"] = request.state == "approved"
        values["isPacked"] = request.state == "packed"
        values["isDelivered"] = request.state == "delivered"
        return try pages.page(
            "court-request", "courtRequest", values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }
}
