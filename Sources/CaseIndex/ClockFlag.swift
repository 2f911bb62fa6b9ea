package import Evidence

/// Why a time that a recorder gave cannot be right, or may be another than it seems. It is said, and
/// never mended in silence.
package enum ClockFlag: String, Sendable, CaseIterable {
    /// The first moment that a clock without a battery shows.
    case neverSet = "clock-never-set"
    /// It begins after it was taken off the recorder.
    case future = "in-the-future"
    /// The same, by no more than the zone's distance from UTC.
    case futureByZone = "ahead-by-the-zone"
    /// Before a docking at which the recorder gave everything, and this was not on it.
    case beforeLastDocking = "before-the-last-docking"
    /// Two of its times differ by just the zone's distance from UTC.
    case zoneApart = "times-apart-by-the-zone"

    package var words: Bilingual {
        switch self {
        case .neverSet:
            Bilingual(
                "the clock shows the time it starts with: it was never set, or its battery was empty",
                "时间为时钟的初始值：可能从未校时，或电池曾耗尽")
        case .future:
            Bilingual(
                "it would have been shot after it was taken off the recorder: the clock is ahead",
                "拍摄时间晚于采集时间：记录仪时钟偏快")
        case .futureByZone:
            Bilingual(
                "it would have been shot after it was taken off the recorder, by no more than the zone's distance from UTC: the clock may run in another zone",
                "拍摄时间晚于采集时间，且相差不超过时区偏移：记录仪时区可能设置有误")
        case .beforeLastDocking:
            Bilingual(
                "it would have been shot before the recorder's last docking, but was not on it then: the clock may have been set back",
                "拍摄时间早于上次接入，但当时记录仪上没有该文件：时钟可能被调慢或已复位")
        case .zoneApart:
            Bilingual(
                "two of its times differ by just the zone's distance from UTC: one of them is UTC, or local time marked as UTC",
                "两处时间恰好相差时区偏移：其一为 UTC，或本地时间被误标为 UTC")
        }
    }

    var json: JSONValue {
        [
            "code": .string(rawValue),
            "words": [.string(words.english), .string(words.chinese)],
        ]
    }

    /// That matching must not lean on the time.
    package var makesTimeDoubtful: Bool {
        switch self {
        case .neverSet, .future, .futureByZone: true
        case .beforeLastDocking, .zoneApart: false
        }
    }
}

extension CaptureTimes {
    private static let minute: Int64 = 60_000

    /// What cannot be right about these times, without looking at other dockings.
    ///
    /// - Parameter offset: by which the clock was measured to be ahead, in milliseconds.
    func flags(
        zone: ZoneOffset?, container: String?, fileSystem: FileTime?, taken: Timestamp,
        offset: Int64?
    ) -> Set<ClockFlag> {
        guard let claimed else { return [] }
        var flags: Set<ClockFlag> = []
        let distance = Int64((zone ?? .china).minutes) * Self.minute
        // Where the first claim was passed over it is that one which cannot be right.
        let ahead = claimed.milliseconds - (offset ?? 0) - taken.milliseconds
        if Self.isInitial(claimed) {
            flags.insert(.neverSet)
        } else if ahead > 5 * Self.minute {
            flags.insert(ahead <= abs(distance) + 5 * Self.minute ? .futureByZone : .future)
        }
        let length = (end ?? start).milliseconds - start.milliseconds
        let others = [
            startFrom == .container ? nil : container.flatMap { ContainerTime($0)?.asWritten },
            startFrom == .fileSystem
                ? nil : fileSystem.map { $0.seconds * 1000 + Int64($0.nanoseconds) / 1_000_000 },
        ]
        for case let other? in others where distance != 0 {
            // A file system's time, and some containers', is that of the end.
            let apart = other - start.milliseconds
            let isApart = [distance, -distance].contains { far in
                (far - 2 * Self.minute...far + length + 2 * Self.minute).contains(apart)
            }
            if isApart { flags.insert(.zoneApart) }
        }
        return flags
    }

    /// The first week of 1970, 1980, 2000, 2010 or 2015, by any zone: what clocks start with.
    private static func isInitial(_ start: Timestamp) -> Bool {
        let day: Int64 = 86_400_000
        return [0, 315_532_800_000, 946_684_800_000, 1_262_304_000_000, 1_420_070_400_000]
            .contains { (first: Int64) in
                (first - day...first + 7 * day).contains(start.milliseconds)
            }
    }
}

extension ContainerTime {
    /// Milliseconds, by the zone it names, or as UTC.
    fileprivate var asWritten: Int64 {
        (zone.map { $0.timestamp(of: civil).milliseconds } ?? civil.secondsSince1970 * 1000)
            + milliseconds
    }
}

extension Columns {
    /// Codes of `items.clockFlags`.
    func clockFlags() throws -> [ClockFlag] {
        (try optionalText("clockFlags") ?? "").split(separator: " ").compactMap {
            ClockFlag(rawValue: String($0))
        }
    }
}
