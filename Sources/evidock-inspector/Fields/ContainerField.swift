import Evidence

/// The container, by libavformat's name of it.
enum ContainerField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.container = reading.container
    }
}
