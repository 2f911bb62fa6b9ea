import Evidence
import Fixity
import TransparencyLog

/// Every name below `log`: what belongs there, partial tiles of earlier widths, what lies beyond the
/// checkpoint, and strays.
struct TileWalk {
    let auditor: Auditor
    let size: Int64

    private static let known: Set<String> = [
        "checkpoint", "checkpoint.next", "checkpoint.cosigned", "requested", "tile", "stamped",
    ]

    func run() {
        for name in auditor.names("log") where !Self.known.contains(name) {
            auditor.stray("log/" + name)
        }
        for name in auditor.names("log/tile") {
            switch (name, Int(name)) {
            case ("entries", _): walk("log/tile/entries", .entries, group: 0, depth: 0)
            case (_, let level?) where (0...7).contains(level) && "\(level)" == name:
                walk("log/tile/" + name, .hashes(level: level), group: 0, depth: 0)
            default: auditor.stray("log/tile/" + name)
            }
        }
    }

    private func walk(_ place: String, _ content: TilePath.Content, group: Int64, depth: Int) {
        for name in auditor.names(place) {
            let below = place + "/" + name
            let digits = name.hasPrefix("x") ? name.dropFirst() : name.prefix(3)
            guard digits.utf8.count == 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int64(digits)
            else {
                auditor.stray(below)
                continue
            }
            let index = group * 1000 + number
            if name.hasPrefix("x"), depth < 5, StoredFile.isDirectory(auditor.root + "/" + below) {
                walk(below, content, group: index, depth: depth + 1)
            } else if let path = TilePath(content, index: index), "log/\(path)" == below {
                if count(content) >> 8 <= index { beyond(below) }
            } else if let path = TilePath(content, index: index), "log/\(path).p" == below {
                checkPartials(path, below)
            } else {
                auditor.stray(below)
            }
        }
    }

    private func count(_ content: TilePath.Content) -> Int64 {
        guard case .hashes(let level) = content else { return size }
        return size >> Int64(8 * level)
    }

    /// Each width that was published once is the beginning of the newest.
    private func checkPartials(_ full: TilePath, _ directory: String) {
        let limit = EntryBundle.byteLimit
        let newest = min(256, max(0, count(full.content) - full.index * 256))
        let path = TilePath(full.content, index: full.index, width: Int(newest)) ?? full
        let whole =
            (try? StoredFile.bytes("\(auditor.root)/log/\(path)", limit: limit))
            ?? (try? StoredFile.bytes("\(auditor.root)/log/\(full)", limit: limit))
        for name in auditor.names(directory) {
            let place = directory + "/" + name
            guard let width = Int(name), "\(width)" == name, (1...255).contains(width) else {
                auditor.stray(place)
                continue
            }
            guard width <= newest else {
                beyond(place)
                continue
            }
            // The newest itself is compared with the entries.
            guard width < newest, let whole else { continue }
            guard let bytes = try? StoredFile.bytes(auditor.root + "/" + place, limit: limit),
                whole.starts(with: bytes), isWhole(bytes, full.content, width: width)
            else {
                auditor.find(
                    "tile-differs", place,
                    Bilingual("A partial tile differs from the newest.", "部分哈希块与最新的不符。"),
                    expected: "the beginning of log/\(path)")
                continue
            }
        }
    }

    private func isWhole(_ bytes: [UInt8], _ content: TilePath.Content, width: Int) -> Bool {
        switch content {
        case .entries: (try? EntryBundle.parse(bytes, width: width)) != nil
        case .hashes: bytes.count == width * HashTile.hashWidth
        }
    }

    /// What a crash leaves until the next start, or what a checkpoint that was put back leaves. A
    /// writer at work has such files always.
    private func beyond(_ place: String) {
        guard !auditor.isWriterAtWork else { return }
        auditor.find(
            "beyond-checkpoint", place,
            Bilingual(
                "Entries lie beyond the checkpoint: it was put back, or a crash came between.",
                "检查点之后仍有存证记录：检查点可能被回退，或系统曾中断。"), expected: "size \(size)")
    }
}
