import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Testing

@testable import Vault

/// What is sealed is what the source held, whatever its size and company.
struct TakingTests {
    static let sizes = [
        0, 1, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20, (3 << 20) + 5,
    ]

    private func expect(_ item: VaultedItem, is bytes: [UInt8], in store: Store) throws {
        #expect(item.sha256 == SHA256Digest.of(bytes))
        #expect(item.sm3 == SM3Digest.of(bytes))
        #expect(item.size == Int64(bytes.count))
        let blocks = stride(from: 0, to: bytes.count, by: 1 << 20).map {
            SHA256Digest.of(Array(bytes[$0..<min($0 + (1 << 20), bytes.count)]))
        }
        #expect(item.blocks == blocks)
        let probe = VaultedItem.probeRanges(size: item.size)
            .flatMap { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
        #expect(item.probe == SHA256Digest.of(probe))
        #expect(item.isWhole)
        #expect(contents(of: store.path(item.sha256)) == bytes)
        #expect(try store.names("staging") == [])
    }

    @Test(arguments: sizes) func aFileAloneIsSealedAsItIs(size: Int) async throws {
        let store = try Store()
        let bytes = footage(size)
        try expect(try await store.take(bytes).get(), is: bytes, in: store)
    }

    @Test(arguments: sizes) func onOneThreadItIsTheSame(size: Int) async throws {
        let store = try Store { $0.singleThreaded = true }
        let bytes = footage(size)
        try expect(try await store.take(bytes).get(), is: bytes, in: store)
    }

    @Test func filesOfAGroupAreSealedEachAsItIs() async throws {
        let store = try Store()
        let group = Self.sizes.filter { $0 <= 2 << 20 }.enumerated().map {
            footage($1, seed: UInt64($0 + 7))
        }
        for (result, bytes) in zip(try await store.take(group), group) {
            try expect(try result.get(), is: bytes, in: store)
        }
    }

    @Test func readingTwiceSealsTheSame() async throws {
        let store = try Store { $0.mode = .both }
        let (large, small) = (footage((2 << 20) + 9), footage(5000, seed: 2))
        try expect(try await store.take(large).get(), is: large, in: store)
        try expect(try await store.take(small).get(), is: small, in: store)
    }

    @Test func theSameContentTwiceInOneGroupIsOneObject() async throws {
        let store = try Store()
        let bytes = footage(9000)
        let items = try await store.take([bytes, footage(10), bytes]).map { try $0.get() }
        #expect(items.map(\.wasThere) == [false, false, true])
        #expect(try store.objectCount() == 2)
    }

    @Test func manyTransfersOfTheSameContentAtOnceAreOneObject() async throws {
        let store = try Store()
        let bytes = footage((1 << 20) + 77)
        let sources = try (0..<8).map { try store.source(bytes, named: "twin\($0)") }
        let items = try await withThrowingTaskGroup(of: VaultedItem.self) { tasks in
            for source in sources {
                tasks.addTask { try await store.vault.take([source]) { _, _, _ in }[0].get() }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(items.count { !$0.wasThere } == 1)
        #expect(contents(of: store.path(SHA256Digest.of(bytes))) == bytes)
        #expect(try store.names("staging") == [])
    }

    @Test func everyDescriptorIsClosed() async throws {
        let store = try Store()
        var sources = try (0..<5).map { try store.source(footage(50, seed: $0), named: "s\($0)") }
        _ = await store.vault.take(sources) { _, _, _ in }
        #expect(sources.allSatisfy { !leads($0.descriptor, into: store) })
        sources = [try store.source(footage(3 << 20), named: "large")]
        _ = await store.vault.take(sources) { _, _, _ in }
        #expect(sources.allSatisfy { !leads($0.descriptor, into: store) })
    }

    /// Other tests open files meanwhile: a number may be in use again, but not for this card.
    private func leads(_ descriptor: CInt, into store: Store) -> Bool {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
        guard count > 0 else { return false }
        let path = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.hasPrefix(store.directory.path + "/card/")
    }

    @Test func anObjectIsReadOnly() async throws {
        let store = try Store()
        let item = try await store.take(footage(100)).get()
        var status = stat()
        #expect(stat(store.path(item.sha256), &status) == 0)
        #expect(status.st_mode & 0o222 == 0)
    }

    @Test func whatAKilledRunLeftIsSweptAtTheStart() throws {
        let directory = TemporaryDirectory()
        directory.write(footage(10), at: "staging/4711-1")
        let root = try DurableRoot(path: directory.path)
        _ = try Vault(root: root, furtherVolumes: [], copies: nil, settings: VaultSettings())
        #expect(try root.names(in: "staging") == [])
    }
}
