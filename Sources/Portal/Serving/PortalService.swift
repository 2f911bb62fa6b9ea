import Evidence
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Answers HTTP at one address until graceful shutdown.
package struct PortalService: Service {
    private let address: ListenAddress
    private let endpoints: [any Endpoint]
    private let pages: Pages?
    private let mayBeAbsent: Bool
    private let log: Logger
    private let isListening: @Sendable (ListenAddress?) -> Void

    /// Connections at a time; the next ones wait.
    private static let connectionLimit = 512

    /// - Parameters:
    ///   - pages: with people who sign in; nil for endpoints alone.
    ///   - mayBeAbsent: an address that cannot be had is told in the log, and work goes on without.
    ///   - isListening: told once where it listens, with the port that was found; nil where it does
    ///     not.
    package init(
        at address: ListenAddress, _ endpoints: [any Endpoint], pages: Pages? = nil,
        mayBeAbsent: Bool, log: Logger,
        isListening: @escaping @Sendable (ListenAddress?) -> Void
    ) {
        (self.address, self.endpoints, self.pages) = (address, endpoints, pages)
        self.mayBeAbsent = mayBeAbsent
        (self.log, self.isListening) = (log, isListening)
    }

    /// - Throws: `address-in-use`.
    package func run() async throws {
        var log = log
        // One line a request says nothing that the ledger does not say better.
        log.logLevel = max(log.logLevel, .warning)
        let (address, isListening) = (address, isListening)
        let router = Routes(
            context: PortalContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(isEncrypted: false))
        if let pages {
            router.add(
                middleware: VisitorMiddleware(
                    accounts: pages.accounts, problems: Problems(pages: pages.shelf),
                    now: pages.now))
        }
        for endpoint in endpoints + (pages?.endpoints ?? []) { endpoint.add(to: router) }
        let application = Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10,
                        maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "evidock",
                availableConnectionsDelegate:
                    MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                isListening(ListenAddress(host: address.host, port: port))
            },
            logger: log)
        do { try await application.run() } catch {
            guard !(error is CancellationError) else { return }
            guard mayBeAbsent else { throw PortalFailure(address: address) }
            self.log.warning(
                "nothing is served over HTTP: the address cannot be listened on",
                metadata: ["address": "\(address)"])
            isListening(nil)
            // A service that returns would end the group.
            try? await gracefulShutdown()
        }
    }
}
