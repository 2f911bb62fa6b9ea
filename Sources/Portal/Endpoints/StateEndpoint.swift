import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// How the station is: for people, for programs, and for whoever watches over the machine.
struct StateEndpoint: Endpoint {
    let pages: PageShelf
    let station: any PortalStation
    let version: String

    func add(to router: Routes) {
        router.get("") { _, context in
            guard context.session != nil else { return Response.redirect(to: "/sign-in") }
            let me = try Rights.require(.seeState, context)
            var values: [String: Any] = [
                "facts": facts(try await station.state(), context.language)
            ]
            if Rights.may(me, .answerAlerts) {
                values["alerts"] = try await station.alerts().map { alert -> [String: Any] in
                    [
                        "code": alert.alert.code,
                        "words": alert.alert.words.text(in: context.language),
                        "since": LocalMoment.text(alert.since),
                        "isTaken": alert.acknowledgedBy != nil,
                        "by": alert.acknowledgedBy.map { PersonText.of($0) } ?? "",
                        "guard": context.session?.guardToken ?? "",
                    ]
                }
            }
            return try pages.page("home", "home", values, context)
        }
        router.post("alerts") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.answerAlerts, context)
            try await station.acknowledge(alert: form["code"] ?? "", by: me.by)
            return Response.redirect(to: "/", type: .normal)
        }
        router.get("api/v1/state") { _, context in
            _ = try Rights.require(.seeState, context)
            return Response(json: Self.json(try await station.state()))
        }
        router.get("health") { _, context in
            try requireLocal(context)
            let state = try await station.state()
            let troubles = state.troubles
            return Response(
                json: [
                    "status": .string(troubles.isEmpty ? "well" : "troubled"),
                    "troubles": .array(troubles.map(JSONValue.string)),
                ], status: troubles.isEmpty ? .ok : .serviceUnavailable)
        }
        router.get("metrics") { _, context in
            try requireLocal(context)
            return Response(
                .ok, Array(Self.metrics(try await station.state(), version).utf8),
                type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    /// Who watches over the machine is on it.
    private func requireLocal(_ context: PortalContext) throws {
        guard AddressList.loopback.contains(context.address) else { throw PortalProblem.notFound }
    }

    private static func json(_ state: StationState) -> JSONValue {
        var members: [String: JSONValue] = [
            "entries": .integer(state.entries),
            "slots": .integer(Int64(state.slots)), "bytesFree": .integer(state.bytesFree),
            "bytesTotal": .integer(state.bytesTotal), "indexBehind": .integer(state.indexBehind),
            "troubles": .array(state.troubles.map(JSONValue.string)),
        ]
        members.set("cosigned", state.cosigned)
        return .object(members)
    }

    /// The text format of Prometheus, 0.0.4.
    private static func metrics(_ state: StationState, _ version: String) -> String {
        let values: [(String, String, Int64?)] = [
            ("log_entries", "Entries under the newest checkpoint.", state.entries),
            ("log_cosigned_entries", "Entries that the notary cosigned.", state.cosigned),
            (
                "index_behind_entries", "Entries that the index does not have yet.",
                state.indexBehind
            ),
            ("dock_slots", "Recorders at the dock.", Int64(state.slots)),
            ("storage_free_bytes", "Room left on the store's disk.", state.bytesFree),
            ("storage_bytes", "Size of the store's disk.", state.bytesTotal),
            ("up", "1 where nothing is wrong.", state.troubles.isEmpty ? 1 : 0),
        ]
        let lines = values.flatMap { name, help, value -> [String] in
            guard let value else { return [] }
            return [
                "# HELP evidock_\(name) \(help)", "# TYPE evidock_\(name) gauge",
                "evidock_\(name) \(value)",
            ]
        }
        let about = [
            "# HELP evidock_version_info The version that runs.",
            "# TYPE evidock_version_info gauge", "evidock_version_info{version=\"\(version)\"} 1",
        ]
        return (lines + about).joined(separator: "\n") + "\n"
    }

    private func facts(_ state: StationState, _ language: Language) -> [[String: Any]] {
        func fact(_ key: String, _ value: String, isWell: Bool = true) -> [String: Any] {
            [
                "label": Texts.all.text(key, in: language), "value": value,
                "mood": isWell ? "" : "bad",
            ]
        }
        return [
            fact("stateSlots", String(state.slots)),
            fact("stateCheckpoint", String(state.entries), isWell: state.isWorking),
            fact("stateCosigned", state.cosigned.map(String.init) ?? "–"),
            fact(
                "stateDisk",
                "\(Self.gigabytes(state.bytesFree)) / \(Self.gigabytes(state.bytesTotal)) GB",
                isWell: state.hasRoom), fact("stateVersion", version),
        ]
    }

    private static func gigabytes(_ bytes: Int64) -> String { String(bytes / 1_000_000_000) }
}

extension Response {
    init(json: JSONValue, status: HTTPResponse.Status = .ok) {
        self.init(
            status, Array((JSONWriter.line(json) + "\n").utf8), type: "application/json",
            caching: "no-store")
    }
}
