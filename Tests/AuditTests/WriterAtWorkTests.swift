import DurableFiles
import Evidence
import Fixity
import Testing

struct WriterAtWorkTests {
    @Test func theEndOfAnIndexMayLagWhileSomebodyWrites() async throws {
        let store = try await AuditedStore(leaves: 3)
        store.forget()
        let lock = try RootLock.acquire(root: try DurableRoot(path: store.path), note: "test")
        #expect(try store.audit(quick: true).codes == [])
        store.alter()
        #expect(try store.audit(quick: true).codes == ["index-differs"])
        lock.release()
        #expect(try store.audit(quick: true).codes == ["index-differs", "index-differs"])
    }

    @Test func contentThatIsNotYetInTheLedgerIsNoOrphanWhileSomebodyWrites() async throws {
        let store = try await AuditedStore(leaves: 3)
        store.write([7], at: AuditedStore.place(SHA256Digest.of([7])))
        store.write([1], at: "log/tile/entries/000.p/9")
        let lock = try RootLock.acquire(root: try DurableRoot(path: store.path), note: "test")
        #expect(try store.audit(quick: true).codes == [])
        lock.release()
        #expect(
            try store.audit(quick: true).codes == ["beyond-checkpoint", "orphan-object"])
    }
}
