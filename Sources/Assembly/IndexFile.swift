import CaseIndex
import Custody
import Evidence
import Glibc
import Logging

/// The index's file in the root: a view, made anew whenever it cannot be used.
package enum IndexFile {
    package static func path(in root: String) -> String { root + "/index.sqlite" }

    /// Opens it for writing; a damaged, foreign or newer one is dropped first.
    static func openForWriting(layout: RootLayout, log: Logger) async throws -> IndexWriter {
        let path = path(in: layout.path)
        do {
            let index = try IndexWriter.open(path: path, origin: layout.station.origin)
            let size = try LedgerReader(rootPath: layout.path).size()
            if try index.nextLeaf() <= size { return index }
            // A power cut took a checkpoint that the index had seen.
            log.warning("the index was ahead of the ledger and is made anew")
            try index.close()
            remove(in: layout.path)
            return try IndexWriter.open(path: path, origin: layout.station.origin)
        } catch let failure as IndexFailure where failure.kind == .damaged {
            log.warning("the index could not be used and is made anew")
            remove(in: layout.path)
            return try IndexWriter.open(path: path, origin: layout.station.origin)
        }
    }

    /// Removes the index with its journal; the ledger replays it.
    package static func remove(in root: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path(in: root) + suffix) }
    }

    /// Removes a directory that holds an index alone.
    static func removeDirectory(_ directory: String) {
        remove(in: directory)
        rmdir(directory)
    }
}

/// Where the inspector's program lies.
enum InspectorProgram {
    static func path(_ setting: String?) -> String {
        if let setting { return setting }
        let own = LocalPath.program
        let directory = own.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let places = ["/evidock-inspector", "/../lib/evidock/evidock-inspector"]
        return places.map { directory + $0 }.first(where: LocalPath.isExecutable)
            ?? directory + places[0]
    }
}
