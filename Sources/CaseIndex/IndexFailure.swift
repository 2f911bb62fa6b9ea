package import Evidence
import GRDB

/// Why the case index could not do what was asked.
///
/// Nothing of evidence is lost with any of these: the index is a view, and whoever cannot use it
/// drops it and replays the ledger.
package struct IndexFailure: Failure, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        /// Not a database, damaged pages, another program's or another station's file, a newer
        /// schema, or a table that is not there.
        case damaged = "index-damaged"
        /// Events were given that do not follow on what the index has.
        case gap = "index-gap"
        /// The file is not there, or may not be read.
        case unavailable = "index-unavailable"
        /// The disk is full, or failed.
        case disk = "index-disk"
        /// Another process holds it for longer than one should.
        case busy = "index-busy"
    }

    package let kind: Code
    /// What SQLite said, or which leaf was expected; never anything out of a row.
    package let detail: String

    package init(_ kind: Code, detail: String = "") { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }

    package var disposition: Disposition { .retry }

    package var problem: Bilingual {
        switch kind {
        case .damaged:
            Bilingual("The index cannot be used: \(detail).", "索引无法使用：\(detail)。")
        case .gap:
            Bilingual("The index lacks events: \(detail).", "索引缺少事件：\(detail)。")
        case .unavailable:
            Bilingual("The index cannot be opened: \(detail).", "无法打开索引：\(detail)。")
        case .disk:
            Bilingual("The index cannot be written: \(detail).", "无法写入索引：\(detail)。")
        case .busy:
            Bilingual("The index is in use: \(detail).", "索引正被占用：\(detail)。")
        }
    }

    package var nextStep: Bilingual {
        switch kind {
        case .damaged, .gap, .unavailable:
            Bilingual(
                "Nothing is lost. Make it anew: evidock index rebuild",
                "证据未受影响。请重建索引：evidock index rebuild")
        case .disk:
            Bilingual("Make room on the disk, then try again.", "请清理磁盘空间后重试。")
        case .busy:
            Bilingual("Try again in a moment.", "请稍后重试。")
        }
    }
}

extension IndexFailure {
    /// SQLite's result codes (sqlite.org/rescode.html) as codes of ours.
    init(_ error: DatabaseError) {
        let detail = "SQLite \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_NOMEM:
            self.init(.disk, detail: detail)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.unavailable, detail: detail)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            self.init(.busy, detail: detail)
        default:
            // Our statements are right for our schema: whatever else goes wrong, the file is.
            self.init(.damaged, detail: detail)
        }
    }

    /// Runs what talks to SQLite, so that only failures of ours come out.
    static func mapping<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw IndexFailure(error)
        }
    }
}
