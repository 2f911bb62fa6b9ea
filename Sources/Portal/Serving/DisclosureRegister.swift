import Accounts
package import Evidence
import Hummingbird

/// Enters who sees what, before it is shown: once for each item, way, case and session, since a
/// player asks for many parts and people turn pages back and forth.
actor DisclosureRegister {
    private struct Look: Hashable {
        let session: String
        let item: String
        let how: DisclosureKind
        let caseNumber: CaseNumber?
    }

    private let desk: any DisclosureDesk
    private var entered: Set<Look> = []
    /// Looks that are being entered: whoever has the same waits for the same.
    private var entering: [Look: Task<Void, any Error>] = [:]
    /// Sessions end; so many looks are remembered at most, and what is forgotten is entered again.
    private static let limit = 100_000

    init(_ desk: any DisclosureDesk) { self.desk = desk }

    /// All of them stand in the ledger when this returns.
    func enter(
        _ items: [String], _ how: DisclosureKind, by me: Account, session: String,
        why: String? = nil, for caseNumber: CaseNumber? = nil
    ) async throws {
        let looks = items.map {
            Look(session: session, item: $0, how: how, caseNumber: caseNumber)
        }
        // What others are entering just now is waited for, and fails here where it fails there.
        let pending = Set(looks.compactMap { entering[$0] })
        let new = looks.filter { !entered.contains($0) && entering[$0] == nil }
        if !new.isEmpty {
            let rows = new.map {
                DisclosureRow(
                    item: $0.item, by: me.by, how: how.rawValue, why: why, caseNumber: caseNumber)
            }
            let task = Task { [desk] in try await desk.disclose(rows) }
            for look in new { entering[look] = task }
            defer { for look in new { entering[look] = nil } }
            try await task.value
            if entered.count + new.count > Self.limit { entered = [] }
            entered.formUnion(new)
        }
        for task in pending { try await task.value }
    }
}

/// What is shown of an item.
enum DisclosureKind: String, Sendable {
    /// A line of a list.
    case list
    /// All that is said of it.
    case describe
    /// Its bytes, to look at.
    case view
}

/// Enters disclosures.
package protocol DisclosureDesk: Sendable {
    /// They stand in the ledger when this returns.
    func disclose(_ rows: [DisclosureRow]) async throws
}

/// Why somebody looks at a case: asked once for each case and session.
actor Purposes {
    private struct Place: Hashable {
        let session: String
        let number: CaseNumber
    }

    private var purposes: [Place: String] = [:]
    /// Sessions end; what is forgotten is asked again.
    private static let limit = 20_000

    func purpose(of number: CaseNumber, _ session: String) -> String? {
        purposes[Place(session: session, number: number)]
    }

    /// - Throws: `purpose-wanted` where nothing was said yet, and the request does not say it.
    func require(
        _ number: CaseNumber, _ session: String, _ request: Request
    ) throws -> String {
        if let known = purpose(of: number, session) { return known }
        guard let said = request.query("why").flatMap(Self.checked)
        else { throw PortalProblem.purposeWanted }
        set(said, of: number, session)
        return said
    }

    /// A purpose as people write it: some words in a line; nil for anything else.
    static func checked(_ text: String) -> String? {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let isPlain = words.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && !$0.properties.isBidiControl
        }
        return (2...200).contains(words.unicodeScalars.count) && isPlain ? words : nil
    }

    func set(_ why: String, of number: CaseNumber, _ session: String) {
        if purposes.count >= Self.limit { purposes = [:] }
        purposes[Place(session: session, number: number)] = why
    }
}
