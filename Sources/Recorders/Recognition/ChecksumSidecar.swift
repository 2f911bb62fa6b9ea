import Evidence

/// What a `.md5` beside footage says. It is the recorder's claim: it is compared, and a malformed
/// one says so. It never passes for a match.
package enum ChecksumSidecar: Hashable, Sendable {
    /// The 16 bytes of an MD5 (RFC 1321), and the name it is for, where one is given.
    case md5([UInt8], name: [UInt8]?)
    /// `malformed: …` in one constant phrase.
    case malformed(String)

    /// Bytes of a sidecar that are looked at; a longer one is malformed.
    package static let sizeLimit = 4096

    /// Reads 32 hexadecimal digits, perhaps followed by ` *name` or two spaces and a name (as
    /// md5sum(1) writes), perhaps a newline, perhaps after a byte-order mark.
    package static func parse(_ bytes: [UInt8]) -> ChecksumSidecar {
        guard bytes.count <= sizeLimit else { return .malformed("malformed: too long") }
        var rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        while let last = rest.last, last == 0x0a || last == 0x0d { rest = rest.dropLast() }
        guard !rest.isEmpty else { return .malformed("malformed: empty") }
        guard !rest.contains(0x0a), !rest.contains(0x0d) else {
            return .malformed("malformed: more than one line")
        }
        let digits = rest.prefix(32)
        guard digits.count == 32,
            let digest = String(validating: digits, as: UTF8.self).flatMap({ Hex.decode($0) })
        else { return .malformed("malformed: not 32 hexadecimal digits") }
        rest = rest.dropFirst(32)
        while rest.last == 0x20 || rest.last == 0x09 { rest = rest.dropLast() }
        if rest.isEmpty { return .md5(digest, name: nil) }
        guard rest.first == 0x20 || rest.first == 0x09 else {
            return .malformed("malformed: more than 32 hexadecimal digits")
        }
        while rest.first == 0x20 || rest.first == 0x09 { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: "*") { rest = rest.dropFirst() }
        return .md5(digest, name: rest.isEmpty ? nil : Array(rest))
    }
}
