import Evidence
package import Fixity

/// A cosigner's word on a checkpoint: at that time, this was the largest consistent tree that it had
/// seen of the log (C2SP tlog-cosignature v1.0.1, type 0x04: timestamped Ed25519).
package struct Cosignature: Hashable, Sendable {
    package let cosigner: CosignerKey
    /// POSIX seconds by the cosigner's clock; 0...2^63 - 1.
    package let time: Int64
    /// The line below the checkpoint.
    package let line: NoteSignature

    /// Cosigns a checkpoint. Whether it is consistent with earlier ones is for the caller to know.
    ///
    /// - Parameter time: POSIX seconds, at least 1: a witness must state its time (C2SP
    ///   tlog-witness).
    package init(
        over checkpoint: Checkpoint, as name: String, with key: SigningKey, at time: Int64
    ) throws {
        guard time > 0 else { throw LogFailure(.notRepresentable, "a cosignature at such a time") }
        cosigner = try CosignerKey(name: name, of: key)
        self.time = time
        let signature = try key.sign(Self.message(over: checkpoint.text, at: time))
        let stamp = UInt64(time)
        line = NoteSignature(
            name: name, keyID: cosigner.keyID,
            bytes: NoteSignature.bigEndian(UInt32(stamp >> 32))
                + NoteSignature.bigEndian(UInt32(truncatingIfNeeded: stamp)) + signature)
    }

    /// Reads a line that claims to be by an Ed25519 cosigner; nil where the signature is not that
    /// key's over this text, or the time is beyond 2^63 - 1.
    init?(_ line: NoteSignature, over text: [UInt8], by cosigner: CosignerKey) {
        guard cosigner.algorithm == .ed25519,
            line.bytes.count == cosigner.algorithm.cosignatureWidth,
            let time = Int64(exactly: line.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }),
            Ed25519.verify(
                signature: Array(line.bytes.dropFirst(8)),
                message: Self.message(over: text, at: time), publicKey: cosigner.publicKey)
        else { return nil }
        (self.cosigner, self.time, self.line) = (cosigner, time, line)
    }

    /// The bytes that are signed.
    private static func message(over text: [UInt8], at time: Int64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }
}

/// What a note holds of one cosigner.
package enum CosignerWord: Hashable, Sendable {
    case absent
    /// A cosignature of the right form by an algorithm that is not checked here (ML-DSA-44).
    case notChecked
    /// Checked and good; a cosigner may have been asked more than once. In order of time.
    case cosigned([Cosignature])
}

extension SignedNote {
    /// What each of these cosigners says of this note, in the order given. Lines by others, and of
    /// types that nobody knows yet, are ignored.
    ///
    /// - Throws: `bad-signature`, with its line, where one claims to be by one of these and is not:
    ///   the whole note is refused (C2SP signed-note v1.0.0).
    package func words(of cosigners: [CosignerKey]) throws(LogFailure) -> [CosignerWord] {
        let first = text.count { $0 == 0x0a } + 2
        var words: [CosignerWord] = []
        for cosigner in cosigners {
            var good: [Cosignature] = []
            var isUnchecked = false
            for (place, line) in signatures.enumerated() where cosigner.isClaimed(in: line) {
                switch cosigner.algorithm {
                case .ed25519:
                    guard let one = Cosignature(line, over: text, by: cosigner) else {
                        throw LogFailure(.badSignature, line: first + place, "a cosignature")
                    }
                    good.append(one)
                case .mlDSA44:
                    guard line.bytes.count == cosigner.algorithm.cosignatureWidth else {
                        throw LogFailure(.badSignature, line: first + place, "a cosignature")
                    }
                    isUnchecked = true
                }
            }
            good.sort { $0.time < $1.time }
            words.append(isUnchecked ? .notChecked : good.isEmpty ? .absent : .cosigned(good))
        }
        return words
    }
}
