import Configuration
import Custody
import Evidence
import Notarization
import TimeStamping
package import TransparencyLog

/// Whom the station asks to vouch for its ledger.
package struct NotarySettings: Sendable {
    /// A policy (C2SP tlog-policy) that names the station's log and its witnesses; nil means
    /// `policy/policy` of the root, where there is one.
    package var policy: String?
    /// The time-stamp authority's address; nil for none.
    package var timeStampURL: String?
    /// The authority's root certificates, PEM.
    package var timeStampCA: String?
    /// The certificates that its server's TLS chain must end in, PEM; nil for the system's.
    package var timeStampTLS: String?
    /// Lists of what the authority has revoked, PEM: kept in packages for whoever verifies later.
    package var timeStampCRL: String?
    /// Seconds between two time stamps.
    package var timeStampEvery: Int

    init(_ reading: StrictReading) throws {
        policy = try reading.path("policy")
        timeStampURL = try reading.text("timeStampURL")
        timeStampCA = try reading.path("timeStampCA")
        timeStampTLS = try reading.path("timeStampTLS")
        timeStampCRL = try reading.path("timeStampCRL")
        timeStampEvery = try reading.number("timeStampEvery", default: 600, in: 1...86_400)
        if let url = timeStampURL {
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw AssemblyFailure(
                    .malformedSetting, subject: "timeStampURL",
                    wanted: Bilingual("http:// or https:// is wanted", "应以 http:// 或 https:// 开头"))
            }
            guard timeStampCA != nil else {
                throw AssemblyFailure(
                    .malformedSetting, subject: "timeStampCA",
                    wanted: Bilingual(
                        "the authority's root certificates are wanted, as PEM",
                        "请指定时间戳服务机构的根证书（PEM）"))
            }
        }
    }

    /// The policy that holds for a station; nil where there is none.
    ///
    /// - Throws: `malformed-setting` where it cannot be read, or does not name this log.
    func trustPolicy(root: String, keys: LogKeys) throws -> TrustPolicy? {
        let usual = root + "/policy/policy"
        guard policy != nil || LocalPath.exists(usual) else { return nil }
        let found = try PolicyFile.read(policy ?? usual)
        let key = keys.current
        guard found.keys(ofLog: key.name).contains(where: { keys.signers.contains($0) }) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "policy (\(policy ?? usual))",
                wanted: Bilingual(
                    "a line for this log is wanted: log \(key)", "应有本存证日志的一行：log \(key)"))
        }
        return found
    }

    /// The bytes of that policy's file; nil where there is none.
    func policyFile(root: String) throws -> [UInt8]? {
        let path = policy ?? root + "/policy/policy"
        return LocalPath.exists(path)
            ? try SmallFile.read(path, limit: TrustPolicy.byteLimit) : nil
    }

    func stampTrust() throws -> TimeStampTrust? {
        guard let path = timeStampCA else { return nil }
        return try PolicyFile.stampTrust(path)
    }
}

/// Files by which somebody says whom he trusts.
package enum PolicyFile {
    /// - Throws: `malformed-setting`, with the line.
    package static func read(_ path: String) throws -> TrustPolicy {
        let bytes = try bytes(path, limit: TrustPolicy.byteLimit)
        do { return try TrustPolicy(parsing: bytes) } catch {
            throw AssemblyFailure(.malformedSetting, subject: path, wanted: error.problem)
        }
    }

    static func stampTrust(_ path: String) throws -> TimeStampTrust {
        let pem = try bytes(path, limit: TimeStampTrust.byteLimit)
        do { return try TimeStampTrust(pem: pem) } catch {
            throw AssemblyFailure(.malformedSetting, subject: path, wanted: error.problem)
        }
    }

    static func certificates(_ path: String) throws -> [UInt8] {
        try bytes(path, limit: 1 << 20)
    }

    static func bytes(_ path: String, limit: Int) throws -> [UInt8] {
        guard let bytes = try SmallFile.read(path, limit: limit) else {
            throw AssemblyFailure(.unreadableFile, subject: path)
        }
        return bytes
    }
}
