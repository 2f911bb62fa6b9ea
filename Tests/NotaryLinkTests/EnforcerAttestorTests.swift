import Evidence
import Fixity
import Testing

@testable import NotaryLink

@Suite("Answers of an attestation interface")
struct EnforcerAttestorTests {
    private static let digest = SHA256Digest.of(Array("footage".utf8))
    private static let chain = String(repeating: "ab", count: 32)

    private static let pending = """
        {"sha256": "\(digest.hex)", "number": "A-1", "state": "pending"}
        """
    private static let done = """
        {"sha256": "\(digest.hex)", "number": "A-1", "state": "done", "chainDigest": "\(chain)",
         "certificateSHA256": "\(digest.hex)", "more": [1, {"x": null}]}
        """

    private func reply(
        _ text: String, status: Int = 200, number: String? = nil
    ) throws(AttestationFault) -> AttestationReply {
        try EnforcerAttestor.reply(
            status, Array(text.utf8), about: Self.digest, number: number)
    }

    private func fault(_ text: String, status: Int = 200, number: String? = nil)
        -> AttestationFault?
    {
        do throws(AttestationFault) {
            _ = try reply(text, status: status, number: number)
            return nil
        } catch { return error }
    }

    @Test("A number is taken", arguments: [200, 201, 202])
    func number(status: Int) throws {
        let answer = try reply(Self.pending, status: status)
        #expect(
            answer
                == AttestationReply(
                    state: .pending, number: "A-1", chainDigest: nil, certificate: nil))
    }

    @Test("What is done has its digest in the chain, and the certificate's")
    func finished() throws {
        let answer = try reply(Self.done, number: "A-1")
        #expect(
            answer
                == AttestationReply(
                    state: .done, number: "A-1", chainDigest: Self.chain, certificate: Self.digest))
    }

    @Test(
        "Any other status is a refusal, whatever comes with it",
        arguments: [
            100, 199, 203, 204, 301, 302, 307, 400, 401, 403, 404, 409, 429, 500, 503,
        ])
    func refused(status: Int) {
        #expect(fault(Self.done, status: status) == AttestationFault(.refused, "status \(status)"))
    }

    @Test(
        "What is no JSON object cannot be read",
        arguments: [
            "", " ", "\0", "<html>", "[]", "\"done\"", "1", "null", "{", "{\"number\": \"A-1\"",
            String(repeating: "[", count: 60_000), String(repeating: "{\"a\":", count: 10_000),
        ])
    func noObject(text: String) {
        #expect(fault(text)?.kind == .malformed)
    }

    @Test(
        "A number is nothing that may lead elsewhere",
        arguments: [
            "\"\"", "\".\"", "\"..\"", "\"../x\"", "\"a/b\"", "\"a b\"", "\"a?b\"", "\"a#b\"",
            "\"a%2e\"", "\"a\\n\"", "\"号\"", "1", "null", "[\"A-1\"]",
            "\"" + String(repeating: "9", count: 65) + "\"",
        ])
    func odd(number: String) {
        let text =
            "{\"sha256\": \"\(Self.digest.hex)\", \"state\": \"pending\", \"number\": \(number)}"
        #expect(fault(text) == AttestationFault(.malformed, "number"))
    }

    @Test("An answer about something else is a contradiction")
    func another() {
        let other = SHA256Digest.of(Array("other".utf8)).hex
        #expect(
            fault(
                Self.done.replacing(
                    "\"sha256\": \"\(Self.digest.hex)", with: "\"sha256\": \"\(other)"))
                == AttestationFault(.contradictory, "another sha256"))
        #expect(
            fault(Self.done, number: "A-2") == AttestationFault(.contradictory, "another number"))
        #expect(
            fault(Self.done.replacing("chainDigest", with: "digest"))
                == AttestationFault(.contradictory, "done without a chain digest"))
    }

    @Test(
        "A field that is missing or another's kind is named",
        arguments: [
            ("\"sha256\"", "\"digest\"", "sha256"), ("\"state\"", "\"stage\"", "state"),
            ("\"done\"", "\"Done\"", "state"), ("\"done\"", "true", "state"),
            (chain, "ab", "chainDigest"),
            (chain, String(repeating: "zz", count: 32), "chainDigest"),
            (chain, String(repeating: "ab", count: 65), "chainDigest"),
            ("\"certificateSHA256\": \"", "\"certificateSHA256\": \"0", "certificateSHA256"),
        ])
    func named(from: String, to: String, field: String) {
        #expect(
            fault(Self.done.replacing(from, with: to)) == AttestationFault(.malformed, field))
    }

    @Test("Each byte of an answer cut off or altered: never another number, never a crash")
    func spoiled() {
        let bytes = Array(Self.done.utf8)
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 0x01
            for body in [Array(bytes[..<place]), altered] {
                let answer = try? EnforcerAttestor.reply(
                    200, body, about: Self.digest, number: "A-1")
                #expect(answer.map { $0.number == "A-1" } ?? true)
            }
        }
    }
}
