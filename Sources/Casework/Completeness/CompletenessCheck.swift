package import Evidence

/// Holds what there is of field tasks against what ought to be there. Pure: the same input gives
/// the same answer.
package struct CompletenessCheck: Sendable {
    private let rules: CompletenessRules
    private let now: Timestamp

    package init(_ rules: CompletenessRules = CompletenessRules(), now: Timestamp) {
        (self.rules, self.now) = (rules, now)
    }

    /// What is missing of a task; nothing before it is over.
    package func findings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        guard coverage.duty.window.upperBound < now else { return [] }
        let docking = dockingFindings(coverage) + refusedFindings(coverage)
        guard !coverage.footage.isEmpty else {
            if !coverage.elsewhere.isEmpty { return officerFindings(coverage) + docking }
            return [
                CompletenessFinding(
                    .noFootage, coverage.duty, "", "there is no footage of this field task",
                    "该任务没有录像")
            ] + docking
        }
        return officerFindings(coverage) + recorderFindings(coverage) + gapFindings(coverage)
            + fileFindings(coverage) + clockFindings(coverage) + docking
    }

    private func refusedFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        coverage.refused.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { recorder, files in
            CompletenessFinding(
                .refusedFile, coverage.duty, recorder,
                "\(files) files of recorder \(recorder) could not be taken when it was docked",
                "记录仪 \(recorder) 接入时有 \(files) 个文件未能采集")
        }
    }

    private func clockFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        Dictionary(grouping: coverage.footage, by: \.recorder).compactMap { recorder, files in
            let limit = Int64(rules.clockMinutes) * 60_000
            let furthest = files.compactMap(\.clockOffset).max { abs($0) < abs($1) } ?? 0
            let isImpossible = files.contains { $0.hasImpossibleTime }
            guard abs(furthest) >= limit || isImpossible else { return nil }
            let name = recorder ?? ""
            let minutes = abs(furthest) / 60_000
            return isImpossible && abs(furthest) < limit
                ? CompletenessFinding(
                    .clockOff, coverage.duty, name,
                    "recorder \(name) wrote times that cannot be right: its clock is off",
                    "记录仪 \(name) 记录了不可能的时间：时钟有误")
                : CompletenessFinding(
                    .clockOff, coverage.duty, name,
                    "the clock of recorder \(name) was \(minutes) min \(furthest > 0 ? "ahead" : "behind")",
                    "记录仪 \(name) 的时钟\(furthest > 0 ? "快" : "慢") \(minutes) 分钟")
        }.sorted { $0.subject < $1.subject }
    }

    private func officerFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        let officers = coverage.duty.officers.compactMap(\.id)
        let recorded = Set(coverage.footage.compactMap(\.officer))
        let without = officers.filter { !recorded.contains($0) }
        let (count, all) = (officers.count - without.count, officers.count)
        return without.map {
            if let files = coverage.elsewhere[$0] {
                return CompletenessFinding(
                    .footageElsewhere, coverage.duty, $0,
                    "officer \($0) recorded at another time, as far as the clock is right: \(files) files are linked to no case",
                    "执行干警 \($0) 有 \(files) 个其他时段（或时钟存疑）的录像未关联案件")
            }
            return CompletenessFinding(
                .officerWithoutFootage, coverage.duty, $0,
                "there is no footage of officer \($0); \(count) of \(all) recorded",
                "执行干警 \($0) 没有录像，\(all) 人中 \(count) 人有录像")
        }
    }

    private func recorderFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        guard let least = rules.recorders[coverage.duty.kind] else { return [] }
        let count = Set(coverage.footage.map { $0.recorder ?? "" }).count
        guard count < least else { return [] }
        return [
            CompletenessFinding(
                .tooFewRecorders, coverage.duty, "",
                "\(count) recorder where at least \(least) are wanted",
                "仅有 \(count) 台记录仪，应至少 \(least) 台")
        ]
    }

    /// Holes between the first and the last picture of the task's time, seen by no recorder. What
    /// lies beside that time ends none: it is perhaps of something else.
    private func gapFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        var findings: [CompletenessFinding] = []
        var seen: Timestamp?
        let window = coverage.duty.window
        let files = coverage.footage.filter {
            $0.begins <= window.upperBound && $0.ends >= window.lowerBound
        }
        for file in files.sorted(by: { ($0.begins, $0.item) < ($1.begins, $1.item) }) {
            if let seen {
                let minutes = (file.begins.milliseconds - seen.milliseconds) / 60_000
                if minutes >= Int64(rules.gapMinutes), minutes > 0 {
                    findings.append(
                        CompletenessFinding(
                            .gap, coverage.duty, seen.description,
                            "nothing was recorded from \(Self.clock(seen)) on for \(minutes) min",
                            "\(Self.clock(seen)) 起有 \(minutes) 分钟没有录像"))
                }
            }
            seen = max(seen ?? file.ends, file.ends)
        }
        return findings
    }

    /// The time of day, +08:00.
    private static func clock(_ moment: Timestamp) -> String {
        let local = Timestamp(milliseconds: moment.milliseconds + 8 * 3_600_000)
        return String(local.description.dropFirst(11).prefix(5))
    }

    private func fileFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        coverage.footage.sorted { ($0.begins, $0.item) < ($1.begins, $1.item) }.flatMap { file in
            var findings: [CompletenessFinding] = []
            if file.missing > 0 {
                findings.append(
                    CompletenessFinding(
                        .missingSequence, coverage.duty, file.item,
                        "\(file.missing) file numbers are missing before \(file.item)",
                        "\(file.item) 之前缺少 \(file.missing) 个文件序号"))
            }
            if let problem = file.problem {
                findings.append(
                    CompletenessFinding(
                        .damaged, coverage.duty, file.item, "\(file.item) is \(problem)",
                        "\(file.item) \(Self.chinese[problem] ?? problem)"))
            }
            return findings
        }
    }

    private static let chinese = ["damaged": "已损坏", "encrypted": "已加密", "unreadable": "无法读取"]

    private func dockingFindings(_ coverage: DutyCoverage) -> [CompletenessFinding] {
        let due =
            coverage.duty.window.upperBound.milliseconds + Int64(rules.hoursToDock) * 3_600_000
        guard now.milliseconds > due else { return [] }
        return coverage.recorders.sorted { $0.key < $1.key }.compactMap { recorder, docked in
            guard let docked else {
                return CompletenessFinding(
                    .notDocked, coverage.duty, recorder,
                    "recorder \(recorder) has not been docked since", "记录仪 \(recorder) 此后一直未接入")
            }
            let late = (docked.milliseconds - due) / 3_600_000
            guard docked.milliseconds > due else { return nil }
            return CompletenessFinding(
                .dockedLate, coverage.duty, recorder,
                "recorder \(recorder) was docked \(late + 1) h late",
                "记录仪 \(recorder) 逾期约 \(late + 1) 小时才接入")
        }
    }
}
