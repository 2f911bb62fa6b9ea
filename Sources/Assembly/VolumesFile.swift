import DurableFiles
package import Evidence
import Glibc

/// What a disk is to a station.
package enum VolumeRole: String, Sendable, CaseIterable {
    /// The root's own.
    case first
    case further
    case copies

    package var words: Bilingual {
        switch self {
        case .first: Bilingual("first", "主卷")
        case .further: Bilingual("further", "扩展卷")
        case .copies: Bilingual("second copy", "第二份副本")
        }
    }
}

/// `volumes.json` in the root: further vault volumes and the second copy, each with the id that its
/// own marker bears.
struct VolumesFile: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var path: String
        /// Nil where an earlier version wrote the path alone.
        var id: String?
    }

    static let place = "volumes.json"

    var further: [Entry] = []
    var copies: Entry?

    /// - Throws: `damaged-station` where it cannot be understood: a volume must never be lost from
    ///   sight.
    static func read(root: String) throws -> VolumesFile {
        let path = root + "/" + place
        guard LocalPath.exists(path) else { return VolumesFile() }
        guard let bytes = try SmallFile.read(path, limit: 64 << 10),
            let json = try? JSONReader.value(of: bytes), json.objectValue != nil,
            let file = VolumesFile(json: json)
        else { throw AssemblyFailure(.damagedStation, subject: path) }
        return file
    }

    private init() {}

    private init?(json: JSONValue) {
        if let listed = json[key: "volumes"] {
            guard let values = listed.arrayValue else { return nil }
            further = values.compactMap(Entry.init(json:))
            guard further.count == values.count else { return nil }
        }
        if let copies = json[key: "copies"] {
            guard let entry = Entry(json: copies) else { return nil }
            self.copies = entry
        }
    }

    /// Durable when it returns; before, the old one.
    func write(in root: DurableRoot) throws {
        var members: [String: JSONValue] = ["volumes": .array(further.map(\.json))]
        members["copies"] = copies?.json
        try root.replace(
            try JSONWriter.canonical(.object(members)) + [UInt8(ascii: "\n")], at: Self.place)
    }
}

extension VolumesFile.Entry {
    fileprivate init?(json: JSONValue) {
        guard let path = json.stringValue ?? json[key: "path"]?.stringValue, path.hasPrefix("/")
        else { return nil }
        self.init(path: path, id: json[key: "id"]?.stringValue)
    }

    fileprivate var json: JSONValue {
        guard let id else { return .string(path) }
        return ["path": .string(path), "id": .string(id)]
    }
}

/// `volume.json` on a disk: which station's it is, and as what. It tells a mounted disk from its
/// bare mount point, and from any other disk.
struct VolumeMarker: Hashable, Sendable {
    static let place = "volume.json"

    let origin: String
    let id: String
    let role: VolumeRole

    /// A new one of its own.
    init(origin: String, role: VolumeRole) {
        var generator = SystemRandomNumberGenerator()
        let words: [UInt64] = [generator.next(), generator.next()]
        let id = words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        (self.origin, self.id, self.role) = (origin, id, role)
    }

    /// The marker of a disk; nil where it has none.
    ///
    /// - Throws: `volume-differs` where there is one that this version does not understand.
    static func read(on disk: DurableRoot) throws -> VolumeMarker? {
        guard try disk.exists(place) else { return nil }
        let json = try? JSONReader.value(of: disk.read(place, limit: 64 << 10))
        guard let json, json[key: "format"]?.integerValue == 1,
            let origin = json[key: "station"]?.stringValue, let id = json[key: "id"]?.stringValue,
            let role = json[key: "role"]?.stringValue.flatMap(VolumeRole.init(rawValue:))
        else { throw AssemblyFailure(.volumeDiffers, subject: disk.path) }
        return VolumeMarker(origin: origin, id: id, role: role)
    }

    private init(origin: String, id: String, role: VolumeRole) {
        (self.origin, self.id, self.role) = (origin, id, role)
    }

    /// Durable when it returns.
    func write(on disk: DurableRoot) throws {
        try disk.makeDirectory("staging", mode: 0o700)
        let json: JSONValue = [
            "format": 1, "station": .string(origin), "id": .string(id),
            "role": .string(role.rawValue),
        ]
        try disk.publish(
            try JSONWriter.canonical(json) + [UInt8(ascii: "\n")], at: Self.place)
    }
}
