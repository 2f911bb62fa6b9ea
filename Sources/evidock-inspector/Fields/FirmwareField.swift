import Evidence

/// What the camera ran.
enum FirmwareField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.firmware = reading.tags.first(
            of: "firmware", "gopro.firmware", "com.apple.quicktime.software", "com.android.version",
            "Software", "ISFT")
    }
}
