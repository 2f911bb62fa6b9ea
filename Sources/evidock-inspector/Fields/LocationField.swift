import Evidence

/// The place the container names: numbers, or an ISO 6709 tag. 0,0 is what a camera without a fix
/// writes, and is no place.
enum LocationField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        let place =
            reading.place
            ?? reading.tags.first(
                of: "com.apple.quicktime.location.ISO6709", "location", "location-eng",
                "\u{a9}xyz", "xyz"
            ).flatMap(place(iso6709:))
        guard let place, place.latitudeE7 != 0 || place.longitudeE7 != 0 else { return }
        facts.location = place
    }

    /// Reads `±DD.D±DDD.D…/` and the forms with minutes and seconds (ISO 6709, annex H).
    static func place(iso6709 text: String) -> MediaFacts.Place? {
        var parts: [[UInt8]] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"): parts.append([byte])
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                guard !parts.isEmpty, parts[parts.count - 1].count < 24 else { return nil }
                parts[parts.count - 1].append(byte)
            default:
                // The end, or the name of a reference system.
                guard parts.count >= 2 else { return nil }
                return place(parts)
            }
        }
        return place(parts)
    }

    private static func place(_ parts: [[UInt8]]) -> MediaFacts.Place? {
        guard parts.count >= 2, let latitude = degrees(parts[0], whole: 2),
            let longitude = degrees(parts[1], whole: 3), abs(latitude) <= 90, abs(longitude) <= 180
        else { return nil }
        return MediaFacts.Place(
            latitudeE7: Int64((latitude * 1e7).rounded()),
            longitudeE7: Int64((longitude * 1e7).rounded()))
    }

    /// `whole` digits stand for degrees; two more are minutes, two more seconds. Fewer digits than
    /// that are degrees too: some phones write no leading zeros.
    private static func degrees(_ part: [UInt8], whole: Int) -> Double? {
        let text = String(decoding: part.dropFirst(), as: UTF8.self)
        guard let number = Double(text) else { return nil }
        let digits = text.prefix { $0 != "." }.count
        var value = number
        if digits == whole + 2 {
            let degrees = (number / 100).rounded(.towardZero)
            value = degrees + (number - degrees * 100) / 60
        } else if digits == whole + 4 {
            let degrees = (number / 10_000).rounded(.towardZero)
            let minutes = ((number - degrees * 10_000) / 100).rounded(.towardZero)
            value = degrees + minutes / 60 + (number - degrees * 10_000 - minutes * 100) / 3600
        } else if digits > whole {
            return nil
        }
        return part.first == UInt8(ascii: "-") ? -value : value
    }
}
