import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("Proof files")
struct TlogProofTests {
    private let key = SigningKey.generate()
    private let entries = (0..<7).map { Array("{\"v\":\($0)}".utf8) }

    private func made(extra: [UInt8]? = nil) throws -> (TlogProof, VerifierKey) {
        let leaves = entries.map { MerkleTree.leafHash($0) }
        var growing = GrowingTree()
        for leaf in leaves { growing.append(leaf) }
        let shelf = TileShelf()
        shelf.put(growing.takeTiles())
        let reader = TileHashReader(size: 7, read: shelf.read)
        let proof = try InclusionProof.make(index: 5, size: 7, hash: reader.hash)
        let checkpoint = try Checkpoint(origin: "log", size: 7, root: growing.root)
        let file = try TlogProof(
            index: 5, hashes: proof.hashes, checkpoint: checkpoint.signed(with: key).bytes,
            extra: extra)
        return (file, try VerifierKey(name: "log", of: key))
    }

    @Test("A proof file comes back and proves its entry and no other, with extra data or without")
    func roundTrip() throws {
        for extra in [nil, [1, 2, 3], [UInt8](repeating: 9, count: 48_000)] as [[UInt8]?] {
            let (file, known) = try made(extra: extra)
            let again = try TlogProof(parsing: file.bytes)
            #expect(again == file)
            #expect(try again.verify(entry: entries[5], by: known).size == 7)
            #expect(throws: LogFailure(.notIncluded)) {
                try again.verify(entry: entries[4], by: known)
            }
            #expect(throws: LogFailure(.unsigned)) {
                try again.verify(
                    entry: entries[5], by: VerifierKey(name: "log", of: .generate()))
            }
        }
    }

    @Test("A tree of one entry needs no hashes")
    func singleEntry() throws {
        let checkpoint = try Checkpoint(
            origin: "log", size: 1, root: MerkleTree.leafHash(entries[0]))
        let file = try TlogProof(
            index: 0, hashes: [], checkpoint: checkpoint.signed(with: key).bytes)
        try TlogProof(parsing: file.bytes)
            .verify(entry: entries[0], by: VerifierKey(name: "log", of: key))
    }

    @Test("Any flipped bit of a proof file is refused; so is any file cut off")
    func everyByteSpoiled() throws {
        let (file, known) = try made()
        let bytes = file.bytes
        for place in bytes.indices {
            for bit in 0..<8 {
                var spoiled = bytes
                spoiled[place] ^= 1 << bit
                #expect(throws: LogFailure.self, "byte \(place), bit \(bit)") {
                    try TlogProof(parsing: spoiled).verify(entry: entries[5], by: known)
                }
            }
            #expect(throws: LogFailure.self, "cut at \(place)") {
                try TlogProof(parsing: Array(bytes[..<place])).verify(entry: entries[5], by: known)
            }
        }
    }

    @Test("Every line left out, doubled or emptied is refused")
    func everyLineSpoiled() throws {
        let (file, known) = try made(extra: [1])
        let lines = String(decoding: file.bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast()
        // The unauthenticated line may go; the last may be doubled: it is the same signature.
        let optional = lines.firstIndex { $0.hasPrefix("extra ") }
        func isRefused(_ lines: [Substring]) -> Bool {
            let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
            do {
                try TlogProof(parsing: bytes).verify(entry: entries[5], by: known)
                return false
            } catch { return true }
        }
        #expect(!isRefused(Array(lines)))
        for place in lines.indices {
            var (without, doubled, emptied) = (Array(lines), Array(lines), Array(lines))
            without.remove(at: place)
            doubled.insert(lines[place], at: place)
            emptied[place] = ""
            #expect(isRefused(without) == (place != optional), "without line \(place + 1)")
            #expect(isRefused(doubled) == (place != lines.count - 1), "line \(place + 1) twice")
            if !lines[place].isEmpty {
                #expect(isRefused(emptied), "line \(place + 1) emptied")
            }
        }
    }

    @Test("A malformed proof is refused at its line")
    func hostileProofs() throws {
        let hash = Base64.encode(MerkleTree.emptyRoot.bytes)
        let first = "c2sp.org/tlog-proof@v1\n"
        let hostile: [(String, Int)] = [
            ("", 1), ("c2sp.org/tlog-proof@v2\n", 1), (" " + first, 1), (first, 2),
            (first + "index\n", 2), (first + "index 01\n", 2), (first + "index -1\n", 2),
            (first + "index 9223372036854775808\n", 2), (first + "Index 1\n", 2),
            (first + "extra \nindex 1\n", 2), (first + "extra AA=\nindex 1\n", 2),
            (first + "extra AA==\nextra AA==\nindex 1\n\nx", 3), (first + "index 1\n", 3),
            (first + "index 1\n\(hash)\n", 4), (first + "index 1\n\(hash) \n\nx", 3),
            (first + "index 1\nAAAA\n\nx", 3), (first + "index 1\n\(hash)\n\n", 4),
            (first + "index 1\n" + String(repeating: hash + "\n", count: 64) + "\nx", 66),
            (first + "extra " + String(repeating: "A", count: 64_004) + "\nindex 1\n\nx", 2),
            (first + String(repeating: "a", count: 2 << 20), 0),
        ]
        for (text, line) in hostile {
            do {
                _ = try TlogProof(parsing: Array(text.utf8))
                Issue.record("accepted: \(text.prefix(90).debugDescription)")
            } catch {
                #expect(error.kind == .malformedProof)
                #expect(error.line == line, "\(text.prefix(90).debugDescription)")
            }
        }
    }
}
