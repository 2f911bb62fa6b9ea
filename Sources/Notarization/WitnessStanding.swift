package import Evidence

/// How a station stands with one witness: for `docks`, `audit` and the log.
package enum WitnessStanding: Hashable, Sendable {
    case unasked
    /// It cosigned a checkpoint of this size, at this time of its own clock (POSIX seconds; 0 where
    /// its algorithm is not checked here).
    case cosigning(size: Int64, time: Int64)
    /// So many tries in a row came to nothing.
    case away(tries: Int)
    /// It does not know the log, or the log's key, or cannot read what it is sent: somebody must look.
    case refusing(Refusal)
    /// It says that our log does not extend what it cosigned.
    case contradicting
    /// It says that it cosigned more of our log than we have.
    case aheadOfUs(Int64)

    package enum Refusal: String, Sendable {
        case unknownLog = "unknown-log"
        case unknownKey = "unknown-key"
        case malformed
        /// What it sent below the checkpoint is no cosignature of its own.
        case badAnswer = "bad-answer"
    }

    /// A constant word, for scripts.
    package var code: String {
        switch self {
        case .unasked: "unasked"
        case .cosigning: "cosigning"
        case .away: "away"
        case .refusing(let refusal): refusal.rawValue
        case .contradicting: "contradicting"
        case .aheadOfUs: "ahead-of-us"
        }
    }

    package var words: Bilingual {
        switch self {
        case .unasked: Bilingual("not asked yet", "尚未请求联署")
        case .cosigning(let size, _):
            Bilingual("cosigned up to entry \(size)", "已联署至第 \(size) 条")
        case .away(let tries):
            Bilingual(
                "does not answer (\(tries) tries); tried again by itself",
                "无应答（已尝试 \(tries) 次），将自动重试")
        case .refusing(.unknownLog):
            Bilingual("does not know this log", "未登记本存证日志")
        case .refusing(.unknownKey):
            Bilingual("does not accept this log's key", "不接受本存证日志的密钥")
        case .refusing(.malformed):
            Bilingual("cannot read what it is sent", "无法读取所发送的内容")
        case .refusing(.badAnswer):
            Bilingual("answered with a cosignature that does not hold", "答复的联署签名验证不通过")
        case .contradicting:
            Bilingual(
                "says that this log does not extend what it cosigned", "认为本日志不是其已联署内容的延续")
        case .aheadOfUs(let size):
            Bilingual(
                "knows \(size) entries of this log, more than this station has",
                "掌握本日志 \(size) 条记录，多于本站")
        }
    }
}
