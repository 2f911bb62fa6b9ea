import Evidence

/// The camera's model.
enum ModelField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.model = reading.tags.first(
            of: "com.apple.quicktime.model", "com.android.model", "Model", "gopro.model", "IMDL")
    }
}
