import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The wall at the dock: a page without sign-in and without a name on it, for the screens that are
/// listed.
struct DockEndpoint: Endpoint {
    let pages: PageShelf
    let feed: WallFeed
    let addresses: AddressList
    let station: any PortalStation
    let gate: SignInGate
    /// `https` where the pages are encrypted here.
    let scheme: String

    func add(to router: Routes) {
        addHandOver(to: router)
        router.get("dock") { _, context in
            try require(context)
            let keys = [
                "acknowledged", "bytesLeft", "confirmBrought", "files", "inboxCode", "minutes",
                "needLook", "notLinked", "notTaken", "officer", "secondsLeft",
            ]
            let texts = keys.map { ($0, JSONValue.string(text($0, context))) }
            let words = JSONWriter.line(.object(Dictionary(uniqueKeysWithValues: texts)))
            return try pages.page("dock", "dockWall", ["words": words], context)
        }
        router.get("dock/events") { _, context in
            try require(context)
            let events = await feed.events()
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    // Says at once that it listens, though nothing may change for long.
                    try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
                    for await event in events.cancelOnGracefulShutdown() {
                        try await writer.write(event)
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private func addHandOver(to router: Routes) {
        // Opens the officer's inbox for this docking, on his own telephone.
        router.get("dock/code/:docking") { request, context in
            try require(context)
            guard let docking = LedgerName(try context.parameters.require("docking")) else {
                throw PortalProblem.notFound
            }
            let address = request.base(scheme) + "/inbox?docking=\(docking)"
            guard let code = QRCode(Array(address.utf8)) else { throw PortalProblem.notFound }
            return Response(
                .ok, Array(code.svg(label: text("inboxCode", context)).utf8),
                type: "image/svg+xml")
        }
        router.get("dock/confirm/:docking") { _, context in
            try require(context)
            return try handOver(try await handOver(context), [:], context)
        }
        router.post("dock/confirm/:docking") { request, context in
            try require(context)
            let form = try await Form(request)
            let docking = try await handOver(context)
            let name = String((form["name"] ?? "").prefix(100))
            let found = try await gate.confirm(
                pin: form["pin"] ?? "", of: name, from: context.address)
            switch found {
            case .right(let account) where account.roles.contains(.officer):
                // Who said so first brought it.
                if docking.acknowledgedBy == nil {
                    try await station.acknowledge(
                        docking.docking, inventory: docking.inventory, by: account.by)
                }
                guard let done = try await station.handOver(docking.docking),
                    done.acknowledgedBy == account.by
                else {
                    return try handOver(
                        docking, ["problem": text("broughtByOther", context)], context,
                        status: .conflict)
                }
                return try receipt(done, context)
            case .right, .wrong:
                return try handOver(
                    docking, ["problem": text("pinWrong", context), "name": name], context,
                    status: .forbidden)
            case .delayed(let seconds):
                let problem =
                    "\(text("waitBefore", context)) \(seconds) \(text("waitSeconds", context))"
                return try handOver(
                    docking, ["problem": problem, "name": name], context,
                    status: .tooManyRequests)
            }
        }
    }

    /// The docking of the address, where it has ended.
    private func handOver(_ context: PortalContext) async throws -> HandOver {
        guard
            let found = try await station.handOver(try context.parameters.require("docking")),
            found.isComplete
        else { throw PortalProblem.notFound }
        return found
    }

    private func handOver(
        _ docking: HandOver, _ values: [String: Any], _ context: PortalContext,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        var values = values
        values["docking"] = docking.docking
        values["recorder"] = docking.recorder
        values["docked"] = LocalMoment.text(docking.docked)
        return try pages.page("hand-over", "confirmBrought", values, context, status: status)
    }

    private func receipt(_ docking: HandOver, _ context: PortalContext) throws -> Response {
        let facts: [(String, String?)] = [
            (text("docking", context), docking.docking),
            (text("itemRecorder", context), docking.recorder),
            (text("itemOfficer", context), docking.acknowledgedBy.map { PersonText.of($0) }),
            (text("docked", context), LocalMoment.text(docking.docked)),
            (text("undocked", context), docking.undocked.map { LocalMoment.text($0) }),
            (
                text("onRecorder", context),
                "\(docking.files) \(text("files", context)), \(FootageLine.bytes(docking.bytes))"
            ),
            (text("takenNew", context), String(docking.taken)),
            (text("takenBefore", context), String(docking.known)),
            (text("footage-quarantined", context), String(docking.needLook)),
            (text("notTakenFiles", context), String(docking.notTaken)),
            (text("length", context), "\(docking.minutes) \(text("minutes", context))"),
            (text("inventoryDigest", context), docking.inventory),
            (text("entry", context), docking.acknowledgement.map(String.init)),
        ]
        return try pages.page(
            "receipt", "receipt",
            [
                "facts": facts.compactMap { label, value in
                    value.map { ["label": label, "value": $0] }
                }
            ], context)
    }

    private func text(_ key: String, _ context: PortalContext) -> String {
        Texts.all.text(key, in: context.language)
    }

    private func require(_ context: PortalContext) throws {
        guard addresses.contains(context.address) else {
            throw PortalProblem(
                .forbidden, "not-from-here",
                Bilingual(
                    "The dock is shown on its own screens only.", "采集台页面仅限指定屏幕查看。"),
                next: Bilingual(
                    "The setting dockAddresses lists them.", "允许的地址由设置项 dockAddresses 指定。"))
        }
    }
}
