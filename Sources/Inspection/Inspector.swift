package import Evidence
import Synchronization

/// Asks the sandboxed inspector, a program of its own, what a file holds.
///
/// The program is started with the first question and again whenever it has died. Nothing that it
/// does, or that a file does to it, changes more than the facts of that file: a crash, a hang, want
/// of memory or a senseless answer gives facts of status `unreadable` and says so. Nothing is
/// written to disk, and sealing never waits for it.
package final class Inspector: Sendable {
    private let desk: QuestionDesk

    /// `executable` is the path of `evidock-inspector`. It is not looked at before it is needed;
    /// `InspectionFailure.check(executable:)` does that.
    package init(executable: String) {
        desk = QuestionDesk(executable: executable)
    }

    /// With another patience for an inspector that says nothing, in milliseconds.
    init(executable: String, patience: Int64) {
        desk = QuestionDesk(executable: executable, patience: patience)
    }

    deinit { desk.close() }

    /// The facts of a file, some time within about a minute. Never throws.
    ///
    /// - Parameters:
    ///   - descriptor: open for reading and borrowed until this returns; its position is left alone.
    ///   - size: bytes to look at: what is sealed, even where the file has grown since.
    ///   - extension: the end of the file's name (the last 16 bytes count), at least what stands
    ///     after its last dot. Only a hint: it decides what is said of a file that begins like no
    ///     container, and `_enc.` in it that such a file is encrypted.
    package func facts(
        of descriptor: CInt, size: Int64, extension end: String
    ) async -> MediaFacts {
        await withCheckedContinuation { continuation in
            desk.add(
                Question(descriptor: descriptor, size: size, hint: end, continuation: continuation))
        }
    }

    /// How often the program has been started: more than once means that it died.
    package var starts: Int { desk.starts.load(ordering: .relaxed) }

    /// The program's process id, 0 while none runs.
    var zygote: CInt { desk.zygote.load(ordering: .relaxed) }

    /// Ends the program. Questions that are open, and later ones, get `closed`.
    package func close() { desk.close() }

    /// What every file gets where the program cannot be started: a fault of the installation, not
    /// of the file. Worth asking again.
    package static let notStarted = MediaFacts(
        status: .unreadable, problem: "the inspector could not be started")

    /// What is got where no process was to be had for a file, or it could not be locked in: nobody
    /// looked. Worth asking again.
    package static let notConfined = MediaFacts(
        status: .unreadable, problem: "the inspector could not be confined, so it did not look")

    /// Facts that say nothing about the file.
    package static let unasked = [notStarted, closed, notConfined]

    /// What is got after `close`. Worth asking again.
    package static let closed = MediaFacts(
        status: .unreadable, problem: "the inspector was stopped before it looked")
}
