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

    package var json: JSONValue {
        [
            "items": .integer(items), "bytes": .integer(bytes),
            "mismatches": .integer(mismatches), "unreadable": .integer(unreadable),
        ]
    }
}

/// Reads footage whole, item after item, and enters what it found. What the ledger says was read is
/// not read again before its time, also after a restart. One run at a time; it is never in the way of
/// a docking.
package actor ScrubBacklog {
    /// Items entered with one leaf.
    private static let batchSize = 256
    /// Bytes after which a batch is entered, however few items it has.
    private static let batchBytes: Int64 = 8 << 30

    private let stages: Stages
    private let vault: @Sendable () throws -> VaultReader
    private let isBusy: @Sendable () -> Bool
    private var isRunning = false
    /// Mismatches that were entered since the start: told once.
    private var told: Set<String> = []

    package init(
        stages: Stages, vault: @escaping @Sendable () throws -> VaultReader,
        isBusy: @escaping @Sendable () -> Bool
    ) {
        (self.stages, self.vault, self.isBusy) = (stages, vault, isBusy)
    }

    /// Reads everything that was never read whole, or not since a moment.
    ///
    /// - Parameter isUrgent: somebody waits: dockings are not waited for.
    package func run(
        before moment: Timestamp, isUrgent: Bool,
        tell: @escaping @Sendable (Finding) -> Void = { _ in }
    ) async throws -> ScrubReport {
        guard !isRunning else { return ScrubReport() }
        isRunning = true
        defer { isRunning = false }
        var report = ScrubReport()
        var next: Int64 = -1
        while !Task.isCancelled {
            let index = stages.index
            let page = try await offPool { [next] in
                try index.dueForFixity(before: moment, after: next, limit: Self.batchSize)
            }
            guard let last = page.last else { break }
            try await check(page, isUrgent: isUrgent, into: &report, tell: tell)
            next = last.item.leaf
        }
        return report
    }

    /// Reads these items, whenever they were read last.
    package func run(
        _ items: [FixityItem], tell: @escaping @Sendable (Finding) -> Void
    ) async throws -> ScrubReport {
        var report = ScrubReport()
        try await check(items, isUrgent: true, into: &report, tell: tell)
        return report
    }

    private func check(
        _ items: [FixityItem], isUrgent: Bool, into report: inout ScrubReport,
        tell: @Sendable (Finding) -> Void
    ) async throws {
        let reader = try vault()
        let isStopped = Mutex(false)
        let isBusy = isBusy
        let pause: @Sendable () -> Bool = {
            while !isUrgent, isBusy(), !isStopped.withLock({ $0 }) { sleepShortly() }
            return !isStopped.withLock { $0 }
        }
        var sound: [String] = []
        var bytes: Int64 = 0
        var seen: [SHA256Digest: ObjectFixity] = [:]
        for item in items where !Task.isCancelled {
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
                try await enter(found, of: item, into: &report, tell: tell)
            }
            if bytes >= Self.batchBytes {
                try await enter(sound, bytes: bytes)
                report.bytes += bytes
                (sound, bytes) = ([], 0)
            }
        }
        try await enter(sound, bytes: bytes)
        report.bytes += bytes
    }

    private func enter(_ sound: [String], bytes: Int64) async throws {
        guard !sound.isEmpty else { return }
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .fixityCheck, time: stages.now(),
                rows: [FixityRow(items: sound, bytes: bytes).row])
        ])
        try await stages.publish()
    }

    private func enter(
        _ found: ObjectFixity, of item: FixityItem, into report: inout ScrubReport,
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
                report.unreadable += 1
                stages.log.error(
                    "an item could not be read whole",
                    metadata: ["item": "\(item.item)", "path": "\(path)"])
                tell(
                    Finding(
                        code: "fixity-unreadable", subject: path,
                        message: Bilingual(
                            "The disk would not give the bytes: look at it.", "磁盘无法读出内容：请检查磁盘。")))
            }
        }
        if found.copies.isEmpty {
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
        let new = findings.filter { told.insert(item.sha256.hex + $0.code + $0.subject).inserted }
        guard !new.isEmpty else { return }
        stages.log.error(
            "an item's bytes are not those of its record", metadata: ["item": "\(item.item)"])
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .finding, time: stages.now(), previous: item.item.leaf,
                rows: new.map {
                    FindingRow(
                        visit: nil, item: item.item.description, path: nil, finding: $0
                    ).row
                })
        ])
        try await stages.publish()
    }
}
