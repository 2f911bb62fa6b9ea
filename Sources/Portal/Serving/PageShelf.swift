import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import Mustache

/// The pages: templates, rendered with a page's own values, the texts of its language and who is
/// signed in.
struct PageShelf: Sendable {
    private let library: MustacheLibrary
    private let station: String

    /// Every template, by the name that pages and partials use.
    static let templates: [String: [UInt8]] = [
        "top": PackageResources.top_mustache, "bottom": PackageResources.bottom_mustache,
        "accounts": PackageResources.accounts_mustache, "dock": PackageResources.dock_mustache,
        "case": PackageResources.case_mustache, "cases": PackageResources.cases_mustache,
        "item": PackageResources.item_mustache, "lines": PackageResources.lines_mustache,
        "purpose": PackageResources.purpose_mustache,
        "recordings": PackageResources.recordings_mustache,
        "viewings": PackageResources.viewings_mustache,
        "spot-check": PackageResources.spot_check_mustache,
        "spot-checks": PackageResources.spot_checks_mustache,
        "check": PackageResources.check_mustache, "chart": PackageResources.chart_mustache,
        "claims": PackageResources.claims_mustache,
        "court-request": PackageResources.court_request_mustache,
        "court-requests": PackageResources.court_requests_mustache,
        "overview": PackageResources.overview_mustache,
        "field-task": PackageResources.field_task_mustache,
        "help": PackageResources.help_mustache,
        "hand-over": PackageResources.hand_over_mustache,
        "own": PackageResources.own_mustache, "receipt": PackageResources.receipt_mustache,
        "home": PackageResources.home_mustache, "inbox": PackageResources.inbox_mustache,
        "join": PackageResources.join_mustache,
        "joined": PackageResources.joined_mustache, "problem": PackageResources.problem_mustache,
        "sign-in": PackageResources.sign_in_mustache, "verify": PackageResources.verify_mustache,
    ]

    /// - Parameter station: its name, shown on top.
    init(station: String) throws {
        MustacheContentTypes.register(EscapedText(), named: EscapedText.name)
        var library = MustacheLibrary()
        for (name, bytes) in Self.templates {
            let text =
                "{{% CONTENT_TYPE: \(EscapedText.name)}}" + String(decoding: bytes, as: UTF8.self)
            try library.register(text, named: name)
        }
        (self.library, self.station) = (library, station)
    }

    /// A page. Whatever its values hold is escaped where a template shows it.
    ///
    /// - Parameter title: the key of its title.
    func page(
        _ name: String, _ title: String, _ values: [String: Any], _ context: PortalContext,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let texts = Texts.all.texts(in: context.language)
        var all = values
        all["t"] = texts
        all["title"] = texts[title] ?? title
        all["station"] = station
        all["language"] = context.language == .english ? "en" : "zh-CN"
        all["otherLanguage"] = context.language == .english ? "zh" : "en"
        all["otherLanguageName"] = context.language == .english ? "中文" : "English"
        if let session = context.session {
            let roles = session.account.roles
            all["me"] =
                [
                    "name": session.account.name, "guard": session.guardToken,
                    "isAdmin": roles.contains(.admin),
                    "hasInbox": Rights.may(session.account, .workInbox),
                    "mayWatch": Rights.may(session.account, .watch),
                    "mayOversee": Rights.may(session.account, .oversee),
                    "mayAnswerClaims": Rights.may(session.account, .answerClaims),
                    "mayGiveOut": Rights.may(session.account, .giveOut),
                    "mayVerify": Rights.may(session.account, .verifyDigests),
                    "roles": roles.sorted().map { $0.words.text(in: context.language) }
                        .joined(separator: context.language == .english ? ", " : "、"),
                ] as [String: Any]
        }
        guard let text = library.render(all, withTemplate: name) else {
            throw PortalProblem.unexpected
        }
        return Response(
            status, Array(text.utf8), type: "text/html; charset=utf-8", caching: "no-store")
    }

    func page(problem: PortalProblem, _ context: PortalContext) throws -> Response {
        try page(
            "problem", problem.title.text(in: context.language),
            [
                "problem": problem.title.text(in: context.language),
                "next": problem.next?.text(in: context.language) ?? "",
                "maySignIn": context.session == nil,
            ], context, status: problem.status)
    }
}
