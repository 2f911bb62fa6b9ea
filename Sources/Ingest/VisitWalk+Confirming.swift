import CaseIndex
import Custody
import Evidence
import Fixity
import Glibc
import Logging
import Recorders
import Vault

extension VisitWalk {
    private enum Confirmation: Sendable {
        case same(FootageFile, KnownFile, SM3Digest)
        case other(FootageFile)
        case unread(FootageFile, gone: Bool)
    }

    /// Reads files that were seen before once more and confirms them by digest: one `duplicate`
    /// leaf for all. A recorder pulled meanwhile harms nothing: what was not reached is said to be
    /// unconfirmed.
    ///
    /// - Returns: files that turn out to be others than they look, to be taken like any new one.
    func confirm(_ seen: [(FootageFile, KnownFile)]) async throws -> [FootageFile] {
        guard !seen.isEmpty else { return [] }
        var rows: [RecordRow] = []
        var confirmed: [(FootageFile, KnownFile, SM3Digest)] = []
        var changed: [FootageFile] = []
        var unread: [FootageFile] = []
        var isGone = isInterrupted
        await withTaskGroup(of: Confirmation.self) { tasks in
            var rest = seen[...]
            var inFlight = 0
            while true {
                while inFlight < active.share(of: stages.settings.transfers),
                    let (file, known) = rest.popFirst()
                {
                    guard !isGone, !Task.isCancelled else {
                        unread.append(file)
                        continue
                    }
                    inFlight += 1
                    tasks.addTask { [stages, tree, isAlive] in
                        await Self.confirm(
                            file, known, stages: stages, tree: tree, isAlive: isAlive)
                    }
                }
                guard let result = await tasks.next() else { break }
                inFlight -= 1
                switch result {
                case .same(let file, let known, let sm3):
                    confirmed.append((file, known, sm3))
                case .other(let file): changed.append(file)
                case .unread(let file, let gone):
                    unread.append(file)
                    isGone = isGone || gone
                }
            }
        }
        confirmed.sort { $0.0.path < $1.0.path }
        for (file, known, sm3) in confirmed {
            knownItems[known.item] = known.sha256
            rows.append(
                FileRow(
                    item: known.item, visit: name.description, recorder: visit.recorder,
                    officer: officer(of: file), zone: visit.zone.description, file: file,
                    sha256: known.sha256, sm3: sm3, blocks: known.blocks, probe: known.probe,
                    isNewName: false
                ).row)
        }
        if !rows.isEmpty {
            let leaf = try await stages.ledger.integrate([
                NewCustodyEvent(
                    kind: .duplicate, time: stages.now(), previous: name.leaf, rows: rows)
            ]).first
            await announce(
                confirmed.map { file, known, sm3 in
                    FileOutcome(
                        path: file.path, kind: .duplicate, item: known.item, sha256: known.sha256,
                        sm3: sm3, size: file.size, leaf: leaf)
                })
        }
        if !unread.isEmpty {
            allConfirmed = false
            unconfirmed += Int64(unread.count)
            await announce(unread.map(unconfirmed))
        }
        if !changed.isEmpty { try await enterFindings(changed.map(changedFinding)) }
        return changed
    }

    private func unconfirmed(_ file: FootageFile) -> FileOutcome {
        FileOutcome(
            path: file.path, kind: .duplicate, size: file.size, code: "not-confirmed",
            reason: Bilingual(
                "Seen at an earlier docking; this time it was not read again.",
                "此前已采集；本次未重新读取核对。"))
    }

    private func changedFinding(_ file: FootageFile) -> FindingRow {
        FindingRow(
            visit: name.description, item: nil, path: file.path,
            finding: Finding(
                code: "changed-since-last-docking", subject: file.path.display,
                message: Bilingual(
                    "It looks as at the last docking, but holds other bytes.",
                    "外观与上次采集相同，但内容已改变。")))
    }

    private static func confirm(
        _ file: FootageFile, _ known: KnownFile, stages: Stages, tree: RecorderTree,
        isAlive: @escaping @Sendable () -> Bool
    ) async -> Confirmation {
        do {
            let descriptor = try await offPool { try tree.open(file.path) }
            defer { close(descriptor) }
            let found = try await stages.vault.digest(
                of: descriptor, size: file.size, isAlive: isAlive)
            return found.sha256 == known.sha256 && found.size == file.size
                ? .same(file, known, found.sm3) : .other(file)
        } catch {
            return .unread(file, gone: !isAlive())
        }
    }
}
