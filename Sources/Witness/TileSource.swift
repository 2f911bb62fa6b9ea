package import TransparencyLog

/// Where a mirror has a log's files from: a server, a stick, a folder. Nothing of it is believed.
package protocol TileSource {
    /// The newest checkpoint, a signed note.
    ///
    /// - Parameter limit: the most bytes; a source stops reading there, whatever the other end claims.
    func checkpoint(limit: Int) throws -> [UInt8]

    /// The bytes of a tile or bundle of just this width; nil where there is none.
    func tile(_ path: TilePath, limit: Int) throws -> [UInt8]?
}

/// A source in a folder laid out as C2SP tlog-tiles has it.
package struct FolderSource: TileSource {
    private let read: (_ place: String, _ limit: Int) throws -> [UInt8]?

    /// - Parameter read: the bytes of a file of the folder, of at most so many bytes; nil where there
    ///   is none.
    package init(_ read: @escaping (_ place: String, _ limit: Int) throws -> [UInt8]?) {
        self.read = read
    }

    package func checkpoint(limit: Int) throws -> [UInt8] {
        guard let bytes = try read(StickExchange.checkpoint, limit) else {
            throw MirrorFailure(.missing, StickExchange.checkpoint)
        }
        return bytes
    }

    package func tile(_ path: TilePath, limit: Int) throws -> [UInt8]? {
        try read(path.description, limit)
    }
}
