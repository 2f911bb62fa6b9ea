import Evidence

/// A path taken apart once, for all the profiles that look at it.
struct PathParts {
    /// The folders it lies in, from the root.
    let folders: [[UInt8]]
    let name: [UInt8]
    /// The name without its extension.
    let stem: [UInt8]
    /// In small letters, without the dot.
    let ending: String

    private let parent: ArraySlice<UInt8>

    /// - Parameter previous: the parts of the path before it in the list, whose folder it often
    ///   shares.
    init(_ path: RecorderPath, after previous: PathParts? = nil) {
        let slash = path.bytes.lastIndex(of: UInt8(ascii: "/"))
        parent = slash.map { path.bytes[..<$0] } ?? []
        name = Array(slash.map { path.bytes[($0 + 1)...] } ?? path.bytes[...])
        if let previous, previous.parent == parent {
            folders = previous.folders
        } else {
            folders = parent.split(separator: UInt8(ascii: "/")).map(Array.init)
        }
        stem = Self.stem(of: name)
        ending = Self.ending(of: name, stem: stem)
    }

    static func stem(of name: [UInt8]) -> [UInt8] {
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return name }
        return Array(name[..<dot])
    }

    static func ending(of name: [UInt8], stem: [UInt8]) -> String {
        guard stem.count < name.count else { return "" }
        return String(decoding: name[(stem.count + 1)...].map(\.folded), as: UTF8.self)
    }
}
