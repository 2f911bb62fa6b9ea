import ArgumentParser
import Assembly
import Evidence
import Logging

/// Carries a writing request out: in this process where the root is free, else by the daemon that
/// holds it.
enum Carrying {
    /// Carries a request out and gives its lines; failures go to the terminal, and whatever is not
    /// done becomes the exit code.
    ///
    /// - Parameter makesNew: whether an empty root becomes a station by itself.
    static func lines(
        _ request: Request, settings: Settings, makesNew: Bool = false,
        line: @escaping @Sendable (JSONValue) -> Void
    ) async throws {
        let status = try await out(request, settings: settings, makesNew: makesNew) { answer in
            switch answer {
            case .line(let value): line(value)
            case .failure(_, let problem, let nextStep): Terminal.failure(problem, nextStep)
            case .end: break
            }
        }
        guard status == .done else { throw ExitCode(status.rawValue) }
    }

    /// Whether a daemon may hold the root: one that was met, or one of the user whose root it is.
    private static func mayBeHeld(_ error: any Error) -> Bool {
        ExitStatus(failure: error) == .inUse || (error as? AssemblyFailure)?.reason == .otherOwner
    }

    private static func out(
        _ request: Request, settings: Settings, makesNew: Bool,
        answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        try request.check()
        let log = GlobalOptions.logger()
        let station: Station
        do {
            station = try await Station.open(
                settings: settings, makesNew: makesNew, note: "", log: log)
        } catch  where mayBeHeld(error) {
            let socket =
                Station.controlSocket(of: settings) ?? ControlSocket.path(settings: settings)
            guard
                let status = try ControlSocket.ask(
                    request, in: language, at: socket, answer: answer)
            else { throw error }
            return status
        }
        for fault in station.profileFaults { Terminal.failure(fault) }
        let task = Task {
            await Operations(station: station, language: language)
                .perform(request, by: LocalAccount.name, answer: answer)
        }
        let signals = Interruption { task.cancel() }
        let status = await task.value
        signals.end()
        try await station.close()
        return status
    }
}
