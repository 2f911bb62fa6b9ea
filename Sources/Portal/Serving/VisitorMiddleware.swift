import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// Finds out who asks and in which language, and lets nobody change anything from a page that is
/// not ours. What fails is answered in that language.
struct VisitorMiddleware: RouterMiddleware {
    let accounts: AccountStore
    let problems: Problems
    let now: @Sendable () -> Timestamp

    func handle(
        _ request: Request, context: PortalContext,
        next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.language = Self.language(of: request)
        do {
            if let text = Self.bearer(of: request) {
                let (accounts, now) = (accounts, now())
                guard let found = try await offPool({ try accounts.bearer(text, now: now) })
                else { throw PortalProblem.tokenInvalid }
                context.session = Session(account: found.account, guardToken: "")
                // A program says anew each day what for, and what it fetches is entered anew.
                context.token = found.key + " " + now.description.prefix(10)
                context.scopes = found.scopes
            } else if Self.wantsSession(request),
                let token = request.cookies[SessionCookie.name]?.value
            {
                let (accounts, now) = (accounts, now())
                context.session = accounts.knownSession(token, now: now)
                if context.session == nil {
                    context.session = try await offPool { try accounts.session(token, now: now) }
                }
                if context.session != nil { context.token = token }
            }
            guard request.method == .get || request.method == .head || Self.isOwn(request) else {
                throw PortalProblem.forged
            }
            return try await next(request, context)
        } catch {
            return try problems.answer(error, to: request, context)
        }
    }

    /// What a program carries (RFC 6750 section 2.1), for the parts that are for programs.
    private static func bearer(of request: Request) -> String? {
        guard ["/api/v1/", "/footage/"].contains(where: { request.uri.path.hasPrefix($0) }),
            let field = request.headers[.authorization],
            field.lowercased().hasPrefix("bearer ")
        else { return nil }
        return String(field.dropFirst(7))
    }

    /// What anybody is answered alike needs no look at who asks.
    private static func wantsSession(_ request: Request) -> Bool {
        !["/assets/", "/log/", "/dock", "/health", "/metrics", "/api/openapi.json"].contains {
            request.uri.path.hasPrefix($0)
        }
    }

    /// The one that was chosen here, else the first of both that the browser names (RFC 9110
    /// section 12.5.4).
    static func language(of request: Request) -> Language {
        if let chosen = request.cookies["language"].flatMap({ Language(rawValue: $0.value) }) {
            return chosen
        }
        let wanted = (request.headers[.acceptLanguage] ?? "").split(separator: ",")
            .map { part -> (tag: String, quality: Double) in
                let parts = part.split(separator: ";")
                let quality = parts.dropFirst().first { $0.contains("q=") }
                    .flatMap { Double($0.drop { $0 != "=" }.dropFirst()) }
                let tag = parts.first.map { $0.filter { !$0.isWhitespace }.lowercased() } ?? ""
                return (tag, quality ?? 1)
            }
            .filter { $0.tag.hasPrefix("zh") || $0.tag.hasPrefix("en") }
            .max { $0.quality < $1.quality }
        return wanted?.tag.hasPrefix("en") == true ? .english : .chinese
    }

    /// Whether a browser says that the request comes from a page of ours (Fetch Metadata, RFC
    /// 6454). Programs say neither; they carry no cookie that a page of somebody else could use.
    private static func isOwn(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin] else { return true }
        let host = request.head.authority ?? ""
        return origin == "https://" + host || origin == "http://" + host
    }
}

/// The cookie of a session: for this host alone, and out of every script's reach.
enum SessionCookie {
    static let name = "__Host-evidock"

    static func begin(_ token: String) -> String {
        "\(name)=\(token); Path=/; Secure; HttpOnly; SameSite=Strict"
    }

    static let end = "\(name)=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
}
