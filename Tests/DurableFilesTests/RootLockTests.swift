import EvidenceTestKit
import Testing

@testable import DurableFiles

/// One writer to a root.
struct RootLockTests {
    private let directory = TemporaryDirectory()

    @Test func aSecondHolderIsRefusedUntilTheFirstLetsGo() throws {
        let root = try DurableRoot(path: directory.path)
        let first = try RootLock.acquire(root: root, note: "/run/one")
        #expect {
            _ = try RootLock.acquire(root: root, note: "/run/two")
        } throws: {
            ($0 as? DurableFileFailure)?.code == "in-use"
        }
        #expect(RootLock.note(rootPath: directory.path) == "/run/one")
        first.release()
        #expect(RootLock.note(rootPath: directory.path) == nil)
        let second = try RootLock.acquire(root: root, note: "/run/two")
        #expect(RootLock.note(rootPath: directory.path) == "/run/two")
        second.release()
    }

    @Test func lettingGoTwiceDoesNotTakeAnothersLock() throws {
        let root = try DurableRoot(path: directory.path)
        let first = try RootLock.acquire(root: root, note: "one")
        first.release()
        let second = try RootLock.acquire(root: root, note: "two")
        first.release()
        #expect(RootLock.note(rootPath: directory.path) == "two")
        second.release()
    }
}
