import Evidence
import Fixity
import Testing

struct ScryptTests {
    /// RFC 7914 section 12.
    @Test("Keys are those of RFC 7914")
    func vectors() throws {
        let empty = Scrypt(costExponent: 4, blockSize: 1, parallelism: 1)
        #expect(
            Hex.encode(try empty.key(of: [], salt: [], bytes: 64))
                == "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")
        let other = Scrypt(costExponent: 10, blockSize: 8, parallelism: 16)
        #expect(
            Hex.encode(
                try other.key(of: Array("password".utf8), salt: Array("NaCl".utf8), bytes: 64))
                == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")
    }

    @Test("What costs 128 MiB is more than libcrypto's own limit, and works")
    func usual() throws {
        let key = try Scrypt.usual.key(of: Array("a".utf8), salt: Array("b".utf8))
        #expect(key.count == 32)
    }

    @Test("A cost that makes no sense is refused")
    func refused() {
        for (cost, block) in [(0, 8), (31, 8), (14, 0)] {
            #expect(throws: FixityFailure.self) {
                try Scrypt(costExponent: cost, blockSize: block, parallelism: 1)
                    .key(of: [1], salt: [2])
            }
        }
    }

    /// RFC 2202 section 3.
    @Test("HMAC-SHA-1 is that of RFC 2202")
    func keyed() {
        let key = [UInt8](repeating: 0x0b, count: 20)
        #expect(
            Hex.encode(KeyedDigest.sha1(key: key, message: Array("Hi There".utf8)))
                == "b617318655057264e28bc0b6fb378c8ef146be00")
    }
}
