import Audit
import CaseIndex
package import Evidence
package import Logging

/// The figures of an audit, and how many findings it had.
package struct AuditReport: Sendable {
    package let leaves: Int64
    package let records: Int64
    package let objects: Int64
    package let bytes: Int64
    package let treeSize: Int64
    package let findings: Int64
    package let unfinishedVisits: Int64
    package let isQuick: Bool

    package var json: JSONValue {
        [
            "leaves": .integer(leaves), "records": .integer(records), "objects": .integer(objects),
            "bytes": .integer(bytes), "treeSize": .integer(treeSize),
            "findings": .integer(findings), "unfinishedVisits": .integer(unfinishedVisits),
            "quick": .bool(isQuick),
        ]
    }

    package var words: Bilingual {
        findings == 0
            ? Bilingual(
                "Checked \(leaves) leaves, \(records) records and \(objects) files: everything matches the record.",
                "已核查 \(leaves) 条存证记录、\(records) 份记录和 \(objects) 个文件：核验一致。")
            : Bilingual(
                "Checked \(leaves) leaves, \(records) records and \(objects) files: \(findings) findings.",
                "已核查 \(leaves) 条存证记录、\(records) 份记录和 \(objects) 个文件：发现 \(findings) 项问题。")
    }
}

extension StationReader {
    /// Re-reads the store; each finding is given as it is found.
    package func audit(
        quick: Bool, log: Logger, finding: @escaping @Sendable (Finding) -> Void
    ) async throws -> AuditReport {
        let volumes = try VolumesFile.read(root: layout.path)
        let auditor = Auditor(
            rootPath: layout.path, furtherVolumes: volumes.further,
            copies: settings.copies ?? volumes.copies)
        let path = IndexFile.path(in: layout.path)
        let index = try? IndexReader(path: path)
        return try await AuditRun(auditor: auditor, index: index, quick: quick, finding: finding)
            .report()
    }
}
