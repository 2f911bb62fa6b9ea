import Evidence
import Fixity

/// A manifest (RFC 8493 section 2.1.3): the digest of every file, a line each.
struct BagManifest: Sendable {
    /// By place.
    private(set) var digests: [String: [UInt8]] = [:]

    init() {}

    static func place(_ algorithm: String, isTag: Bool) -> String {
        "\(isTag ? "tagmanifest" : "manifest")-\(algorithm).txt"
    }

    mutating func add(_ digest: [UInt8], at place: String) { digests[place] = digest }

    /// In the order of the places, so that the same bag has the same bytes.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        for (place, digest) in digests.sorted(by: {
            $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
        }) {
            out += Array("\(Hex.encode(digest))  \(place)\n".utf8)
        }
        return out
    }

    struct Malformed: Error {
        let line: Int
        let problem: String
    }

    /// Reads a manifest of 32-byte digests. The places are those of ``BagLayout``: printable ASCII,
    /// beneath the bag; nothing of ours ever needs the percent-encoding of RFC 8493.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        var number = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: 0x0a) ?? rest.endIndex
            var line = rest[..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            if line.last == 0x0d { line = line.dropLast() }
            guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else {
                throw Malformed(line: number, problem: "not printable ASCII")
            }
            let text = String(decoding: line, as: UTF8.self)
            guard let digest = Hex.decode(text.prefix(64).lowercased()), digest.count == 32 else {
                throw Malformed(line: number, problem: "does not begin with a digest")
            }
            let gap = text.dropFirst(64).prefix { $0 == " " }
            let place = String(text.dropFirst(64 + gap.count))
            guard !gap.isEmpty, Self.isBeneath(place) else {
                throw Malformed(line: number, problem: "not a place beneath the bag")
            }
            guard digests.updateValue(digest, forKey: place) == nil else {
                throw Malformed(line: number, problem: "the same place a second time")
            }
        }
    }

    private static func isBeneath(_ place: String) -> Bool {
        !place.isEmpty
            && place.split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}

/// Both digests and the size of bytes that pass by once.
struct BothDigests: ~Copyable {
    private var sha256 = SHA256Hasher()
    private var sm3 = SM3Hasher()
    private var size: Int64 = 0

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha256.update(bytes)
        sm3.update(bytes)
        size += Int64(bytes.count)
    }

    consuming func finish() -> Found {
        let size = size
        return Found(sha256: sha256.finalize(), sm3: sm3.finalize(), size: size)
    }

    struct Found: Hashable, Sendable {
        let sha256: SHA256Digest
        let sm3: SM3Digest
        let size: Int64
    }

    static func of(_ bytes: [UInt8]) -> Found {
        Found(sha256: .of(bytes), sm3: .of(bytes), size: Int64(bytes.count))
    }
}
