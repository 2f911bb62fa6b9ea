import Evidence

/// What an audit looked at.
package struct AuditSummary: Hashable, Sendable {
    package var leaves: Int64 = 0
    /// Record headers and rows read.
    package var records: Int64 = 0
    /// Objects of the vault looked at, in all volumes and the second copy.
    package var objects: Int64 = 0
    /// Bytes of footage read (or only measured, where the audit was quick).
    package var bytes: Int64 = 0
    package var treeSize: Int64 = 0
    package var findings: Int64 = 0
    /// Dockings without their `undocking`: what a power cut leaves. Not a finding.
    package var unfinishedVisits: Int64 = 0

    package init() {}
}

/// What the ledger says of one content, gathered from its leaves and rows.
struct ExpectedObject {
    var size: Int64?
    var sm3: SM3Digest?
    /// SHA-256 of the list of block digests; nil where no row says it.
    var blocks: SHA256Digest?
    /// The first leaf that names it.
    var leaf: Int64
    var isPartial: Bool
    var isReplicated = false
    /// Its deletion was entered.
    var isDeleted = false
}
