import CaseIndex
import Custody
import Evidence
import Logging
import Vault

/// Makes the second copy of what was sealed before there was one, or while it failed. One run at a
/// time; it is never in the way of a docking.
package actor ReplicationBacklog {
    /// Items looked up at a time, and entered with one leaf.
    private static let batchSize = 64

    private let stages: Stages
    /// Whether a docking needs the disks now.
    private let isBusy: @Sendable () -> Bool
    private var isRunning = false
    /// Every item up to that leaf has its copy there.
    private var done: (place: String, leaf: Int64)?
    /// A failed second copy is said once, until it works again.
    private var hasFailed = false

    package init(stages: Stages, isBusy: @escaping @Sendable () -> Bool) {
        (self.stages, self.isBusy) = (stages, isBusy)
    }

    /// Every item without a second copy gets it, oldest first, or as many as have that many bytes.
    /// Where the second copy's disk fails, the rest waits for another time.
    ///
    /// - Returns: how many were copied.
    @discardableResult
    package func catchUp(bytes limit: Int64 = .max) async throws -> Int {
        guard !isRunning, let place = stages.copyPlace else { return 0 }
        isRunning = true
        defer { isRunning = false }
        var (count, left) = (0, limit)
        var next = done?.place == place ? done?.leaf ?? -1 : -1
        var isWhole = true
        while left > 0, !Task.isCancelled {
            let index = stages.index
            let page = try await offPool { [next] in
                try index.withoutCopy(at: place, after: next, limit: Self.batchSize)
            }
            guard let last = page.last.flatMap({ LedgerName($0.item) }) else { break }
            var rows: [RecordRow] = []
            var failure: (any Error)?
            for item in page where left > 0 {
                await waitWhileBusy()
                // Another disk may have become the second copy meanwhile.
                guard !Task.isCancelled, stages.copyPlace == place else { break }
                do {
                    try await stages.vault.replicate(item.sha256)
                    rows.append(
                        ReplicationRow(item: item.item, sha256: item.sha256, place: place).row)
                    left -= max(1, item.size)
                } catch let error as VaultFailure where error.isOriginals {
                    isWhole = false
                    stages.log.error(
                        "a damaged object has no second copy: run evidock repair",
                        metadata: ["item": "\(item.item)", "error": "\(error.code)"])
                } catch {
                    failure = error
                    break
                }
            }
            try await enter(rows)
            count += rows.count
            if let failure {
                try await say(failure, place: place)
                return count
            }
            guard rows.count == page.count || !isWhole, stages.copyPlace == place else { break }
            if !rows.isEmpty { hasFailed = false }
            next = last.leaf
            if isWhole { done = (place, next) }
        }
        return count
    }

    private func waitWhileBusy() async {
        while isBusy(), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(500)) }
    }

    private func enter(_ rows: [RecordRow]) async throws {
        guard !rows.isEmpty else { return }
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(kind: .replication, time: stages.now(), rows: rows)
        ])
        try await stages.publish()
    }

    private func say(_ error: any Error, place: String) async throws {
        if error is CancellationError || (error as? VaultFailure)?.reason == .stopped { return }
        stages.log.error("the second copy cannot be written", metadata: ["error": "\(error)"])
        guard !hasFailed else { return }
        hasFailed = true
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .finding, time: stages.now(),
                rows: [
                    FindingRow(
                        visit: nil, item: nil, path: nil,
                        finding: .secondCopyFailed(at: place, missing: nil)
                    ).row
                ])
        ])
        try await stages.publish()
    }
}

extension VaultFailure {
    /// The object itself is at fault, not the second copy's disk.
    var isOriginals: Bool { reason == .damagedObject || reason == .notInVault }
}

extension Finding {
    static func secondCopyFailed(at place: String, missing: Int?) -> Finding {
        let count = missing.map { " (\($0))" } ?? ""
        return Finding(
            code: "second-copy-failed", subject: place,
            message: Bilingual(
                "The second copy could not be written\(count): look at its disk. It is tried again by itself.",
                "第二份副本写入失败\(count)：请检查其磁盘。系统将自动重试。"))
    }
}
