import Casework
import Evidence
import EvidenceTestKit

/// What a clerk who was there everywhere would say of a season.
struct SeasonTruth {
    let season: Season
    /// What the papers say of each task in the end.
    let papers: [Int: DutyRow]
    /// Files that are in the store.
    let stored: Set<Int>
    private let issues: [String: [RecorderIssueRow]]
    private let measured: Set<Measured>
    private let weights = MatchWeights()

    private struct Measured: Hashable {
        let recorder: Int
        let step: Int
    }

    init(_ season: Season) {
        (self.season, papers) = (season, season.papers)
        stored = Set(season.dockings.flatMap(\.files))
        var issues: [String: [RecorderIssueRow]] = [:]
        for case (_, .issue(let row)) in season.steps {
            issues[row.recorder, default: []].append(row)
        }
        self.issues = issues.mapValues { $0.sorted { $0.from < $1.from } }
        let bySatellite = stored.map { season.files[$0] }.filter { !$0.fixes.isEmpty }.map {
            Measured(
                recorder: $0.recorder,
                step: season.recorders[$0.recorder].clock.step(at: $0.times.lowerBound))
        }
        let byEye = season.dockings.filter(\.isRead).map {
            Measured(
                recorder: $0.recorder, step: season.recorders[$0.recorder].clock.step(at: $0.at))
        }
        measured = Set(bySatellite + byEye)
    }

    /// Whether the papers know the task that it is of.
    func isKnown(_ number: Int) -> Bool {
        season.files[number].task.map { papers[$0] != nil } ?? false
    }

    /// Whether one who has all papers, but was not there, could say which task a stored file is of:
    ///
    /// - the papers name the task, and in the end with the officer who carried the recorder;
    /// - it was shot in the time that they give, or in what is allowed for before and after it;
    /// - its recorder's clock was right to ten minutes, or was measured since it was last set, by
    ///   somebody at the dock or by satellites beside any stored footage;
    /// - who carried it is known: by the register in the end, else by its names, or because the task
    ///   names the recorder.
    ///
    /// That another task fits as well does not make it less so.
    func isAssignable(_ number: Int) -> Bool {
        let file = season.files[number]
        guard stored.contains(number), let task = file.task, let paper = papers[task] else {
            return false
        }
        let officer = season.officers[file.officer].number
        let recorder = season.recorders[file.recorder]
        let before = Int64(weights.minutesBefore) * SeasonTime.minute
        let after = Int64(weights.minutesAfter) * SeasonTime.minute
        return paper.officers.contains { $0.id == officer }
            && file.times.upperBound >= paper.window.lowerBound.milliseconds - before
            && file.times.lowerBound <= paper.window.upperBound.milliseconds + after
            && isClockKnown(file)
            && ((holder(file) ?? recorder.claims) == officer
                || paper.recorders.contains(recorder.number))
    }

    private func isClockKnown(_ file: SeasonFile) -> Bool {
        let clock = season.recorders[file.recorder].clock
        return abs(clock.offset(at: file.times.lowerBound)) <= 10 * SeasonTime.minute
            || measured.contains(
                Measured(recorder: file.recorder, step: clock.step(at: file.times.lowerBound)))
    }

    /// Whether the register was ever told of it.
    func isRegistered(_ recorder: String) -> Bool { issues[recorder] != nil }

    /// Who had the recorder, by all that the register was told in the end.
    private func holder(_ file: SeasonFile) -> String? {
        let recorder = season.recorders[file.recorder].number
        return RecorderHolder(
            (issues[recorder] ?? []).prefix { $0.from.milliseconds <= file.times.lowerBound }
        ).officer
    }

    // MARK: - Dockings

    /// Who of the officers of a task, by the papers, was really there, and with which recorder.
    func carried(_ task: Int) -> [(officer: String, recorder: Int)] {
        let paper = papers[task]
        let known = season.tasks[task]
        return known.officers.compactMap { officer in
            let number = season.officers[officer].number
            guard paper?.officers.contains(where: { $0.id == number }) ?? false else { return nil }
            return season.carried[.init(officer: officer, workday: known.workday)].map {
                (number, $0)
            }
        }
    }

    /// The docking of a recorder that came first after a task.
    func docking(of recorder: Int, after task: Int) -> SeasonDocking? {
        season.dockings.filter {
            $0.recorder == recorder && $0.at >= season.tasks[task].really.upperBound
        }.min { $0.at < $1.at }
    }

    /// A task in a line, with minutes from its planned beginning: for whoever looks for a cause.
    func account(of name: String) -> String {
        guard let task = season.tasks.first(where: { $0.id == name }) else { return name }
        func minutes(_ moment: Int64) -> String {
            "\((moment - task.planned.lowerBound).flooredQuotient(SeasonTime.minute))"
        }
        let paper = papers[task.number]
        let window = paper.map { row in
            minutes(row.window.lowerBound.milliseconds) + "-"
                + minutes(row.window.upperBound.milliseconds) + " of "
                + row.officers.compactMap(\.id).joined(separator: "+")
        }
        let files = season.files.filter { $0.task == task.number }.map { file in
            "\(file.number) \(season.officers[file.officer].number)"
                + " \(season.recorders[file.recorder].number)"
                + " \(minutes(file.times.lowerBound))-\(minutes(file.times.upperBound)) \(file.fate)"
                + " \(season.recorders[file.recorder].clock.offset(at: file.times.lowerBound) / 60_000)"
        }
        return "\(task.kind) \(Timestamp(milliseconds: task.planned.lowerBound)), papers"
            + " \(window ?? "none"), really \(minutes(task.really.lowerBound))-"
            + "\(minutes(task.really.upperBound)): \(files.joined(separator: "; "))"
    }
}
