import Evidence
import Fixity
import Testing

@Suite("Ed25519 keys and signatures")
struct SigningKeyTests {
    /// RFC 8032 section 7.1, test 3: the secret key as PKCS#8 (RFC 8410).
    private let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3
        -----END PRIVATE KEY-----

        """
    private let publicKey = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    private let signature =
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"

    @Test("The vector of RFC 8032 is signed and verified")
    func foreignVector() throws {
        let key = try SigningKey(pem: Array(pem.utf8))
        #expect(Hex.encode(key.publicKey) == publicKey)
        let made = try key.sign([0xaf, 0x82])
        #expect(Hex.encode(made) == signature)
        #expect(
            Ed25519.verify(signature: made, message: [0xaf, 0x82], publicKey: key.publicKey))
        #expect(try key.pem() == Array(pem.utf8))
    }

    @Test("A new key comes back from its PEM and signs alike; two are never the same")
    func roundTrip() throws {
        let key = SigningKey.generate()
        let again = try SigningKey(pem: try key.pem())
        #expect(again.publicKey == key.publicKey)
        #expect(try again.sign([1, 2, 3]) == key.sign([1, 2, 3]))
        #expect(SigningKey.generate().publicKey != key.publicKey)
        #expect(
            Ed25519.verify(
                signature: try key.sign([]), message: [], publicKey: key.publicKey))
    }

    @Test("Any flipped bit of the signature, message or key fails")
    func flippedBits() throws {
        let key = SigningKey.generate()
        let message: [UInt8] = Array("checkpoint\n".utf8)
        let signature = try key.sign(message)
        func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
            var bytes = bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            return bytes
        }
        func holds(_ signature: [UInt8], _ message: [UInt8], _ publicKey: [UInt8]) -> Bool {
            Ed25519.verify(signature: signature, message: message, publicKey: publicKey)
        }
        #expect(holds(signature, message, key.publicKey))
        for bit in 0..<512 {
            #expect(!holds(flipped(signature, bit), message, key.publicKey))
        }
        for bit in 0..<message.count * 8 {
            #expect(!holds(signature, flipped(message, bit), key.publicKey))
        }
        for bit in 0..<256 {
            #expect(!holds(signature, message, flipped(key.publicKey, bit)))
        }
        for count in [0, 31, 33] {
            let short = [UInt8](repeating: 0, count: count)
            #expect(!holds(signature, message, short))
        }
        #expect(!holds(signature + [0], message, key.publicKey))
        #expect(!holds([], message, key.publicKey))
    }

    @Test("What is not an unencrypted Ed25519 key is refused", arguments: HostileKey.all)
    func hostileKeys(_ hostile: HostileKey) {
        #expect(throws: FixityFailure(hostile.code, detail: hostile.detail)) {
            try SigningKey(pem: Array(hostile.text.utf8))
        }
    }

    @Test("A key is never printed, but for its public half")
    func nothingIsPrinted() throws {
        let key = try SigningKey(pem: Array(pem.utf8))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(text.contains(publicKey))
            #expect(!text.contains("c5aa8df4"))
            #expect(!text.contains("Owner"))
        }
    }
}

/// A text that is no key of ours.
struct HostileKey: Sendable, CustomTestStringConvertible {
    let name: String
    let code: FixityFailure.Code
    var detail = ""
    let text: String

    var testDescription: String { name }

    static let all = [
        HostileKey(name: "empty", code: .malformedKey, text: ""),
        HostileKey(name: "rubbish", code: .malformedKey, text: "not a key\n"),
        HostileKey(
            name: "cut off", code: .malformedKey,
            text: "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIMWqjfQ/n4N77bdELz\n"),
        HostileKey(
            name: "too long", code: .malformedKey, detail: "more than 16384 bytes",
            text: String(repeating: "A", count: 20_000)),
        HostileKey(
            name: "a public key", code: .malformedKey,
            text: """
                -----BEGIN PUBLIC KEY-----
                MCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=
                -----END PUBLIC KEY-----

                """),
        HostileKey(
            name: "encrypted: nobody is asked for a passphrase", code: .malformedKey,
            text: """
                -----BEGIN ENCRYPTED PRIVATE KEY-----
                MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAg12u6q9JrUKwICCAAw
                DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHZAjqAZsgTGQOwiq2Bcgw8EQEHV
                /0nY9cX/RyYbN+oNiGjWPIRXC8KzKH4tT8p783p0060AcXuNQTfxJjqkEG7qy56y
                H4vDueaV7BlOLLvyqJk=
                -----END ENCRYPTED PRIVATE KEY-----

                """),
        // The key of the vector with the algorithm X25519 in its place.
        HostileKey(
            name: "a key for agreement", code: .wrongKeyType,
            text: """
                -----BEGIN PRIVATE KEY-----
                MC4CAQAwBQYDK2VuBCIEIMWqjfQ/n4N77bdELzHct7Fm04U1B28JS4XOOi4LRFj3
                -----END PRIVATE KEY-----

                """),
    ]
}
