import Casework
import Evidence

/// A schedule file in the making, and what became of it.
struct Schedule {
    var verdicts: [RowVerdict] = []
    var summary = ScheduleSummary()

    init(
        _ bytes: [UInt8], zone: ScheduleZone = .china, mapping: [String: String] = [:],
        expecting: ScheduleKind? = nil
    ) throws {
        let reader = try ScheduleReader(
            zone: zone, mapping: mapping, courts: try .builtIn(), types: try .builtIn())
        var verdicts: [RowVerdict] = []
        summary = try reader.read(bytes, expecting: expecting) { verdict in
            verdicts.append(verdict)
        }
        self.verdicts = verdicts
    }

    init(
        _ text: String, zone: ScheduleZone = .china, mapping: [String: String] = [:],
        expecting: ScheduleKind? = nil
    ) throws {
        try self.init(Array(text.utf8), zone: zone, mapping: mapping, expecting: expecting)
    }

    var duties: [DutyRow] {
        verdicts.compactMap { if case .acceptedDuty(let row) = $0.result { row } else { nil } }
    }

    var cases: [CaseRow] {
        verdicts.compactMap { if case .acceptedCase(let row) = $0.result { row } else { nil } }
    }

    var refusals: [RowRefusal] {
        verdicts.compactMap { if case .refused(let refusal) = $0.result { refusal } else { nil } }
    }

    /// One duty with the given cells in place of good ones.
    static func duty(_ cells: [String: String] = [:], zone: ScheduleZone = .china) throws
        -> Schedule
    {
        var row = [
            "案号": "（2019）闽06执123号", "类别": "搜查", "执行人员": "张三、李四",
            "计划开始": "2019-08-10 09:30", "计划结束": "2019-08-10 11:00",
        ]
        row.merge(cells) { _, new in new }
        let names = row.keys.sorted()
        let quoted = names.map {
            "\"" + (row[$0] ?? "").replacing("\"", with: "\"\"") + "\""
        }
        let text = names.joined(separator: ",") + "\n" + quoted.joined(separator: ",")
        return try Schedule(text, zone: zone)
    }

    static func start(_ text: String, date: String? = nil, zone: ScheduleZone = .china) throws
        -> Result<String, RowRefusal>
    {
        var cells = ["计划开始": text, "计划结束": ""]
        cells["日期"] = date
        let schedule = try duty(cells, zone: zone)
        if let refusal = schedule.refusals.first { return .failure(refusal) }
        return .success(schedule.duties.first?.plannedStart.description ?? "")
    }
}
