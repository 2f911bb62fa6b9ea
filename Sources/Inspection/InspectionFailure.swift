package import Evidence
import Glibc

/// Why there is no inspector at all. That one file cannot be inspected is no error: it is a fact.
package struct InspectionFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case missing = "inspector-missing"
        case notExecutable = "inspector-not-executable"
    }

    private let kind: Code
    private let executable: String

    package init(_ kind: Code, executable: String) {
        (self.kind, self.executable) = (kind, executable)
    }

    package var code: String { kind.rawValue }
    package var disposition: Disposition { .retry }

    package var problem: Bilingual {
        switch kind {
        case .missing:
            Bilingual("There is no inspector at \(executable).", "未找到检查程序 \(executable)。")
        case .notExecutable:
            Bilingual("The inspector at \(executable) cannot be run.", "检查程序 \(executable) 无法运行。")
        }
    }

    package var nextStep: Bilingual {
        Bilingual(
            "Footage is sealed all the same. Install evidock again, then run `evidock describe`.",
            "视频仍会封存。请重新安装 evidock，然后运行 `evidock describe`。")
    }

    /// Throws where the program is not there or may not be run.
    package static func check(executable: String) throws(InspectionFailure) {
        guard access(executable, F_OK) == 0 else {
            throw InspectionFailure(.missing, executable: executable)
        }
        guard access(executable, X_OK) == 0 else {
            throw InspectionFailure(.notExecutable, executable: executable)
        }
    }
}
