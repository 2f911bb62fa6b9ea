import Evidence

/// When it was made, as the container has it, unmended: often local time falsely marked UTC.
enum CreatedField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.created = reading.tags.first(
            of: "creation_time", "DateTimeOriginal", "DateTime", "date")
    }
}
