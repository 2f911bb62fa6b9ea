package import Audit
import CaseIndex
package import Evidence
package import Logging

/// The figures of an audit, and how many findings it had.
package struct AuditReport: Sendable {
    package let summary: AuditSummary
    package let findings: Int64
    package let isQuick: Bool
    /// What others have vouched for; nil where that cannot be read.
    package let notary: NotaryReport?
    /// How far the integrity checks are; nil where the index cannot say.
    let fixity: FixityFigures?

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "leaves": .integer(summary.leaves), "records": .integer(summary.records),
            "objects": .integer(summary.objects), "bytes": .integer(summary.bytes),
            "treeSize": .integer(summary.treeSize), "findings": .integer(findings),
            "unfinishedVisits": .integer(summary.unfinishedVisits), "quick": .bool(isQuick),
        ]
        notary?.write(into: &members)
        members["fixity"] = fixity?.json
        return .object(members)
    }

    package var words: Bilingual {
        let (leaves, records, objects) = (summary.leaves, summary.records, summary.objects)
        return findings == 0
            ? Bilingual(
                "Checked \(leaves) leaves, \(records) records and \(objects) files: everything matches the record.",
                "已核查 \(leaves) 条存证记录、\(records) 份附属记录和 \(objects) 个文件：核验一致。")
            : Bilingual(
                "Checked \(leaves) leaves, \(records) records and \(objects) files: \(findings) findings.",
                "已核查 \(leaves) 条存证记录、\(records) 份附属记录和 \(objects) 个文件：发现 \(findings) 项问题。")
    }
}

extension StationReader {
    /// Re-reads the store; each finding is given as it is found.
    package func audit(
        quick: Bool, log: Logger, finding: @escaping @Sendable (Finding) -> Void
    ) async throws -> AuditReport {
        let volumes = try VolumesFile.read(root: layout.path)
        let (root, vkeys) = (layout.path, try verifierKeys())
        let copies = settings.copies ?? volumes.copies?.path
        let summary = try await offPool {
            let index = try? IndexReader(path: IndexFile.path(in: root))
            let auditor = Auditor(
                root: root, volumes: volumes.further.map(\.path), copies: copies, vkeys: vkeys,
                tell: finding)
            return auditor.run(
                isQuick: quick,
                index: index.map { index in
                    { body in try index.everyItem { try body($0.description, $1, $2) } }
                })
        }
        // What the auditor itself has found wrong with the log is told already.
        let notary = summary.findings == 0 ? try NotaryReport(self) : try? NotaryReport(self)
        notary?.findings.forEach(finding)
        var inIndex: [Finding] = []
        if !quick, summary.findings == 0 {
            inIndex = try await IndexComparison(reader: self, log: log).findings()
            let check = VouchingCheck(
                ledger: ledger, index: try IndexReader(path: IndexFile.path(in: root)),
                trust: try settings.notary.stampTrust())
            inIndex += try await offPool {
                var found: [Finding] = []
                try check.anchors { found.append($0) }
                try check.tokens { found.append($0) }
                return found
            }
            inIndex.forEach(finding)
        }
        return AuditReport(
            summary: summary,
            findings: summary.findings + Int64(inIndex.count + (notary?.findings.count ?? 0)),
            isQuick: quick, notary: notary,
            fixity: try? IndexReader(path: IndexFile.path(in: root)).fixityFigures(
                before: fixityDeadline))
    }
}
