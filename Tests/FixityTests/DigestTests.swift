import Evidence
import EvidenceTestKit
import Fixity
import Testing

@Suite("Digests by libcrypto")
struct DigestTests {
    private let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

    @Test("SHA-256 of the vectors of FIPS 180-4")
    func sha256Vectors() {
        #expect(SHA256Digest.of([UInt8]()) == .ofNothing)
        #expect(
            SHA256Digest.of(Array("abc".utf8)).hex
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256Digest.of(million).hex
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("SM3 of the vectors of GB/T 32905-2016")
    func sm3Vectors() {
        #expect(
            SM3Digest.of(Array("abc".utf8)).hex
                == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        #expect(
            SM3Digest.of((0..<16).flatMap { _ in Array("abcd".utf8) }).hex
                == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")
    }

    @Test("MD5 of the vectors of RFC 1321")
    func md5Vectors() {
        #expect(Hex.encode(MD5Hasher().finalize()) == "d41d8cd98f00b204e9800998ecf8427e")
        var hasher = MD5Hasher()
        hasher.update(Array("message".utf8))
        hasher.update(Array(" digest".utf8))
        #expect(Hex.encode(hasher.finalize()) == "f96b697d7cb7938d525a2f31aaf161d0")
    }

    @Test("A stream gives the digest of the whole, however it was cut")
    func streamsAreWhole() {
        var random = SeededGenerator(seed: 1)
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for _ in 0..<50 {
            var sha256 = SHA256Hasher()
            var sm3 = SM3Hasher()
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 0...700, using: &random)))
                sha256.update(piece)
                piece.withUnsafeBytes { sm3.update($0) }
                rest = rest.dropFirst(piece.count)
            }
            #expect(sha256.finalize() == SHA256Digest.of(bytes))
            #expect(sm3.finalize() == SM3Digest.of(bytes))
        }
    }

    @Test("Any sequence of bytes may be digested, a slice and a lazy one too")
    func sequences() {
        let bytes = [UInt8](0...200)
        #expect(SHA256Digest.of(bytes[10...]) == SHA256Digest.of(Array(bytes[10...])))
        #expect(SM3Digest.of(bytes.lazy.map { $0 ^ 1 }) == SM3Digest.of(bytes.map { $0 ^ 1 }))
    }

    @Test("This libcrypto has the digests that the ledger needs")
    func digestsArePresent() throws {
        try LibCrypto.requireDigests()
    }
}
