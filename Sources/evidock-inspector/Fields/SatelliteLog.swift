import Evidence

/// Fixes out of a text of NMEA 0183 sentences, as recorders write them beside footage: `$GPRMC,…`
/// of any talker, with whatever a maker puts before it on the line. Only RMC has both the date and
/// the time.
enum SatelliteLog {
    /// Bytes of a text that are read: a day at one fix a second.
    private static let limit: Int64 = 16 << 20
    private static let chunk = 1 << 16
    private static let longestLine = 256
    /// Fixes that are counted.
    private static let most = 1_000_000

    /// Nil where the text has no valid fix.
    static func track(of footage: Footage) -> SatelliteTrack? {
        var (sound, unsound): ([SatelliteTrack.Fix], [SatelliteTrack.Fix]) = ([], [])
        func take(_ line: [UInt8]) {
            guard let (fix, isSound) = fix(in: line) else { return }
            if isSound { sound.append(fix) } else { unsound.append(fix) }
        }
        var line: [UInt8] = []
        var offset: Int64 = 0
        while offset < min(footage.size, limit), sound.count + unsound.count < most {
            let bytes = footage.bytes(at: offset, count: chunk)
            guard !bytes.isEmpty else { break }
            offset += Int64(bytes.count)
            for byte in bytes {
                if byte == 0x0a || byte == 0x0d {
                    take(line)
                    line.removeAll(keepingCapacity: true)
                } else if line.count < longestLine {
                    line.append(byte)
                }
            }
        }
        take(line)
        // Where no checksum at all is right, it is the maker who reckons them otherwise.
        return SatelliteTrack(sound.isEmpty ? unsound : sound)
    }

    /// The fixes of a text of a movie's own track: its length, then sentences among other things,
    /// perhaps without their `$`.
    static func fixes(inSample sample: [UInt8]) -> [SatelliteTrack.Fix] {
        sample.dropFirst(2).split { [0x0a, 0x0d, UInt8(ascii: ";")].contains($0) }.compactMap {
            let line = Array($0.prefix(longestLine))
            let begins = line.starts(with: "G".utf8) ? [UInt8(ascii: "$")] : []
            guard let (fix, isSound) = fix(in: begins + line), isSound else { return nil }
            return fix
        }
    }

    /// The fix of an RMC sentence that is valid (`A`), and whether its checksum, where it has one,
    /// is right.
    private static func fix(in line: [UInt8]) -> (SatelliteTrack.Fix, isSound: Bool)? {
        guard let dollar = line.firstIndex(of: UInt8(ascii: "$")) else { return nil }
        let sentence = line[(dollar + 1)...]
        let star = sentence.firstIndex(of: UInt8(ascii: "*")) ?? sentence.endIndex
        let body = sentence[..<star]
        var isSound = true
        if star < sentence.endIndex {
            let said = String(decoding: sentence[(star + 1)...].prefix(2), as: UTF8.self)
            isSound = UInt8(said, radix: 16) == body.reduce(0, ^)
        }
        let fields = body.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        // Talker and type, time, validity, latitude and its sign, longitude and its sign, speed,
        // course, date.
        guard fields.count >= 10, fields[0].utf8.count == 5, fields[0].hasSuffix("RMC"),
            fields[2] == "A", let time = moment(time: fields[1], date: fields[9]),
            let latitude = degrees(fields[3], fields[4], signs: ("N", "S"), limit: 90),
            let longitude = degrees(fields[5], fields[6], signs: ("E", "W"), limit: 180),
            latitude != 0 || longitude != 0
        else { return nil }
        let place = MediaFacts.Place(latitudeE7: latitude, longitudeE7: longitude)
        return (SatelliteTrack.Fix(time: time, place: place), isSound)
    }

    /// `hhmmss.sss` and `ddmmyy`, UTC.
    static func moment(time: String, date: String) -> Timestamp? {
        let (clock, day) = (Array(time.utf8), Array(date.utf8))
        guard clock.count >= 6, day.count == 6 else { return nil }
        func two(_ bytes: [UInt8], _ place: Int) -> Int? {
            let pair = bytes[place..<place + 2]
            guard pair.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return pair.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        // Before 2010 lie the resets of receivers: 1980, and the rollover of weeks in 1999.
        guard let year = two(day, 4), (10..<80).contains(year), let month = two(day, 2),
            let date = two(day, 0), let hour = two(clock, 0), let minute = two(clock, 2),
            let second = two(clock, 4),
            let civil = CivilTime(2000 + year, month, date, hour, minute, min(second, 59))
        else { return nil }
        var fraction = 0.0
        if clock.count > 6 {
            guard let part = Double("0" + String(decoding: clock[6...], as: UTF8.self)), part < 1
            else { return nil }
            fraction = part
        }
        return Timestamp(milliseconds: civil.secondsSince1970 * 1000 + Int64(fraction * 1000))
    }

    /// `ddmm.mmmm` with the letter of its half of the earth, in units of 10^-7 degree.
    private static func degrees(
        _ text: String, _ sign: String, signs: (String, String), limit: Double
    ) -> Int64? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }),
            let number = Double(text), sign == signs.0 || sign == signs.1
        else { return nil }
        let degrees = (number / 100).rounded(.down)
        let minutes = number - degrees * 100
        guard minutes < 60 else { return nil }
        let value = degrees + minutes / 60
        guard value <= limit else { return nil }
        return Int64(((sign == signs.1 ? -value : value) * 1e7).rounded())
    }
}
