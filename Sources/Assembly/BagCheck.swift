import DurableFiles
package import Evidence
import SealedBags
import TransparencyLog

/// A sealed bag as `verify` checks it: offline, without a root.
package struct BagCheck: Sendable {
    /// A line for each layer, and the verdict last, as `--json` prints them.
    package let lines: [JSONValue]
    /// In the words of the house.
    package let verdict: Bilingual
    /// Whether every layer holds that must.
    package let isGood: Bool

    /// Whether a path is the folder of a sealed bag.
    package static func isBag(_ path: String) -> Bool {
        guard LocalPath.isDirectory(path), let folder = try? ForeignFolder(path: path) else {
            return false
        }
        return BagVerifier.isBag(folder)
    }

    /// - Parameters:
    ///   - policy: a file that says whose keys the verifier trusts (C2SP tlog-policy); nil for none.
    ///   - authority: a file with the time-stamp authority's roots, PEM; nil for none.
    /// - Throws: `unreadable-file`, `malformed-setting` with the line; `not-a-sealed-bag`.
    package static func of(
        _ path: String, policy: String?, authority: String?, language: Language
    ) async throws -> BagCheck {
        let trust = BagVerifier.Trust(
            policy: try policy.map { try PolicyFile.read($0) },
            policyFile: try policy.map { try PolicyFile.bytes($0, limit: TrustPolicy.byteLimit) }
                ?? [],
            authority: try authority.map { try PolicyFile.stampTrust($0) },
            authorityFile: try authority.map { try PolicyFile.certificates($0) } ?? [])
        let folder = try ForeignFolder(path: path)
        let report = try await offPool {
            try BagVerifier(folder, trust: trust, now: Clock.now()).verify()
        }
        return BagCheck(
            lines: report.json(in: language), verdict: report.verdict.words,
            isGood: report.verdict == .holds)
    }
}
