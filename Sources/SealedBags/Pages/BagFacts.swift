import Evidence
import TransparencyLog

/// What the pages for people say: gathered while the bag is written.
struct BagFacts {
    struct Item {
        let item: BagItem
        let recorder: String?
        let officer: String?
        /// The time that the file's own name states.
        let captured: String?
        let sealed: Timestamp
        var media: MediaFacts?
    }

    struct Event {
        let leaf: Int64
        let time: Timestamp
        let kind: CustodyEventKind
        let items: [String]
    }

    private(set) var items: [Item] = []
    private(set) var events: [Event] = []
    private var places: [String: Int] = [:]

    mutating func add(_ leaf: DecodedLeaf) {
        events.append(
            Event(
                leaf: leaf.index, time: leaf.leaf.time, kind: leaf.leaf.event,
                items: leaf.items.filter { places[$0] != nil || leaf.leaf.event == .ingestion }))
        if let item = leaf.item,
            let row = leaf.rows.lazy.filter({ $0.kind == FileRow.kind })
                .compactMap({ try? FileRow($0) }).first
        {
            places[item.name.description] = items.count
            items.append(
                Item(
                    item: item, recorder: row.recorder,
                    officer: row.officer ?? row.file.claims.officer,
                    captured: row.file.claims.captured.map {
                        "\($0)" + (row.file.claims.capturedIsUTC ? "Z" : "")
                    }, sealed: leaf.leaf.time, media: nil))
        }
        for row in leaf.rows where row.kind == DescriptionRow.kind {
            guard let facts = try? DescriptionRow(row), let place = places[facts.item] else {
                continue
            }
            items[place].media = facts.facts
        }
    }
}
