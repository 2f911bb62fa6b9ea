package import Evidence

/// Why the ledger cannot take or give an event.
package struct CustodyFailure: Failure {
    package enum Code: String, Sendable, CaseIterable {
        case checkpointMissing = "checkpoint-missing"
        case checkpointDamaged = "checkpoint-damaged"
        case checkpointNotOurs = "checkpoint-not-ours"
        case checkpointRolledBack = "checkpoint-rolled-back"
        case logDamaged = "log-damaged"
        case logUnreadable = "log-unreadable"
        case leafTooLong = "leaf-too-long"
        case noRoom = "ledger-no-room"
        case writeFailed = "ledger-write-failed"
        case stopped = "ledger-stopped"
        case noSuchLeaf = "no-such-leaf"
        /// A witness says that it knows more of this log than the station: see ``SigningHold``.
        case signingHeld = "signing-held"
        /// A checkpoint that does not extend the last one that the key signed.
        case notAnExtension = "not-an-extension"
        case signerMemoryDamaged = "signer-memory-damaged"
        /// A checkpoint of that size was frozen before, with other bytes.
        case frozenOtherwise = "frozen-otherwise"
    }

    package let reason: Code
    /// A place below the root, or what was wrong.
    package let detail: String

    package init(_ reason: Code, detail: String = "") {
        (self.reason, self.detail) = (reason, detail)
    }

    package var code: String { reason.rawValue }

    package var disposition: Disposition {
        switch reason {
        case .logUnreadable, .noRoom, .signingHeld: .retry
        case .leafTooLong, .noSuchLeaf, .frozenOtherwise: .quarantine
        case .checkpointMissing, .checkpointDamaged, .checkpointNotOurs, .checkpointRolledBack,
            .logDamaged, .writeFailed, .stopped, .notAnExtension, .signerMemoryDamaged:
            .stop
        }
    }

    package var problem: Bilingual {
        switch reason {
        case .checkpointMissing:
            Bilingual("The custody log's checkpoint is missing.", "存证日志的检查点缺失。")
        case .checkpointDamaged:
            Bilingual("The custody log's checkpoint is damaged: \(detail)", "存证日志的检查点已损坏：\(detail)")
        case .checkpointNotOurs:
            Bilingual(
                "The custody log's checkpoint was not signed with this station's key.",
                "存证日志的检查点不是由本站密钥签署。")
        case .checkpointRolledBack:
            Bilingual(
                "An older checkpoint of the custody log was put back: \(detail)",
                "存证日志的检查点被换回旧版本：\(detail)")
        case .logUnreadable:
            Bilingual("The custody log cannot be read now: \(detail)", "存证日志暂时无法读取：\(detail)")
        case .logDamaged:
            Bilingual("The custody log is damaged: \(detail)", "存证日志已损坏：\(detail)")
        case .leafTooLong: Bilingual("An event is too long for the log.", "事件内容过长，无法写入存证日志。")
        case .noRoom:
            Bilingual(
                "The custody log cannot be written now: the disk is full, or the system is short.",
                "存证日志暂时无法写入：磁盘已满或系统资源不足。")
        case .writeFailed:
            Bilingual("The custody log could not be written: \(detail)", "存证日志写入失败：\(detail)")
        case .stopped:
            Bilingual("The custody log has stopped after a failure.", "存证日志因故障已停止。")
        case .noSuchLeaf: Bilingual("The custody log has no such leaf.", "存证日志中没有该条记录。")
        case .frozenOtherwise:
            Bilingual(
                "A checkpoint of size \(detail) was time-stamped before, with other bytes.",
                "长度为 \(detail) 的检查点此前已以其他内容申请可信时间戳。")
        case .signingHeld:
            Bilingual(
                "The custody log signs nothing for now: a notary cosigner knows, or may know, more of it than this station.",
                "存证日志暂停签署：公证联署节点掌握或可能掌握的记录多于本站。")
        case .notAnExtension:
            Bilingual(
                "A checkpoint does not extend the last one that was signed: \(detail)",
                "检查点不是上一个已签署检查点的延续：\(detail)")
        case .signerMemoryDamaged:
            Bilingual(
                "What the log's key signed last is no longer known: \(detail)",
                "存证日志密钥的最后签署记录已损坏：\(detail)")
        }
    }

    package var nextStep: Bilingual {
        switch reason {
        case .noRoom: Bilingual("Make room; work goes on by itself.", "请清理空间，随后自动继续。")
        case .logUnreadable:
            Bilingual(
                "Try again; if it stays, look at the disk and run: evidock audit",
                "请重试；如仍失败，请检查磁盘并运行 evidock audit。")
        case .frozenOtherwise:
            Bilingual(
                "Use the frozen one, or wait for the next checkpoint.", "请使用已固定的检查点，或等待下一个检查点。")
        case .signingHeld:
            Bilingual(
                "Leave the recorders at the dock; find out who else signs with this key, or whether an older copy of the store was put back. What is missing is fetched by: evidock log recover --from MIRROR",
                "请将记录仪留在采集站；请查明是否另有设备使用同一密钥，或存储是否被恢复为旧副本。缺少的记录可用 evidock log recover --from 镜像 取回。")
        case .leafTooLong: Bilingual("Please report it.", "请反馈给维护人员。")
        case .noSuchLeaf:
            Bilingual(
                "See its size with: evidock log checkpoint", "请用 evidock log checkpoint 查看条数。")
        default:
            Bilingual(
                "Stop, look at the disk, and run: evidock audit; then restore from the backup.",
                "请停止使用并检查磁盘，运行 evidock audit，再从备份恢复。")
        }
    }
}
