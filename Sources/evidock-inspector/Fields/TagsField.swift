import Evidence

/// Every other name and value of the container, bounded in count and length.
enum TagsField: Field {
    private static let countLimit = 64

    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        for entry in reading.tags.entries where facts.tags.count < countLimit {
            let name = SafeText.shown(entry.name, limit: 64)
            if facts.tags[name] == nil {
                facts.tags[name] = SafeText.shown(entry.value, limit: 256)
            }
        }
    }
}
