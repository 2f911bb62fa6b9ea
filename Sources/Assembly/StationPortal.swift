import CaseIndex
import Custody
import DurableFiles
import Evidence
import Ingest
import Logging
import NotaryLink
import Portal
import Synchronization
import TransparencyLog
import Vault

/// An open station, as its pages see it.
struct StationPortal: PortalStation {
    let station: Station
    private let accounts = DockingAccounts()

    private let figures: StationOverview

    init(station: Station) {
        self.station = station
        figures = StationOverview(station)
    }

    func wall() async throws -> [WallSlot] {
        try await offPool {
            let report = DockReport(station: station)
            // A folder that a command takes in stands in no slot.
            return try report.statuses().filter { !$0.slot.hasPrefix("ingest:") }.map { status in
                try slot(status)
            }
        }
    }

    func state() async throws -> StationState {
        let isWorking = await station.isAlive()
        return try await offPool {
            let stages = station.stages
            let entries = try stages.reader.size()
            let space = try station.root.freeSpace()
            return StationState(
                entries: entries, cosigned: station.cosigning.now.cosigned,
                slots: station.board.slots.count, bytesFree: space.free, bytesTotal: space.total,
                indexBehind: max(0, entries - (try stages.index.nextLeaf())),
                isWorking: isWorking,
                hasInspector: LocalPath.isExecutable(
                    InspectorProgram.path(station.settings.inspector)),
                hasRoom: try stages.vault.room(for: 0))
        }
    }

    func verify(
        _ list: [UInt8], tableIn language: Language?
    ) async throws -> DigestAnswers {
        try await offPool {
            let reader = try StationReader(settings: station.settings)
            var answers = DigestAnswers()
            if language != nil { answers.add(row: ListVerdict.header) }
            do {
                let summary = try reader.verify(sent: list, in: station.pageIndex) { verdict in
                    if let language {
                        answers.add(row: verdict.csv(in: language))
                    } else {
                        answers.add(
                            verdict.json, result: verdict.result.rawValue,
                            note: verdict.note?.words)
                    }
                }
                answers.summary = summary.words
            } catch let failure as AssemblyFailure where failure.reason == .wrongUsage {
                // The command's own option is nothing to somebody who reads a page.
                throw MalformedList(where: failure.wanted ?? failure.problem)
            }
            return answers
        }
    }

    func proof(of leaf: Int64) async throws -> (entry: [UInt8], proof: [UInt8])? {
        try await offPool {
            let ledger = station.stages.reader
            guard leaf >= 0, leaf < (try ledger.size()) else { return nil }
            let reader = try StationReader(settings: station.settings)
            let vouchers = try LeafVouchers(reader)
            let isCosigned = vouchers.cosignedSize(over: leaf) != nil
            let session = try LedgerSnapshot(
                ledger, at: isCosigned ? vouchers.cosigned?.note : nil)
            let proven = try session.prove(leaf)
            return (proven.entry, proven.proof)
        }
    }

    func vouching() async throws -> Vouching {
        try await offPool {
            let reader = try StationReader(settings: station.settings)
            let report = try NotaryReport(reader)
            let head = try reader.ledger.checkpoint()
            var vouching = Vouching(
                checkpoint: String(decoding: head.note, as: UTF8.self),
                size: head.checkpoint.size, root: Base64.encode(head.checkpoint.root.bytes),
                logKey: try reader.keys().current.description)
            vouching.cosigned = report.cosignedSize
            vouching.cosigners = report.cosigners.map { ($0.name, $0.time) }
            vouching.timeStamped = report.stampedSize
            vouching.findings = report.findings.map(\.message)
            return vouching
        }
    }

    private func slot(_ status: SlotStatus) throws -> WallSlot {
        var slot = WallSlot(
            slot: Self.plain(status.slot) ?? "–", state: status.state.rawValue, words: status.words)
        slot.docking = status.visit
        slot.recorder = status.recorder.flatMap(Self.plain)
        slot.officer = try status.recorder.flatMap(officer)
        (slot.bytesDone, slot.bytesTotal) = (status.bytesDone, status.bytesTotal)
        (slot.filesDone, slot.filesTotal) = (status.filesDone, status.filesTotal)
        (slot.needLook, slot.notTaken) = (status.needLook, status.notTaken)
        slot.secondsLeft = status.secondsLeft
        if slot.secondsLeft != nil { slot.rate = status.rate }
        slot.reason = status.reason
        if status.mayBeCleared { slot.notes.append(DockWords.mayBeCleared) }
        if status.state == .mayBeRemoved, status.copies == 1 {
            slot.notes.append(DockWords.singleCopy)
        }
        if status.state == .mayBeRemoved, let docking = slot.docking,
            let account = try accounts.account(of: docking, station.stages)
        {
            slot.minutes = (account.milliseconds + 59_999) / 60_000
            slot.unlinked = account.unlinked
            slot.isAcknowledged = account.acknowledgedBy != nil
        }
        return slot
    }

    func alerts() async throws -> [AlertBook.Entry] { station.alerts.standing }

    func acknowledge(alert code: String, by: String) async throws {
        guard station.alerts.acknowledge(code, by: by) else { return }
        station.stages.log.notice("an alert was taken up", metadata: ["alert": "\(code)"])
    }

