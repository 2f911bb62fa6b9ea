import Accounts
import Evidence

/// Takes out of what is shown of footage whatever is of cases that somebody may not see: an item may
/// be linked to several.
struct Redaction {
    private let me: Account
    private let cases: any CaseDesk
    private var known: [String: Bool] = [:]

    init(for me: Account, _ cases: any CaseDesk) { (self.me, self.cases) = (me, cases) }

    private mutating func maySee(_ number: String) async throws -> Bool {
        if let known = known[number] { return known }
        let standing = try await cases.standing(of: number)
        let may = standing.map { Rights.may(me, see: $0) } ?? false
        known[number] = may
        return may
    }

    /// An item as JSON, as much of it as he may see.
    mutating func item(_ item: JSONValue) async throws -> JSONValue {
        guard var members = item.objectValue, let links = item[key: "cases"]?.arrayValue else {
            return item
        }
        var kept: [JSONValue] = []
        for link in links {
            guard let number = link[key: "caseNumber"]?.stringValue else { continue }
            if try await maySee(number) { kept.append(link) }
        }
        guard kept.count < links.count else { return item }
        members["cases"] = kept.isEmpty ? nil : .array(kept)
        // That it is linked stands in its custody, too; of whom sees a case of it no more is told.
        if kept.isEmpty { members["linked"] = true }
        return .object(members)
    }

    mutating func items(_ items: [JSONValue]) async throws -> [JSONValue] {
        var shown: [JSONValue] = []
        for item in items { shown.append(try await self.item(item)) }
        return shown
    }

    /// Who looked, without for which case and why where he may not see that case.
    mutating func viewings(_ viewings: [JSONValue]) async throws -> [JSONValue] {
        var shown: [JSONValue] = []
        for viewing in viewings {
            guard let number = viewing[key: "caseNumber"]?.stringValue,
                try await !maySee(number), var members = viewing.objectValue
            else {
                shown.append(viewing)
                continue
            }
            (members["caseNumber"], members["why"]) = (nil, nil)
            shown.append(.object(members))
        }
        return shown
    }
}
