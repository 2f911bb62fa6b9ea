import Evidence

/// The camera's serial number.
enum SerialField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.serial = reading.tags.first(
            of: "com.apple.quicktime.serialnumber", "com.android.serialnumber", "BodySerialNumber",
            "gopro.serial", "serial_number", "serial")
    }
}