    func consistency(_ first: String, _ second: String) async throws -> Consistency {
        try await offPool { [station] in
            let reader = try StationReader(settings: station.settings)
            let keys = try reader.keys().all
            let checkpoints = try [first, second].map { text in
                // What was pasted may have lost its last line's end, or gained others.
                let note =
                    text.replacing("\r\n", with: "\n").split(
                        separator: "\n", omittingEmptySubsequences: false
                    ).reversed().drop { $0.isEmpty }.reversed().joined(separator: "\n") + "\n"
                do { return try Checkpoint.open(Array(note.utf8), byOneOf: keys) } catch {
                    throw AssemblyFailure(
                        .wrongUsage, subject: "checkpoint",
                        wanted: Bilingual(
                            "this is no checkpoint that this log signed",
                            "这不是本存证日志签署的检查点"))
                }
            }.sorted { $0.size < $1.size }
            let ledger = station.stages.reader
            let isConsistent = try checkpoints.allSatisfy {
                guard $0.size <= (try ledger.size()) else { return false }
                return try ledger.root(ofSize: $0.size) == $0.root
            }
            let (one, other) = (checkpoints[0], checkpoints[1])
            let proof =
                isConsistent
                ? try ledger.consistencyProof(from: one.size, to: other.size).hashes : []
            return Consistency(
                firstSize: one.size, secondSize: other.size, isConsistent: isConsistent,
                proof: proof.map { Base64.encode($0.bytes) })
        }
    }

    func signOffs() async throws -> [SignOff] {
        try await offPool { [index = station.stages.index] in
            try index.signOffs(limit: 20).map {
                SignOff(entry: $0.leaf, time: $0.time, row: $0.row)
            }
        }
    }

    func signOff(_ text: String, size: Int64, root: String, by: String) async throws -> Bool {
        try PlainText.check(text, of: "text", limit: 1000)
        let stages = station.stages
        let seen = try await offPool { () -> SHA256Digest? in
            guard size >= 0, size <= (try stages.reader.size()) else { return nil }
            return try stages.reader.root(ofSize: size)
        }
        guard let seen, Base64.encode(seen.bytes) == root else { return false }
        let row = SignOffRow(size: size, root: seen, text: text, by: by)
        _ = try await stages.ledger.enter([
            NewCustodyEvent(kind: .approval, time: stages.now(), rows: [row.row])
        ])
        try await stages.feeder.catchUp()
        return true
    }

    func newsEnd() async throws -> Int64 {
        try await offPool { [index = station.stages.index] in try index.nextLeaf() }
    }

    func news(from leaf: Int64, limit: Int) async throws -> (news: [News], next: Int64) {
        try await offPool { [stages = station.stages] in
            // What the index does not have yet nobody's rights can be told of.
            let end = min(try stages.index.nextLeaf(), leaf + Int64(limit))
            guard leaf < end else { return ([], leaf) }
            var found: [News] = []
            for place in leaf..<end {
                let event = try stages.reader.event(place)
                guard News.kinds.contains(event.leaf.event) else { continue }
                var news = News(leaf: place, event: event.leaf.event, time: event.leaf.time)
                let rows = event.rows.prefix(limit).map(\.members)
                if event.leaf.event == .ingestion {
                    news.items = [
                        LedgerName(station: event.leaf.station, leaf: place).description
                    ]
                } else {
                    news.items = Array(Set(rows.compactMap { $0["item"]?.stringValue })).sorted()
                }
                news.cases = Array(Set(rows.compactMap { $0["caseNumber"]?.stringValue })).sorted()
                found.append(news)
            }
            return (found, end)
        }
    }

    func overview() async throws -> Overview {
        try await offPool { [figures] in try figures.current() }
    }

    func handOver(_ docking: String) async throws -> HandOver? {
        try await offPool { [index = station.stages.index] () -> HandOver? in
            guard let account = try index.account(ofDocking: docking) else { return nil }
            var found = HandOver(
                docking: account.docking, docked: account.docked, inventory: account.inventory)
            found.recorder = account.recorder
            (found.undocked, found.isComplete) = (account.undocked, account.outcome == "complete")
            (found.files, found.bytes) = (account.files, account.bytes)
            (found.taken, found.known) = (account.taken, account.known)
            (found.needLook, found.notTaken) = (account.needLook, account.notTaken)
            found.minutes = (account.milliseconds + 59_999) / 60_000
            found.unlinked = account.unlinked
            found.acknowledgedBy = account.acknowledgedBy
            found.acknowledgement = account.acknowledgement
            return found
        }
    }

    func acknowledge(_ docking: String, inventory: String, by: String) async throws {
        let stages = station.stages
        let row = AcknowledgementRow(visit: docking, inventory: inventory, by: by)
        _ = try await stages.ledger.enter([
            NewCustodyEvent(
                kind: .acknowledgement, time: stages.now(),
                previous: LedgerName(docking)?.leaf, rows: [row.row])
        ])
        try await stages.feeder.catchUp()
    }

    /// What a slot or a recorder is called, where that can be no person's name.
    private static func plain(_ name: String) -> String? {
        let isPlain = name.utf8.count <= 40 && name.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        return isPlain ? name : nil
    }

    /// The last three digits of whoever has the recorder now.
    private func officer(of recorder: String) throws -> String? {
        let holder = try station.stages.index.holder(of: recorder, at: Clock.now())
        let number = holder.borrower ?? holder.carrier ?? holder.owner
        // A name, or a number that is short enough to be one, is nobody's business here.
        guard let number, number.utf8.count > 5,
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return String(number.suffix(3))
    }
}

/// What came of dockings whose recorders are still there: asked anew every few seconds, for the wall
/// asks every second.
private final class DockingAccounts: Sendable {
    private static let interval: Int64 = 3000
    private static let limit = 64
    private let known = Mutex<[String: (account: DockingAccount, time: Int64)]>([:])

    func account(of docking: String, _ stages: Stages) throws -> DockingAccount? {
        let now = stages.now().milliseconds
        if let found = known.withLock({ $0[docking] }), now - found.time < Self.interval,
            now >= found.time
        {
            return found.account
        }
        let account = try stages.index.account(ofDocking: docking)
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[docking] = account.map { ($0, now) }
        }
        return account
    }
}
