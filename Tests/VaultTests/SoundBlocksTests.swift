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

        /// By as many spans as it takes.
        func read(_ range: Range<Int>) throws -> [UInt8] {
            let vault = VaultReader(
                rootPaths: [directory.path + "/root"], copies: directory.path + "/copies")
            var result: [UInt8] = []
            while result.count < range.count {
                let place = range.lowerBound + result.count
                let span = try vault.soundSpan(
                    sha256, size: Int64(bytes.count), from: Int64(place), digests: digests,
                    sound: sound)
                let file = FileHandle(fileDescriptor: span.descriptor, closeOnDealloc: true)
                try file.seek(toOffset: UInt64(place))
                let end = min(Int(span.end), range.upperBound)
                result += try #require(try file.read(upToCount: end - place))
            }
            return result
        }

        /// Parts anywhere.
        func readAnywhere(seed: UInt64) throws {
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<40 {
                let first = Int.random(in: 0..<bytes.count, using: &generator)
                let last = Int.random(in: (first + 1)...bytes.count, using: &generator)
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

    @Test func thereIsNothingBeyondTheEnd() throws {
        let object = try Object(2_600_000)
        for offset in [-1, 2_600_000, 9_000_000] {
            #expect(throws: VaultFailure.self) { try object.read(offset..<(offset + 1)) }
        }
    }

    @Test func onlyWhatHasSettledIsKnown() async throws {
        let object = try Object(100)
        #expect(try object.read(0..<100) == object.bytes)
        let path =
            object.directory.path + "/root/" + VaultReader.place(object.sha256, kind: "footage")
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        #expect(SoundBlocks.File(file.fileDescriptor) == nil)
        try await Task.sleep(for: .seconds(3.5))
        let known = try #require(SoundBlocks.File(file.fileDescriptor))
        #expect(!object.sound.has(known, 0))
        _ = try object.read(3..<7)
        #expect(object.sound.has(known, 0))
        try object.damage(5, in: "root")
        #expect(SoundBlocks.File(file.fileDescriptor) == nil)
    }
}
