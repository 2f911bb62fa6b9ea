import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// The overview of supervisors: what came in, what waits for whom, and how the store stands.
struct OverviewEndpoint: Endpoint {
    let pages: PageShelf
    let station: any PortalStation

    func add(to router: Routes) {
        router.get("overview") { _, context in
            _ = try Rights.require(.oversee, context)
            let overview = try await station.overview()
            return try pages.page(
                "overview", "overview", values(of: overview, context.language), context)
        }
        router.get("api/v1/overview") { request, context in
            _ = try Rights.require(.oversee, context)
            return try Response(json: try await station.overview().json, request)
        }
    }

    private func values(of overview: Overview, _ language: Language) -> [String: Any] {
        func text(_ key: String) -> String { Texts.all.text(key, in: language) }
        func fact(_ key: String, _ value: Int64, isBad: Bool = false) -> [String: Any] {
            ["label": text(key), "value": String(value), "mood": isBad ? "bad" : ""]
        }
        func sum(_ member: KeyPath<Overview.Place, Int64>) -> Int64 {
            overview.places.reduce(0) { $0 + $1[keyPath: member] }
        }
        var work = [
            fact("recordersToday", sum(\.recorders)),
            fact("footageUnlinked", sum(\.unlinked)),
            fact("footageOverdue", sum(\.overdue), isBad: sum(\.overdue) > 0),
            fact("footageDamaged", sum(\.damaged), isBad: sum(\.damaged) > 0),
            fact("missing", sum(\.missing), isBad: sum(\.missing) > 0),
            fact("ordersWaiting", sum(\.orders)),
            fact("ordersOverdue", sum(\.ordersOverdue), isBad: sum(\.ordersOverdue) > 0),
            fact("claims", sum(\.claims)),
        ]
        let today = overview.places.reduce(into: (Int64(0), Int64(0))) {
            $0 = ($0.0 + $1.today.milliseconds, $0.1 + $1.today.bytes)
        }
        work.insert(
            [
                "label": text("takenToday"), "mood": "",
                "value": "\(Self.hours(today.0)) \(text("hours")), \(FootageLine.bytes(today.1))",
            ], at: 1)
        var store: [[String: Any]] = [
            [
                "label": text("stateDisk"),
                "value": FootageLine.bytes(overview.bytesFree) + " / "
                    + FootageLine.bytes(overview.bytesTotal), "mood": "",
            ]
        ]
        if let days = overview.daysLeft {
            // Beyond ten years the figure says nothing.
            var left = fact("daysLeft", days, isBad: days < 14)
            if days > 3650 { left["value"] = "> 3650" }
            store.append(left)
        }
        store.append(fact("checksDue", overview.checksDue))
        if let oldest = overview.oldestCheck {
            store.append([
                "label": text("oldestCheck"), "value": LocalMoment.text(oldest), "mood": "",
            ])
        }
        if let uncosigned = overview.uncosigned {
            store.append(fact("uncosigned", uncosigned))
        }
        if let unstamped = overview.unstamped { store.append(fact("unstamped", unstamped)) }
        return [
            "work": work, "store": store,
            "findings": overview.findings.map { $0.text(in: language) },
            "days": chart(overview.days, text("byDay"), language),
            "months": chart(overview.months, text("byMonth"), language),
            "places": places(overview),
        ]
    }

    private func places(_ overview: Overview) -> [[String: Any]] {
        let ranked = overview.places.sorted {
            ($0.month.milliseconds, $0.name) > ($1.month.milliseconds, $1.name)
        }
        return ranked.enumerated().map { rank, place in
            [
                "rank": String(rank + 1), "name": place.name,
                "hours": Self.hours(place.month.milliseconds),
                "bytes": FootageLine.bytes(place.month.bytes), "files": String(place.month.files),
                "unlinked": String(place.unlinked), "overdue": String(place.overdue),
                "missing": String(place.missing),
            ]
        }
    }

    private func chart(
        _ intakes: [Overview.Intake], _ label: String, _ language: Language
    ) -> [String: Any] {
        let columns = intakes.map { intake -> (foot: String, value: Double, title: String) in
            let hours = Self.hours(intake.milliseconds)
            return (
                String(intake.when.suffix(5)), Double(intake.milliseconds),
                "\(intake.when): \(hours) \(Texts.all.text("hours", in: language)), \(FootageLine.bytes(intake.bytes))"
            )
        }
        return [
            "label": label, "svg": BarChart.svg(columns, label: label),
            "rows": intakes.filter { $0.files > 0 }.reversed().map {
                [
                    "when": $0.when, "files": String($0.files),
                    "hours": Self.hours($0.milliseconds),
                    "bytes": FootageLine.bytes($0.bytes),
                ]
            },
        ]
    }

    /// Hours with one decimal.
    private static func hours(_ milliseconds: Int64) -> String {
        let tenths = (milliseconds + 180_000) / 360_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
