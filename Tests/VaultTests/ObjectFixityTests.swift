import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Testing

@testable import Vault

/// What the integrity check says of an object's copies.
struct ObjectFixityTests {
    private func reader(_ store: Store, further: [String] = []) -> VaultReader {
        VaultReader(
            rootPaths: [store.directory.path + "/root"] + further,
            copies: store.directory.path + "/copies")
    }

    private func fixity(
        _ item: VaultedItem, in reader: VaultReader,
        pause: @escaping @Sendable () -> Bool = { true }
    ) async throws -> ObjectFixity {
        try await reader.fixity(of: item.sha256, sm3: item.sm3, size: item.size, pause: pause)
    }

    @Test func everyCopyIsReadAndTheDamagedOneNamed() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage((2 << 20) + 1)).get()
        try await store.vault.replicate(item.sha256)
        let sound = try await fixity(item, in: reader(store))
        #expect(sound.isSound)
        #expect(sound.copies.count == 2)
        let copy = store.path(item.sha256, in: "copies")
        flipByte(of: copy, at: 1 << 20)
        let spoiled = try await fixity(item, in: reader(store))
        #expect(!spoiled.isSound)
        #expect(spoiled.copies.filter { $0.state == .sound }.count == 1)
        #expect(spoiled.copies.first { $0.state != .sound }?.path == copy)
    }

    @Test func aDiskThatIsNotThereIsNeitherSoundNorDamaged() async throws {
        let store = try Store()
        let item = try await store.take(footage(5000)).get()
        let gone = store.directory.path + "/gone"
        let reader = reader(store, further: [gone])
        #expect(try await reader.absentDisks() == [gone])
        #expect(try await fixity(item, in: reader).isSound)
        mkdir(gone, 0o755)
        // A bare mount point.
        #expect(try await reader.absentDisks() == [gone])
    }

    @Test func aPlaceThatCannotBeLookedAtIsUnreadableAndNotMissing() async throws {
        let store = try Store()
        let item = try await store.take(footage(5000)).get()
        // A loop of links in place of the folder: ELOOP, as EIO would be.
        let path = store.path(item.sha256)
        let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex))
        rename(folder, folder + ".aside")
        symlink(folder, folder)
        let found = try await fixity(item, in: reader(store))
        #expect(found.copies.allSatisfy { $0.state == .unreadable })
        #expect(found.copies.count == 1)
    }

    @Test func aStopEndsTheReading() async throws {
        let store = try Store()
        let item = try await store.take(footage(5000)).get()
        let failure = await #expect(throws: VaultFailure.self) {
            try await fixity(item, in: reader(store), pause: { false })
        }
        #expect(failure?.reason == .stopped)
    }
}
