import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// What somebody changes of his own account: password, the PIN for the dock, his sessions.
struct OwnEndpoint: Endpoint {
    let pages: PageShelf
    let accounts: AccountStore
    let people: any PeopleDesk
    let gate: SignInGate
    let now: @Sendable () -> Timestamp

    func add(to router: Routes) {
        router.get("me") { _, context in
            try await page([:], try Rights.require(.seeState, context), context)
        }
        router.post("me") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.seeState, context)
            do {
                return try await page(try await change(form, me, context), me, context)
            } catch let problem as PortalProblem where problem.code == "own-refused" {
                return try await page(
                    ["problem": problem.title.text(in: context.language)], me, context,
                    status: problem.status)
            } catch let failure as AccountFailure where failure.disposition == .quarantine {
                let values = [
                    "problem": failure.words(in: context.language),
                    "next": failure.nextStep.text(in: context.language),
                ]
                return try await page(values, me, context, status: .unprocessableContent)
            }
        }
    }

    private func change(
        _ form: Form, _ me: Account, _ context: PortalContext
    ) async throws -> [String: Any] {
        let token = context.token ?? ""
        switch form["do"] {
        case "password":
            try await confirm(form, me, context)
            guard let password = form["password"], password == form["again"] else {
                throw Self.refused("passwordsDiffer")
            }
            try await people.setPassword(password, of: me.name, but: token)
            return ["done": Texts.all.text("passwordSet", in: context.language)]
        case "pin":
            try await confirm(form, me, context)
            try await people.setPIN(form["pin"] ?? "", of: me.name)
            return ["done": Texts.all.text("pinSet", in: context.language)]
        case "sessions":
            try await offPool { [accounts] in
                try accounts.endOtherSessions(of: me.name, but: token)
            }
            return ["done": Texts.all.text("sessionsEnded", in: context.language)]
        default: throw HTTPError(.badRequest)
        }
    }

    /// That it is he: a machine that was left open changes nothing.
    private func confirm(_ form: Form, _ me: Account, _ context: PortalContext) async throws {
        switch try await gate.confirm(form["now"] ?? "", of: me.name, from: context.address) {
        case .right: break
        case .wrong: throw Self.refused("passwordWrong")
        case .delayed: throw Self.refused("passwordLater", .tooManyRequests)
        }
    }

    private static func refused(
        _ key: String, _ status: HTTPResponse.Status = .unprocessableContent
    ) -> PortalProblem {
        PortalProblem(status, "own-refused", Texts.both(key))
    }

    private func page(
        _ values: [String: Any], _ me: Account, _ context: PortalContext,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var values = values
        let (token, now) = (context.token ?? "", now())
        let (sessions, hasPIN) = try await offPool { [accounts] in
            (
                try accounts.sessions(of: me.name, token: token, now: now),
                try accounts.hasPIN(me.name)
            )
        }
        values["guard"] = context.session?.guardToken ?? ""
        values["isOfficer"] = me.roles.contains(.officer)
        values["hasPIN"] = hasPIN
        values["hasOthers"] = sessions.count > 1
        values["sessions"] = sessions.map { session -> [String: Any] in
            [
                "seen": LocalMoment.text(session.seen), "ends": LocalMoment.text(session.ends),
                "isThis": session.isThis,
            ]
        }
        return try pages.page("own", "own", values, context, status: status)
    }
}
