import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// Random spot checks: a sample that nobody can choose and anybody can draw again, with a form and a
/// score for each recording.
struct SpotCheckEndpoint: Endpoint {
    private static let most = 100

    let pages: PageShelf
    let desk: any SpotCheckDesk

    func add(to router: Routes) {
        router.get("spot-checks") { _, context in
            _ = try Rights.require(.oversee, context)
            return try await list([:], context)
        }
        router.post("spot-checks") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.oversee, context)
            do {
                let name = try await draw(form, me)
                return Response.redirect(to: "/spot-checks/" + name, type: .normal)
            } catch let problem as PortalProblem where problem.status == .unprocessableContent {
                return try await list(typed(form, problem.title, context), context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                return try await list(typed(form, failure.pageProblem, context), context)
            }
        }
        router.get("spot-checks/:check") { _, context in
            let me = try Rights.require(.oversee, context)
            return try await page(try await own(me, context), [:], context)
        }
        router.post("spot-checks/:check") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.oversee, context)
            let check = try await own(me, context)
            let said = form["text"].flatMap(Purposes.checked)
            guard let item = form["item"], check.row.items.contains(item),
                let score = form["score"].flatMap({ Int64($0) }),
                SpotScoreRow.scores.contains(score)
            else { throw HTTPError(.badRequest) }
            try await desk.enter(
                SpotScoreRow(check: check.name, item: item, score: score, text: said, by: me.by))
            return try await page(try await own(me, context), ["done": item], context)
        }
    }

    /// A spot check of his own: others drew theirs from what they may see.
    private func own(_ me: Account, _ context: PortalContext) async throws -> SpotCheck {
        let name = try context.parameters.require("check")
        guard let check = try await desk.spotCheck(name), check.row.by == me.by else {
            throw PortalProblem.notFound
        }
        return check
    }

    private func draw(_ form: Form, _ me: Account) async throws -> String {
        guard let from = form["from"].flatMap(LocalMoment.day),
            let to = form["to"].flatMap(LocalMoment.day), from.lowerBound <= to.upperBound
        else { throw PortalProblem.malformedDay }
        guard let count = form["count"].flatMap({ Int($0) }), (1...Self.most).contains(count)
        else {
            throw PortalProblem(.unprocessableContent, "malformed-count", Texts.both("countWanted"))
        }
        let seed = try await desk.seed()
        let pool = try await desk.pool(
            from.lowerBound...to.upperBound, in: Rights.sight(me))
        guard !pool.isEmpty else {
            throw PortalProblem(.unprocessableContent, "nothing-there", Texts.both("poolEmpty"))
        }
        return try await desk.enter(
            SpotCheckRow(
                seed: seed, from: from.lowerBound, to: to.upperBound, pool: Int64(pool.count),
                items: Sample.draw(count, of: pool, seed: seed), by: me.by))
    }

    // MARK: - Pages

    private func typed(
        _ form: Form, _ problem: Bilingual, _ context: PortalContext
    ) -> [String: Any] {
        var values: [String: Any] = ["problem": problem.text(in: context.language)]
        for field in ["from", "to", "count"] { values[field] = form[field] }
        return values
    }

    private func list(
        _ values: [String: Any], _ context: PortalContext
    ) async throws -> Response {
        var values = values
        let mine = try await desk.spotChecks().filter { $0.row.by == context.session?.account.by }
        values["checks"] = mine.map { self.values(of: $0) }
        values["count"] = values["count"] ?? "10"
        values["guard"] = context.session?.guardToken ?? ""
        return try pages.page(
            "spot-checks", "spotChecks", values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }

    private func values(of check: SpotCheck) -> [String: Any] {
        let scores = check.scores.map(\.score)
        let mean = scores.isEmpty ? nil : Double(scores.reduce(0, +)) / Double(scores.count)
        return [
            "name": check.name, "time": LocalMoment.text(check.time),
            "days": LocalMoment.text(check.row.from).prefix(10) + " – "
                + LocalMoment.text(check.row.to).prefix(10),
            "pool": String(check.row.pool), "drawn": String(check.row.items.count),
            "scored": String(scores.count), "seed": check.row.seed,
            "score": mean.map { String(($0 * 10).rounded() / 10) } ?? "–",
        ]
    }

    private func page(
        _ check: SpotCheck, _ more: [String: Any], _ context: PortalContext
    ) async throws -> Response {
        let guardToken = context.session?.guardToken ?? ""
        var values = self.values(of: check).merging(more) { $1 }
        values["items"] = check.row.items.map { item -> [String: Any] in
            let known = check.scores.first { $0.item == item }
            return [
                "item": item, "check": check.name, "guard": guardToken,
                "text": known?.text ?? "", "isScored": known != nil,
                "scores": SpotScoreRow.scores.map { score -> [String: Any] in
                    ["value": String(score), "isChosen": score == known?.score]
                },
            ]
        }
        return try pages.page("spot-check", "spotChecks", values, context)
    }
}
