import GRDB
import GRDBSQLite

/// Prepared statements, bound, stepped and read by SQLite's own calls.
///
/// The library prepares them and keeps them; its arguments and rows box every value, and a leaf of
/// the ledger comes to some thirty statements, of which that was the third part of the time.
extension Database {
    /// Runs a statement to its end.
    func run(_ sql: String, _ values: [IndexTables.Value]) throws {
        try steps(sql, values) { _, _ in true }
    }

    /// Every row of a query.
    func rows(_ sql: String, _ values: [IndexTables.Value] = []) throws -> [Columns] {
        var found: [Columns] = []
        try steps(sql, values) {
            found.append(Columns(names: $0.columnNames, cells: $0.cells($1)))
            return true
        }
        return found
    }

    /// The first row of a query.
    func row(_ sql: String, _ values: [IndexTables.Value]) throws -> Columns? {
        var found: Columns?
        try steps(sql, values) {
            found = Columns(names: $0.columnNames, cells: $0.cells($1))
            return false
        }
        return found
    }

    /// - Parameters:
    ///   - values: one for each parameter, in their order.
    ///   - body: is given each row, must run no statement of the same text, and says whether to go on.
    func steps(
        _ sql: String, _ values: [IndexTables.Value],
        _ body: (_ statement: Statement, _ columns: Int32) throws -> Bool
    ) throws {
        let statement = try cachedStatement(sql: sql)
        let handle = statement.sqliteStatement
        // It must not hold the database's lock when it is not in use.
        defer { sqlite3_reset(handle) }
        guard sqlite3_bind_parameter_count(handle) == values.count else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "values to bind", sql: sql)
        }
        for (place, value) in values.enumerated() {
            let code = statement.bind(value, at: Int32(place + 1))
            guard code == SQLITE_OK else { throw failure(code, sql) }
        }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW:
                guard try body(statement, sqlite3_column_count(handle)) else { return }
            case SQLITE_DONE: return
            case let code: throw failure(code, sql)
            }
        }
    }

    private func failure(_ code: Int32, _ sql: String) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(
                rawValue: sqliteConnection.map { sqlite3_extended_errcode($0) } ?? code),
            message: lastErrorMessage, sql: sql)
    }
}

extension Statement {
    /// SQLite copies what it is given.
    private static var transient: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        // SQLITE_TRANSIENT is that number, as a pointer: sqlite.org/c3ref/c_static.html.
    }

    fileprivate func bind(_ value: IndexTables.Value, at place: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(sqliteStatement, place)
        case .integer(let value): sqlite3_bind_int64(sqliteStatement, place, value)
        case .text(let value):
            IndexTables.Value.whole(value).withUTF8Bytes {
                sqlite3_bind_text64(
                    sqliteStatement, place, $0.baseAddress, UInt64($0.count), Self.transient,
                    UInt8(SQLITE_UTF8))
            }
        case .bytes(let value):
            // No address would be no value.
            value.isEmpty
                ? sqlite3_bind_zeroblob(sqliteStatement, place, 0)
                : value.withUnsafeBytes {
                    sqlite3_bind_blob64(
                        sqliteStatement, place, $0.baseAddress, UInt64($0.count), Self.transient)
                }
        }
    }

    /// The current row's first columns.
    func cells(_ count: Int32) -> [Columns.Cell] { (0..<count).map(cell) }

    private func cell(_ place: Int32) -> Columns.Cell {
        switch sqlite3_column_type(sqliteStatement, place) {
        case SQLITE_INTEGER: .integer(sqlite3_column_int64(sqliteStatement, place))
        case SQLITE_FLOAT: .decimal(sqlite3_column_double(sqliteStatement, place))
        case SQLITE_TEXT:
            // The text first, then its length (sqlite.org/c3ref/column_blob.html).
            .text(
                sqlite3_column_text(sqliteStatement, place).map {
                    String(
                        decoding: UnsafeBufferPointer(
                            start: $0, count: Int(sqlite3_column_bytes(sqliteStatement, place))),
                        as: UTF8.self)
                } ?? "")
        case SQLITE_BLOB:
            .bytes(
                sqlite3_column_blob(sqliteStatement, place).map {
                    [UInt8](
                        UnsafeRawBufferPointer(
                            start: $0, count: Int(sqlite3_column_bytes(sqliteStatement, place))))
                } ?? [])
        default: .null
        }
    }
}

extension String {
    fileprivate func withUTF8Bytes<T>(_ body: (UnsafeBufferPointer<CChar>) -> T) -> T {
        var text = self
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self, body)
        }
    }
}
