package import DurableFiles
package import Evidence
import Fixity
package import TimeStamping
package import TransparencyLog

/// Checks a sealed bag against itself and against what the verifier trusts, and nothing else: no root,
/// no network. The bag is held to be hostile: no link of it is followed, texts are bounded, footage
/// goes through one buffer.
package struct BagVerifier {
    /// Whom the verifier trusts, with the exact bytes of the files, for a comparison with the bag's own.
    package struct Trust: Sendable {
        package let policy: TrustPolicy?
        package let policyFile: [UInt8]
        package let authority: TimeStampTrust?
        package let authorityFile: [UInt8]

        package init(
            policy: TrustPolicy? = nil, policyFile: [UInt8] = [],
            authority: TimeStampTrust? = nil, authorityFile: [UInt8] = []
        ) {
            (self.policy, self.policyFile) = (policy, policyFile)
            (self.authority, self.authorityFile) = (authority, authorityFile)
        }
    }

    let folder: ForeignFolder
    let trust: Trust
    /// By the verifier's clock.
    let now: Timestamp
    /// What two clocks may differ, in milliseconds.
    static let tolerance: Int64 = 300_000

    package init(_ folder: ForeignFolder, trust: Trust, now: Timestamp) {
        (self.folder, self.trust, self.now) = (folder, trust, now)
    }

    /// Whether a folder says that it is a bag.
    package static func isBag(_ folder: ForeignFolder) -> Bool {
        ((try? folder.lend(BagLayout.declaration) { _, _ in true }) ?? nil) ?? false
    }

    /// - Throws: `not-a-sealed-bag`; what the medium says where it cannot be read.
    package func verify() throws -> BagReport {
        guard Self.isBag(folder) else { throw BagFailure(.notABag) }
        var report = BagReport(
            wantsTimeStamps: trust.authority != nil,
            wantsCosignatures: trust.policy.map { $0.quorum != nil } ?? true)
        let listing = try folder.list()
        let digests = try self.digests(of: listing)
        func put(_ layer: BagReport.Layer, _ outcome: BagReport.Outcome) {
            report.outcomes.append((layer, outcome))
        }

        put(.form, try form(listing))
        put(.payload, try manifests(of: digests, isTag: false))
        put(.tags, try manifests(of: digests, isTag: true))

        let note = try text(BagLayout.checkpoint, limit: SignedNote.byteLimit)
        let head = note.flatMap { try? SignedNote(parsing: $0) }
        let checkpoint = head.flatMap { try? Checkpoint(parsing: $0.text) }
        var custody = CustodyReading(note: note, checkpoint: checkpoint)
        try custody.read(folder, listing, digests)
        put(.entries, custody.entries)
        put(.records, custody.records)
        put(.proofs, custody.proofs)

        let (signature, cosignatures, cosigned) = judge(note)
        put(.signature, signature)
        put(.cosignatures, cosignatures)
        let (stamps, times) = try timeStamps(custody, checkpoint, cosigned: cosigned)
        put(.timeStamps, stamps)
        put(.clocks, clocks(custody, cosigned: cosigned, stamps: times))
        put(.tables, try tables(custody))
        put(.trustCopies, try trustCopies())
        return report
    }

    /// A text of the bag; nil where it is missing, too long or no file: the manifests say so.
    func text(_ place: String, limit: Int = BagLayout.textLimit) throws -> [UInt8]? {
        do { return try folder.read(place, limit: limit) } catch let failure as DurableFileFailure
            where ["too-long", "not-a-file", "missing"].contains(failure.code)
        { return nil }
    }

    // MARK: - Signatures

    /// A cosignature that counts: whose, and when by his clock.
    struct Cosigned {
        let name: String
        let time: Timestamp
    }

    private func judge(
        _ note: [UInt8]?
    ) -> (signature: BagReport.Outcome, cosignatures: BagReport.Outcome, cosigned: [Cosigned]) {
        guard let policy = trust.policy else {
            let words = Bilingual(
                "not checked: no policy was named (--policy, from the notary)",
                "未校验：未指定信任策略（--policy，向公证机构索取）")
            return (.absent(words), .absent(words), [])
        }
        guard let note else {
            let missing = Finding(
                code: "missing", subject: BagLayout.checkpoint, message: BagWords.missing)
            return (.fails([missing]), .absent(BagWords.notThere), [])
        }
        let signers: [VerifierKey]
        do throws(LogFailure) {
            let signed = try SignedNote(parsing: note)
            let checkpoint = try Checkpoint(parsing: signed.text)
            signers = try signed.signers(among: policy.keys(ofLog: checkpoint.origin))
            guard !signers.isEmpty else { throw LogFailure(.unsigned) }
        } catch {
            return (.fails([Self.finding(error)]), .absent(BagWords.notThere), [])
        }
        let signature = BagReport.Outcome.holds(
            Bilingual("\(signers[0].name)", "\(signers[0].name)"))
        do {
            let judgement = try policy.judge(note)
            let (outcome, cosigned) = Self.cosignatures(judgement)
            return (signature, outcome, cosigned)
        } catch { return (signature, .fails([Self.finding(error)]), []) }
    }

    private static func finding(_ failure: LogFailure) -> Finding {
        Finding(code: failure.code, subject: BagLayout.checkpoint, message: failure.problem)
    }

    private static func cosignatures(
        _ judgement: CheckpointJudgement
    ) -> (BagReport.Outcome, [Cosigned]) {
        var cosigned: [Cosigned] = []
        var names: [String] = []
        for witness in judgement.witnesses {
            let name = SafeText.of(witness.name.description)
            switch witness.word {
            case .absent: continue
            case .notChecked: names.append("\(name) (not checked 未校验)")
            case .cosigned(let lines):
                guard let first = lines.first else { continue }
                let (time, overflows) = first.time.multipliedReportingOverflow(by: 1000)
                let moment = Timestamp(milliseconds: overflows ? .max : time)
                cosigned.append(Cosigned(name: name, time: moment))
                names.append("\(name) \(overflows ? "?" : moment.description)")
            }
        }
        let list = names.joined(separator: ", ")
        guard judgement.isQuorumMet else {
            return (
                .absent(
                    Bilingual(
                        "not yet cosigned by enough of the policy's witnesses"
                            + (list.isEmpty ? "" : ": \(list)"),
                        "信任策略要求的公证机构尚未联署" + (list.isEmpty ? "" : "：\(list)"))), cosigned
            )
        }
        guard !cosigned.isEmpty else {
            return (
                .absent(
                    Bilingual("the policy asks for no cosignature", "信任策略未要求联署")), []
            )
        }
        return (.holds(Bilingual(list, list)), cosigned)
    }
}
