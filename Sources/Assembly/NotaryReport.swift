import CaseIndex
import Custody
package import Evidence
import TransparencyLog

/// What others have vouched for: how much of the ledger is cosigned, by whom, and time-stamped.
package struct NotaryReport: Sendable {
    package struct Cosigner: Sendable {
        package let name: String
        /// When it cosigned first, by its own clock; nil where its algorithm is not checked here.
        package let time: Timestamp?
    }

    /// The newest checkpoint that the policy's quorum has cosigned; nil where there is none.
    package private(set) var cosignedSize: Int64?
    package private(set) var cosigners: [Cosigner] = []
    /// The newest checkpoint with a time stamp's token beside it; nil where there is none.
    package private(set) var stampedSize: Int64?
    /// When the root was put back and signed again on somebody's word alone.
    package private(set) var unwitnessed: [Timestamp] = []
    /// When an offline copy of the log's key was last made or looked at; nil where none is known.
    package let keyCopied: Timestamp?
    /// How many items are how far at attestation interfaces; empty where none was asked.
    package private(set) var attestations: [AttestationRow.State: Int64] = [:]
    /// What does not agree.
    package private(set) var findings: [Finding] = []
    private let hasPolicy: Bool
    private let size: Int64

    init(_ reader: StationReader) throws {
        let (ledger, keys) = (reader.ledger, try reader.keys())
        size = try ledger.size()
        keyCopied = try reader.layout.keyring().copied
        let policy = try reader.settings.notary.trustPolicy(root: reader.layout.path, keys: keys)
        hasPolicy = policy != nil
        if let note = try ledger.cosignedNote() {
            judge(note, by: policy, ledger)
        }
        for stamped in ledger.stampedSizes() {
            guard let frozen = try ledger.frozen(stamped) else { continue }
            if let wrong = Self.contradiction(in: frozen.note, ledger) {
                findings.append(wrong.finding(at: "log/stamped/\(stamped)/checkpoint"))
            } else if frozen.files.keys.contains(where: { $0.hasSuffix(".tsr") }) {
                stampedSize = stamped
            }
        }
        if let index = try? IndexReader(path: IndexFile.path(in: reader.layout.path)) {
            attestations = (try? index.attestationFigures()) ?? [:]
            for leaf in try index.leaves(of: .restore, from: 0, limit: 1000) where leaf < size {
                let event = try ledger.event(leaf)
                let isWitnessed = event.rows.lazy.compactMap { try? RestoreRow($0) }.first?
                    .isWitnessed
                if isWitnessed != true { unwitnessed.append(event.leaf.time) }
            }
        }
        if LocalPath.exists(reader.layout.path + "/keys/log.held") {
            findings.append(
                Finding(
                    code: "signing-held", subject: "keys/log.held", message: DockReport.heldWords))
        }
    }

    private mutating func judge(
        _ note: [UInt8], by policy: TrustPolicy?, _ ledger: LedgerReader
    ) {
        let place = "log/checkpoint.cosigned"
        if let wrong = Self.contradiction(in: note, ledger) {
            findings.append(wrong.finding(at: place))
            return
        }
        guard let policy else { return }
        do throws(LogFailure) {
            let judged = try policy.judge(note)
            guard judged.isQuorumMet else { return }
            cosignedSize = judged.checkpoint.size
            cosigners = judged.witnesses.compactMap { witness in
                switch witness.word {
                case .absent: nil
                case .notChecked: Cosigner(name: witness.name.description, time: nil)
                case .cosigned(let words):
                    Cosigner(
                        name: witness.name.description,
                        time: words.first.map { Timestamp(milliseconds: $0.time * 1000) })
                }
            }
        } catch {
            findings.append(Finding(code: error.code, subject: place, message: error.problem))
        }
    }

    // MARK: - Against the ledger

    private enum Contradiction {
        case unreadable
        case otherHistory(Int64)

        func finding(at place: String) -> Finding {
            switch self {
            case .unreadable:
                Finding(
                    code: "checkpoint-damaged", subject: place,
                    message: Bilingual("This is no checkpoint.", "该文件不是检查点。"))
            case .otherHistory(let size):
                Finding(
                    code: "second-history", subject: place,
                    message: Bilingual(
                        "This checkpoint of \(size) entries is no part of the custody log.",
                        "该检查点（\(size) 条）不属于本存证日志。"))
            }
        }
    }

    /// Whether a checkpoint that somebody vouched for is not one that this log had.
    private static func contradiction(in note: [UInt8], _ ledger: LedgerReader) -> Contradiction? {
        guard let text = try? SignedNote(parsing: note).text,
            let checkpoint = try? Checkpoint(parsing: text)
        else { return .unreadable }
        return (try? ledger.root(ofSize: checkpoint.size)) == checkpoint.root
            ? nil : .otherHistory(checkpoint.size)
    }

    // MARK: - Words

    func write(into members: inout [String: JSONValue]) {
        members.set("cosigned", cosignedSize)
        members.set("timeStamped", stampedSize)
        members.set("keyCopied", keyCopied?.description)
        members.set("unwitnessedRestores", unwitnessed.map(\.description))
        if !attestations.isEmpty {
            members["attestations"] = .object(
                Dictionary(
                    uniqueKeysWithValues: attestations.map { ($0.rawValue, .integer($1)) }))
        }
        guard hasPolicy else { return }
        members["cosignedBy"] = .array(
            cosigners.map { cosigner in
                var one: [String: JSONValue] = ["witness": .string(cosigner.name)]
                one.set("time", cosigner.time?.description)
                return .object(one)
            })
    }

    /// A line each.
    package var words: [Bilingual] {
        var lines: [Bilingual] = []
        if let cosignedSize {
            let names = cosigners.map(\.name).joined(separator: ", ")
            lines.append(
                Bilingual(
                    "Cosigned up to entry \(cosignedSize) of \(size) by \(names).",
                    "\(names) 已联署至第 \(cosignedSize) 条（共 \(size) 条）。"))
        } else if hasPolicy {
            lines.append(Bilingual("Not yet cosigned by the notary.", "尚未经公证机构联署。"))
        }
        if let stampedSize {
            lines.append(
                Bilingual(
                    "Time-stamped up to entry \(stampedSize) of \(size).",
                    "可信时间戳已加盖至第 \(stampedSize) 条（共 \(size) 条）。"))
        }
        if !attestations.isEmpty {
            let (done, pending) = (attestations[.done] ?? 0, attestations[.pending] ?? 0)
            let failed = attestations[.failed] ?? 0
            lines.append(
                Bilingual(
                    "At the attestation interface: \(done) done, \(pending) pending, \(failed) failed.",
                    "存证接口：已完成 \(done)，办理中 \(pending)，未成功 \(failed)。"))
        }
        for time in unwitnessed {
            lines.append(
                Bilingual(
                    "Put back from a backup, and not compared with a witness: \(time).",
                    "曾由备份恢复，且未与公证联署节点核对：\(time)。"))
        }
        if keyCopied == nil {
            lines.append(
                Bilingual(
                    "No offline copy of the log's key is known: evidock log copy-key --out FILE",
                    "尚无日志密钥的离线副本记录：evidock log copy-key --out FILE"))
        }
        return lines
    }
}
