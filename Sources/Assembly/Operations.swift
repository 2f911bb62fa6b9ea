package import CaseIndex
import Custody
package import Evidence
import Ingest
import Recorders
import Vault

/// Carries out requests on an open station, for its own process and for those that ask by socket.
package struct Operations: Sendable {
    let station: Station
    let language: Language

    package init(station: Station, language: Language) {
        (self.station, self.language) = (station, language)
    }

    /// Carries one request out; every line of the answer is given before the status.
    ///
    /// - Parameter by: the account that asks, as it will stand in the record (`uid:0`).
    package func perform(
        _ request: Request, by: String, answer: @escaping @Sendable (Answer) -> Void
    ) async -> ExitStatus {
        do {
            try request.check()
            switch request {
            case .ingest(
                let paths, let recorder, let officer, let zone, let isNotarys, let clockOffset):
                return try await ingest(
                    paths, recorder: recorder, officer: officer, zone: zone, isNotarys: isNotarys,
                    clockOffset: clockOffset, by: by, answer: answer)
            case .describe(let items): return try await describe(items, answer: answer)
            case .disclose(let items, let how, let why):
                return try await disclose(items, how: how, why: why, by: by, answer: answer)
            case .repair(let items): return try await repair(items, by: by, answer: answer)
            case .addVolume(let path, let role):
                answer(.line(try await station.addVolume(path, as: role, by: by).json))
                return .done
            case .rebuildIndex:
                // Inside the daemon the index is open: it is checked against the ledger, and a
                // rebuild needs the daemon to be stopped.
                throw AssemblyFailure(.inUse, subject: station.layout.path)
            case .docks(let clearable):
                try DockReport(station: station).lines(clearable: clearable, in: language)
                    .forEach { answer(.line($0)) }
                return .done
            case .timeStamp: return try await timeStamp(answer)
            case .carryOut(let note, let wantsStamps):
                return try await carryOut(note, wantsStamps: wantsStamps, answer)
            case .carryIn(let files): return try await carryIn(files, answer)
            case .anchor: return try await anchor(answer)
            case .register(let recorder, let step, let officer, let from):
                return try await register(
                    recorder, step, officer: officer, from: from, by: by, answer)
            case .attribute(let names, let officer, let why):
                return try await attribute(names, officer: officer, why: why, by: by, answer)
            case .importSchedule(let path, let zone):
                return try await importSchedule(path, zone: zone, by: by, answer)
            case .addCase(let told): return try await addCase(told, by: by, answer)
            case .order(let request): return try await order(request, by: by, answer)
            case .courtRequest(let order): return try await courtRequest(order, by: by, answer)
            case .measureClock(let order): return try await measure(order, by: by, answer)
            case .retention(let request):
                return try await station.retention.take(request, by: by) { answer(.line($0)) }
            case .access(let request): return try await access(request, by: by, answer)
            case .people(let request): return try await people(request, by: by, answer)
            case .assign(let order):
                // Not between a look at what may go and its deletion.
                return try await station.retention.turns.take {
                    try await assign(order, by: by, answer)
                }
            case .completeness(let scope):
                return try await completeness(scope, by: by, answer)
            case .explain(let id, let why):
                return try await explain(id, why: why, by: by, answer)
            case .certify(let order): return try await certify(order, by: by, answer)
            case .scrub(let items): return try await scrub(items, answer: answer)
            case .releaseHold(let why): return try await releaseHold(why, by: by, answer)
            }
        } catch {
            answer(Answer(failure: error))
            return ExitStatus(failure: error)
        }
    }

    // MARK: - ingest

    private func ingest(
        _ paths: [String], recorder: String?, officer: String?, zone: String?, isNotarys: Bool,
        clockOffset: Int64?, by: String,
        answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        var overrides = RecorderOverrides(recorder: recorder, officer: officer)
        overrides.zone = zone.flatMap(ZoneOffset.init)
        if isNotarys { overrides.source = .notary }
        let volumes = try paths.map(volume(at:))
        var total = VisitSummary()
        total.safeToRemove = true
        total.mayBeCleared = true
        var status = ExitStatus.done
        let language = language
        for (path, volume) in zip(paths, volumes) {
            let conductor = VisitConductor(
                stages: station.stages, board: station.board, active: station.active)
            let slot = station.board.open(["ingest:" + SafeText.of(path)]) {
                SlotStatus(slot: $0, state: .recognised)
            }
            defer { station.board.remove(slot) }
            let summary = try await conductor.run(
                volume: volume, overrides: overrides, slot: slot, by: by, waitsForRoom: false,
                tell: { answer(.line($0.json(in: language))) })
            if let clockOffset {
                try await measure(
                    offset: clockOffset, visit: summary.visit, recorder: summary.recorder, by: by)
            }
            total.add(summary)
            (total.visit, total.recorder) = (summary.visit, summary.recorder)
            total.profile = summary.profile
            total.safeToRemove = total.safeToRemove && summary.safeToRemove
            total.mayBeCleared = total.mayBeCleared && summary.mayBeCleared
            if summary.quarantined + summary.refused > 0 { status = status.graver(.partlyTaken) }
            if !summary.safeToRemove { status = status.graver(.tryAgain) }
        }
        // What a crash left undescribed before; the daemon does this by itself at its start.
        if station.isAlone {
            _ = try? await DescriptionBacklog(stages: station.stages).catchUp()
            // Some of it: somebody waits.
            _ = try? await station.replication.catchUp(bytes: 1 << 30)
        }
        await match()
        answer(.line(total.json(in: language)))
        return total.files == 0 ? status.graver(.findings) : status
    }

    /// The mount or plain folder that a path names.
    private func volume(at path: String) throws -> Volume {
        guard let resolved = LocalPath.resolved(path), LocalPath.isDirectory(resolved) else {
            throw IngestFailure(.noSuchFolder)
        }
        let disks = station.stages.vault.diskPaths
        guard !disks.contains(where: { LocalPath.overlap(resolved, LocalPath.resolved($0) ?? $0) })
        else { throw IngestFailure(.overlapsRoot) }
        return try MountTable.read().volume(at: resolved)
    }

    // MARK: - describe, disclose

    private func describe(
        _ names: [String], answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let backlog = DescriptionBacklog(stages: station.stages)
        let index = station.stages.index
        if names.isEmpty {
            let count = try await backlog.catchUp()
            answer(.line(["described": .integer(Int64(count))]))
            return .done
        }
        let items = try names.map { try ItemLookup.one($0, in: index) }
        for item in items { try item.requireKept() }
        let count = try await backlog.describe(items.map(\.describable))
        for item in items {
            answer(.line(try ItemLookup.one(item.name, in: index).json))
        }
        return count == items.count ? .done : .findings
    }

    private func disclose(
        _ names: [String], how: String, why: String?, by: String,
        answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        guard !names.isEmpty else { throw AssemblyFailure(.noSuchItem) }
        let items = try names.map { try ItemLookup.one($0, in: station.stages.index) }
        for item in items { try item.requireKept() }
        let rows = items.map { DisclosureRow(item: $0.name, by: by, how: how, why: why).row }
        let previous = items.count == 1 ? LedgerName(items[0].name)?.leaf : nil
        let receipts = try await station.stages.ledger.enter([
            NewCustodyEvent(
                kind: .disclosure, time: Clock.now(), previous: previous, rows: rows)
        ])
        try await station.stages.feeder.catchUp()
        for item in items {
            answer(
                .line([
                    "item": .string(item.name), "sha256": .string(item.sha256.hex),
                    "size": .integer(item.size), "leaf": .integer(receipts.first?.index ?? 0),
                ]))
        }
        return .done
    }
}

/// Finds the one item that a person named.
package enum ItemLookup {
    /// - Throws: `no-such-item`; `several-items` with their names in it.
    package static func one(_ name: String, in index: IndexReader) throws -> ItemRecord {
        switch try index.item(name) {
        case .one(let item): return item
        case .several(let items):
            throw AssemblyFailure(
                .severalItems, subject: "\(name) (\(items.prefix(20).joined(separator: ", ")))")
        case .none: throw AssemblyFailure(.noSuchItem, subject: name)
        }
    }
}
