import Evidence

/// The two tables of a bag. Both follow from the leaves and rows that lie beside them and from
/// nothing else, so that whoever checks the bag makes them again and compares.
struct BagTables {
    private(set) var events: [UInt8] = Array(
        (["leaf", "time", "event", "items", "sha256", "sm3", "size", "by"].joined(separator: ",")
            + "\r\n").utf8)
    private(set) var names: [UInt8] = Array(
        (["file", "item", "path", "pathBytes", "sha256", "sm3", "size"].joined(separator: ",")
            + "\r\n").utf8)
    private(set) var items: [BagItem] = []
    private var places: [String: String] = [:]

    /// Takes in the next leaf; the leaves come in their order.
    mutating func add(_ leaf: DecodedLeaf) {
        let item = leaf.item
        let digests = (item?.sha256 ?? leaf.leaf.sha256, item?.sm3 ?? leaf.leaf.sm3)
        events += Self.line([
            String(leaf.index), leaf.leaf.time.description, leaf.leaf.event.rawValue,
            leaf.items.joined(separator: " "), digests.0?.hex ?? "", digests.1?.hex ?? "",
            (item?.size ?? leaf.leaf.size).map(String.init) ?? "", leaf.by ?? "",
        ])
        if let item {
            items.append(item)
            places[item.name.description] = item.place
            addName(item.path, of: item.name.description, item.sha256.hex, item.sm3.hex, item.size)
        } else if leaf.leaf.event == .duplicate {
            // Another name under which the recorder had the same bytes.
            for row in leaf.rows.compactMap({ try? FileRow($0) }) where row.isNewName {
                guard let name = row.item, places[name] != nil else { continue }
                addName(row.file.path, of: name, row.sha256.hex, row.sm3.hex, row.file.size)
            }
        }
    }

    private mutating func addName(
        _ path: RecorderPath, of item: String, _ sha256: String, _ sm3: String, _ size: Int64
    ) {
        let shown = TableLine.spreadsheetSafe(path.display)
        // Where what is shown is not the name itself, the name stands beside it.
        let isExact = path.utf8.map { $0.utf8.elementsEqual(shown.utf8) } ?? false
        names += Self.line([
            places[item] ?? "", item, shown, isExact ? "" : Base64.encode(path.bytes), sha256, sm3,
            String(size),
        ])
    }

    /// A line of RFC 4180.
    private static func line(_ fields: [String]) -> [UInt8] {
        Array((TableLine.of(fields) + "\r\n").utf8)
    }
}
