import Foundation

/// A time-stamp authority of a test's own, made of `openssl ts`, with its certificate authority.
package final class TestAuthority {
    package let directory = TemporaryDirectory()
    /// What is wrong with its certificate, if anything.
    package enum Fault: String, CaseIterable {
        case none, notForStamps = "not-for-stamps", notCritical = "not-critical", alsoForServers
    }

    package static let isPresent = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    package init(_ fault: Fault = .none, digests: String = "sha256, sha384, sha512, sm3") throws {
        let purpose =
            switch fault {
            case .none: "critical,timeStamping"
            case .notForStamps: "critical,serverAuth"
            case .notCritical: "timeStamping"
            case .alsoForServers: "critical,timeStamping,serverAuth"
            }
        directory.write(
            Array(
                """
                [req]
                distinguished_name = name
                prompt = no
                [name]
                CN = test
                [ca]
                basicConstraints = critical,CA:TRUE
                keyUsage = critical,keyCertSign
                [signer]
                basicConstraints = CA:FALSE
                keyUsage = critical,digitalSignature
                extendedKeyUsage = \(purpose)
                [tsa]
                default_tsa = authority
                [authority]
                serial = \(directory.path)/serial
                crypto_device = builtin
                signer_cert = \(directory.path)/tsa.pem
                certs = \(directory.path)/ca.pem
                signer_key = \(directory.path)/tsa.key
                signer_digest = sha256
                default_policy = 1.2.3.4.1
                digests = \(digests)
                accuracy = secs:1
                ess_cert_id_chain = no
                ess_cert_id_alg = sha256
                """.utf8), at: "config")
        directory.write(Array("01\n".utf8), at: "serial")
        for name in ["ca", "tsa"] {
            try run(
                "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "\(name).key")
        }
        try run(
            "req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=test ca", "-days", "100",
            "-config", "config", "-extensions", "ca", "-out", "ca.pem")
        try run(
            "req", "-new", "-key", "tsa.key", "-subj", "/CN=test tsa", "-config", "config", "-out",
            "tsa.csr")
        try run(
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial",
            "7", "-days", "50", "-extfile", "config", "-extensions", "signer", "-out", "tsa.pem")
    }

    package var ca: [UInt8] { read("ca.pem") }

    package func read(_ name: String) -> [UInt8] {
        [UInt8](FileManager.default.contents(atPath: directory.path + "/" + name) ?? Data())
    }

    /// Runs openssl; whether it succeeded.
    @discardableResult
    package func tryRun(_ arguments: [String]) throws -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    struct Refused: Error { let arguments: [String] }

    private func run(_ arguments: String...) throws {
        guard try tryRun(arguments) else { throw Refused(arguments: arguments) }
    }

    package func answer(_ query: [UInt8]) throws -> [UInt8] {
        directory.write(query, at: "query")
        try run(
            "ts", "-reply", "-config", "config", "-section", "authority", "-queryfile", "query",
            "-out", "reply")
        return read("reply")
    }

    /// What another authority stated, signed by this one, which `openssl ts` refuses where the
    /// certificate is not fit.
    package func signAgain(_ reply: [UInt8]) throws -> [UInt8] {
        directory.write(reply, at: "other.tsr")
        try run("ts", "-reply", "-in", "other.tsr", "-token_out", "-out", "other.token")
        try run(
            "cms", "-verify", "-noverify", "-inform", "DER", "-in", "other.token", "-binary",
            "-out",
            "content")
        try run(
            "cms", "-sign", "-in", "content", "-binary", "-nodetach", "-cades", "-md", "sha256",
            "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", "tsa.pem", "-inkey",
            "tsa.key",
            "-outform", "DER", "-out", "again")
        let token = read("again")
        let body: [UInt8] = [0x30, 0x03, 0x02, 0x01, 0x00] + token
        return [0x30, 0x82, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }
}
