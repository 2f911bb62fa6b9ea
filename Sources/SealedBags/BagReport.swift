package import Evidence

/// What checking a bag gave: a line for each layer of the proof.
package struct BagReport: Sendable {
    package enum Layer: String, Sendable, CaseIterable {
        /// It is a bag (RFC 8493), of as many bytes as it says.
        case form
        /// Every file of `data/`, by both digests; none missing, none added.
        case payload
        /// The same for everything else.
        case tags
        /// The entries are about just these files.
        case entries
        /// Records and rows are those that the entries commit to.
        case records
        /// Every entry is under the one checkpoint.
        case proofs
        /// The checkpoint is the log's whose key the verifier trusts.
        case signature
        /// Enough witnesses that the verifier trusts have cosigned it.
        case cosignatures
        /// An authority that the verifier trusts stamped an ancestor of the checkpoint.
        case timeStamps = "time-stamps"
        /// Station, witness and authority agree on when it was.
        case clocks
        /// The tables say what the entries and rows say.
        case tables
        /// What the bag brings along in `trust/`: never believed.
        case trustCopies = "trust-copies"
    }

    package enum Outcome: Hashable, Sendable {
        case holds(Bilingual)
        case fails([Finding])
        /// Not there, or not checked.
        case absent(Bilingual)
    }

    package enum Verdict: String, Sendable {
        case holds, fails
        /// Nothing is wrong, and too little is shown.
        case notEnough = "not-enough"
    }

    package internal(set) var outcomes: [(layer: Layer, outcome: Outcome)] = []
    /// What the verifier asked for: with an authority at hand, a stamp that is not there is not
    /// enough; where the policy's quorum is `none`, a cosignature that is not there is.
    let wantsTimeStamps: Bool
    let wantsCosignatures: Bool

    init(wantsTimeStamps: Bool, wantsCosignatures: Bool) {
        (self.wantsTimeStamps, self.wantsCosignatures) = (wantsTimeStamps, wantsCosignatures)
    }

    package var verdict: Verdict {
        var verdict = Verdict.holds
        for (layer, outcome) in outcomes {
            switch outcome {
            case .fails: return .fails
            case .holds: break
            case .absent:
                switch layer {
                case .trustCopies, .clocks: break
                case .timeStamps where !wantsTimeStamps: break
                case .cosignatures where !wantsCosignatures: break
                default: verdict = .notEnough
                }
            }
        }
        return verdict
    }
}

extension BagReport.Layer {
    package var words: Bilingual {
        switch self {
        case .form: Bilingual("Form of the package (BagIt)", "封存证据包格式（BagIt）")
        case .payload: Bilingual("Digests of the footage", "音视频文件哈希值")
        case .tags: Bilingual("Digests of the papers", "其余文件哈希值")
        case .entries: Bilingual("Log entries are about these files", "存证日志条目与文件相符")
        case .records: Bilingual("Records match the entries", "存证记录与条目相符")
        case .proofs: Bilingual("Entries are in the custody log", "条目在存证日志中")
        case .signature: Bilingual("Signature of the court's log", "法院存证日志签名")
        case .cosignatures: Bilingual("Cosigned by the notary", "公证机构联署")
        case .timeStamps: Bilingual("Time stamps", "可信时间戳")
        case .clocks: Bilingual("The clocks agree", "各方时钟相符")
        case .tables: Bilingual("The tables say what the entries say", "表格与条目相符")
        case .trustCopies: Bilingual("Copies in trust/", "trust/ 内的副本")
        }
    }
}

extension BagReport.Verdict {
    package var words: Bilingual {
        switch self {
        case .holds:
            Bilingual("Matches the record.", "核验一致。")
        case .fails: Bilingual("Differs from the record.", "核验不一致。")
        case .notEnough:
            Bilingual(
                "Nothing differs, but not everything could be shown.", "未发现不一致，但并非各层均得到证明。")
        }
    }
}

extension BagReport {
    package func json(in language: Language) -> [JSONValue] {
        outcomes.map { layer, outcome in
            var members: [String: JSONValue] = [
                "layer": .string(layer.rawValue), "name": .string(layer.words.text(in: language)),
            ]
            switch outcome {
            case .holds(let words):
                members["result"] = "holds"
                members["message"] = .string(words.text(in: language))
            case .absent(let words):
                members["result"] = "absent"
                members["message"] = .string(words.text(in: language))
            case .fails(let findings):
                members["result"] = "fails"
                members["findings"] = .array(findings.map { $0.json(in: language) })
            }
            return .object(members)
        } + [["verdict": .string(verdict.rawValue)]]
    }
}

/// Findings of one layer: the first thousand, and how many more.
struct LayerFindings {
    private(set) var all: [Finding] = []
    private var left = 0
    private static let limit = 1000

    var isEmpty: Bool { all.isEmpty }

    mutating func add(
        _ code: String, _ subject: String, _ message: Bilingual, expected: String? = nil,
        found: String? = nil
    ) {
        guard all.count < Self.limit else {
            left += 1
            return
        }
        all.append(
            Finding(
                code: code, subject: SafeText.of(subject), message: message, expected: expected,
                found: found))
    }

    mutating func add(_ subject: String, _ failure: any Failure) {
        add(failure.code, subject, failure.problem)
    }

    func outcome(_ holds: @autoclosure () -> Bilingual) -> BagReport.Outcome {
        guard !all.isEmpty else { return .holds(holds()) }
        guard left > 0 else { return .fails(all) }
        return .fails(
            all + [
                Finding(
                    code: "more", subject: "",
                    message: Bilingual("and \(left) more", "另有 \(left) 项"))
            ])
    }
}

/// What is found wrong in more than one layer, in the words of the house.
enum BagWords {
    static let missing = Bilingual("missing", "缺失")
    static let added = Bilingual("not listed: it was added", "未列入清单，系后加文件")
    static let differs = Bilingual("the bytes differ", "内容不一致")
    static let malformed = Bilingual("cannot be read", "无法解析")

    static func malformed(_ problem: String, line: Int) -> Bilingual {
        Bilingual("line \(line): \(problem)", "第 \(line) 行：\(problem)")
    }

    static let notThere = Bilingual("not there", "未提供")
}
