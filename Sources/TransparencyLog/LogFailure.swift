package import Evidence

/// What is wrong with a text or a file of a log: one thing, at one line.
package struct LogFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case malformedNote = "malformed-note"
        case malformedKey = "malformed-verifier-key"
        case malformedCheckpoint = "malformed-checkpoint"
        case malformedProof = "malformed-proof"
        case malformedPolicy = "malformed-policy"
        /// What a log asks of a witness.
        case malformedRequest = "malformed-witness-request"
        /// What a witness answers.
        case malformedAnswer = "malformed-witness-answer"
        case malformedPath = "malformed-tile-path"
        case malformedTile = "malformed-tile"
        case malformedBundle = "malformed-entry-bundle"
        /// No signature on the note is by a key that was asked for.
        case unsigned = "not-signed-by-this-key"
        /// A signature names a key that was asked for, and is not that key's.
        case badSignature = "bad-signature"
        /// A note is sound but speaks of another log.
        case otherLog = "other-log"
        /// The proof does not lead from the leaf to the root.
        case notIncluded = "not-included"
        /// An index or a size that this tree does not have.
        case outOfRange = "out-of-range"
        /// What was to be written does not fit the format.
        case notRepresentable = "not-representable"
    }

    package let kind: Code
    /// The line, from 1; 0 where the thing has no lines.
    package let line: Int
    /// What is wrong there. Never the text itself.
    package let detail: String

    package init(_ kind: Code, line: Int = 0, _ detail: String = "") {
        (self.kind, self.line, self.detail) = (kind, line, detail)
    }

    package var code: String { kind.rawValue }

    /// The same failure in a text that begins so many lines further down in the file that people
    /// see; one without a line stays without.
    func moved(down lines: Int) -> LogFailure {
        LogFailure(kind, line: line == 0 ? 0 : line + lines, detail)
    }

    package var disposition: Disposition {
        switch kind {
        case .malformedProof, .notIncluded, .malformedKey, .malformedPolicy, .malformedRequest,
            .malformedAnswer:
            .quarantine
        default: .stop
        }
    }

    package var problem: Bilingual {
        let base =
            switch kind {
            case .malformedNote: Bilingual("Malformed signed note", "签名文本格式错误")
            case .malformedKey: Bilingual("Malformed verifier key", "验证公钥格式错误")
            case .malformedCheckpoint: Bilingual("Malformed checkpoint", "检查点格式错误")
            case .malformedProof: Bilingual("Malformed proof", "存证证明格式错误")
            case .malformedPolicy: Bilingual("Malformed trust policy", "信任策略文件格式错误")
            case .malformedRequest:
                Bilingual("Malformed request for a cosignature", "联署请求格式错误")
            case .malformedAnswer:
                Bilingual("Malformed answer of a notary cosigner", "公证联署节点的答复格式错误")
            case .malformedPath: Bilingual("Malformed path of a tile", "日志分块路径错误")
            case .malformedTile: Bilingual("Malformed tile", "日志分块内容错误")
            case .malformedBundle: Bilingual("Malformed bundle of entries", "日志条目文件格式错误")
            case .unsigned: Bilingual("Not signed by this key", "没有该密钥的签名")
            case .badSignature: Bilingual("The signature is not this key's", "签名验证不通过")
            case .otherLog: Bilingual("This is another log's", "属于另一份存证日志")
            case .notIncluded:
                Bilingual("The proof does not lead to the root", "证明与检查点的根不一致")
            case .outOfRange: Bilingual("The log has no such entry or size", "存证日志没有该条目或该长度")
            case .notRepresentable: Bilingual("This cannot be written", "内容无法按格式写入")
            }
        let place = line == 0 ? ("", "") : (", line \(line)", "，第 \(line) 行")
        let words = detail.isEmpty ? ("", "") : (": " + detail, "：" + detail)
        return Bilingual(
            base.english + place.0 + words.0, base.chinese + place.1 + words.1)
    }

    package var nextStep: Bilingual {
        switch kind {
        case .outOfRange:
            Bilingual("Name an entry below the size of the log", "请指定小于日志长度的条目编号")
        case .malformedPolicy:
            Bilingual(
                "Correct that line, or have the policy anew from the notary",
                "请更正该行，或向公证机构重新获取信任策略文件")
        case .malformedRequest, .malformedAnswer:
            Bilingual(
                "Try again; if it stays, compare the versions at both ends",
                "请重试；如仍出现，请核对双方的软件版本")
        case .malformedKey, .unsigned, .otherLog:
            Bilingual("Compare the verifier key with the published one", "请核对公布的验证公钥")
        case .malformedProof, .notIncluded:
            Bilingual(
                "Get the proof again; if it stays, have the log audited",
                "请重新获取证明；如仍不通过，请对存证日志进行审计")
        default:
            Bilingual(
                "Keep everything as it is and run evidock audit", "请保持现状并运行 evidock audit")
        }
    }
}
