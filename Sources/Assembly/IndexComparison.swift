import CaseIndex
import Custody
import Evidence
import Fixity
import Glibc
import Ingest
import Logging

/// The index against the ledger, to the last row: a second one is replayed beside it and thrown
/// away.
struct IndexComparison: Sendable {
    let reader: StationReader
    let log: Logger

    /// What SQLite finds in its pages, and whether the rows are those the ledger gives. An index
    /// that the daemon is still bringing up is left for another time.
    func findings() async throws -> [Finding] {
        do {
            return try await compare()
        } catch let failure as IndexFailure where failure.kind == .damaged {
            return [
                Finding(
                    code: "index-damaged", subject: "index.sqlite",
                    message: Bilingual(
                        "The index is damaged: run evidock index rebuild.",
                        "索引已损坏：请运行 evidock index rebuild。"), found: failure.detail)
            ]
        }
    }

    private func compare() async throws -> [Finding] {
        let index = try IndexReader(path: IndexFile.path(in: reader.layout.path))
        let damage = try await offPool { try index.damage() }
        guard damage.isEmpty, try await offPool({ try index.nextLeaf() }) == reader.ledger.size()
        else { return damage }
        var template = Array("/var/tmp/evidock-audit-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { return [] }
        let directory = String(cString: made)
        defer { IndexFile.removeDirectory(directory) }
        let path = IndexFile.path(in: directory)
        let writer = try IndexWriter.open(path: path, origin: reader.layout.station.origin)
        try await IndexFeeder(reader: reader.ledger, index: writer).catchUp()
        try writer.close()
        let expected = try await Self.digest(IndexReader(path: path))
        let found = try await Self.digest(index)
        guard expected != found else { return [] }
        return [
            Finding(
                code: "index-differs", subject: "index.sqlite",
                message: Bilingual(
                    "The index differs from the ledger: run evidock index rebuild.",
                    "索引与存证日志不一致：请运行 evidock index rebuild。"),
                expected: expected, found: found)
        ]
    }

    /// SHA-256 of an ordered dump of all rows.
    static func digest(_ index: IndexReader) async throws -> String {
        try await offPool {
            var hasher = SHA256Hasher()
            try index.orderedDump { hasher.update($0) }
            return hasher.finalize().hex
        }
    }
}
