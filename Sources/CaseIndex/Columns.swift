import Evidence
import GRDB

/// Reads a fetched row without trusting it: a value of the wrong type is `index-damaged`, never a
/// trap.
struct Columns {
    private let row: Row

    init(_ row: Row) { self.row = row }

    private func storage(_ name: String) -> DatabaseValue.Storage {
        guard let value: DatabaseValue = row.hasColumn(name) ? row[name] : nil else { return .null }
        return value.storage
    }

    private func damaged(_ name: String) -> IndexFailure {
        IndexFailure(.damaged, detail: "column \(name)")
    }

    func optionalInteger(_ name: String) throws -> Int64? {
        switch storage(name) {
        case .null: nil
        case .int64(let value): value
        default: throw damaged(name)
        }
    }

    func integer(_ name: String) throws -> Int64 {
        guard let value = try optionalInteger(name) else { throw damaged(name) }
        return value
    }

    func flag(_ name: String) throws -> Bool { try integer(name) != 0 }

    func optionalText(_ name: String) throws -> String? {
        switch storage(name) {
        case .null: nil
        case .string(let value): value
        default: throw damaged(name)
        }
    }

    func text(_ name: String) throws -> String {
        guard let value = try optionalText(name) else { throw damaged(name) }
        return value
    }

    func optionalBytes(_ name: String) throws -> [UInt8]? {
        switch storage(name) {
        case .null: nil
        case .blob(let value): Array(value)
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
        switch storage(name) {
        case .null: .null
        case .int64(let value): .integer(value)
        case .double(let value): .decimal(value)
        case .string(let value): .string(value)
        case .blob(let value): ["bytes": .string(Hex.encode(value))]
        }
    }
}
