import Glibc
import Recorders
import Testing

/// First blocks as formatting programs lay them, made by hand: nothing but the fields that count.
@Suite struct SuperblockTests {
    private func read(_ image: [UInt8]) throws -> Superblock? {
        let card = try Card()
        let path = try card.add("image", "")
        let descriptor = open(card.place(path), O_WRONLY)
        #expect(write(descriptor, image, image.count) == image.count)
        close(descriptor)
        return Superblock.read(from: card.place("image"))
    }

    private func image(_ size: Int, _ fields: [(Int, [UInt8])]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        for (offset, field) in fields {
            bytes.replaceSubrange(offset..<offset + field.count, with: field)
        }
        return bytes
    }

    /// 512-byte sectors, 1 a cluster, 1 reserved, 2 tables of 1 sector: the root begins at 1,536.
    private var fat32: [(Int, [UInt8])] {
        [
            (11, [0, 2]), (13, [1]), (14, [1, 0]), (16, [2]), (36, [1, 0, 0, 0]),
            (44, [2, 0, 0, 0]), (66, [0x29]), (67, [0x4d, 0x3c, 0x2b, 0x1a]),
            (71, Array("NO NAME    ".utf8)), (510, [0x55, 0xaa]),
        ]
    }

    @Test func fatWithTheLabelInItsRootFolder() throws {
        let label = Array("CAM001     ".utf8) + [0x08]
        let found = try read(image(4096, fat32 + [(1536, label)]))
        #expect(found?.label == "CAM001")
        #expect(found?.serial == "1A2B-3C4D")
    }

    @Test func fatWithALabelInGBK() throws {
        let label: [UInt8] = [
            0xd6, 0xb4, 0xb7, 0xa8, 0x31, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x08,
        ]
        #expect(try read(image(4096, fat32 + [(1536, label)]))?.label == "执法1")
    }

    @Test func exFAT() throws {
        let found = try read(
            image(
                8192,
                [
                    (3, Array("EXFAT   ".utf8)), (88, [8, 0, 0, 0]), (96, [3, 0, 0, 0]),
                    (100, [0x4d, 0x3c, 0x2b, 0x1a]), (108, [9]), (109, [1]),
                    (8 * 512 + 1024, [0x83, 3, 0x43, 0, 0x67, 0x62, 0x31, 0]),
                ]))
        #expect(found?.label == "C执1")
        #expect(found?.serial == "1A2B-3C4D")
    }

    @Test func extAndXFS() throws {
        let uuid = (0..<16).map { UInt8($0) }
        let text = "00010203-0405-0607-0809-0a0b0c0d0e0f"
        let ext = try read(
            image(
                4096,
                [(1024 + 56, [0x53, 0xef]), (1024 + 104, uuid), (1024 + 120, Array("card".utf8))]))
        #expect(ext?.label == "card")
        #expect(ext?.serial == text)
        let xfs = try read(
            image(4096, [(0, Array("XFSB".utf8)), (32, uuid), (108, Array("dock".utf8))]))
        #expect(xfs?.label == "dock")
        #expect(xfs?.serial == text)
    }

    @Test("Blocks of any bytes are read or left out")
    func hostileBlocks() throws {
        #expect(try read([]) == nil)
        #expect(try read([UInt8](repeating: 0, count: 4096)) == nil)
        #expect(try read([UInt8](repeating: 0xff, count: 4096)) == nil)
        var generator = SystemRandomNumberGenerator()
        for kind in 0..<200 {
            var bytes = (0..<2048).map { _ in UInt8.random(in: 0...255, using: &generator) }
            if kind % 2 == 0 { bytes.replaceSubrange(3..<11, with: Array("EXFAT   ".utf8)) }
            bytes.replaceSubrange(510..<512, with: [0x55, 0xaa])
            _ = try read(bytes)
        }
    }
}
