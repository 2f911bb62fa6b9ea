import Evidence

/// One fact, out of what the container gave. A new one is a new file here and a line below.
protocol Field: SendableMetatype {
    static func read(_ reading: Reading, into facts: inout MediaFacts)
}

/// Every field there is.
enum FieldCatalogue {
    static let all: [any Field.Type] = [
        ContainerField.self,
        DurationField.self,
        BitRateField.self,
        StreamsField.self,
        CreatedField.self,
        MakeField.self,
        ModelField.self,
        SerialField.self,
        FirmwareField.self,
        LocationField.self,
        TagsField.self,
    ]
}
