import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// A field task, as an officer says it before he leaves: a few fields, most of them filled in.
struct FieldTaskEndpoint: Endpoint {
    /// What a field task is taken to last where nobody says.
    private static let usual: Int64 = 3 * 3_600_000
    private static let minute: Int64 = 60_000

    let pages: PageShelf
    let inbox: any InboxDesk
    let now: @Sendable () -> Timestamp

    func add(to router: Routes) {
        router.get("field-task") { _, context in
            let me = try Rights.require(.workInbox, context)
            return try await page([:], me, context)
        }
        router.post("field-task") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.workInbox, context)
            do {
                try await inbox.add(try task(form, me), by: me.by)
                return try await page(["done": form["case"] ?? ""], me, context)
            } catch let problem as PortalProblem where problem.status == .unprocessableContent {
                return try await page(typed(form, problem, context), me, context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                return try await page(
                    typed(form, PortalProblem(failure), context), me, context)
            }
        }
    }

    private func task(_ form: Form, _ me: Account) throws -> FieldTask {
        guard let number = form["case"] else {
            throw PortalProblem(.unprocessableContent, "no-case", Texts.both("caseWanted"))
        }
        let begins = try form["from"].map(Self.moment) ?? now()
        let ends =
            try form["to"].map(Self.moment)
            ?? Timestamp(milliseconds: begins.milliseconds + Self.usual)
        let colleagues = (form["colleagues"] ?? "").split { !$0.isLetter && !$0.isNumber }
            .map(String.init).filter { $0 != me.name }
        var task = FieldTask(
            caseNumber: number, action: form["action"] ?? "other",
            officers: [me.name] + colleagues.prefix(20), begins: begins, ends: ends)
        (task.recorder, task.place, task.court) = (form["recorder"], form["place"], me.court)
        return task
    }

    /// A moment as `datetime-local` fields have it (`yyyy-MM-ddTHH:mm`), in China's time.
    private static func moment(_ text: String) throws -> Timestamp {
        guard text.utf8.count == 16, let civil = CivilTime(text + ":00") else {
            throw PortalProblem.malformedDay
        }
        return ZoneOffset.china.timestamp(of: civil)
    }

    private func typed(
        _ form: Form, _ problem: PortalProblem, _ context: PortalContext
    ) -> [String: Any] {
        var values: [String: Any] = ["problem": problem.title.text(in: context.language)]
        for field in ["case", "action", "recorder", "colleagues", "from", "to", "place"] {
            values[field] = form[field]
        }
        return values
    }

    private func page(
        _ values: [String: Any], _ me: Account, _ context: PortalContext
    ) async throws -> Response {
        var values = values
        let begins = now().milliseconds / Self.minute * Self.minute
        func field(_ moment: Int64) -> String {
            String(
                LocalMoment.text(Timestamp(milliseconds: moment)).prefix(16)
                    .replacing(" ", with: "T"))
        }
        values["from"] = values["from"] ?? field(begins)
        values["to"] = values["to"] ?? field(begins + Self.usual)
        if values["recorder"] == nil { values["recorder"] = try await inbox.recorder(of: me.name) }
        let chosen = values["action"] as? String ?? "search"
        values["actions"] = try await inbox.actions().map { action -> [String: Any] in
            [
                "key": action, "words": Texts.all.action(action, in: context.language),
                "isChosen": action == chosen,
            ]
        }
        values["guard"] = context.session?.guardToken ?? ""
        return try pages.page(
            "field-task", "fieldTask", values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }
}
