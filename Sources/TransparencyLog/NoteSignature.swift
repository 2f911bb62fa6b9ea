import Evidence

/// One signature line of a note: `— <name> <base64 of key ID and signature>`.
package struct NoteSignature: Hashable, Sendable {
    package let name: String
    package let keyID: UInt32
    /// What follows the key ID; its meaning is the key's.
    package let bytes: [UInt8]

    package init(name: String, keyID: UInt32, bytes: [UInt8]) {
        (self.name, self.keyID, self.bytes) = (name, keyID, bytes)
    }

    /// An em dash and a space.
    private static let start = Array("\u{2014} ".utf8)

    /// Reads one line, without its newline.
    init(parsing text: ArraySlice<UInt8>, line: Int) throws(LogFailure) {
        guard text.starts(with: Self.start) else {
            throw LogFailure(.malformedNote, line: line, "not a signature")
        }
        let parts = text.dropFirst(Self.start.count).split(
            separator: 0x20, omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 2 else {
            throw LogFailure(.malformedNote, line: line, "not a name and a signature")
        }
        guard VerifierKey.isName(parts[0]) else {
            throw LogFailure(.malformedNote, line: line, "the name of the key")
        }
        guard let blob = Base64.decode(parts[1]), blob.count > 4 else {
            throw LogFailure(.malformedNote, line: line, "the signature is not base64")
        }
        let id = blob.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        self.init(name: parts[0], keyID: id, bytes: Array(blob.dropFirst(4)))
    }

    /// The line with its newline.
    package var text: [UInt8] {
        Self.start + Array("\(name) \(Base64.encode(Self.bigEndian(keyID) + bytes))\n".utf8)
    }

    /// Whether this line claims to be by that key. Names are compared byte by byte: two spellings
    /// that Unicode holds equal are two names.
    func isClaimed(by key: VerifierKey) -> Bool {
        keyID == key.keyID && name.utf8.elementsEqual(key.name.utf8)
    }

    static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
