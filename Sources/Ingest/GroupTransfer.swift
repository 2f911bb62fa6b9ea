import Evidence
import Glibc
import Recorders
import Synchronization
import Vault

/// Takes one group of files through the vault, in a task of its own.
struct GroupTransfer: Sendable {
    let stages: Stages
    let board: DockBoard
    let slot: String
    let tree: RecorderTree
    let isAlive: @Sendable () -> Bool

    /// Every file of the group with what became of it, in the group's order.
    func run(_ group: [FootageFile]) async -> VisitWalk.GroupResult {
        var results = VisitWalk.GroupResult(results: [])
        var opened: [VisitWalk.Opened] = []
        for file in group {
            do {
                opened.append(try await offPool { try open(file) })
            } catch {
                results.results.append((file, failed(error)))
            }
        }
        guard !opened.isEmpty else { return results }
        let moved = Mutex([Int64](repeating: 0, count: opened.count))
        let taken = await stages.vault.take(
            opened.map {
                TransferSource(
                    descriptor: $0.descriptor, size: $0.identity.size, isAlive: isAlive)
            },
            progress: { index, phase, bytes in
                guard phase == .copying else {
                    board.update(slot) {
                        guard $0.state == .transferring, $0.bytesDone >= $0.bytesTotal else {
                            return
                        }
                        $0.state = .verifying
                    }
                    return
                }
                let delta = moved.withLock { moved in
                    defer { moved[index] = bytes }
                    return bytes - moved[index]
                }
                board.move(slot, bytes: delta)
            })
        for (source, result) in zip(opened, taken) {
            switch result {
            case .success(let sealed):
                results.results.append(
                    (source.file, await isStillThere(source) ? .sealed(sealed) : .replaced(sealed)))
            case .failure(let failure):
                results.results.append((source.file, failed(failure)))
            }
        }
        return results
    }

    private func open(_ file: FootageFile) throws -> VisitWalk.Opened {
        let descriptor = try tree.open(file.path)
        do {
            return VisitWalk.Opened(
                file: file, descriptor: descriptor, identity: try RecorderTree.state(of: descriptor)
            )
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Whether the name still leads to the file that was opened. A recorder that went away by now
    /// has not replaced anything.
    private func isStillThere(_ source: VisitWalk.Opened) async -> Bool {
        let now = try? await offPool { [tree] in
            let descriptor = try tree.open(source.file.path)
            defer { close(descriptor) }
            return try RecorderTree.state(of: descriptor)
        }
        guard let now else { return true }
        return now.device == source.identity.device && now.inode == source.identity.inode
    }

    private func failed(_ error: any Error) -> VisitWalk.GroupResult.Result {
        guard let failure = error as? any Failure else {
            return .failed(
                code: "unexpected", disposition: .quarantine,
                problem: Bilingual("An unexpected fault: \(error)", "出现意外故障：\(error)"))
        }
        return .failed(
            code: failure.code, disposition: failure.disposition, problem: failure.problem)
    }
}
