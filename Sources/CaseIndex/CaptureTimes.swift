import Evidence

/// Our best belief about when footage begins and ends, with what it rests on.
///
/// The claims stay as they are, each in its own column; this is a fifth time beside them, by the
/// recorder's own clock, or mended by what that was measured to be off. The
/// first that could be true counts: the file name's with the zone assumed, the container's, the
/// file system's. Where none could be true (a clock never set, or set to the future), the first
/// that exists is said nevertheless. A time is possible from 2001 on and until a day after the
/// file was taken.
struct CaptureTimes: Equatable {
    enum Source: String {
        case named, container, fileSystem
        /// There is no claim at all: when it was taken.
        case taken
    }

    let start: Timestamp
    let startFrom: Source
    let end: Timestamp?
    /// The first claim, whether or not it can be true; nil where there is none.
    let claimed: Timestamp?
    /// RFC 3339 in the zone assumed.
    let startText: String
    let endText: String?

    init(
        named: CivilTime?, namedIsUTC: Bool, zone: ZoneOffset?, container: String?,
        fileSystem: FileTime?, durationMicroseconds: Int64?, taken: Timestamp
    ) {
        let duration = (durationMicroseconds ?? 0) / 1000
        let local = zone ?? .china
        let written = fileSystem.map {
            Timestamp(milliseconds: $0.seconds * 1000 + Int64($0.nanoseconds) / 1_000_000)
        }
        var claims: [(Source, Timestamp)] = []
        if let named {
            claims.append(
                (
                    .named,
                    namedIsUTC
                        ? Timestamp(milliseconds: named.secondsSince1970 * 1000)
                        : local.timestamp(of: named)
                ))
        }
        if let container = container.flatMap({ ContainerTime($0) }) {
            claims.append(
                (
                    .container,
                    container.moment(
                        zone: local, written: written, duration: duration, taken: taken)
                ))
        }
        if let written { claims.append((.fileSystem, written)) }
        let best =
            claims.first { Self.isPossible($0.1, taken: taken) } ?? claims.first ?? (.taken, taken)
        (startFrom, start) = best
        claimed = claims.first?.1
        startText = Self.text(best.1, in: local)
        if durationMicroseconds != nil {
            let end = Timestamp(milliseconds: best.1.milliseconds + duration)
            self.end = end
            endText = Self.text(end, in: local)
        } else {
            (end, endText) = (nil, nil)
        }
    }

    private init(
        start: Timestamp, startFrom: Source, end: Timestamp?, claimed: Timestamp?,
        startText: String, endText: String?
    ) {
        (self.start, self.startFrom, self.end, self.claimed) = (start, startFrom, end, claimed)
        (self.startText, self.endText) = (startText, endText)
    }

    /// The same by a clock that was so many milliseconds ahead.
    func mended(by offset: Int64, zone: ZoneOffset?) -> CaptureTimes {
        guard offset != 0 else { return self }
        func mend(_ time: Timestamp) -> Timestamp {
            Timestamp(milliseconds: time.milliseconds - offset)
        }
        let local = zone ?? .china
        return CaptureTimes(
            start: mend(start), startFrom: startFrom, end: end.map(mend), claimed: claimed,
            startText: Self.text(mend(start), in: local),
            endText: end.map { Self.text(mend($0), in: local) })
    }

    static func isPossible(_ time: Timestamp, taken: Timestamp) -> Bool {
        // 2001-01-01T00:00:00Z: later than any recorder's clock starts when its battery was out.
        time.milliseconds >= 978_307_200_000
            && time.milliseconds <= taken.milliseconds + 86_400_000
    }

    /// RFC 3339 with the zone's offset; milliseconds only where there are some.
    static func text(_ time: Timestamp, in zone: ZoneOffset) -> String {
        let shifted = time.milliseconds + Int64(zone.minutes) * 60_000
        let seconds = shifted.flooredQuotient(1000)
        let fraction = shifted - seconds * 1000
        var text = CivilTime(secondsSince1970: seconds).description
        if fraction != 0 { text += "." + String(String(fraction + 1000).dropFirst()) }
        return text + zone.description
    }
}

/// A creation time as containers write it: `2019-11-18T15:45:32.000000Z`, `2023:05:01 10:00:00`.
struct ContainerTime: Equatable {
    let civil: CivilTime
    let milliseconds: Int64
    /// Written with a distance from UTC, such as `+0800`. A `Z` is none: recorders put it behind
    /// local time.
    let zone: ZoneOffset?
    let saysUTC: Bool

    init?(_ text: String) {
        var bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes.count <= 64 else { return nil }
        for place in [4, 7] where bytes[place] == UInt8(ascii: ":") {
            bytes[place] = UInt8(ascii: "-")
        }
        guard let civil = CivilTime(String(decoding: bytes[..<19], as: UTF8.self)) else {
            return nil
        }
        self.civil = civil
        var rest = bytes[19...]
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            while let digit = rest.first, (0x30...0x39).contains(digit) {
                fraction.append(digit - 0x30)
                rest = rest.dropFirst()
            }
        }
        milliseconds = (fraction + [0, 0, 0]).prefix(3).reduce(0) { $0 * 10 + Int64($1) }
        let ending = String(decoding: rest, as: UTF8.self)
        saysUTC = ending == "Z"
        if saysUTC || ending.isEmpty {
            zone = nil
        } else {
            let spelled =
                ending.utf8.count == 5
                ? String(ending.prefix(3)) + ":" + String(ending.suffix(2)) : ending
            guard let offset = ZoneOffset(spelled) else { return nil }
            zone = offset
        }
    }

    /// The moment it names.
    ///
    /// With a `Z` it may be UTC or local time. The second witness is the file system's time, which
    /// lies near the end of the recording: where only local time agrees with it to ten minutes, or
    /// UTC would be after the file was taken, it is read as local time; else as written.
    func moment(
        zone: ZoneOffset, written: Timestamp?, duration: Int64, taken: Timestamp
    ) -> Timestamp {
        func moment(_ zone: ZoneOffset) -> Timestamp {
            Timestamp(milliseconds: zone.timestamp(of: civil).milliseconds + milliseconds)
        }
        if let own = self.zone { return moment(own) }
        let local = moment(zone)
        guard saysUTC else { return local }
        let utc = Timestamp(milliseconds: civil.secondsSince1970 * 1000 + milliseconds)
        func agrees(_ start: Timestamp) -> Bool {
            guard let written else { return false }
            // Some recorders write the creation time at the end of the recording.
            let near = start.milliseconds - 600_000
            let far = start.milliseconds + duration + 600_000
            return near <= far && (near...far).contains(written.milliseconds)
        }
        if !CaptureTimes.isPossible(utc, taken: taken), CaptureTimes.isPossible(local, taken: taken)
        {
            return local
        }
        return agrees(local) && !agrees(utc) ? local : utc
    }
}
