import Evidence
import Fixity
import TransparencyLog

/// A log of seven entries, three witnesses that cosigned it, and a policy that asks for two of one
/// house and one of another.
struct CosignedLog {
    let logKey = SigningKey.generate()
    let witnessKeys = (0..<3).map { _ in SigningKey.generate() }
    static let witnessNames = ["x.example/w1", "x.example/w2", "y.example/w"]
    let entries = (0..<7).map { Array("{\"v\":\($0)}".utf8) }
    let checkpoint: Checkpoint
    let note: SignedNote

    init(cosignedBy cosigners: [Int] = [0, 1, 2]) throws {
        checkpoint = try Checkpoint(
            origin: "example.com/log", size: 7,
            root: MerkleTree.root(ofLeafHashes: entries.map { MerkleTree.leafHash($0) }))
        var note = try checkpoint.signed(with: logKey)
        for place in cosigners { note.append(try Self.line(checkpoint, witnessKeys, place)) }
        note.append(NoteSignature(name: "stranger", keyID: 7, bytes: [1, 2, 3]))
        self.note = note
    }

    private static func line(
        _ checkpoint: Checkpoint, _ keys: [SigningKey], _ place: Int
    ) throws -> NoteSignature {
        try Cosignature(
            over: checkpoint, as: witnessNames[place], with: keys[place],
            at: 1_700_000_000 + Int64(place)
        ).line
    }

    func line(by place: Int) throws -> NoteSignature {
        try Self.line(checkpoint, witnessKeys, place)
    }

    func cosigner(_ place: Int) throws -> CosignerKey {
        try CosignerKey(name: Self.witnessNames[place], of: witnessKeys[place])
    }

    /// Seven lines, none of which can go without a change of meaning.
    func policyLines() throws -> [String] {
        [
            "log \(try VerifierKey(name: "example.com/log", of: logKey)) https://log.example/",
            "witness X1 \(try cosigner(0))", "witness X2 \(try cosigner(1)) https://x.example/",
            "witness Y \(try cosigner(2))", "group X 2 X1 X2", "group both all X Y", "quorum both",
        ]
    }

    func policy() throws -> TrustPolicy { try TrustPolicy(lines: policyLines()) }

    /// That entry 5 is in the log, with extra data.
    func proof() throws -> TlogProof {
        let leaves = entries.map { MerkleTree.leafHash($0) }
        let proof = try InclusionProof.make(index: 5, size: 7) { level, index in
            let start = Int(index) << level
            return MerkleTree.root(ofLeafHashes: leaves[start..<start + 1 << level])
        }
        return try TlogProof(
            index: 5, hashes: proof.hashes, checkpoint: note.bytes, extra: [1, 2, 3])
    }
}

extension TrustPolicy {
    init(lines: [String]) throws(LogFailure) {
        try self.init(parsing: Array(lines.map { $0 + "\n" }.joined().utf8))
    }
}

/// One change to the lines of a file.
enum LineFault {
    case removed(Int), doubled(Int), swapped(Int)

    /// Lines and faults count from 1; a swap is with the next line.
    func done(to lines: [String]) -> [String] {
        var lines = lines
        switch self {
        case .removed(let line): lines.remove(at: line - 1)
        case .doubled(let line): lines.insert(lines[line - 1], at: line)
        case .swapped(let line): lines.swapAt(line - 1, line)
        }
        return lines
    }

    static func lines(of bytes: [UInt8]) -> [String] {
        String(decoding: bytes.dropLast(), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    static func bytes(of lines: [String]) -> [UInt8] {
        Array(lines.map { $0 + "\n" }.joined().utf8)
    }
}
