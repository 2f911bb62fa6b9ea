import Evidence

/// Who made the camera.
enum MakeField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.make = reading.tags.first(
            of: "com.apple.quicktime.make", "com.android.manufacturer", "Make", "manufacturer",
            "IMAK")
        if facts.make == nil, reading.tags.first(of: "gopro.model") != nil { facts.make = "GoPro" }
    }
}
