import Audit
import Evidence
import EvidenceTestKit
import Fixity
import Testing

struct LogDamageTests {
    @Test func aByteChangedInAnEntryIsThatLeafsDamage() async throws {
        let store = try await AuditedStore()
        store.flip("log/tile/entries/000", at: 30_000)
        let (codes, findings, _) = try store.audit()
        #expect(codes.contains("leaf-differs"))
        #expect(!codes.contains("root-differs"))
        #expect(!codes.contains("tile-differs"))
        let damaged = findings.first { $0.code == "leaf-differs" }
        #expect(damaged?.expected != nil && damaged?.found != nil)
    }

    @Test(arguments: ["log/tile/0/000", "log/tile/0/001.p/44", "log/tile/1/000.p/1"])
    func aByteChangedInATileIsThatTilesDamage(place: String) async throws {
        let store = try await AuditedStore()
        store.flip(place)
        let (codes, findings, _) = try store.audit()
        #expect(codes == ["tile-differs"])
        #expect(findings[0].subject == place)
        #expect(findings[0].expected != nil && findings[0].found != nil)
    }

    @Test(arguments: ["log/tile/0/000", "log/tile/0/001.p/44", "log/tile/1/000.p/1"])
    func aTileThatIsGoneIsFound(place: String) async throws {
        let store = try await AuditedStore()
        store.remove(place)
        #expect(try store.audit().codes == ["tile-missing"])
    }

    @Test(arguments: ["log/tile/entries/000", "log/tile/entries/001.p/44"])
    func aBundleThatIsGoneOrCutIsFound(place: String) async throws {
        let store = try await AuditedStore()
        store.cut(place)
        #expect(try store.audit().codes.first == "bundle-damaged")
        store.remove(place)
        #expect(try store.audit().codes.first == "bundle-missing")
    }

    @Test func aLeafCutOffFromBundleAndTileIsFound() async throws {
        let store = try await AuditedStore()
        store.write(store.read("log/tile/0/001.p/44").dropLast(32), at: "log/tile/0/001.p/43")
        store.remove("log/tile/0/001.p/44")
        store.remove("log/tile/entries/001.p/44")
        let codes = try store.audit().codes
        #expect(codes.contains("bundle-missing") && codes.contains("tile-missing"))
    }

    @Test func partialTilesOfEarlierWidthsAreNoDamageUnlessTheyDiffer() async throws {
        let store = try await AuditedStore()
        #expect(try store.audit().codes == [])
        let tile = store.read("log/tile/0/001.p/44")
        store.write(Array(tile.prefix(32 * 20)), at: "log/tile/0/001.p/20")
        let full = store.read("log/tile/0/000")
        store.write(Array(full.prefix(32 * 9)), at: "log/tile/0/000.p/9")
        #expect(try store.audit().codes == [])
        store.flip("log/tile/0/001.p/20")
        store.cut("log/tile/0/000.p/9")
        #expect(try store.audit().codes == ["tile-differs", "tile-differs"])
    }

    @Test(arguments: [("log/tile/0", "000"), ("log/tile/entries", "000")])
    func aFullTileInThePlaceOfThePartialOneIsRead(folder: String, name: String) async throws {
        let store = try await AuditedStore(leaves: 256)
        // Level 1 has its one hash in a partial tile; entries and hashes are full.
        #expect(try store.audit().codes == [])
        store.flip(folder + "/" + name, at: 7000)
        #expect(try store.audit().codes.isEmpty == false)
    }

    @Test func aByteChangedInTheCheckpointOrItsSignatureIsFound() async throws {
        let store = try await AuditedStore()
        let note = store.read("log/checkpoint")
        for offset in stride(from: 0, to: note.count, by: 3) {
            store.flip("log/checkpoint", at: offset)
            #expect(try store.audit().codes == ["checkpoint-damaged"], "byte \(offset)")
            store.write(note, at: "log/checkpoint")
        }
        #expect(try store.audit(key: .generate()).codes == ["checkpoint-damaged"])
        store.remove("log/checkpoint")
        #expect(try store.audit().codes == ["checkpoint-missing"])
    }

    @Test func anOlderCheckpointThatWasPutBackIsFound() async throws {
        let store = try await AuditedStore(leaves: 3)
        let old = store.read("log/checkpoint")
        try await store.take(footage(10, seed: 5))
        store.write(old, at: "log/checkpoint")
        #expect(try store.audit().codes.contains("beyond-checkpoint"))
    }

    @Test func hostileFilesEverywhereAreFindingsAndNoCrash() async throws {
        let store = try await AuditedStore()
        var generator = SeededGenerator(seed: 4)
        let places = [
            "log/tile/entries/000", "log/tile/entries/001.p/44", "log/tile/0/000",
            "log/tile/0/001.p/44", "log/tile/1/000.p/1", try store.record(ofLeaf: 5).header,
            try store.record(ofLeaf: 0).row,
        ]
        for place in places {
            let sound = store.read(place)
            for _ in 0..<4 {
                let length = Int.random(in: 0..<10_000, using: &generator)
                store.write(
                    (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) },
                    at: place)
                #expect(try !store.audit(quick: true).codes.isEmpty, "\(place)")
                store.remove(place)
            }
            store.write(sound, at: place)
        }
        #expect(try store.audit(quick: true).codes == [])
    }
}
