import Casework
import Evidence
import EvidenceTestKit

/// How right the station was about a season.
struct SeasonScore: Sendable {
    /// So many of so many.
    struct Share: Hashable, Sendable {
        var right = 0
        var all = 0

        var percent: Double { all == 0 ? 100 : Double(right) * 100 / Double(all) }

        mutating func count(_ isRight: Bool) {
            all += 1
            right += isRight ? 1 : 0
        }

        var text: String {
            let hundredths = Int((percent * 100).rounded())
            let digits = String(hundredths % 100 + 100).dropFirst()
            return "\(hundredths / 100).\(digits) % (\(right)/\(all))"
        }
    }

    /// Files that were linked without a person, and only to cases that they are of.
    private(set) var assigned = Share()
    /// Assignable files (see ``SeasonTruth/isAssignable(_:)``) that were linked, rightly.
    private(set) var assignable = Share()
    /// Files of known tasks that were left to a person, with proposals or although they are
    /// assignable: the right case is among the first five proposals.
    private(set) var proposed = Share()
    /// Missing things (see ``MissingThing``) that were told.
    private(set) var found = Share()
    /// Findings that are not so.
    private(set) var falseAlarms = Share()

    /// What went wrong, each in a line: for whoever looks for the cause.
    private(set) var notes: [String] = []

    init(_ outcome: SeasonOutcome, _ truth: SeasonTruth) {
        for (number, file) in outcome.files.sorted(by: { $0.key < $1.key }) {
            score(number, file, truth)
        }
        let items = outcome.files.mapValues(\.item)
        for thing in truth.missing(items) {
            let isTold = outcome.findings.contains { thing.isTold(by: $0) }
            found.count(isTold)
            if !isTold {
                notes.append(
                    "not told: \(thing.code.rawValue) T\(thing.task) \(thing.subject), \(truth.account(of: "T\(thing.task)"))"
                )
            }
        }
        for finding in outcome.findings {
            let isSo = truth.isSo(finding, items)
            falseAlarms.count(!isSo)
            if !isSo { notes.append("not so: \(finding.id), \(truth.account(of: finding.duty))") }
        }
    }

    private mutating func score(_ number: Int, _ file: SeasonOutcome.File, _ truth: SeasonTruth) {
        let cases = truth.season.cases(of: number)
        let isRight = !file.linked.isEmpty && file.linked.isSubset(of: cases)
        if !file.linked.isEmpty { assigned.count(isRight) }
        if truth.isAssignable(number) { assignable.count(isRight) }
        let isLeft = file.linked.isEmpty
        let isAmong = file.proposals.prefix(5).contains {
            !$0.isDisjoint(with: cases.map(\.description))
        }
        let isAsked = file.match?.decision == "propose" || truth.isAssignable(number)
        if isLeft, truth.isKnown(number), isAsked { proposed.count(isAmong) }
        let known = truth.season.files[number]
        let offset = truth.season.recorders[known.recorder].clock.offset(at: known.times.lowerBound)
        let said =
            "file \(number) of \(known.task.map { "T\($0)" } ?? "no task"), by"
            + " \(truth.season.officers[known.officer].number) with"
            + " \(truth.season.recorders[known.recorder].number), \(offset / 60_000) min ahead,"
            + " \(file.match?.decision ?? "-"): \(file.why)"
        if !isLeft, !isRight { notes.append("linked wrongly: \(said)") }
        if isLeft, truth.isAssignable(number) { notes.append("not linked: \(said)") }
        if isLeft, truth.isKnown(number), isAsked, !isAmong {
            notes.append("not proposed: \(said)")
        }
    }

    /// Several seasons counted together.
    static func sum(_ scores: [SeasonScore]) -> SeasonScore {
        var sum = scores[0]
        for score in scores.dropFirst() {
            for share in [
                \SeasonScore.assigned, \.assignable, \.proposed, \.found, \.falseAlarms,
            ] as [WritableKeyPath<SeasonScore, Share>] {
                sum[keyPath: share].right += score[keyPath: share].right
                sum[keyPath: share].all += score[keyPath: share].all
            }
            sum.notes += score.notes
        }
        return sum
    }

    static let heading =
        "| what | of assigned, right | of assignable, assigned | right case among proposals"
        + " | missing found | false alarms |\n|---|---|---|---|---|---|"

    func line(_ what: String) -> String {
        "| \(what) | "
            + [assigned, assignable, proposed, found, falseAlarms].map(\.text)
            .joined(separator: " | ") + " |"
    }
}
