import Evidence
import Fixity
import Testing

@testable import TransparencyLog

@Suite("Every line of a proof and of a note, spoiled in turn")
struct SpoiledLinesTests {
    private let log = SigningKey.generate()
    private let witness = SigningKey.generate()
    private let entries = (0..<21).map { Array("entry \($0)".utf8) }
    private let leaf = 13

    private func policy() throws -> TrustPolicy {
        let key = try VerifierKey(name: "court.example/t1", of: log)
        let cosigner = try CosignerKey(name: "notary.example/w", of: witness)
        return try TrustPolicy(
            parsing: Array("log \(key)\nwitness w \(cosigner)\nquorum w\n".utf8))
    }

    private func note() throws -> SignedNote {
        let root = MerkleTree.root(ofLeafHashes: entries.map { MerkleTree.leafHash($0) })
        let checkpoint = try Checkpoint(
            origin: "court.example/t1", size: Int64(entries.count), root: root)
        var note = try checkpoint.signed(with: log)
        note.append(
            try Cosignature(
                over: checkpoint, as: "notary.example/w", with: witness, at: 1_800_000_000
            ).line)
        return note
    }

    private func proof() throws -> TlogProof {
        let hashes = entries.map { MerkleTree.leafHash($0) }
        let proof = try InclusionProof.make(index: Int64(leaf), size: Int64(hashes.count)) {
            let start = Int($1) << $0
            return MerkleTree.root(ofLeafHashes: hashes[start..<start + 1 << $0])
        }
        return try TlogProof(
            index: Int64(leaf), hashes: proof.hashes, checkpoint: try note().bytes)
    }

    /// The text with one line spoiled in every way, and whether that way leaves its meaning.
    private func spoiled(_ bytes: [UInt8]) -> [(what: String, bytes: [UInt8], isHarmless: Bool)] {
        var lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map { Array($0.utf8) }
        // What stands behind the last newline is no line.
        lines.removeLast()
        var all: [(String, [UInt8], Bool)] = []
        for (place, line) in lines.enumerated() {
            func add(_ way: String, _ changed: [[UInt8]], isHarmless: Bool = false) {
                let text = changed.reduce(into: [UInt8]()) { $0 += $1 + [0x0a] }
                all.append(("line \(place + 1) \(way)", text, isHarmless))
            }
            func replaced(_ new: [UInt8]) -> [[UInt8]] {
                var copy = lines
                copy[place] = new
                return copy
            }
            var without = lines
            without.remove(at: place)
            add("removed", without)
            // A signature that stands there twice says what it says once.
            let isSignature = line.starts(with: Array("\u{2014} ".utf8))
            add("doubled", Array(lines[...place] + lines[place...]), isHarmless: isSignature)
            add("with a space behind it", replaced(line + [0x20]))
            add("with a return behind it", replaced(line + [0x0d]))
            add("with a NUL in it", replaced(line + [0]))
            add("cut off", Array(lines[..<place]))
            guard !line.isEmpty else {
                add("filled", replaced([0x61]))
                continue
            }
            for at in [0, line.count / 2, line.count - 1] {
                var other = line
                other[at] = other[at] == 0x41 ? 0x42 : 0x41
                add("with byte \(at) changed", replaced(other))
            }
            add("emptied", replaced([]))
            add("shortened", replaced(Array(line.dropLast())))
        }
        return all
    }

    @Test("A note: refused with its line, or told as not cosigned")
    func notes() throws {
        let (policy, note) = (try policy(), try note())
        #expect(try policy.judge(note.bytes).isQuorumMet)
        for (what, bytes, isHarmless) in spoiled(note.bytes) {
            let isAccepted = (try? policy.judge(bytes))?.isQuorumMet ?? false
            #expect(isAccepted == isHarmless, "\(what)")
        }
    }

    @Test("A proof: refused, or told as not cosigned")
    func proofs() throws {
        let (policy, proof) = (try policy(), try proof())
        #expect(try proof.judge(entry: entries[leaf], under: policy).isQuorumMet)
        #expect(proof.hashes.count == 5)
        for (what, bytes, isHarmless) in spoiled(proof.bytes) {
            let read = try? TlogProof(parsing: bytes)
            let judged = try? read?.judge(entry: entries[leaf], under: policy)
            #expect((judged?.isQuorumMet ?? false) == isHarmless, "\(what)")
        }
    }
}
