import Evidence

/// Reads a fetched row without trusting it: a value of the wrong type is `index-damaged`, never a
/// trap.
struct Columns {
    /// What SQLite keeps in a column (sqlite.org/datatype3.html).
    enum Cell {
        case null
        case integer(Int64)
        case decimal(Double)
        case text(String)
        case bytes([UInt8])
    }

    /// Of the columns; the same array for all rows of a statement.
    let names: [String]
    let cells: [Cell]

    private func cell(_ name: String) -> Cell {
        names.firstIndex(of: name).map { cells[$0] } ?? .null
    }

    private func damaged(_ name: String) -> IndexFailure {
        IndexFailure(.damaged, detail: "column \(name)")
    }

    func optionalInteger(_ name: String) throws -> Int64? {
        switch cell(name) {
        case .null: nil
        case .integer(let value): value
        default: throw damaged(name)
        }
    }

    func integer(_ name: String) throws -> Int64 {
        guard let value = try optionalInteger(name) else { throw damaged(name) }
        return value
    }

    func flag(_ name: String) throws -> Bool { try integer(name) != 0 }

    func optionalText(_ name: String) throws -> String? {
        switch cell(name) {
        case .null: nil
        case .text(let value): value
        default: throw damaged(name)
        }
    }

    func text(_ name: String) throws -> String {
        guard let value = try optionalText(name) else { throw damaged(name) }
        return value
    }

    func optionalBytes(_ name: String) throws -> [UInt8]? {
        switch cell(name) {
        case .null: nil
        case .bytes(let value): value
        default: throw damaged(name)
        }
    }

    func optionalPath(_ name: String) throws -> RecorderPath? {
        try optionalBytes(name).map { RecorderPath(bytes: $0) }
    }

    func path(_ name: String) throws -> RecorderPath {
        guard let path = try optionalPath(name) else { throw damaged(name) }
        return path
    }

    func digest<D: FixityDigest>(_ name: String, as type: D.Type = D.self) throws -> D {
        guard let digest = try optionalBytes(name).flatMap({ D(bytes: $0) }) else {
            throw damaged(name)
        }
        return digest
    }

    /// The name of an item or visit, from a column with its station and one with its leaf.
    func ledgerName(station: String = "station", leaf: String = "leaf") throws -> LedgerName {
        LedgerName(station: try text(station), leaf: try integer(leaf))
    }

    /// What the ordered dump prints.
    func json(_ name: String) throws -> JSONValue {
        switch cell(name) {
        case .null: .null
        case .integer(let value): .integer(value)
        case .decimal(let value): .decimal(value)
        case .text(let value): .string(value)
        case .bytes(let value): ["bytes": .string(Hex.encode(value))]
        }
    }
}
