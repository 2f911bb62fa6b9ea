import Evidence
import Foundation
import GRDB

/// The index's tables inside a transaction, for one ledger: what projections write with.
///
/// Everything outside is hostile text: it is bound, never spelled into a statement.
struct IndexTables {
    let db: Database
    /// The number of the ledger's origin; the first bound value of every statement.
    let origin: Int64
    let batch = Batch()

    /// A value to bind.
    enum Value {
        case null
        case integer(Int64)
        case text(String)
        case bytes([UInt8])

        init(_ value: String?) { self = value.map(Value.text) ?? .null }
        init(_ value: Int64?) { self = value.map(Value.integer) ?? .null }
        init(_ value: [UInt8]?) { self = value.map(Value.bytes) ?? .null }
        init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }

        var json: JSONValue {
            switch self {
            case .null: .null
            case .integer(let value): .integer(value)
            case .text(let value): .string(Self.whole(value))
            case .bytes(let value): .string(Hex.encode(value))
            }
        }

        /// SQLite's text ends at the first NUL, and what comes after would be lost unseen.
        static func whole(_ text: String) -> String {
            var text = text
            let hasNUL = text.withUTF8 { utf8 in
                utf8.baseAddress.map { memchr($0, 0, utf8.count) != nil } ?? false
            }
            guard hasNUL else { return text }
            var scalars = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                scalars.append(scalar.value == 0 ? "\u{fffd}" : scalar)
            }
            return String(scalars)
        }
    }

    /// Runs a statement whose first parameter is the origin.
    func run(_ sql: String, _ values: [Value]) throws {
        try db.run(sql, [.integer(origin)] + values)
    }

    /// The first row of a query whose first parameter is the origin.
    func row(_ sql: String, _ values: [Value]) throws -> Columns? {
        try db.row(sql, [.integer(origin)] + values)
    }

    /// Every row of such a query.
    func rows(_ sql: String, _ values: [Value]) throws -> [Columns] {
        try db.rows(sql, [.integer(origin)] + values)
    }
}

extension IndexTables {
    /// The leaf of an item that a row names, where there is such an item.
    func item(named name: String?) throws -> Int64? {
        guard let name = name.flatMap({ LedgerName($0) }) else { return nil }
        return try station(ofItem: name.leaf) == name.station ? name.leaf : nil
    }

    /// Whether an item was made by that leaf.
    func hasItem(_ leaf: Int64) throws -> Bool { try station(ofItem: leaf) != nil }

    private func station(ofItem leaf: Int64) throws -> String? {
        if let station = batch.stations[leaf] { return station }
        let station = try row(
            "SELECT station FROM items WHERE origin = ? AND leaf = ?", [.integer(leaf)]
        )?.text("station")
        batch.stations[leaf] = station
        return station
    }

    /// The leaf of a visit that a row names, whether or not its `docking` is still readable.
    func visit(named name: String, in event: EnteredEvent) throws -> Int64 {
        guard let name = LedgerName(name), name.station == event.leaf.station else {
            throw MalformedEntry(problem: "a visit that is not this station's")
        }
        return name.leaf
    }

    /// The account that caused a docking.
    func account(ofVisit leaf: Int64) throws -> String? {
        if let account = batch.accounts[leaf] { return account }
        let account = try row(
            "SELECT account FROM visits WHERE origin = ? AND leaf = ?", [.integer(leaf)]
        )?.text("account")
        batch.accounts[leaf] = account
        return account
    }

    /// That a leaf is about an item. The first who is said to have caused it stays.
    func addCustody(item: Int64, leaf: Int64, account: String?) throws {
        try run(
            "INSERT OR IGNORE INTO custody (origin, item, leaf, account) VALUES (?, ?, ?, ?)",
            [.integer(item), .integer(leaf), Value(account)])
    }

    /// Something in the ledger that could not be understood.
    func addNote(leaf: Int64, position: Int, problem: String) throws {
        try run(
            "INSERT INTO notes (origin, leaf, position, problem) VALUES (?, ?, ?, ?)",
            [.integer(leaf), .integer(Int64(position)), .text(problem)])
    }
}
