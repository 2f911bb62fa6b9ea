package import Evidence

/// Why a time stamp does not count.
package struct TimeStampFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        /// The bytes are no answer of a time-stamp authority.
        case malformed = "time-stamp-malformed"
        /// The authority refused.
        case refused = "time-stamp-refused"
        /// It answers another question than ours.
        case otherNonce = "time-stamp-other-nonce"
        /// It is over other bytes.
        case otherBytes = "time-stamp-other-bytes"
        /// Its signature does not hold, or its certificate leads to no authority that is trusted, was
        /// not valid then, or is not for time stamps.
        case untrusted = "time-stamp-untrusted"
        /// Its time is not between what we know was before and what we know was after.
        case timeOutOfBounds = "time-stamp-time-out-of-bounds"
        /// The certificates that are to be trusted cannot be read.
        case malformedTrust = "time-stamp-trust-malformed"
        /// libcrypto refused what must always succeed.
        case libraryRefused = "crypto-library-refused"
    }

    package let kind: Code
    /// What was found; a constant of a library, a number or a time.
    package let detail: String

    package init(_ kind: Code, _ detail: String = "") { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }

    package var disposition: Disposition {
        switch kind {
        case .malformed, .refused, .otherNonce, .otherBytes, .untrusted, .timeOutOfBounds: .retry
        case .malformedTrust: .quarantine
        case .libraryRefused: .stop
        }
    }

    package var problem: Bilingual {
        let base =
            switch kind {
            case .malformed:
                Bilingual("The answer is no time stamp", "答复不是可信时间戳")
            case .refused:
                Bilingual("The time-stamp authority refused", "时间戳服务机构拒绝了请求")
            case .otherNonce:
                Bilingual("The time stamp answers another query", "可信时间戳不是对本次请求的答复")
            case .otherBytes:
                Bilingual("The time stamp is over other bytes", "可信时间戳对应的不是该内容")
            case .untrusted:
                Bilingual("The time stamp cannot be trusted", "可信时间戳验证不通过")
            case .timeOutOfBounds:
                Bilingual("The time of the time stamp cannot be right", "可信时间戳的时间不合理")
            case .malformedTrust:
                Bilingual(
                    "The certificates of the time-stamp authority cannot be read",
                    "时间戳服务机构的证书无法读取")
            case .libraryRefused: Bilingual("libcrypto refused an operation", "libcrypto 操作失败")
            }
        if detail.isEmpty { return base }
        return Bilingual(base.english + ": " + detail, base.chinese + "：" + detail)
    }

    package var nextStep: Bilingual {
        switch kind {
        case .malformedTrust:
            Bilingual(
                "Have the certificates anew from the authority, as PEM.",
                "请向时间戳服务机构重新获取 PEM 格式的证书。")
        case .libraryRefused:
            Bilingual("Start again; if it stays, reinstall libssl.", "请重启服务；如仍失败请重新安装 libssl。")
        default:
            Bilingual(
                "It is asked for again; if it stays, ask the authority.",
                "将自动重新申请；如持续出现请联系时间戳服务机构。")
        }
    }
}
