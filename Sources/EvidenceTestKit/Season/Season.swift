package import Evidence

/// A season of courts made up from a seed: officers, recorders, cases, field tasks, and the footage
/// they make, with the faults of life. It knows what really happened, and what of it reaches the
/// station, and when.
package struct Season: Sendable {
    package struct Officer: Hashable, Sendable {
        package let number: String
        package let court: Int
    }

    package struct Recorder: Hashable, Sendable {
        package let number: String
        package let court: Int
        /// Index of the officer whose it is at first; nil in the cupboard.
        package let owner: Int?
        /// Its names bear a counter and nobody's number; else device and officer (DSJ).
        package let isNumbered: Bool
        package let hasReceiver: Bool
        package let clock: SeasonClock
        /// What the names of its files say: whose it was when it was set up.
        package let claims: String?
    }

    /// What reaches the station.
    package enum Step: Sendable {
        case schedule([DutyRow])
        case issue(RecorderIssueRow)
        case docking(Int)
        case clock(ClockRow)
    }

    package let seed: UInt64
    package let courts: [String]
    package internal(set) var officers: [Officer] = []
    package internal(set) var recorders: [Recorder] = []
    package internal(set) var tasks: [SeasonTask] = []
    package internal(set) var files: [SeasonFile] = []
    package internal(set) var dockings: [SeasonDocking] = []
    /// In the order in which they reach the station.
    package internal(set) var steps: [(at: Int64, step: Step)] = []
    /// Which recorder an officer had with him on a day.
    package internal(set) var carried: [Carry: Int] = [:]

    package struct Carry: Hashable, Sendable {
        package let officer: Int
        package let workday: Int

        package init(officer: Int, workday: Int) {
            (self.officer, self.workday) = (officer, workday)
        }
    }

    /// A week after the last day: everything that comes has come.
    package let ends: Int64

    /// What the papers say of a task in the end; nil where they never name it.
    package var papers: [Int: DutyRow] {
        var found: [String: DutyRow] = [:]
        for case (_, .schedule(let rows)) in steps { for row in rows { found[row.id] = row } }
        return tasks.reduce(into: [:]) { $0[$1.number] = found[$1.id] }
    }

    /// The cases that a file is of; none where it is of none.
    package func cases(of file: Int) -> Set<CaseNumber> {
        Set(files[file].task.map { tasks[$0].caseNumbers } ?? [])
    }

    package init(
        seed: UInt64, size: SeasonSize = SeasonSize(), faults: SeasonFaults = SeasonFaults()
    ) {
        let names = ["闽06", "闽0602", "闽0603", "闽0622", "闽0623", "闽0624", "闽0626", "闽0627"]
        self.seed = seed
        courts = (0..<size.courts).map { names[$0 % names.count] }
        ends = SeasonTime.midnight(size.days - 1) + 8 * SeasonTime.day
        var maker = SeasonMaker(size: size, faults: faults, seed: seed)
        maker.makePeople(&self)
        maker.makeTasks(&self)
        maker.makeCarrying(&self)
        maker.makeFootage(&self)
        maker.makeDockings(&self)
        maker.makePapers(&self)
        steps.sort { $0.at < $1.at }
    }
}
