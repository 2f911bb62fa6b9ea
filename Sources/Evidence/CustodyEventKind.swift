/// What can happen to evidence, in PREMIS words where PREMIS has them: the `event` of a leaf.
///
/// The raw values stand in the ledger for ever. A new event is a new case here; the compiler lists
/// the places that must say something about it.
package enum CustodyEventKind: String, Sendable, CaseIterable {
    case docking, ingestion, description, duplicate, quarantine, refusal, undocking
    case schedule, assignment, hold, holdRelease = "hold-release", finding, order
    case fixityCheck = "fixity-check", derivation, disclosure, replication, deletion
    case timeStamp = "time-stamp", sm3Anchor = "sm3-anchor", attribution
    case recorderIssue = "recorder-issue", clockMeasurement = "clock-measurement", proposal
    case approval, certificate, spotCheck = "spot-check", erasure, annotation, acknowledgement
    case accessChange = "access-change", accountChange = "account-change"
    case keyChange = "key-change", settingsChange = "settings-change", restore
}
