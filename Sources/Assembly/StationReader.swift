package import CaseIndex
package import Custody
import DurableFiles
package import Evidence
package import Logging
import TransparencyLog
import Vault

/// A station opened for reading: no lock, beside a running daemon or without one.
package struct StationReader: Sendable {
    package let layout: RootLayout
    package let settings: Settings
    package let ledger: LedgerReader
    private let note: @Sendable (Bilingual) -> Void

    /// - Parameter note: told what a person should know of what is read.
    package init(
        settings: Settings, note: @escaping @Sendable (Bilingual) -> Void = { _ in }
    ) throws {
        layout = try RootLayout.existing(at: settings.root)
        (self.settings, self.note) = (settings, note)
        ledger = try LedgerReader(rootPath: layout.path)
    }

    func keys() throws -> LogKeys { try layout.keys() }

    /// The index. One that is missing, damaged or behind the ledger is brought up first where
    /// nobody holds the root; beside a running daemon that is the daemon's work, and on another
    /// user's station that user's.
    package func index(log: Logger) async throws -> IndexReader {
        let path = IndexFile.path(in: layout.path)
        let size = try ledger.size()
        if IndexWriter.isUsable(path: path, origin: layout.station.origin),
            let reader = try? IndexReader(path: path), try reader.nextLeaf() == size
        {
            return reader
        }
        do {
            let station = try await Station.open(
                settings: settings, makesNew: false, note: "", log: log)
            try await station.close()
        } catch  where ExitStatus(failure: error) == .inUse {
            guard let reader = try? IndexReader(path: path) else {
                throw AssemblyFailure(.indexUnavailable)
            }
            return reader
        } catch let failure as AssemblyFailure
            where failure.reason == .otherOwner || failure.reason == .notPermitted
        {
            guard let reader = try? IndexReader(path: path) else { throw failure }
            note(
                Bilingual(
                    "The index has not taken in the newest entries of the custody log yet.",
                    "索引尚未包含存证日志的最新记录。"))
            return reader
        }
        return try IndexReader(path: path)
    }

    /// That a copy can be put there: nothing stands there yet, in a directory that is there, that may
    /// be written, and that is none of evidock's own.
    package func requireTarget(_ path: String, option: String = "--out") throws {
        func refuse(_ english: String, _ chinese: String) -> AssemblyFailure {
            AssemblyFailure(
                .wrongUsage, subject: "\(option) (\(path))", wanted: Bilingual(english, chinese))
        }
        let folder = LocalPath.parent(path)
        guard !LocalPath.exists(path) else { throw refuse("it exists already", "该文件已存在") }
        guard let real = LocalPath.resolved(folder), LocalPath.isDirectory(real) else {
            throw AssemblyFailure(.noSuchDirectory, subject: folder)
        }
        let volumes = try VolumesFile.read(root: layout.path)
        let disks =
            [layout.path] + volumes.further.map(\.path)
            + [settings.copies, volumes.copies?.path].compactMap { $0 }
        guard
            !disks.contains(where: { LocalPath.isInside(real, LocalPath.resolved($0) ?? $0) })
        else { throw refuse("it lies in evidock's own store", "位于 evidock 自身的存储目录内") }
        guard LocalPath.isWritable(real) else {
            throw refuse("its folder cannot be written", "所在文件夹不可写")
        }
    }

    /// Copies an object out of the vault, whole and verified, or not at all. The disclosure stands
    /// in the ledger before this is called.
    package func copyOut(_ sha256: SHA256Digest, size: Int64, to path: String) async throws {
        try await vaultReader().copyOut(sha256, size: size, to: path)
    }

    func vaultReader() throws -> VaultReader {
        let volumes = try VolumesFile.read(root: layout.path)
        return VaultReader(
            rootPaths: [layout.path] + volumes.further.map(\.path),
            copies: settings.copies ?? volumes.copies?.path)
    }
}
