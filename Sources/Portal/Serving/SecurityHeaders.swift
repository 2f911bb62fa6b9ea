import HTTPTypes
import Hummingbird

/// Headers of every answer, whatever it is (OWASP ASVS 5.0 V3.4): nothing is loaded from elsewhere,
/// nothing of ours shows within somebody else's page, nothing is guessed, nothing with data is
/// kept.
struct SecurityHeaders: RouterMiddleware {
    let isEncrypted: Bool

    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
        media-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; \
        base-uri 'none'; frame-ancestors 'none'
        """

    func handle(
        _ request: Request, context: PortalContext,
        next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        func set(_ name: HTTPField.Name, _ value: String) {
            if response.headers[name] == nil { response.headers[name] = value }
        }
        set(.contentSecurityPolicy, Self.policy)
        set(.xContentTypeOptions, "nosniff")
        set(.cacheControl, "no-store")
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ] {
            if let name = HTTPField.Name(name) { set(name, value) }
        }
        if isEncrypted { set(.strictTransportSecurity, "max-age=31536000") }
        return response
    }
}

/// Finds out where a request comes from: a proxy stands on this machine and says last whom it
/// speaks for; from elsewhere that is only a claim.
struct AddressMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: PortalContext,
        next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        // Over a socket of this machine there is no address but the one that is named.
        if context.address.isEmpty || AddressList.loopback.contains(context.address),
            let named = HTTPField.Name("X-Forwarded-For").flatMap({ request.headers[$0] })
        {
            context.address =
                named.split(separator: ",").last.map { $0.filter { !$0.isWhitespace } } ?? ""
        }
        return try await next(request, context)
    }
}
