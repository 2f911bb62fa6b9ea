import Evidence
import Fixity
import TimeStamping
import TransparencyLog

// When it was: the authority's word, and whether the clocks agree.
extension BagVerifier {
    /// A stamp that holds: whose clock, when, and how many entries are covered.
    struct Stamped {
        let name: String
        let time: Timestamp
        let size: Int64
    }

    func timeStamps(
        _ custody: CustodyReading, _ head: Checkpoint?, cosigned: [Cosigned]
    ) throws -> (BagReport.Outcome, [Stamped]) {
        var tokens: [(StampImprint, [UInt8])] = []
        for imprint in StampImprint.allCases {
            if let token = try text(
                BagLayout.token(imprint.rawValue), limit: TimeStampReply.byteLimit)
            {
                tokens.append((imprint, token))
            }
        }
        let note = try text(BagLayout.stamped, limit: SignedNote.byteLimit)
        if note == nil, tokens.isEmpty { return (.absent(BagWords.notThere), []) }
        var findings = LayerFindings()
        guard let note, !tokens.isEmpty else {
            findings.add(
                "missing", note == nil ? BagLayout.stamped : BagLayout.token("sha256"),
                BagWords.missing)
            return (findings.outcome(BagWords.notThere), [])
        }
        let stamped: Checkpoint
        do { stamped = try ancestor(note, of: head) } catch {
            findings.add(BagLayout.stamped, error)
            return (findings.outcome(BagWords.notThere), [])
        }
        try checkConsistency(stamped, head, &findings)
        guard let authority = trust.authority else {
            let words = Bilingual(
                "not checked: no roots were named (--tsa-ca, from the notary)",
                "未校验：未指定时间戳根证书（--tsa-ca，向公证机构索取）")
            return (findings.isEmpty ? .absent(words) : findings.outcome(words), [])
        }
        var stamps: [Stamped] = []
        var words: [Bilingual] = []
        for (imprint, token) in tokens {
            let digest = SHA256Digest.of(token)
            let committed = custody.tokens.filter {
                $0.treeSize == stamped.size && $0.imprint == imprint.rawValue
            }
            if let other = committed.first, !committed.contains(where: { $0.digest == digest }) {
                findings.add(
                    "token-differs", BagLayout.token(imprint.rawValue),
                    Bilingual("not the token that the log commits to", "不是存证日志所载的时间戳"),
                    expected: other.digest.hex, found: digest.hex)
            }
            do {
                let (verdict, moment) = try check(
                    token, imprint, over: note, authority, custody, cosigned)
                words.append(Self.words(imprint, verdict, checkedAt: moment))
                if case .holds(let stamp) = verdict {
                    stamps.append(
                        Stamped(name: imprint.rawValue, time: stamp.time, size: stamped.size))
                }
            } catch { findings.add(BagLayout.token(imprint.rawValue), error) }
        }
        let all = Bilingual(
            words.map(\.english).joined(separator: "; "),
            words.map(\.chinese).joined(separator: "；"))
        guard findings.isEmpty else { return (findings.outcome(all), stamps) }
        guard !stamps.isEmpty else { return (.absent(all), []) }
        if let item = custody.tables.items.first(where: { $0.name.leaf >= stamped.size }) {
            return (
                .absent(
                    Bilingual(
                        "older than the entry of \(item.name): \(all.english)",
                        "早于 \(item.name) 的存证条目：\(all.chinese)")), stamps
            )
        }
        return (.holds(all), stamps)
    }

    /// The stamped checkpoint, of the same log as the bag's; signed by it, where the verifier says
    /// whose keys those are.
    private func ancestor(_ note: [UInt8], of head: Checkpoint?) throws(LogFailure) -> Checkpoint {
        let signed = try SignedNote(parsing: note)
        let stamped = try Checkpoint(parsing: signed.text)
        guard let head, stamped.origin.utf8.elementsEqual(head.origin.utf8) else {
            throw LogFailure(.otherLog, line: 1)
        }
        if let policy = trust.policy {
            guard try !signed.signers(among: policy.keys(ofLog: stamped.origin)).isEmpty else {
                throw LogFailure(.unsigned)
            }
        }
        return stamped
    }

