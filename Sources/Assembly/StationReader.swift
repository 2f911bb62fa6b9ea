package import CaseIndex
package import Custody
import DurableFiles
package import Evidence
package import Logging
import Vault

/// A station opened for reading: no lock, beside a running daemon or without one.
package struct StationReader: Sendable {
    package let layout: RootLayout
    package let settings: Settings
    package let ledger: LedgerReader

    package init(settings: Settings) throws {
        layout = try RootLayout.existing(at: settings.root)
        self.settings = settings
        ledger = try LedgerReader(rootPath: layout.path)
    }

    /// The index. One that is missing, damaged or behind the ledger is brought up first where
    /// nobody holds the root; beside a running daemon that is the daemon's work.
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
        }
        return try IndexReader(path: path)
    }

    /// Copies an object out of the vault, whole and verified, or not at all. The disclosure stands
    /// in the ledger before this is called.
    package func copyOut(_ sha256: SHA256Digest, size: Int64, to path: String) async throws {
        let volumes = try VolumesFile.read(root: layout.path)
        let vault = VaultReader(
            rootPaths: [layout.path] + volumes.further.map(\.path),
            copies: settings.copies ?? volumes.copies?.path)
        try await vault.copyOut(sha256, size: size, to: path)
    }
}
