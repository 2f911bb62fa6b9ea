import Casework
import Evidence

/// The exit codes of every command (CONTRACT), and how failures become one. With several reasons
/// the graver wins.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case findings = 1
    case wrongUsage = 2
    case partlyTaken = 3
    case tryAgain = 4
    case untrusted = 5
    case inUse = 6
    case defect = 70

    private var gravity: Int {
        switch self {
        case .done: 0
        case .findings: 1
        case .partlyTaken: 2
        case .tryAgain: 3
        case .untrusted: 4
        case .wrongUsage, .inUse, .defect: 5
        }
    }

    package func graver(_ other: ExitStatus) -> ExitStatus {
        other.gravity > gravity ? other : self
    }

    package init(failure: any Error) {
        guard let failure = failure as? any Failure else {
            self = failure is CancellationError ? .tryAgain : .defect
            return
        }
        // Nothing of such a file was taken.
        if failure is ScheduleFailure, failure.disposition != .retry {
            self = .wrongUsage
            return
        }
        switch failure.code {
        case "in-use": self = .inUse
        case "malformed-setting", "wrong-usage", "already-a-station", "no-such-folder",
            "overlaps-root", "not-permitted", "malformed-profile", "unreadable-file",
            "no-such-directory", "volume-not-empty", "foreign-volume", "volume-overlaps",
            "other-owner":
            self = .wrongUsage
        case "no-such-item", "no-such-case", "several-items", "no-such-leaf": self = .findings
        default:
            self =
                switch failure.disposition {
                case .retry: .tryAgain
                case .quarantine: .partlyTaken
                case .stop: .untrusted
                }
        }
    }
}
