package import Evidence
import Glibc
import Hummingbird
import NIOCore

/// What rights are decided by: whose footage an item is.
package struct ItemOwnership: Hashable, Sendable {
    /// Who is believed to have carried the recorder.
    package let officer: String?
    /// The cases that it is linked to, whole: who has a part of it linked to his case does not get
    /// the rest.
    package let cases: [CaseStanding]
    /// Whether one of its cases is restricted, or one that a part of it is linked to.
    package let isRestricted: Bool

    package init(officer: String?, cases: [CaseStanding], isRestricted: Bool) {
        (self.officer, self.cases, self.isRestricted) = (officer, cases, isRestricted)
    }
}

/// Whether a browser may be able to play a film, by the ending of its name.
package enum PlayableFilm {
    package static func isPlayable(_ name: String) -> Bool {
        let ending = name.lowercased().split(separator: ".").last.map(String.init) ?? ""
        return ["mp4", "m4v", "mov", "webm"].contains(ending)
    }
}

/// The bytes of an item.
package struct FootageObject: Sendable {
    package let sha256: SHA256Digest
    package let size: Int64
    /// A media type (RFC 6838).
    package let type: String
    /// What a browser saves it as: the item's own name, never the recorder's.
    package let fileName: String
    /// Opens a file that has bytes of it where they belong, from that offset to before the end that it
    /// tells; they were found to be what was taken. Whoever gets the descriptor closes it. Blocks its
    /// caller.
    package let open: @Sendable (_ offset: Int64) throws -> (descriptor: CInt, end: Int64)

    package init(
        sha256: SHA256Digest, size: Int64, type: String, fileName: String,
        open: @escaping @Sendable (_ offset: Int64) throws -> (descriptor: CInt, end: Int64)
    ) {
        (self.sha256, self.size, self.type) = (sha256, size, type)
        (self.fileName, self.open) = (fileName, open)
    }

    /// Writes bytes of it to whoever asked, past the memory where the connection allows that. Ends the
    /// connection where no copy has the right bytes any more: nothing false leaves.
    ///
    /// - Parameter last: the last byte; none where it is before the first.
    func send(
        _ first: Int64, _ last: Int64, to writer: inout any ResponseBodyWriter,
        on channel: any Channel
    ) async throws {
        var (place, past) = (first, true)
        while place <= last {
            let (file, end) = try await offPool { [place] in
                let (descriptor, end) = try open(place)
                return (
                    NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor),
                    min(end, last + 1)
                )
            }
            defer { try? file.close() }
            if past {
                past = try await FileSender.send(file, place..<end, on: channel)
            }
            if !past { try await copy(file, place..<end, to: &writer) }
            place = end
        }
    }

    private func copy(
        _ file: NIOFileHandle, _ range: Range<Int64>, to writer: inout any ResponseBodyWriter
    ) async throws {
        var place = range.lowerBound
        while place < range.upperBound {
            let piece = try await offPool { [place] in
                try file.withUnsafeFileDescriptor { descriptor in
                    try Self.read(
                        descriptor, place, Int(min(range.upperBound - place, 256 << 10)))
                }
            }
            try await writer.write(piece)
            place += Int64(piece.readableBytes)
        }
    }

    private static func read(
        _ descriptor: CInt, _ offset: Int64, _ count: Int
    ) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            var step: Int
            repeat {
                step = pread(descriptor, space.baseAddress, count, off_t(offset))
            } while step < 0 && errno == EINTR
            guard step > 0 else {
                throw IOError(errnoCode: step < 0 ? errno : EIO, reason: "pread")
            }
            return step
        }
        return buffer
    }
}

/// Footage, as the pages work on it. What tells of footage is entered by whoever calls
/// (``DisclosureRegister``), before it is shown.
package protocol FootageDesk: Sendable {
    /// Nil where there is no such item.
    func ownership(of item: String) async throws -> ItemOwnership?
    /// Nil where there is no such item, or its bytes were deleted when their time was over.
    func object(of item: String) async throws -> FootageObject?
}
