import Evidence

/// Text for HTML and XML: nothing of what a recorder or a person wrote is taken for markup, and what
/// no eye can see is spelled out.
enum PageText {
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in SafeText.of(text).unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Hexadecimal digits in groups of four, eight of them on a line, as a person reads them aloud.
    static func grouped(_ hex: String) -> String {
        let groups = stride(from: 0, to: hex.count, by: 4).map { start in
            String(hex.dropFirst(start).prefix(4))
        }
        return stride(from: 0, to: groups.count, by: 8).map { start in
            groups.dropFirst(start).prefix(8).joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// A moment as a court reads it: China's one zone, to the second. The entries have it in UTC.
    static func time(_ moment: Timestamp) -> String {
        let civil = CivilTime(secondsSince1970: moment.milliseconds / 1000 + 8 * 3600)
        return civil.description.replacing("T", with: " ") + " +08:00"
    }
}

/// What an event is called on paper.
enum EventWords {
    static func of(_ event: CustodyEventKind) -> Bilingual {
        switch event {
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
        case .disclosure: Bilingual("Handed out", "对外提供")
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
