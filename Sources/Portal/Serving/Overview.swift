package import Evidence

/// How all that is taken in stands, for those who oversee it.
package struct Overview: Hashable, Sendable {
    /// What came in, in a day or a month.
    package struct Intake: Hashable, Sendable {
        /// `2026-08-04` or `2026-08`, in China's time.
        package let when: String
        package var files: Int64 = 0
        package var bytes: Int64 = 0
        package var milliseconds: Int64 = 0

        package init(when: String) { self.when = when }

        var json: JSONValue {
            [
                "when": .string(when), "files": .integer(files), "bytes": .integer(bytes),
                "seconds": .integer(milliseconds / 1000),
            ]
        }
    }

    /// One ledger: a court's.
    package struct Place: Hashable, Sendable {
        package let name: String
        package var today: Intake
        /// The last 31 days together.
        package var month: Intake
        package var recorders: Int64 = 0
        package var unlinked: Int64 = 0
        package var overdue: Int64 = 0
        package var damaged: Int64 = 0
        package var missing: Int64 = 0
        package var orders: Int64 = 0
        package var ordersOverdue: Int64 = 0
        package var claims: Int64 = 0

        package init(name: String, today: Intake, month: Intake) {
            (self.name, self.today, self.month) = (name, today, month)
        }

        var json: JSONValue {
            [
                "name": .string(name), "today": today.json, "month": month.json,
                "recordersToday": .integer(recorders), "notLinked": .integer(unlinked),
                "overdue": .integer(overdue), "damaged": .integer(damaged),
                "missing": .integer(missing), "requests": .integer(orders),
                "requestsOverdue": .integer(ordersOverdue), "claims": .integer(claims),
            ]
        }
    }

    package var places: [Place] = []
    /// The last 31 days and the last 12 months, the oldest first; those without footage too.
    package var days: [Intake] = []
    package var months: [Intake] = []
    package var bytesFree: Int64 = 0
    package var bytesTotal: Int64 = 0
    /// For how long the disk suffices at the pace of the last 31 days; nil where nothing came.
    package var daysLeft: Int64?
    /// Entries that nobody has cosigned yet, and that no time stamp covers; nil where there are no
    /// cosigners, or no stamps at all.
    package var uncosigned: Int64?
    package var unstamped: Int64?
    /// Items whose integrity check is due, and when the one that waits longest was checked.
    package var checksDue: Int64 = 0
    package var oldestCheck: Timestamp?
    package var findings: [Bilingual] = []

    package init() {}

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "places": .array(places.map(\.json)), "days": .array(days.map(\.json)),
            "months": .array(months.map(\.json)), "bytesFree": .integer(bytesFree),
            "bytesTotal": .integer(bytesTotal), "checksDue": .integer(checksDue),
        ]
        members.set("daysLeft", daysLeft)
        members.set("notCosigned", uncosigned)
        members.set("notTimeStamped", unstamped)
        members.set("oldestCheck", oldestCheck?.description)
        return .object(members)
    }
}
