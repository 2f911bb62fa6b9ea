package import Evidence
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
    package static let blockSize: Int64 = 1 << 20

    package let sha256: SHA256Digest
    package let size: Int64
    /// A media type (RFC 6838).
    package let type: String
    /// What a browser saves it as: the item's own name, never the recorder's.
    package let fileName: String
    /// Fills the buffer with bytes from that offset on, which must be of one block of ``blockSize``
    /// bytes; they are found to be what was taken. Blocks its caller.
    package let read:
        @Sendable (_ offset: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

    package init(
        sha256: SHA256Digest, size: Int64, type: String, fileName: String,
        read:
            @escaping @Sendable (_ offset: Int64, _ buffer: UnsafeMutableRawBufferPointer)
            throws -> Void
    ) {
        (self.sha256, self.size, self.type) = (sha256, size, type)
        (self.fileName, self.read) = (fileName, read)
    }

    /// Writes bytes of it to whoever asked. Ends the connection where no copy has the right bytes any
    /// more: nothing false leaves.
    ///
    /// - Parameter last: the last byte; none where it is before the first.
    func send(_ first: Int64, _ last: Int64, to writer: inout any ResponseBodyWriter) async throws {
        guard first <= last else { return }
        var (place, bytes) = (first, try await piece(first, last))
        while bytes.readableBytes > 0 {
            let next = place + Int64(bytes.readableBytes)
            // The next block is read and verified while this one is on its way.
            async let following = piece(next, last)
            try await writer.write(bytes)
            (place, bytes) = (next, try await following)
        }
    }

    /// From there to the end of its block, or to the last byte; nothing behind that.
    private func piece(_ offset: Int64, _ last: Int64) async throws -> ByteBuffer {
        guard offset <= last else { return ByteBuffer() }
        let end = min(last + 1, (offset / Self.blockSize + 1) * Self.blockSize)
        return try await offPool { [read] in
            var buffer = ByteBufferAllocator().buffer(capacity: Int(end - offset))
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Int(end - offset)) {
                try read(offset, UnsafeMutableRawBufferPointer(rebasing: $0[..<Int(end - offset)]))
                return Int(end - offset)
            }
            return buffer
        }
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