    private func checkConsistency(
        _ stamped: Checkpoint, _ head: Checkpoint?, _ findings: inout LayerFindings
    ) throws {
        let place = BagLayout.consistency
        guard let bytes = try text(place, limit: 64 << 10), let head else {
            findings.add("missing", place, BagWords.missing)
            return
        }
        var hashes: [SHA256Digest] = []
        for (number, line) in bytes.split(separator: 0x0a).enumerated() {
            guard
                let hash = Base64.decode(String(decoding: line, as: UTF8.self))
                    .flatMap({ SHA256Digest(bytes: $0) })
            else {
                findings.add(
                    "malformed", place,
                    BagWords.malformed("not 32 bytes in base64", line: number + 1))
                return
            }
            hashes.append(hash)
        }
        let proof = ConsistencyProof(
            oldSize: stamped.size, newSize: head.size, hashes: hashes)
        guard proof.verify(oldRoot: stamped.root, newRoot: head.root) else {
            findings.add(
                "not-an-ancestor", place,
                Bilingual(
                    "the stamped checkpoint is no ancestor of the package's",
                    "加盖时间戳的检查点不是本包检查点的前身"))
            return
        }
    }

    /// Checks a token now; where its certificate has ended since, at the moment by which a cosigned
    /// checkpoint shows that it was there.
    private func check(
        _ token: [UInt8], _ imprint: StampImprint, over note: [UInt8],
        _ authority: TimeStampTrust, _ custody: CustodyReading, _ cosigned: [Cosigned]
    ) throws(TimeStampFailure) -> (TimeStampVerdict, checkedAt: Timestamp?) {
        func verify(at moment: Timestamp) throws(TimeStampFailure) -> TimeStampVerdict {
            try TimeStampReply(der: token).verify(
                over: note, imprint: imprint, nonce: nil, trust: authority, at: moment,
                within: Timestamp(
                    milliseconds: 0)...Timestamp(
                        milliseconds: now.milliseconds + Self.tolerance))
        }
        do { return (try verify(at: now), nil) } catch {
            guard error.kind == .untrusted,
                custody.tokens.contains(where: { $0.digest == .of(token) }),
                let moment = cosigned.map(\.time).filter({ $0 < now }).min()
            else { throw error }
            return (try verify(at: moment), moment)
        }
    }

    private static func words(
        _ imprint: StampImprint, _ verdict: TimeStampVerdict, checkedAt moment: Timestamp?
    ) -> Bilingual {
        let name = imprint == .sm3 ? "SM3" : "SHA-256"
        switch verdict {
        case .notChecked:
            return Bilingual(
                "\(name): not checked (SM2 signature)", "\(name)：未校验（SM2 签名）")
        case .holds(let stamp):
            guard let moment else {
                return Bilingual("\(name) \(stamp.time)", "\(name) \(stamp.time)")
            }
            return Bilingual(
                "\(name) \(stamp.time), checked as of \(moment), when the notary cosigned that it was there",
                "\(name) \(stamp.time)，按公证机构联署其存在之时 \(moment) 校验")
        }
    }

    // MARK: - Clocks

    func clocks(
        _ custody: CustodyReading, cosigned: [Cosigned], stamps: [Stamped]
    ) -> BagReport.Outcome {
        guard !cosigned.isEmpty || !stamps.isEmpty else {
            return .absent(Bilingual("only the station's own clock", "仅有站点自身时钟"))
        }
        var findings = LayerFindings()
        func compare(_ name: String, _ time: Timestamp, below size: Int64) {
            let late = custody.times.filter {
                $0.index < size && $0.time.milliseconds - Self.tolerance > time.milliseconds
            }
            guard let worst = late.max(by: { $0.time < $1.time }) else { return }
            findings.add(
                "clocks-differ", BagLayout.entry(worst.index),
                Bilingual(
                    "the station's clock says later than \(name), who saw it afterwards",
                    "站点时钟晚于其后见证的 \(name) 的时钟"),
                expected: "<= \(time)", found: worst.time.description)
        }
        for one in cosigned { compare(one.name, one.time, below: .max) }
        for one in stamps { compare(one.name, one.time, below: one.size) }
        let (count, minutes) = (1 + cosigned.count + stamps.count, Self.tolerance / 60_000)
        return findings.outcome(
            Bilingual(
                "\(count) clocks, within \(minutes) minutes", "\(count) 个时钟，相差不超过 \(minutes) 分钟"))
    }
}
