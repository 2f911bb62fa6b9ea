package import Evidence

/// What ought to be there after a field task. A site may set its own: a JSON object of these names.
package struct CompletenessRules: Hashable, Sendable {
    /// How many recorders a kind of action wants at least.
    package var recorders: [String: Int] = ["seizure": 2, "search": 2, "eviction": 2]
    /// Within how many hours after a task its recorders are to be docked.
    package var hoursToDock = 24
    /// From how many minutes on a hole in the middle of a task, seen by no recorder, is told.
    package var gapMinutes = 10

    /// From how many minutes on a recorder's clock is called off.
    package var clockMinutes = 5

    package init() {}

    /// - Throws: ``TableFault`` with the name of what is no whole number, or that nobody knows.
    package init(json: JSONValue) throws(TableFault) {
        guard let members = json.objectValue else { throw TableFault(place: "rules") }
        for (name, value) in members {
            switch name {
            case "recorders":
                guard let kinds = value.objectValue else { throw TableFault(place: name) }
                recorders = [:]
                for (kind, least) in kinds { recorders[kind] = try Self.count(least, kind) }
            case "hoursToDock": hoursToDock = try Self.count(value, name)
            case "clockMinutes": clockMinutes = try Self.count(value, name)
            case "gapMinutes": gapMinutes = try Self.count(value, name)
            default: throw TableFault(place: name)
            }
        }
    }

    private static func count(_ value: JSONValue, _ name: String) throws(TableFault) -> Int {
        guard let number = value.integerValue, (0...10_000).contains(number) else {
            throw TableFault(place: name)
        }
        return Int(number)
    }
}
