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

extension CustodyEventKind {
    /// What an event is called, on paper and on pages.
    package var words: Bilingual {
        switch self {
        case .docking: Bilingual("Recorder docked", "记录仪接入")
        case .ingestion: Bilingual("Taken in and sealed", "采集并封存")
        case .description: Bilingual("Described", "提取媒体信息")
        case .duplicate: Bilingual("Met again on the recorder", "记录仪上再次确认")
        case .quarantine: Bilingual("Needs a look", "待核查")
        case .refusal: Bilingual("Could not be taken", "未能采集")
        case .undocking: Bilingual("Recorder removed", "记录仪取下")
        case .schedule: Bilingual("Schedule taken in", "导入排班")
        case .assignment: Bilingual("Linked to a case", "关联案件")
        case .hold: Bilingual("Retention lock", "留存锁定")
        case .holdRelease: Bilingual("Retention lock released", "解除留存锁定")
        case .finding: Bilingual("Finding", "核查发现")
        case .order: Bilingual("Request for footage", "调取申请")
        case .fixityCheck: Bilingual("Integrity check", "完整性校验")
        case .derivation: Bilingual("Derived copy made", "生成派生件")
        case .disclosure: Bilingual("Seen or handed out", "查看或提供")
        case .replication: Bilingual("Second copy made", "生成第二份副本")
        case .deletion: Bilingual("Deleted", "删除")
        case .timeStamp: Bilingual("Time stamp", "可信时间戳")
        case .sm3Anchor: Bilingual("SM3 anchor of the log", "日志 SM3 锚定")
        case .attribution: Bilingual("Carrier corrected", "更正使用人")
        case .recorderIssue: Bilingual("Recorder handed to an officer", "记录仪领用")
        case .clockMeasurement: Bilingual("Recorder's clock measured", "记录仪时钟测量")
        case .proposal: Bilingual("Proposed", "提出")
        case .approval: Bilingual("Approved", "批准")
        case .certificate: Bilingual("Notarial certificate", "公证书")
        case .spotCheck: Bilingual("Spot check", "抽查")
        case .erasure: Bilingual("Personal data erased", "删除个人信息")
        case .annotation: Bilingual("Note", "备注")
        case .acknowledgement: Bilingual("Hand-over receipt", "交接回执")
        case .accessChange: Bilingual("Access changed", "权限变更")
        case .accountChange: Bilingual("Account changed", "账户变更")
        case .keyChange: Bilingual("Log key changed", "日志密钥变更")
        case .settingsChange: Bilingual("Settings changed", "设置变更")
        case .restore: Bilingual("Put back from a backup", "由备份恢复")
        }
    }
}
