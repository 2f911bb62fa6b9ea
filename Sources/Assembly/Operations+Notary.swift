import Custody
import Evidence
import Ingest
import NotaryLink
import Notarization
import TimeStamping
import TransparencyLog

// What the notary and the time-stamp authority have to do with the ledger.
extension Operations {
    // MARK: - Time stamps

    func timeStamp(_ answer: @Sendable (Answer) -> Void) async throws -> ExitStatus {
        let settings = station.settings.notary
        guard let url = settings.timeStampURL, let trust = try settings.stampTrust() else {
            throw AssemblyFailure(
                .malformedSetting, subject: "timeStampURL",
                wanted: Bilingual(
                    "the address of a time-stamp authority is wanted", "请指定时间戳服务机构的地址"))
        }
        let round = StampRound(
            keeper: station.stampKeeper, authority: url, trust: trust,
            line: try HTTPLine(roots: settings.timeStampTLS.map(PolicyFile.certificates)))
        let result = try await round.run()
        try await station.stages.feeder.catchUp()
        for stamp in result.stamped { answer(.line(Self.json(stamp))) }
        for finding in result.findings { answer(.line(["finding": finding.json(in: language)])) }
        // Where nothing came and nothing failed, the newest checkpoint has its stamps already.
        return result.findings.isEmpty
            ? .done : result.stamped.isEmpty ? .tryAgain : .findings
    }

    private static func json(_ stamp: StampDesk.Stamped) -> JSONValue {
        json(stamp.verdict, imprint: stamp.query.imprint, size: stamp.size)
    }

    private static func json(
        _ verdict: TimeStampVerdict, imprint: StampImprint, size: Int64
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "size": .integer(size), "imprint": .string(imprint.rawValue),
        ]
        switch verdict {
        case .holds(let stamp):
            members["checked"] = .bool(true)
            members["time"] = .string(stamp.time.description)
        case .notChecked(let stamp):
            members["checked"] = .bool(false)
            members.set("time", stamp?.time.description)
        }
        return .object(members)
    }

    // MARK: - Sticks

    /// Remembers what is carried out, before it leaves. Where time stamps are wanted, the queries are
    /// frozen with the checkpoint.
    func carryOut(
        _ bytes: [UInt8], wantsStamps: Bool, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let note = try SignedNote(parsing: bytes)
        let signed = try SignedCheckpoint(bytes, by: station.layout.keys().all)
        let ledger = station.stages.ledger
        try await ledger.noteRequested(note)
        if wantsStamps, try station.stages.reader.frozen(signed.size) == nil {
            var queries: [String: [UInt8]] = [:]
            for imprint in StampImprint.allCases {
                // Over the note as it goes along: with the log's signatures alone.
                queries[imprint.rawValue + ".tsq"] =
                    TimeStampQuery(over: signed.note.bytes, imprint: imprint).der
            }
            try await ledger.freeze(signed.note.bytes, files: queries)
        }
        answer(.line(["size": .integer(signed.size)]))
        return .done
    }

    func carryIn(
        _ files: [String: [UInt8]], _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let (stages, settings) = (station.stages, station.settings.notary)
        let keys = try station.layout.keys()
        guard let policy = try settings.trustPolicy(root: station.layout.path, keys: keys) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "policy",
                wanted: Bilingual(
                    "a policy that names this log and its witnesses is wanted",
                    "请指定载明本日志及其公证联署节点的信任策略"))
        }
        let found = try StickAnswer(policy: policy, keys: keys.all, reader: stages.reader) {
            place, limit in files[place].flatMap { $0.count <= limit ? $0 : nil }
        }
        try await found.apply(to: stages.ledger)
        if let hold = found.hold { station.cosigning.set(hold) }
        try await station.enterKeyChanges()
        var findings = found.findings
        if let judgement = found.judgement {
            answer(
                .line([
                    "size": .integer(judgement.checkpoint.size),
                    "quorum": .bool(judgement.isQuorumMet),
                    "cosignedBy": .array(
                        judgement.witnesses.filter { $0.word != .absent }
                            .map { .string($0.name.description) }),
                ]))
        }
        findings += try await keepStamps(of: found, answer)
        try await stages.feeder.catchUp()
        for finding in findings { answer(.line(["finding": finding.json(in: language)])) }
        return findings.isEmpty ? .done : .findings
    }

    private func keepStamps(
        of found: StickAnswer, _ answer: @Sendable (Answer) -> Void
    ) async throws -> [Finding] {
        guard !found.tokens.isEmpty else { return [] }
        let reader = station.stages.reader
        guard let trust = try station.settings.notary.stampTrust() else {
            throw AssemblyFailure(
                .malformedSetting, subject: "timeStampCA",
                wanted: Bilingual(
                    "the authority's root certificates are wanted, as PEM",
                    "请指定时间戳服务机构的根证书（PEM）"))
        }
        guard let frozen = try reader.frozen(found.signed.size) else { return [] }
        var findings: [Finding] = []
        let stamps = try found.stamps(reader: reader, trust: trust, now: Clock.now())
        for imprint in StampImprint.allCases {
            let name = imprint.rawValue
            guard let result = stamps[imprint], let token = found.tokens[name],
                frozen.files[name + ".tsr"] == nil
            else { continue }
            switch result {
            case .success(let verdict):
                try await station.stampKeeper.keep(
                    token, imprint: imprint, verdict: verdict, size: frozen.size,
                    note: frozen.note, query: frozen.files[name + ".tsq"] ?? [])
                answer(.line(Self.json(verdict, imprint: imprint, size: frozen.size)))
            case .failure(let failure):
                findings.append(
                    Finding(code: failure.code, subject: name, message: failure.problem))
            }
        }
        return findings
    }

    // MARK: - After a restore

    /// Signing goes on, because somebody says so; it stands in the ledger for ever.
    ///
    /// - Throws: `signing-held` where two histories are proven: nobody's word mends that.
    func releaseHold(
        _ why: String, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let ledger = station.stages.ledger
        guard let hold = await ledger.signingHold() else {
            throw AssemblyFailure(
                .wrongUsage, subject: "restore",
                wanted: Bilingual("this station is not held", "本站未处于暂停签署状态"))
        }
        guard hold.reason != .proven else { throw CustodyFailure(.signingHeld) }
        try await ledger.release()
        station.cosigning.set(nil)
        let row = RestoreRow(by: by, isWitnessed: false, why: why, treeSize: hold.ownSize)
        let receipts = try await ledger.enter([
            NewCustodyEvent(kind: .restore, time: Clock.now(), rows: [row.row])
        ])
        try await station.enterKeyChanges()
        try await station.stages.feeder.catchUp()
        answer(
            .line([
                "released": .string(hold.reason.rawValue),
                "leaf": .integer(receipts.first?.index ?? 0),
            ]))
        return .done
    }
}
