package import Evidence

/// Something that somebody must look at.
package struct Alert: Hashable, Sendable {
    /// The same while it lasts.
    package let code: String
    package let words: Bilingual
    /// The higher the worse, where it can become worse.
    package let level: Int

    package init(code: String, words: Bilingual, level: Int = 0) {
        (self.code, self.words, self.level) = (code, words, level)
    }
}

/// Which alerts stand, who was told, and who has taken them up. Pure: what is the matter and when
/// goes in, what is to be told comes out.
package struct AlertBook: Sendable {
    package struct Entry: Hashable, Sendable {
        package fileprivate(set) var alert: Alert
        package let since: Timestamp
        package fileprivate(set) var told: Timestamp
        package fileprivate(set) var acknowledgedBy: String?
    }

    /// What is told of an alert.
    package enum Step: String, Sendable {
        case raised, repeated, over
    }

    package struct Message: Hashable, Sendable {
        package let step: Step
        package let alert: Alert
        package let since: Timestamp

        package var json: JSONValue {
            [
                "alert": .string(alert.code), "step": .string(step.rawValue),
                "since": .string(since.description), "en": .string(alert.words.english),
                "zh": .string(alert.words.chinese),
            ]
        }
    }

    /// What nobody takes up is told again after so long.
    package static let repeatAfter: Int64 = 4 * 3_600_000

    private var entries: [String: Entry] = [:]

    package init() {}

    /// Those that stand, the oldest first.
    package var standing: [Entry] {
        entries.values.sorted { ($0.since, $0.alert.code) < ($1.since, $1.alert.code) }
    }

    /// What is to be told, where these are all that is the matter now.
    package mutating func look(_ alerts: [Alert], at now: Timestamp) -> [Message] {
        var messages: [Message] = []
        let codes = Set(alerts.map(\.code))
        for entry in standing where !codes.contains(entry.alert.code) {
            entries[entry.alert.code] = nil
            messages.append(Message(step: .over, alert: entry.alert, since: entry.since))
        }
        for alert in alerts {
            guard var entry = entries[alert.code] else {
                entries[alert.code] = Entry(alert: alert, since: now, told: now)
                messages.append(Message(step: .raised, alert: alert, since: now))
                continue
            }
            // What became worse nobody has taken up yet.
            let isWorse = alert.level > entry.alert.level
            entry.alert = alert
            if isWorse { entry.acknowledgedBy = nil }
            let isDue =
                isWorse
                || entry.acknowledgedBy == nil
                    && now.milliseconds - entry.told.milliseconds >= Self.repeatAfter
            if isDue {
                entry.told = now
                messages.append(
                    Message(
                        step: isWorse ? .raised : .repeated, alert: alert, since: entry.since))
            }
            entries[alert.code] = entry
        }
        return messages
    }

    /// Somebody takes it up: it is not told again while it lasts.
    ///
    /// - Returns: whether it stands.
    package mutating func acknowledge(_ code: String, by: String) -> Bool {
        guard entries[code] != nil else { return false }
        entries[code]?.acknowledgedBy = by
        return true
    }
}
