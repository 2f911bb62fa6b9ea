import Evidence

/// Where and when a movie was shot, out of a track of its own: GoPro's telemetry (`gpmd`), or texts
/// with NMEA sentences in them. Only what the receiver called a fix.
enum MovieTelemetry {
    /// Samples of a track, and bytes of all of them, that are read.
    private static let most = 50_000
    private static let limit: Int64 = 64 << 20

    static func track(of movie: MovieFile, _ footage: Footage) -> SatelliteTrack? {
        for track in movie.tracks {
            let read: ([UInt8]) -> [SatelliteTrack.Fix]
            switch track.format {
            case "gpmd": read = GoProTelemetry.fixes(in:)
            case "tx3g", "text": read = SatelliteLog.fixes(inSample:)
            default: continue
            }
            var fixes: [SatelliteTrack.Fix] = []
            var rest = limit
            for place in track.samples(atMost: most) {
                let size = place.upperBound - place.lowerBound
                guard size <= rest, place.upperBound <= footage.size else { break }
                rest -= size
                fixes += read(footage.bytes(at: place.lowerBound, count: Int(size)))
            }
            if let found = SatelliteTrack(fixes) { return found }
        }
        return nil
    }
}

/// The positions in one sample of GoPro's telemetry.
enum GoProTelemetry {
    static func fixes(in sample: [UInt8]) -> [SatelliteTrack.Fix] {
        let index = IndexBytes(bytes: sample)
        let streams = KeyLengthValue.entries(in: 0..<sample.count, of: index)
            .filter { $0.key == "DEVC" && $0.type == 0 }
            .flatMap { KeyLengthValue.entries(in: $0.payload, of: index) }
            .filter { $0.key == "STRM" && $0.type == 0 }
            .map { Stream($0, index) }
        // Newer cameras write both.
        let plain = streams.flatMap(\.plainFixes)
        return plain.isEmpty ? streams.flatMap(\.timedFixes) : plain
    }

    /// One kind of measurements.
    private struct Stream {
        let index: IndexBytes
        private let entries: [FourCharacters: KeyLengthValue]

        init(_ stream: KeyLengthValue, _ index: IndexBytes) {
            self.index = index
            entries = Dictionary(
                KeyLengthValue.entries(in: stream.payload, of: index).map { ($0.key, $0) },
                uniquingKeysWith: { first, _ in first })
        }

        /// GPS5: latitude, longitude and three more, about 18 times a second; when, and whether
        /// there was a fix, stands beside them once.
        var plainFixes: [SatelliteTrack.Fix] {
            guard let values = entries["GPS5"], values.type == UInt8(ascii: "l"),
                values.size == 20, values.count > 0, let scales, scales.count >= 2,
                let fix = entries["GPSF"].flatMap({ index.big32($0.place(0)) }),
                fix == 2 || fix == 3,
                let time = entries["GPSU"].flatMap({ moment(index.bytes[$0.payload]) })
            else { return [] }
            return (0..<values.count).compactMap { number in
                place(values.place(number), scales).map {
                    SatelliteTrack.Fix(
                        time: Timestamp(
                            milliseconds: time.milliseconds + Int64(number * 1000 / values.count)),
                        place: $0)
                }
            }
        }

        /// GPS9: the same with the day since 2000, the second of it, the precision and the fix of
        /// each.
        var timedFixes: [SatelliteTrack.Fix] {
            guard let values = entries["GPS9"], values.size == 32, let scales, scales.count >= 7
            else { return [] }
            return (0..<values.count).compactMap { number in
                let start = values.place(number)
                guard let fix = index.big16(start + 30), fix == 2 || fix == 3,
                    let day = integer(start + 20), let second = integer(start + 24),
                    let place = place(start, scales), day > 3652, day < 29_000, second >= 0
                else { return nil }
                let seconds = Double(second) / scales[6]
                guard seconds < 86_401 else { return nil }
                // 2000-01-01.
                let midnight = 946_684_800_000 + Int64(Double(day) / scales[5]) * 86_400_000
                return SatelliteTrack.Fix(
                    time: Timestamp(milliseconds: midnight + Int64(seconds * 1000)), place: place)
            }
        }

        /// What the values are to be divided by.
        private var scales: [Double]? {
            guard let scale = entries["SCAL"], scale.count > 0 else { return nil }
            let numbers = (0..<scale.count).compactMap { number -> Double? in
                switch scale.size {
                case 2: index.big16(scale.place(number)).map { Double(Int16(bitPattern: $0)) }
                case 4: integer(scale.place(number)).map(Double.init)
                default: nil
                }
            }
            return numbers.count == scale.count && numbers.allSatisfy { $0 > 0 } ? numbers : nil
        }

        private func integer(_ offset: Int) -> Int32? {
            index.big32(offset).map { Int32(bitPattern: $0) }
        }

        private func place(_ offset: Int, _ scales: [Double]) -> MediaFacts.Place? {
            guard let latitude = integer(offset), let longitude = integer(offset + 4) else {
                return nil
            }
            let (north, east) = (Double(latitude) / scales[0], Double(longitude) / scales[1])
            guard abs(north) <= 90, abs(east) <= 180, north != 0 || east != 0 else { return nil }
            return MediaFacts.Place(
                latitudeE7: Int64((north * 1e7).rounded()),
                longitudeE7: Int64((east * 1e7).rounded()))
        }

        /// `yymmddhhmmss.sss`, UTC.
        private func moment(_ text: ArraySlice<UInt8>) -> Timestamp? {
            guard text.count >= 12 else { return nil }
            let text = String(decoding: text, as: UTF8.self)
            let (date, time) = (text.prefix(6), text.dropFirst(6).prefix { $0 != "\0" })
            // As NMEA has it: the day first.
            let day = "\(date.suffix(2))\(date.dropFirst(2).prefix(2))\(date.prefix(2))"
            return SatelliteLog.moment(time: String(time), date: day)
        }
    }
}
