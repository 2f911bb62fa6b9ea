package import Evidence

/// Why a witness can say nothing about a log at all: trouble of its own, not the log's.
package struct WitnessFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// The log was taken on, and the file that says what was cosigned for it is gone.
        case stateMissing = "witness-state-missing"
        /// That file is not what this witness wrote.
        case stateDamaged = "witness-state-damaged"
        /// The clock says a time before that of the last cosignature.
        case clockBehind = "clock-behind"
        /// There is no key to cosign with.
        case noKey = "no-cosigning-key"
    }

    package let kind: Code
    /// A place below the root, or two times. Never a name of a person.
    package let detail: String

    package init(_ kind: Code, _ detail: String = "") { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }

    package var disposition: Disposition {
        switch kind {
        case .clockBehind: .retry
        case .stateMissing, .stateDamaged, .noKey: .stop
        }
    }

    package var problem: Bilingual {
        let base =
            switch kind {
            case .stateMissing:
                Bilingual(
                    "What was cosigned for this log is no longer known", "该日志的联署记录已丢失")
            case .stateDamaged:
                Bilingual("What was cosigned for this log cannot be trusted", "该日志的联署记录不可信")
            case .clockBehind:
                Bilingual(
                    "The clock is behind the last cosignature", "系统时间早于上一次联署的时间")
            case .noKey: Bilingual("The notary cosigner has no key", "公证联署节点没有密钥")
            }
        if detail.isEmpty { return base }
        return Bilingual(base.english + ": " + detail, base.chinese + "：" + detail)
    }

    package var nextStep: Bilingual {
        switch kind {
        case .stateMissing, .stateDamaged:
            Bilingual(
                "Cosign nothing; restore the file and compare with the stations' checkpoints",
                "请停止联署，恢复该文件并与各站点的检查点核对")
        case .clockBehind:
            Bilingual("Set the clock right; work goes on by itself", "请校准系统时间，随后自动继续")
        case .noKey: Bilingual("Name the key to cosign with", "请指定联署密钥")
        }
    }
}
