import Evidence
import Glibc
import Ingest
import Logging
import ServiceLifecycle

/// Takes in the schedules that somebody puts into a folder: `.csv` and `.json`, each when it has
/// not changed between two looks. Nothing is written there. What every row came to is had by
/// `evidock case import FILE --report`, at any time later.
struct ScheduleFolderService: Service {
    private static let interval: Duration = .seconds(5)
    private static let endings = [".csv", ".json"]

    let folder: String
    let station: Station

    /// A file as it was when somebody looked.
    private struct Look: Hashable {
        let name: String
        let size: Int64
        let modified: Int64
        let inode: UInt64
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var before: Set<Look> = []
            var done: Set<Look> = []
            var wasThere = true
            while !Task.isCancelled {
                let now = looks()
                if now == nil, wasThere {
                    station.stages.log.error("the folder of schedules cannot be read")
                }
                wasThere = now != nil
                let settled = (now ?? []).intersection(before).subtracting(done)
                for look in settled.sorted(by: { ($0.modified, $0.name) < ($1.modified, $1.name) })
                {
                    // What can be done later is tried again at the next look.
                    if await take(look.name) { done.insert(look) }
                }
                (before, done) = (now ?? [], done.intersection(now ?? []))
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func looks() -> Set<Look>? {
        guard let names = LocalPath.names(in: folder) else { return nil }
        return Set(
            names.compactMap { name in
                guard !name.hasPrefix("."),
                    Self.endings.contains(where: name.lowercased().hasSuffix),
                    let file = FileFacts(at: folder + "/" + name, followsLinks: false),
                    file.kind == S_IFREG
                else { return nil }
                return Look(
                    name: name, size: file.size, modified: file.modified, inode: file.inode)
            })
    }

    /// - Returns: whether it need not be tried again as it is. A file's name may be somebody's: the log
    ///   does not have it.
    private func take(_ name: String) async -> Bool {
        let log = station.stages.log
        do {
            let (file, leaf) = try await ScheduleImport(station: station).run(
                folder + "/" + name, zone: nil, by: "evidock", tell: { _ in })
            if leaf != nil { await station.matching.catchUpOrSay() }
            if leaf != nil || file.refused > 0 {
                log.notice(
                    "a schedule was taken in from its folder",
                    metadata: [
                        "sha256": "\(file.sha256.hex)", "accepted": "\(file.accepted)",
                        "changed": "\(file.changed)", "unchanged": "\(file.unchanged)",
                        "refused": "\(file.refused)",
                    ])
            }
            return true
        } catch {
            let failure = error as? any Failure
            log.error(
                "a schedule in its folder was not taken in",
                metadata: ["error": "\(failure?.code ?? "unexpected")"])
            return failure.map { $0.disposition != .retry } ?? false
        }
    }
}
