import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// What officers say of whose footage is whose, for the supervisor who answers it.
struct ClaimsEndpoint: Endpoint {
    let pages: PageShelf
    let inbox: any InboxDesk
    let footage: any FootageDesk

    func add(to router: Routes) {
        router.get("claims") { _, context in
            _ = try Rights.require(.answerClaims, context)
            return try await page([:], context)
        }
        router.post("claims") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.answerClaims, context)
            do {
                try await answer(form, me)
                return try await page(["done": form["item"] ?? ""], context)
            } catch let problem as PortalProblem where problem.status == .unprocessableContent {
                return try await page(
                    ["problem": problem.title.text(in: context.language)], context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                return try await page(
                    ["problem": failure.words(in: context.language)], context)
            }
        }
    }

    private func answer(_ form: Form, _ me: Account) async throws {
        guard let item = form["item"], let account = form["account"],
            let state = form["do"].flatMap(ClaimRow.State.init), state != .open
        else { throw HTTPError(.badRequest) }
        // Nobody is his own second person.
        guard account != me.name, form["officer"] != me.name else {
            throw PortalProblem(.unprocessableContent, "own-claim", Texts.both("claimOwn"))
        }
        guard let why = form["why"].flatMap(Purposes.checked) else {
            throw PortalProblem(.unprocessableContent, "no-reason", Texts.both("reasonWanted"))
        }
        let isMine = form["mine"] == "true"
        let officer = isMine ? account : form["officer"]
        if !isMine, state == .confirmed, officer == nil || officer == account {
            throw PortalProblem(
                .unprocessableContent, "no-officer", Texts.both("officerWanted"))
        }
        // Into what is of a restricted case nobody is led but by those who are on it.
        if let ownership = try await footage.ownership(of: item), ownership.isRestricted,
            Rights.caseOfView(me, ownership) == nil
        {
            throw PortalProblem(.unprocessableContent, "restricted", Texts.both("claimRestricted"))
        }
        let row = ClaimRow(
            item: item, account: account, isMine: isMine, state: state, why: why, by: me.by)
        try await inbox.answer(row, officer: officer)
    }

    private func page(
        _ values: [String: Any], _ context: PortalContext
    ) async throws -> Response {
        var values = values
        let guardToken = context.session?.guardToken ?? ""
        let claims = try await inbox.openClaims()
        values["claims"] = claims.map { claim -> [String: Any] in
            [
                "item": claim.row.item, "account": claim.row.account, "why": claim.row.why,
                "isMine": claim.row.isMine, "mine": claim.row.isMine ? "true" : "false",
                "what": Texts.all.text(
                    claim.row.isMine ? "claimMine" : "claimNotMine", in: context.language),
                "said": LocalMoment.text(claim.time),
                "begins": claim.begins.map { LocalMoment.text($0) } ?? "",
                "recorder": claim.recorder ?? "", "officer": claim.officer ?? "",
                "guard": guardToken,
            ]
        }
        values["isEmpty"] = claims.isEmpty
        return try pages.page(
            "claims", "claims", values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }
}
