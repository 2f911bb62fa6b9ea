import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// People: who may sign in, and what for. For administrators.
struct AccountsEndpoint: Endpoint {
    /// What an administrator lets programs do from here: by no token of his making does he come to
    /// see footage, or what is said of it.
    private static let scopes: [TokenScope] = [.verify, .figures]

    let pages: PageShelf
    let people: any PeopleDesk
    /// `https` where the pages are encrypted here.
    let scheme: String

    func add(to router: Routes) {
        router.get("accounts") { _, context in
            try await page([:], try Rights.require(.manageAccounts, context), context)
        }
        router.post("accounts/add") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.manageAccounts, context)
            let roles = Role.allCases.filter { form["role-\($0.rawValue)"] != nil }
            let name = form["name"] ?? ""
            return try await attempt(me, context) {
                let token = try await people.add(
                    name, roles: Set(roles), court: form["court"], by: me.by)
                return link(token, of: name, request)
            }
        }
        router.post("accounts/token") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.manageAccounts, context)
            let (account, name) = (form["account"] ?? "", form["name"] ?? "")
            return try await attempt(me, context) {
                if form["do"] == "end" {
                    try await people.endToken(name, of: account, by: me.by)
                    return [:]
                }
                let scopes = Self.scopes.filter { form["scope-\($0.rawValue)"] != nil }
                let text = try await people.makeToken(
                    name, of: account, scopes: Set(scopes), days: Int(form["days"] ?? "90") ?? 0,
                    by: me.by)
                return ["secret": text, "token": name]
            }
        }
        router.post("accounts/change") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.manageAccounts, context)
            let name = form["name"] ?? ""
            return try await attempt(me, context) {
                switch form["do"] {
                case "invite":
                    return link(try await people.invite(name, by: me.by), of: name, request)
                case "enable":
                    try await people.setDisabled(false, name, by: me.by)
                case "disable":
                    try await people.setDisabled(true, name, by: me.by)
                default: throw HTTPError(.badRequest)
                }
                return [:]
            }
        }
    }

    /// Does it, and shows the page with what came of it.
    private func attempt(
        _ me: Account, _ context: PortalContext, _ work: () async throws -> [String: Any]
    ) async throws -> Response {
        do { return try await page(try await work(), me, context) } catch let failure
            as AccountFailure
        {
            let values = [
                "problem": failure.words(in: context.language),
                "next": failure.nextStep.text(in: context.language),
            ]
            return try await page(values, me, context, status: .unprocessableContent)
        }
    }

    private func link(_ token: String, of name: String, _ request: Request) -> [String: Any] {
        ["link": "\(request.base(scheme))/join/\(token)", "account": name]
    }

    private func page(
        _ values: [String: Any], _ me: Account, _ context: PortalContext,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let language = context.language
        let guardToken = context.session?.guardToken ?? ""
        func text(_ key: String) -> String { Texts.all.text(key, in: language) }
        var values = values
        values["guard"] = guardToken
        values["accounts"] = try await people.accounts().map { account -> [String: Any] in
            [
                "name": account.name, "court": account.court ?? "", "guard": guardToken,
                "roles": account.roles.sorted().map { $0.words.text(in: language) }
                    .joined(separator: language == .english ? ", " : "、"),
                "state": text(
                    account.isDisabled ? "disabled" : account.isReady ? "ready" : "invited"),
                "isDisabled": account.isDisabled,
            ]
        }
        values["tokens"] = try await people.tokens().map { token -> [String: Any] in
            [
                "account": token.account, "token": token.name, "guard": guardToken,
                "scopes": token.scopes.map { text("scope-" + $0.rawValue) }.sorted()
                    .joined(separator: language == .english ? ", " : "、"),
                "ends": LocalMoment.text(token.ends),
                "used": token.used.map { LocalMoment.text($0) } ?? "–",
            ]
        }
        values["allScopes"] = Self.scopes.map {
            ["scope": $0.rawValue, "words": text("scope-" + $0.rawValue)]
        }
        values["allRoles"] = Role.allCases.map {
            ["role": $0.rawValue, "words": $0.words.text(in: language)]
        }
        return try pages.page("accounts", "accounts", values, context, status: status)
    }
}
