import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Testing

@testable import Vault

/// Objects that are there already: found again, damaged, copied, repaired, handed out.
struct SealedObjectTests {
    @Test(arguments: [5000, (2 << 20) + 1])
    func theSameContentAgainIsFoundAndCompared(size: Int) async throws {
        let store = try Store()
        let bytes = footage(size)
        #expect(try await !store.take(bytes).get().wasThere)
        let again = try await store.take(bytes).get()
        #expect(again.wasThere)
        #expect(!again.healed)
        #expect(try store.objectCount() == 1)
    }

    @Test(arguments: [5000, (2 << 20) + 1])
    func aDamagedObjectIsHealedAndKeptAside(size: Int) async throws {
        let store = try Store()
        let bytes = footage(size)
        let item = try await store.take(bytes).get()
        flipByte(of: store.path(item.sha256), at: size / 2)
        let again = try await store.take(bytes).get()
        #expect(again.healed)
        #expect(!again.wasThere)
        #expect(contents(of: store.path(item.sha256)) == bytes)
        let kept = try #require(
            contents(of: store.directory.path + "/root/vault/damaged/\(item.sha256.hex).1"))
        #expect(kept.count == size)
        #expect(kept != bytes)
    }

    @Test func aSecondDamagedObjectIsKeptBesideTheFirst() async throws {
        let store = try Store()
        let bytes = footage(700)
        let item = try await store.take(bytes).get()
        for _ in 0..<2 {
            flipByte(of: store.path(item.sha256), at: 3)
            #expect(try await store.take(bytes).get().healed)
        }
        #expect(try store.names("vault/damaged").count == 2)
    }

    @Test func whatStandsInAnotherVolumeIsFound() async throws {
        let first = try Store(further: 1)
        let bytes = footage(5000)
        let item = try await first.take(bytes).get()
        let found = ["root", "volume0"].filter {
            contents(of: first.path(item.sha256, in: $0)) != nil
        }
        #expect(found.count == 1)
        // The object moves to the other volume by hand; the next docking finds it there.
        let other = found == ["root"] ? "volume0" : "root"
        #expect(
            rename(first.path(item.sha256, in: found[0]), first.path(item.sha256, in: other)) == 0)
        #expect(try await first.take(bytes).get().wasThere)
        #expect(contents(of: first.path(item.sha256, in: found[0])) == nil)
        #expect(try first.vault.reader.locate(item.sha256) == first.path(item.sha256, in: other))
    }

    // MARK: - Second copy

    @Test(arguments: [0, 5000, (2 << 20) + 1])
    func theSecondCopyRepairsADamagedObject(size: Int) async throws {
        let store = try Store(hasCopies: true)
        let bytes = footage(size)
        let item = try await store.take(bytes).get()
        try await store.vault.replicate(item.sha256)
        #expect(contents(of: store.path(item.sha256, in: "copies")) == bytes)
        flipByte(of: store.path(item.sha256), at: size / 3)
        let repair = try await store.vault.repair(item.sha256, hasCopy: true)
        #expect(repair.outcome == .repaired)
        #expect(contents(of: store.path(item.sha256)) == bytes)
        #expect(try store.names("vault/damaged").count == 1)
        #expect(try await store.vault.repair(item.sha256, hasCopy: true).outcome == .sound)
    }

    @Test func theSecondCopyRepairsAMissingObject() async throws {
        let store = try Store(hasCopies: true)
        let bytes = footage(5000)
        let item = try await store.take(bytes).get()
        try await store.vault.replicate(item.sha256)
        unlink(store.path(item.sha256))
        let repair = try await store.vault.repair(item.sha256, hasCopy: true)
        #expect(repair.faults.map(\.wasThere) == [false])
        #expect(repair.outcome == .repaired)
        #expect(contents(of: store.path(item.sha256)) == bytes)
    }

    @Test(arguments: [true, false])
    func theOriginalRepairsTheSecondCopy(isMissing: Bool) async throws {
        let store = try Store(hasCopies: true)
        let bytes = footage(5000)
        let item = try await store.take(bytes).get()
        try await store.vault.replicate(item.sha256)
        let copy = store.path(item.sha256, in: "copies")
        if isMissing { unlink(copy) } else { flipByte(of: copy, at: 9) }
        let repair = try await store.vault.repair(item.sha256, hasCopy: true)
        #expect(repair.faults.map(\.isCopy) == [true])
        #expect(repair.outcome == .repaired)
        #expect(contents(of: copy) == bytes)
    }

    @Test func aCopyThatTheLedgerDoesNotNameIsNotMissed() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage(5000)).get()
        #expect(try await store.vault.repair(item.sha256, hasCopy: false).outcome == .sound)
        #expect(contents(of: store.path(item.sha256, in: "copies")) == nil)
    }

    @Test func anotherVolumesObjectRepairsAsWell() async throws {
        let store = try Store(further: 1)
        let bytes = footage(5000)
        let item = try await store.take(bytes).get()
        let found = ["root", "volume0"].filter {
            contents(of: store.path(item.sha256, in: $0)) != nil
        }
        let other = found == ["root"] ? "volume0" : "root"
        store.directory.write(
            bytes, at: "\(other)/" + VaultReader.place(item.sha256, kind: "footage"))
        flipByte(of: store.path(item.sha256, in: found[0]), at: 4)
        #expect(try await store.vault.repair(item.sha256, hasCopy: false).outcome == .repaired)
        #expect(contents(of: store.path(item.sha256, in: found[0])) == bytes)
    }

    @Test func whatHasNoSoundCopyIsSaid() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage(5000)).get()
        unlink(store.path(item.sha256))
        let repair = try await store.vault.repair(item.sha256, hasCopy: true)
        #expect(repair.outcome == .noSoundCopy)
        #expect(repair.faults.count == 2)
    }

    @Test func twoWhoCopyTheSameObjectDoNotPutASoundOneAside() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage((2 << 20) + 1)).get()
        let vault = store.vault
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<4 { tasks.addTask { try await vault.replicate(item.sha256) } }
            try await tasks.waitForAll()
        }
        #expect(
            try DurableRoot(path: store.directory.path + "/copies").names(in: "vault/damaged") == []
        )
    }

    // MARK: - Added while running

    @Test func aVolumeAddedWhileRunningIsLookedThrough() async throws {
        let store = try Store()
        let bytes = footage(5000)
        let item = try await store.take(bytes).get()
        let path = store.directory.path + "/added"
        mkdir(path, 0o755)
        try store.vault.add(try DurableRoot(path: path))
        #expect(
            rename(store.path(item.sha256), store.path(item.sha256, in: "added")) == 0)
        #expect(try await store.take(bytes).get().wasThere)
        #expect(try store.vault.reader.locate(item.sha256) == store.path(item.sha256, in: "added"))
    }

    @Test func aSecondCopySetWhileRunningIsWritten() async throws {
        let store = try Store()
        let bytes = footage(5000)
        let item = try await store.take(bytes).get()
        try store.vault.setCopies(
            SecondCopy(
                root: try DurableRoot(path: store.directory.path + "/copies"), name: "copies"))
        try await store.vault.replicate(item.sha256)
        #expect(contents(of: store.path(item.sha256, in: "copies")) == bytes)
    }

    @Test func aDamagedSecondCopyRepairsNothing() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage(5000)).get()
        try await store.vault.replicate(item.sha256)
        flipByte(of: store.path(item.sha256), at: 1)
        flipByte(of: store.path(item.sha256, in: "copies"), at: 2)
        let before = contents(of: store.path(item.sha256))
        let repair = try await store.vault.repair(item.sha256, hasCopy: true)
        #expect(repair.outcome == .noSoundCopy)
        #expect(repair.faults.map(\.isRepaired) == [false, false])
        #expect(contents(of: store.path(item.sha256)) == before)
        #expect(try store.names("vault/damaged") == [])
    }

    @Test func aDamagedObjectIsNotReplicated() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage(5000)).get()
        flipByte(of: store.path(item.sha256), at: 1)
        await #expect(throws: VaultFailure.self) { try await store.vault.replicate(item.sha256) }
        #expect(contents(of: store.path(item.sha256, in: "copies")) == nil)
    }

    @Test func bytesWithGapsNeverStandAmongWholeOnesInTheSecondCopy() async throws {
        let store = try Store(hasCopies: true)
        let item = try await store.take(footage(5000)) {
            $0.read = { descriptor, buffer, offset in
                offset == 0
                    ? -Int(EIO)
                    : pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            }
        }.get()
        #expect(!item.isWhole)
        try await store.vault.replicate(item.sha256)
        #expect(contents(of: store.path(item.sha256, in: "copies")) == nil)
        #expect(contents(of: store.path(item.sha256, kind: "partial", in: "copies")) != nil)
    }

    // MARK: - Copying out

    @Test func aCopyIsWholeAndVerified() async throws {
        let store = try Store()
        let bytes = footage((1 << 20) + 3)
        let item = try await store.take(bytes).get()
        let target = store.directory.path + "/out.mp4"
        try await store.vault.reader.copyOut(item.sha256, size: item.size, to: target)
        #expect(contents(of: target) == bytes)
    }

    @Test func aDamagedObjectIsNotHandedOut() async throws {
        let store = try Store()
        let item = try await store.take(footage((1 << 20) + 3)).get()
        flipByte(of: store.path(item.sha256), at: 1 << 20)
        mkdir(store.directory.path + "/out", 0o755)
        let target = store.directory.path + "/out/file.mp4"
        await #expect(throws: VaultFailure.self) {
            try await store.vault.reader.copyOut(item.sha256, size: item.size, to: target)
        }
        #expect(try DurableRoot(path: store.directory.path).names(in: "out") == [])
    }

    @Test(arguments: [true, false])
    func theSecondCopyIsHandedOutInstead(isMissing: Bool) async throws {
        let store = try Store(hasCopies: true)
        let bytes = footage(5000)
        let item = try await store.take(bytes).get()
        try await store.vault.replicate(item.sha256)
        if isMissing {
            unlink(store.path(item.sha256))
        } else {
            flipByte(of: store.path(item.sha256), at: 9)
        }
        let target = store.directory.path + "/out.mp4"
        try await store.vault.reader.copyOut(item.sha256, size: item.size, to: target)
        #expect(contents(of: target) == bytes)
    }

    @Test func whatStandsAtTheTargetIsNotOverwritten() async throws {
        let store = try Store()
        let item = try await store.take(footage(500)).get()
        let target = store.directory.write([1, 2, 3], at: "out.mp4")
        await #expect(throws: VaultFailure.self) {
            try await store.vault.reader.copyOut(item.sha256, size: item.size, to: target)
        }
        #expect(contents(of: target) == [1, 2, 3])
    }
}
