import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Why a request is not answered as was asked: problem details (RFC 9457) for programs, a page for
/// people.
struct PortalProblem: Error {
    let status: HTTPResponse.Status
    /// Which kind, as the part after `/problems/` of its `type`.
    let code: String
    let title: Bilingual
    let next: Bilingual?
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status, _ code: String, _ title: Bilingual, next: Bilingual? = nil,
        headers: HTTPFields = [:]
    ) {
        (self.status, self.code, self.title) = (status, code, title)
        (self.next, self.headers) = (next, headers)
    }

    static let notFound = PortalProblem(
        .notFound, "not-found",
        Bilingual("There is nothing here, or it is not for you.", "没有该内容，或您无权查看。"))
    static let signInFirst = PortalProblem(
        .unauthorized, "sign-in-first", Bilingual("Sign in first.", "请先登录。"))
    static let tokenInvalid = PortalProblem(
        .unauthorized, "token-invalid",
        Bilingual("This token does not hold.", "令牌无效或已过期。"),
        next: Bilingual("Ask the administrator for another one.", "请向系统管理员索取新令牌。"),
        headers: [.wwwAuthenticate: "Bearer"])
    static let forged = PortalProblem(
        .forbidden, "forged",
        Bilingual("This form is too old, or not one of ours.", "该表单已失效，或不是本系统的表单。"),
        next: Bilingual("Open the page again, and send it from there.", "请重新打开页面后再提交。"))
    static let purposeWanted = PortalProblem(
        .preconditionRequired, "purpose-wanted",
        Bilingual("Say why you look at this case.", "请先说明查看该案件的目的。"),
        next: Bilingual(
            "Open the case's page, or add why=… to the request.", "请先打开案件页面，或在请求中加入 why=…。"))
    static let malformedDay = PortalProblem(
        .unprocessableContent, "malformed-day",
        Bilingual("A day is written like 2026-08-04.", "日期请写成 2026-08-04 的形式。"))
    static let busy = PortalProblem(
        .serviceUnavailable, "busy",
        Bilingual("Too much is asked at once.", "当前请求过多。"),
        next: Bilingual("Try again in a moment.", "请稍后重试。"), headers: [.retryAfter: "5"])
    static let tooSlow = PortalProblem(
        .requestTimeout, "too-slow",
        Bilingual("What was sent came too slowly.", "发送过慢，已中止。"),
        next: Bilingual("Check the network and send it again.", "请检查网络后重新发送。"))
    static let tooLarge = PortalProblem(
        .contentTooLarge, "too-large", Bilingual("That is too much at once.", "提交的内容过大。"))
    static let unexpected = PortalProblem(
        .internalServerError, "unexpected",
        Bilingual("Something failed that should not.", "系统出现意外故障。"),
        next: Bilingual("Please tell the administrator when it was.", "请告知系统管理员发生的时间。"))

    /// What a failure of ours is to somebody outside.
    init(_ failure: any Failure) {
        switch failure.disposition {
        case .quarantine:
            self.init(
                .unprocessableContent, failure.code, failure.pageProblem, next: failure.nextStep)
        // What is the matter inside is for the log.
        case .retry: self = .busy
        case .stop: self = .unexpected
        }
    }

    func json(in language: Language) -> [UInt8] {
        var members: [String: JSONValue] = [
            "type": .string("/problems/" + code), "status": .integer(Int64(status.code)),
            "title": .string(title.text(in: language)),
        ]
        members.set("detail", next?.text(in: language))
        return Array((JSONWriter.line(.object(members)) + "\n").utf8)
    }
}

/// Turns whatever was thrown into a problem, and says in the log what nobody expected.
struct Problems: Sendable {
    let pages: PageShelf

    func answer(
        _ error: any Error, to request: Request, _ context: PortalContext
    ) throws -> Response {
        let problem = problem(of: error, context)
        var response =
            isForPeople(request)
            ? try pages.page(problem: problem, context)
            : Response(
                problem.status, problem.json(in: context.language),
                type: "application/problem+json")
        for field in problem.headers { response.headers[field.name] = field.value }
        return response
    }

    private func problem(of error: any Error, _ context: PortalContext) -> PortalProblem {
        switch error {
        case let problem as PortalProblem: return problem
        case let failure as any Failure:
            if failure.disposition == .stop {
                context.logger.error("a request failed", metadata: ["code": "\(failure.code)"])
            }
            return PortalProblem(failure)
        case let error as HTTPError where error.status == .notFound: return .notFound
        case let error as HTTPError:
            return PortalProblem(
                error.status, "http-\(error.status.code)",
                Bilingual(error.status.reasonPhrase, "请求无法处理（\(error.status.code)）。"))
        case is NIOTooManyBytesError: return .tooLarge
        default:
            // What it says might name somebody.
            context.logger.error(
                "a request failed unexpectedly", metadata: ["kind": "\(type(of: error))"])
            return .unexpected
        }
    }

    /// A browser that asks for a page says that it takes HTML; nothing else does.
    private func isForPeople(_ request: Request) -> Bool {
        !request.uri.path.hasPrefix("/api/") && !request.uri.path.hasPrefix("/log/")
            && request.headers[.accept]?.contains("text/html") == true
    }
}
