package import Evidence

/// One piece of evidence for or against a field task.
package struct MatchReason: Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case attributedOfficer = "attributed-officer"
        case scheduledOfficer = "scheduled-officer"
        case registeredOfficer = "registered-officer"
        case claimedOfficer = "claimed-officer"
        case otherOfficer = "other-officer"
        case contradictedClaim = "contradicted-claim"
        case namedRecorder = "named-recorder"
        case otherRecorder = "other-recorder"
        case timeInside = "time-inside"
        case timePartly = "time-partly"
        case timeBeside = "time-beside"
        case timeOutside = "time-outside"
        case doubtfulClock = "doubtful-clock"
        case insidePlace = "inside-place"
        case farFromPlace = "far-from-place"
        case sameTake = "same-take"
        case important
        case onlyTask = "only-task"
    }

    package let code: Code
    package let points: Int
    /// The officer or recorder that it is about.
    private let who: String
    /// Metres from the place, or minutes from the time: less than 0 before it.
    private let distance: Int64

    init(_ code: Code, _ points: Int, who: String = "", distance: Int64 = 0) {
        (self.code, self.points, self.who, self.distance) = (code, points, who, distance)
    }

    package func json(in language: Language) -> JSONValue {
        [
            "code": .string(code.rawValue), "points": .integer(Int64(points)),
            "words": .string(words.text(in: language)),
        ]
    }

    /// As a record keeps it, with the words of both languages.
    package var record: JSONValue {
        let words = words
        return [
            "code": .string(code.rawValue), "points": .integer(Int64(points)),
            "words": [.string(words.english), .string(words.chinese)],
        ]
    }

    /// In plain words, with the facts: for the officer, not for a log.
    package var words: Bilingual {
        switch code {
        case .attributedOfficer:
            Bilingual(
                "\(who), who carried it as somebody confirmed, is on this field task",
                "经人工确认的佩戴人 \(who) 在该任务中")
        case .scheduledOfficer:
            Bilingual(
                "\(who), who carries the recorder by the schedule, is on this field task",
                "任务安排中佩戴该记录仪的 \(who) 在该任务中")
        case .registeredOfficer:
            Bilingual(
                "\(who), to whom the recorder was issued, is on this field task",
                "记录仪登记的持有人 \(who) 在该任务中")
        case .claimedOfficer:
            Bilingual(
                "\(who), whom the recorder names, is on this field task", "记录仪自报的 \(who) 在该任务中")
        case .otherOfficer:
            Bilingual("\(who) is not on this field task", "\(who) 不在该任务的执行人员中")
        case .contradictedClaim:
            Bilingual("the recorder itself names \(who)", "记录仪自报的人员为 \(who)")
        case .namedRecorder:
            Bilingual("the field task names recorder \(who)", "该任务登记了记录仪 \(who)")
        case .otherRecorder: Bilingual("the field task names other recorders", "该任务登记的是其他记录仪")
        case .timeInside: Bilingual("it lies within the field task's time", "拍摄时间在任务时间内")
        case .timePartly, .timeBeside:
            distance < 0
                ? Bilingual(
                    "it begins \(-distance) min before the field task", "早于任务开始 \(-distance) 分钟")
                : Bilingual(
                    "it ends \(distance) min after the field task", "晚于任务结束 \(distance) 分钟")
        case .timeOutside:
            Bilingual(
                "it lies \(distance) min away from the field task's time", "与任务时间相差 \(distance) 分钟")
        case .doubtfulClock: Bilingual("the recorder's clock is in doubt", "记录仪时钟存疑")
        case .insidePlace:
            Bilingual("it was taken at the place, \(distance) m from it", "拍摄地点距任务地点 \(distance) 米")
        case .farFromPlace:
            Bilingual(
                "it was taken \(distance / 1000) km from the place",
                "拍摄地点距任务地点 \(distance / 1000) 公里")
        case .sameTake:
            Bilingual(
                "another file of the same take is linked to the case", "同一段连续录像的其他文件已关联此案")
        case .important: Bilingual("it is marked as important", "标记为重要")
        case .onlyTask:
            Bilingual("it is the officer's only field task around that time", "该时段内此人仅有这一项任务")
        }
    }
}
