import Evidence
import HTTPTypes
import Hummingbird

/// A page without signing in, where a party checks a digest against its receipt's number. A site
/// switches it on (`publicCheck`); it tells nothing but whether the two belong together.
struct CheckEndpoint: Endpoint {
    let pages: PageShelf
    let station: any PortalStation
    let isOpen: Bool
    private let queue = WaitingLine()

    init(pages: PageShelf, station: any PortalStation, isOpen: Bool) {
        (self.pages, self.station, self.isOpen) = (pages, station, isOpen)
    }

    func add(to router: Routes) {
        guard isOpen else { return }
        router.get("check") { _, context in try page([:], context) }
        router.post("check") { request, context in
            let form = try await Form(request)
            let number = (form["number"] ?? "").filter { !$0.isWhitespace }
            let digest = (form["digest"] ?? "").filter { !$0.isWhitespace }.lowercased()
            var values: [String: Any] = ["number": number, "digest": digest]
            guard let name = LedgerName(number), digest.utf8.count == 64,
                digest.utf8.allSatisfy({
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                })
            else {
                values["problem"] = Texts.all.text("checkMalformed", in: context.language)
                return try page(values, context, status: .unprocessableContent)
            }
            let line = "digest,reference\n\(digest),\(name)\n"
            let answers = try await queue.take { [station] in
                try await station.verify(Array(line.utf8), tableIn: nil)
            }
            let answer = answers.lines.first
            // Whatever is not exactly it is not told apart.
            let isRight = answer?.result == "matches"
            values["isRight"] = isRight
            values["isAnswered"] = true
            values["time"] =
                isRight
                ? answer?.json[key: "time"]?.stringValue.flatMap { Timestamp($0) }
                    .map { LocalMoment.text($0) } : nil
            return try page(values, context)
        }
    }

    private func page(
        _ values: [String: Any], _ context: PortalContext, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        try pages.page("check", "check", values, context, status: status)
    }
}
