import Custody
import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// The offline copy of the log's key.
package enum KeyCopy {
    /// Copies the key that signs (of a change under way, the new one), or looks whether a file is such
    /// a copy. The copy is whole, synced and its owner's alone when it returns; that there is one is
    /// remembered.
    ///
    /// - Returns: the verifier key that it belongs to.
    /// - Throws: `wrong-usage` where the target cannot be taken, or the file is no copy.
    package static func run(
        settings: Settings, out: String?, check: String?
    ) throws -> String {
        let reader = try StationReader(settings: settings)
        let layout = reader.layout
        try RootLayout.requireOwn(layout.path)
        let keys = try layout.keys()
        guard let key = keys.signing.last else { return "" }
        if let out {
            try reader.requireTarget(out)
            let file = try OutgoingFile(path: out)
            try key.pem().withUnsafeBytes { try file.write($0) }
            try file.publish()
        }
        let copy = out ?? check ?? ""
        guard let pem = try SmallFile.read(copy, limit: RootLayout.fileLimit),
            (try? SigningKey(pem: pem))?.publicKey == key.publicKey
        else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(copy),
                wanted: Bilingual(
                    "this is no copy of the key that signs", "不是现用签署密钥的副本"))
        }
        try remember(layout)
        return (keys.next ?? keys.current).description
    }

    private static func remember(_ layout: RootLayout) throws {
        let root = try DurableRoot(path: layout.path)
        // A running daemon only reads the ring.
        var keyring = try layout.keyring()
        keyring.copied = Clock.now()
        try keyring.write(in: root)
    }
}

extension StationReader {
    /// The station's policy with a line for each key of its log.
    package func policy() throws -> String {
        let text = try settings.notary.policyFile(root: layout.path)
        do {
            return String(
                decoding: try TrustPolicy.text(text, knowing: layout.keyring().keys), as: UTF8.self)
        } catch let failure as LogFailure {
            throw AssemblyFailure(
                .malformedSetting, subject: "policy", wanted: failure.problem)
        }
    }
}
