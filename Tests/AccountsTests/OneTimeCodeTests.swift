@testable import Accounts
import Evidence
import Fixity
import Testing

struct OneTimeCodeTests {
    /// RFC 6238 appendix B, SHA-1: its eight digits end in our six.
    @Test(
        "Codes are those of RFC 6238",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
            (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func vectors(seconds: Int64, code: String) {
        let secret = Array("12345678901234567890".utf8)
        #expect(OneTimeCode.code(secret, at: Timestamp(milliseconds: seconds * 1000)) == code)
    }

    @Test("A code holds a step before and after its own, and not again")
    func window() {
        let (secret, now) = ([UInt8](1...20), Timestamp(milliseconds: 1_800_000_000_000))
        let step = OneTimeCode.step(at: now)
        for offset in -1...1 as ClosedRange<Int64> {
            let code = OneTimeCode.code(secret, step: step + offset)
            #expect(OneTimeCode.stepOf(code, secret, at: now, after: 0) == step + offset)
            #expect(OneTimeCode.stepOf(code, secret, at: now, after: step + offset) == nil)
        }
        let early = OneTimeCode.code(secret, step: step - 2)
        #expect(OneTimeCode.stepOf(early, secret, at: now, after: 0) == nil)
        #expect(OneTimeCode.stepOf("", secret, at: now, after: 0) == nil)
    }

    /// RFC 4648 section 10, without padding.
    @Test(
        "Base32 is that of RFC 4648",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
        ])
    func base32(plain: String, text: String) {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(Base32.decode(text) == Array(plain.utf8))
    }

    @Test("What is no Base32 is none", arguments: ["M", "MZ1", "mzxw6", "MZXQ====", "MZ"])
    func noBase32(text: String) { #expect(Base32.decode(text) == nil) }

    @Test("An authenticator's address has nothing in it that could be misread")
    func address() {
        let address = OneTimeCode.address([1, 2, 3], account: "a/b", station: "漳州 1")
        #expect(
            address
                == "otpauth://totp/%E6%BC%B3%E5%B7%9E%201:a%2Fb?secret=AEBAG&issuer=%E6%BC%B3%E5%B7%9E%201"
        )
    }
}
