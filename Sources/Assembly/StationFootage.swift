import CaseIndex
import Custody
import Evidence
import Ingest
import Portal
import Synchronization
import Vault

/// Footage of an open station, as its pages work on it.
struct StationFootage: FootageDesk {
    let station: Station
    /// What is known of objects that were asked for lately: a player asks for one again and again.
    private let known = KnownObjects()
    private let sound = SoundBlocks()

    init(station: Station) { self.station = station }

    func ownership(of item: String) async throws -> ItemOwnership? {
        try await offPool { [station] () -> ItemOwnership? in
            guard let name = LedgerName(item),
                let found = try station.pageIndex.holding(of: name), found.isKept
            else { return nil }
            let desk = try CaseStandings(station)
            let links = found.cases.map(\.assignment)
            let whole = Set(links.filter { $0.from == nil && $0.to == nil }.map(\.caseNumber))
            let standings = try Set(links.map(\.caseNumber)).map { try desk.standing(of: $0) }
                .sorted { $0.number < $1.number }
            return ItemOwnership(
                officer: found.officer, cases: standings.filter { whole.contains($0.number) },
                isRestricted: standings.contains(where: \.isRestricted))
        }
    }

    func object(of name: String) async throws -> FootageObject? {
        if let object = known[name] { return object }
        return try await offPool { [station, known, sound] () -> FootageObject? in
            guard let item = try station.pageIndex.kept(name) else { return nil }
            let rows = try station.stages.reader.rows(of: item.leaf).map(\.row)
            let listed = try rows.first { $0.kind == BlocksRow.kind }.map { try BlocksRow($0) }
            let blocks = listed?.digests ?? [item.sha256]
            let (sha256, size) = (item.sha256, item.size)
            let count = (size + VaultedItem.blockSize - 1) / VaultedItem.blockSize
            guard blocks.count == max(1, Int(count)) else { throw VaultFailure(.damagedObject) }
            let vault = try StationReader(settings: station.settings).vaultReader()
            let object = FootageObject(
                sha256: sha256, size: size, type: MediaType.of(item),
                fileName: item.name + MediaType.ending(of: item)
            ) { offset in
                let span = try vault.soundSpan(
                    sha256, size: size, from: offset, digests: blocks, sound: sound)
                return (span.descriptor, span.end)
            }
            known[name] = object
            return object
        }
    }
}

/// Objects by their items' names. That an item is still there is for whoever asks to know.
private final class KnownObjects: Sendable {
    private static let limit = 64
    private let objects = Mutex<[String: FootageObject]>([:])

    subscript(name: String) -> FootageObject? {
        get { objects.withLock { $0[name] } }
        set {
            objects.withLock { objects in
                if objects.count >= Self.limit { objects = [:] }
                objects[name] = newValue
            }
        }
    }
}

extension IndexReader {
    /// The item of that very name whose bytes are still there; nil where there is none.
    fileprivate func kept(_ name: String) throws -> ItemRecord? {
        guard case .one(let item) = try item(name), item.name == name else { return nil }
        do { try item.requireKept() } catch is AssemblyFailure { return nil }
        return item
    }
}

/// What a browser is told that footage is: by the ending of its name, which decides nothing but how
/// it is shown.
enum MediaType {
    private static let known = [
        "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
        "mkv": "video/x-matroska", "avi": "video/x-msvideo", "ts": "video/mp2t",
        "3gp": "video/3gpp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
        "m4a": "audio/mp4", "mp3": "audio/mpeg", "wav": "audio/wav", "aac": "audio/aac",
    ]

    static func of(_ item: ItemRecord) -> String {
        known[fileExtension(item)] ?? "application/octet-stream"
    }

    /// `.mp4`; nothing for an ending that nobody knows.
    static func ending(of item: ItemRecord) -> String {
        let ending = fileExtension(item)
        return known[ending] == nil ? "" : "." + ending
    }

    private static func fileExtension(_ item: ItemRecord) -> String {
        item.names.first?.path.fileExtension.lowercased() ?? ""
    }
}
