import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import Logging

/// Signing in and out, taking up a one-time link, and choosing a language.
struct SignInEndpoint: Endpoint {
    let pages: PageShelf
    let accounts: AccountStore
    let people: any PeopleDesk
    let gate: SignInGate
    /// Whether everybody needs a second factor; a trial may go without.
    let wantsSecondFactor: Bool
    let station: String
    let now: @Sendable () -> Timestamp

    func add(to router: Routes) {
        router.get("sign-in") { _, context in
            context.session == nil
                ? try pages.page("sign-in", "signIn", [:], context) : Response.redirect(to: "/")
        }
        router.post("sign-in", use: signIn)
        router.post("sign-out") { request, context in
            let form = try await Form(request)
            try form.require(context)
            if let token = context.token {
                try await offPool { [accounts] in try accounts.endSession(token) }
            }
            var response = Response.redirect(to: "/sign-in", type: .normal)
            response.headers[.setCookie] = SessionCookie.end
            return response
        }
        router.get("join/:token") { _, context in
            try await join(try context.parameters.require("token"), nil, context)
        }
        router.post("join/:token", use: join)
        router.post("language") { request, _ in
            let form = try await Form(request)
            let chosen = form["language"].flatMap { Language(rawValue: $0) } ?? .chinese
            var response = Response.redirect(
                to: form["back"] == "/dock" ? "/dock" : "/", type: .normal)
            response.headers[.setCookie] =
                "language=\(chosen.rawValue); Path=/; Max-Age=31536000; SameSite=Lax"
            return response
        }
    }

    @Sendable private func signIn(
        _ request: Request, _ context: PortalContext
    ) async throws -> Response {
        let form = try await Form(request)
        let (name, password) = (form["name"] ?? "", form["password"] ?? "")
        let found = try await gate.signIn(
            String(name.prefix(100)), password: password, code: form["code"] ?? "",
            from: context.address)
        let problem: String
        switch found {
        case .begun(let token):
            // Whoever signs in again leaves no second session behind.
            if let old = context.token {
                try await offPool { [accounts] in try accounts.endSession(old) }
            }
            var response = Response.redirect(to: "/", type: .normal)
            response.headers[.setCookie] = SessionCookie.begin(token)
            return response
        case .refused:
            context.logger.warning(
                "a sign-in was refused", metadata: ["address": "\(context.address)"])
            problem = text("refused", context)
        case .delayed(let seconds):
            context.logger.warning(
                "a sign-in has to wait", metadata: ["address": "\(context.address)"])
            problem = "\(text("waitBefore", context)) \(seconds) \(text("waitSeconds", context))"
        }
        var response = try pages.page(
            "sign-in", "signIn", ["problem": problem, "name": name], context,
            status: .forbidden)
        if case .delayed(let seconds) = found {
            response.status = .tooManyRequests
            response.headers[.retryAfter] = String(seconds)
        }
        return response
    }

    // MARK: - One-time links

    @Sendable private func join(
        _ request: Request, _ context: PortalContext
    ) async throws -> Response {
        let token = try context.parameters.require("token")
        let form = try await Form(request)
        let password = form["password"] ?? ""
        guard password == form["again"] else {
            return try await join(
                token,
                PortalProblem(
                    .unprocessableContent, "passwords-differ",
                    Bilingual(
                        Texts.all.text("passwordsDiffer", in: .english),
                        Texts.all.text("passwordsDiffer", in: .chinese))), context)
        }
        let (people, code) = (people, wantsSecondFactor ? form["code"] ?? "" : nil)
        do {
            let codes = try await people.join(token, password: password, code: code)
            return try pages.page(
                "joined", "joined", ["codes": codes.map(Self.grouped), "hasCodes": !codes.isEmpty],
                context)
        } catch let failure as AccountFailure where failure.reason != .invitationOver {
            return try await join(token, PortalProblem(failure), context)
        }
    }

    /// The form of a link.
    private func join(
        _ token: String, _ problem: PortalProblem?, _ context: PortalContext
    ) async throws -> Response {
        let (accounts, now) = (accounts, now())
        let invitation = try await offPool { try accounts.invitation(token, now: now) }
        let address = OneTimeCode.address(
            invitation.secondFactor, account: invitation.account.name, station: station)
        var values: [String: Any] = ["account": invitation.account.name]
        if wantsSecondFactor {
            values["factor"] =
                [
                    "picture": QRCode(Array(address.utf8))?.svg(
                        label: text("secondFactor", context))
                        ?? "",
                    "secret": Self.grouped(Base32.encode(invitation.secondFactor)),
                ] as [String: Any]
        }
        if let problem {
            values["problem"] = problem.title.text(in: context.language)
            values["next"] = problem.next?.text(in: context.language) ?? ""
        }
        return try pages.page(
            "join", "join", values, context, status: problem?.status ?? .ok)
    }

    private func text(_ key: String, _ context: PortalContext) -> String {
        Texts.all.text(key, in: context.language)
    }

    /// In fours, as one reads and types.
    private static func grouped(_ code: String) -> String {
        stride(from: 0, to: code.count, by: 4).map { code.dropFirst($0).prefix(4) }
            .joined(separator: " ")
    }
}
