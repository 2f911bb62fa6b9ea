package import CaseIndex
import Custody
package import Evidence
import Logging
import Synchronization
package import Vault

/// What one run of the integrity check came to.
package struct ScrubReport: Sendable {
    package var items: Int64 = 0
    package var bytes: Int64 = 0
    /// Items with a stored copy that is damaged, or with none.
    package var mismatches: Int64 = 0
    /// Items of which a disk would not give the bytes: they stay due.
    package var unreadable: Int64 = 0
    /// Disks that were not there: what they alone hold stays due.
    package var absentDisks: [String] = []

    package var json: JSONValue {
        [
            "items": .integer(items), "bytes": .integer(bytes),
            "mismatches": .integer(mismatches), "unreadable": .integer(unreadable),
            "absentDisks": .array(absentDisks.map(JSONValue.string)),
        ]
    }
}

/// Reads footage whole, item after item, and enters what it found. What the ledger says was read is
/// not read again before its time, also after a restart. One run at a time; it is never in the way of
/// a docking.
package actor ScrubBacklog {
    /// Items entered with one leaf.
    private static let pageSize = 256
    /// Bytes after which a batch is entered, however few items it has.
    private static let batchBytes: Int64 = 8 << 30

    private let stages: Stages
    private let vault: @Sendable () throws -> VaultReader
    private let isBusy: @Sendable () -> Bool
    private var isRunning = false
    /// Runs that somebody waits for: the one of the schedule waits for them.
    private let urgent = Mutex(0)
    /// Items whose disk would not give them, until when the schedule leaves them alone. The ledger
    /// says nothing of them, so that a start tries again.
    private var postponed: [LedgerName: Timestamp] = [:]

    package init(
        stages: Stages, vault: @escaping @Sendable () throws -> VaultReader,
        isBusy: @escaping @Sendable () -> Bool
    ) {
        (self.stages, self.vault, self.isBusy) = (stages, vault, isBusy)
    }

    /// Reads everything that was never read whole, and then what was not since a moment; what is
    /// sealed meanwhile comes before the rest.
    ///
    /// - Parameter isUrgent: somebody waits: neither dockings nor the schedule's run are waited for.
    package func run(
        before moment: Timestamp, isUrgent: Bool,
        tell: @escaping @Sendable (Finding) -> Void = { _ in }
    ) async throws -> ScrubReport {
        guard isUrgent || !isRunning else { return ScrubReport() }
        if !isUrgent { isRunning = true }
        defer { if !isUrgent { isRunning = false } }
        return try await counted(isUrgent: isUrgent) {
            var report = ScrubReport()
            var (lastNew, lastOld): (Int64, Int64) = (-1, -1)
            while !Task.isCancelled {
                let index = stages.index
                var page = try await offPool { [lastNew] in
                    try index.dueForFixity(
                        before: moment, isNew: true, after: lastNew, limit: Self.pageSize)
                }
                if let last = page.last {
                    lastNew = last.item.leaf
                } else {
                    page = try await offPool { [lastOld] in
                        try index.dueForFixity(
                            before: moment, isNew: false, after: lastOld, limit: Self.pageSize)
                    }
                    guard let last = page.last else { break }
                    lastOld = last.item.leaf
                }
                try await check(page, isUrgent: isUrgent, into: &report, tell: tell)
            }
            return report
        }
    }

    /// Reads these items, whenever they were read last.
    package func run(
        _ items: [FixityItem], tell: @escaping @Sendable (Finding) -> Void
    ) async throws -> ScrubReport {
        try await counted(isUrgent: true) {
            var report = ScrubReport()
            try await check(items, isUrgent: true, into: &report, tell: tell)
            return report
        }
    }

    private func counted(
        isUrgent: Bool, _ body: () async throws -> ScrubReport
    ) async throws -> ScrubReport {
        guard isUrgent else { return try await body() }
        urgent.withLock { $0 += 1 }
        defer { urgent.withLock { $0 -= 1 } }
        return try await body()
    }

    private func check(
        _ items: [FixityItem], isUrgent: Bool, into report: inout ScrubReport,
        tell: @Sendable (Finding) -> Void
    ) async throws {
        let reader = try vault()
        let isStopped = Mutex(false)
        try await sayAbsent(of: reader, into: &report, tell: tell)
        let pause: @Sendable () -> Bool = { [self] in
            while !isUrgent, isBusy() || urgent.withLock({ $0 > 0 }),
                !isStopped.withLock({ $0 })
            { sleepShortly() }
            return !isStopped.withLock { $0 }
        }
        var sound: [String] = []
        var bytes: Int64 = 0
        var seen: [SHA256Digest: ObjectFixity] = [:]
        for item in items where !Task.isCancelled {
            if !isUrgent, let until = postponed[item.item], stages.now() < until { continue }
            let known = seen[item.sha256]
            let found: ObjectFixity
            do {
                found = try await withTaskCancellationHandler {
                    if let known { return known }
                    return try await reader.fixity(
                        of: item.sha256, sm3: item.sm3, size: item.size, pause: pause)
                } onCancel: {
                    isStopped.withLock { $0 = true }
                }
            } catch let failure as VaultFailure where failure.reason == .stopped && Task.isCancelled
            {
                break
            }
            seen[item.sha256] = found
            report.items += 1
            if known == nil { bytes += item.size }
            if found.isSound {
                sound.append(item.item.description)
            } else {
                try await enter(found, of: item, in: reader, into: &report, tell: tell)
            }
            if bytes >= Self.batchBytes {
                try await enter(sound, bytes: bytes, absent: report.absentDisks)
                report.bytes += bytes
                (sound, bytes) = ([], 0)
            }
        }
        try await enter(sound, bytes: bytes, absent: report.absentDisks)
        report.bytes += bytes
    }

    private func enter(_ sound: [String], bytes: Int64, absent: [String]) async throws {
        guard !sound.isEmpty else { return }
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .fixityCheck, time: stages.now(),
                rows: [FixityRow(items: sound, bytes: bytes, absentDisks: absent).row])
        ])
        try await stages.publish()
    }

    private func enter(
        _ found: ObjectFixity, of item: FixityItem, in reader: VaultReader,
        into report: inout ScrubReport,
        tell: @Sendable (Finding) -> Void
    ) async throws {
        var findings: [Finding] = []
        for (path, state) in found.copies {
            switch state {
            case .sound: break
            case .damaged(let other):
                findings.append(
                    Finding(
                        code: "fixity-mismatch", subject: path,
                        message: Bilingual(
                            "Stored bytes are not those of the record: run evidock repair.",
                            "库中内容与存证记录不一致：请运行 evidock repair。"),
                        expected: item.sha256.hex, found: other.hex))
            case .unreadable:
                sayUnreadable(item, at: path, into: &report, tell: tell)
            }
        }
        // It may lie on a disk that went away since.
        if found.copies.isEmpty, try await sayAbsent(of: reader, into: &report, tell: tell) {
            sayUnreadable(item, at: item.item.description, into: &report, tell: tell)
        } else if found.copies.isEmpty {
            findings.append(
                Finding(
                    code: "fixity-missing", subject: item.item.description,
                    message: Bilingual(
                        "No disk has the bytes of this item: run evidock repair.",
                        "各磁盘均无该文件内容：请运行 evidock repair。"),
                    expected: item.sha256.hex))
        }
        guard !findings.isEmpty else { return }
        report.mismatches += 1
        findings.forEach(tell)
        stages.log.error(
            "an item's bytes are not those of its record", metadata: ["item": "\(item.item)"])
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .finding, time: stages.now(), previous: item.item.leaf,
                rows: findings.map {
                    FindingRow(
                        visit: nil, item: item.item.description, path: nil, finding: $0
                    ).row
                })
        ])
        try await stages.publish()
    }

    /// That says nothing about the bytes: no finding is entered, and the item stays due.
    private func sayUnreadable(
        _ item: FixityItem, at path: String, into report: inout ScrubReport,
        tell: @Sendable (Finding) -> Void
    ) {
        report.unreadable += 1
        postponed[item.item] = Timestamp(milliseconds: stages.now().milliseconds + 86_400_000)
        stages.log.error(
            "an item could not be read whole",
            metadata: ["item": "\(item.item)", "path": "\(path)"])
        tell(
            Finding(
                code: "fixity-unreadable", subject: path,
                message: Bilingual(
                    "The disk would not give the bytes: look at it.", "磁盘无法读出内容：请检查磁盘。")))
    }

    /// Tells once in a run of every disk that is not there.
    ///
    /// - Returns: whether one is not there.
    @discardableResult
    private func sayAbsent(
        of reader: VaultReader, into report: inout ScrubReport, tell: @Sendable (Finding) -> Void
    ) async throws -> Bool {
        let absent = try await reader.absentDisks()
        for disk in absent where !report.absentDisks.contains(disk) {
            report.absentDisks.append(disk)
            stages.log.error("a disk is not there", metadata: ["path": "\(disk)"])
            tell(
                Finding(
                    code: "volume-missing", subject: disk,
                    message: Bilingual("This disk is not mounted.", "该磁盘未挂载。")))
        }
        return !absent.isEmpty
    }
}
