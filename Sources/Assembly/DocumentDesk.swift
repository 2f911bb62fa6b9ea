import CaseIndex
import DurableFiles
import Evidence
import Fixity
import Glibc
import Ingest
import Recorders
import Synchronization

/// Takes documents into the vault, as items of a source of their own.
struct DocumentDesk {
    let station: Station
    let kind: DocumentSource
    /// The most bytes of a document.
    static let byteLimit: Int64 = 64 << 20

    struct Document: Sendable {
        let item: String
        let sha256: SHA256Digest
    }

    /// Takes one PDF in, as every file is taken: read back, sealed, in the ledger when it returns.
    ///
    /// - Throws: `wrong-usage` where it is none.
    func take(_ path: String, by: String) async throws -> Document {
        try Self.requirePDF(path)
        let folder = LocalPath.parent(path)
        let name = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...])
        guard let resolved = LocalPath.resolved(folder) else {
            throw AssemblyFailure(.noSuchDirectory, subject: folder)
        }
        var overrides = RecorderOverrides(recorder: kind.rawValue)
        if kind == .certificate { overrides.source = .notary }
        overrides.only = name
        let outcomes = Mutex<[FileOutcome]>([])
        let conductor = VisitConductor(
            stages: station.stages, board: station.board, active: station.active)
        let slot = station.board.open(["ingest:" + kind.rawValue]) {
            SlotStatus(slot: $0, state: .recognised)
        }
        defer { station.board.remove(slot) }
        _ = try await conductor.run(
            volume: MountTable.read().volume(at: resolved), overrides: overrides, slot: slot,
            by: by, waitsForRoom: false, tell: { one in outcomes.withLock { $0.append(one) } })
        guard let outcome = outcomes.withLock({ $0.first }), let item = outcome.item,
            let sha256 = outcome.sha256, [.ingested, .duplicate].contains(outcome.kind)
        else {
            let reason = outcomes.withLock { $0.first?.reason }
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(path),
                wanted: reason
                    ?? Bilingual("it could not be taken; try again", "未能采集，请重试"))
        }
        return Document(item: item, sha256: sha256)
    }

    private static func requirePDF(_ path: String) throws {
        func refused(_ english: String, _ chinese: String) -> AssemblyFailure {
            AssemblyFailure(
                .wrongUsage, subject: SafeText.of(path), wanted: Bilingual(english, chinese))
        }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard file >= 0 else {
            throw errno == EACCES
                ? AssemblyFailure(.notPermitted, subject: path)
                : AssemblyFailure(.unreadableFile, subject: path)
        }
        defer { close(file) }
        guard let facts = FileFacts(of: file), facts.kind == S_IFREG else {
            throw AssemblyFailure(.unreadableFile, subject: path)
        }
        guard facts.size <= byteLimit else {
            throw refused(
                "a document has at most \(byteLimit >> 20) MiB", "文件不得超过 \(byteLimit >> 20) MiB"
            )
        }
        var head = [UInt8](repeating: 0, count: 5)
        let count = head.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        guard count == 5, head == Array("%PDF-".utf8) else {
            throw refused("a PDF is wanted", "应为 PDF 文件")
        }
    }
}
