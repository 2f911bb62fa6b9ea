import ArgumentParser
import Assembly
import Evidence
import Logging

/// Carries a writing request out: in this process where the root is free, else by the daemon that
/// holds it.
enum Carrying {
    /// - Parameter makesNew: whether an empty root becomes a station by itself.
    static func out(
        _ request: Request, settings: Settings, makesNew: Bool = false,
        answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let log = GlobalOptions.logger()
        let station: Station
        do {
            station = try await Station.open(
                settings: settings, makesNew: makesNew, note: "", log: log)
        } catch  where ExitStatus(failure: error) == .inUse {
            let socket =
                Station.controlSocket(of: settings) ?? ControlSocket.path(settings: settings)
            guard
                let status = try ControlSocket.ask(
                    request, in: language, at: socket, answer: answer)
            else { throw error }
            return status
        }
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
