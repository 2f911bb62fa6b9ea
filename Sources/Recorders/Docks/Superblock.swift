import Evidence
import Glibc

/// What the first blocks of a volume say: its label and number. FAT (Microsoft's fatgen103), exFAT
/// (Microsoft's specification, 3.1 and 7.3), ext2/3/4 and XFS (the kernel's own documents).
package struct Superblock: Hashable, Sendable {
    package private(set) var label: String?
    /// A UUID, or FAT's `1A2B-3C4D`.
    package private(set) var serial: String?

    /// Nil where the device cannot be read or holds none of these.
    package static func read(from device: String) -> Superblock? {
        let descriptor = open(device, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read { offset, count in
            var bytes = [UInt8](repeating: 0, count: count)
            let got = pread(descriptor, &bytes, count, off_t(offset))
            return got == count ? bytes : nil
        }
    }

    /// - Parameter block: so many bytes from an offset; nil where there are fewer.
    static func read(_ block: (_ offset: Int64, _ count: Int) -> [UInt8]?) -> Superblock? {
        guard let boot = block(0, 512) else { return nil }
        if boot.starts(with: Array("XFSB".utf8)) {
            return Superblock(label: text(boot[108..<120]), serial: uuid(boot[32..<48]))
        }
        if boot[3..<11] == Array("EXFAT   ".utf8)[...] { return exFAT(boot, block) }
        if let ext = block(1024, 256), ext[56] == 0x53, ext[57] == 0xef {
            return Superblock(label: text(ext[120..<136]), serial: uuid(ext[104..<120]))
        }
        return FAT(boot, block)
    }

    private static func exFAT(
        _ boot: [UInt8], _ block: (Int64, Int) -> [UInt8]?
    ) -> Superblock? {
        let sectorShift = Int(boot[108])
        let clusterShift = Int(boot[109])
        guard (9...12).contains(sectorShift), clusterShift <= 25 - sectorShift else { return nil }
        var found = Superblock(serial: fatSerial(number(boot, 100, 4)))
        let cluster = number(boot, 96, 4)
        guard cluster >= 2 else { return found }
        let offset =
            (number(boot, 88, 4) << sectorShift) + (cluster - 2) << (sectorShift + clusterShift)
        guard let root = block(offset, min(1 << (sectorShift + clusterShift), 4096)) else {
            return found
        }
        for entry in stride(from: 0, to: root.count - 31, by: 32) {
            if root[entry] == 0 { break }
            guard root[entry] == 0x83, root[entry + 1] <= 11 else { continue }
            let units = (0..<Int(root[entry + 1])).map {
                UInt16(number(root, entry + 2 + 2 * $0, 2))
            }
            found.label = String(decoding: units, as: UTF16.self)
            break
        }
        return found
    }

    private static func FAT(_ boot: [UInt8], _ block: (Int64, Int) -> [UInt8]?) -> Superblock? {
        let sector = number(boot, 11, 2)
        let tables = number(boot, 16, 1)
        guard boot[510] == 0x55, boot[511] == 0xaa, [512, 1024, 2048, 4096].contains(sector),
            boot[13] > 0, (1...2).contains(tables)
        else { return nil }
        let isFAT32 = number(boot, 22, 2) == 0
        let serialAt = isFAT32 ? 67 : 39
        guard boot[serialAt - 1] == 0x29 || boot[serialAt - 1] == 0x28 else { return nil }
        var found = Superblock(serial: fatSerial(number(boot, serialAt, 4)))
        found.label = text(boot[serialAt + 4..<serialAt + 15])
        let tableSize = isFAT32 ? number(boot, 36, 4) : number(boot, 22, 2)
        var root = (number(boot, 14, 2) + tables * tableSize) * sector
        if isFAT32 {
            root += max(0, number(boot, 44, 4) - 2) * number(boot, 13, 1) * sector
        }
        // The label in the root folder is the one that people see and change.
        let folder = block(root, 512) ?? []
        for entry in stride(from: 0, to: folder.count - 31, by: 32) {
            if folder[entry] == 0 { break }
            if folder[entry] != 0xe5, folder[entry + 11] & 0x3f == 0x08 {
                found.label = text(folder[entry..<entry + 11])
                break
            }
        }
        return found
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int64 {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int64($1) }
    }

    /// Padded with spaces or zeros; in UTF-8 or, on cards from here, GBK.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        var name = Array(bytes.prefix { $0 != 0 })
        while name.last == 0x20 { name.removeLast() }
        return name.isEmpty ? nil : ForeignText.decode(name)
    }

    /// As udev and people write it: `1A2B-3C4D`.
    private static func fatSerial(_ number: Int64) -> String {
        let digits = Hex.encode([24, 16, 8, 0].map { UInt8(number >> $0 & 0xff) }).uppercased()
        return digits.prefix(4) + "-" + digits.suffix(4)
    }

    private static func uuid(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.contains(where: { $0 != 0 }) else { return nil }
        let digits = Array(Hex.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
            .joined(separator: "-")
    }
}
