import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Testing

@testable import Vault

/// What is read of an object is what was taken, by whichever part and however often it is asked for.
@Suite struct SoundBlocksTests {
    private struct Object {
        let bytes: [UInt8]
        let sha256: SHA256Digest
        let digests: [SHA256Digest]
        let directory = TemporaryDirectory()
        let sound = SoundBlocks()

        init(_ size: Int) throws {
            var generator = SeededGenerator(seed: 9)
            bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) }
            sha256 = .of(bytes)
            let block = Int(VaultedItem.blockSize)
            digests = stride(from: 0, to: size, by: block).map { [bytes] in
                .of(bytes[$0..<min($0 + block, size)])
            }
            try write(bytes, to: "root")
        }

        private func path(_ root: String) -> String {
            directory.path + "/\(root)/" + VaultReader.place(sha256, kind: "footage")
        }

        func write(_ bytes: [UInt8], to root: String) throws {
            let url = URL(fileURLWithPath: path(root))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }

        /// A byte on the disk becomes another.
        func damage(_ offset: Int, in root: String) throws {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path(root)))
            try file.seek(toOffset: UInt64(offset))
            try file.write(contentsOf: [bytes[offset] ^ 1])
            try file.close()
        }

        func read(_ range: Range<Int>) throws -> [UInt8] {
            let vault = VaultReader(
                rootPaths: [directory.path + "/root"], copies: directory.path + "/copies")
            return try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
                try vault.read(
                    sha256, size: Int64(bytes.count), at: Int64(range.lowerBound), digests: digests,
                    sound: sound, into: UnsafeMutableRawBufferPointer(buffer))
                count = range.count
            }
        }

        /// Parts anywhere, none across the end of a block.
        func readAnywhere(seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<40 {
                let first = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, (first >> 20 + 1) << 20)
                let last = Int.random(in: (first + 1)...end, using: &generator)
                #expect(try read(first..<last) == Array(bytes[first..<last]))
            }
        }
    }

    @Test func damageIsFoundAlsoInWhatWasSoundAMomentAgo() async throws {
        let object = try Object(2_600_000)
        try object.readAnywhere(seed: 1)
        // Old enough to be known by its marks.
        try await Task.sleep(for: .seconds(3.5))
        try object.readAnywhere(seed: 2)
        try object.readAnywhere(seed: 3)
        try object.damage(1_500_000, in: "root")
        #expect(throws: VaultFailure.self) { try object.read(1_048_576..<1_048_580) }
        #expect(try object.read(0..<10) == Array(object.bytes[..<10]))
        // The second copy has it still.
        try object.write(object.bytes, to: "copies")
        try object.readAnywhere(seed: 4)
    }

    @Test func nothingIsReadBeyondABlock() throws {
        let object = try Object(2_600_000)
        #expect(throws: VaultFailure.self) { try object.read(1_048_570..<1_048_580) }
        #expect(throws: VaultFailure.self) { try object.read(2_599_999..<2_600_001) }
        #expect(throws: VaultFailure.self) { try object.read(9_000_000..<9_000_001) }
    }

    @Test func onlyWhatHasSettledIsKnown() async throws {
        let object = try Object(100)
        #expect(try object.read(0..<100) == object.bytes)
        let path =
            object.directory.path + "/root/" + VaultReader.place(object.sha256, kind: "footage")
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        #expect(SoundBlocks.Place(file.fileDescriptor, 0) == nil)
        try await Task.sleep(for: .seconds(3.5))
        let place = try #require(SoundBlocks.Place(file.fileDescriptor, 0))
        #expect(!object.sound.has(place))
        _ = try object.read(3..<7)
        #expect(object.sound.has(place))
        try object.damage(5, in: "root")
        #expect(SoundBlocks.Place(file.fileDescriptor, 0) == nil)
    }
}
