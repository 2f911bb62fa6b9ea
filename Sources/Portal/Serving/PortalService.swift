import Evidence
import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Answers HTTP at one address until graceful shutdown.
package struct PortalService: Service {
    private let address: ListenAddress
    private let endpoints: [any Endpoint]
    private let pages: Pages?
    private let tls: TLSFiles?
    private let mayBeAbsent: Bool
    private let log: Logger
    private let isListening: @Sendable (ListenAddress?) -> Void
    private let counts = AddressCounts(limit: Self.addressLimit)

    /// Connections at a time; the next ones wait.
    private static let connectionLimit = 2048
    /// Connections of one address.
    private static let addressLimit = 512
    /// How long answers may take to end when it stops.
    private static let longestGoodbye: Duration = .seconds(5)
    /// How often it is looked whether the certificate changed.
    private static let certificateEvery: Duration = .seconds(5)

    /// - Parameters:
    ///   - pages: with people who sign in; nil for endpoints alone.
    ///   - tls: by which it is encrypted; files that change are taken up within seconds.
    ///   - mayBeAbsent: an address that cannot be had is told in the log, and work goes on without.
    ///   - isListening: told once where it listens, with the port that was found; nil where it does
    ///     not.
    package init(
        at address: ListenAddress, _ endpoints: [any Endpoint], pages: Pages? = nil,
        tls: TLSFiles? = nil, mayBeAbsent: Bool, log: Logger,
        isListening: @escaping @Sendable (ListenAddress?) -> Void
    ) {
        (self.address, self.endpoints, self.pages) = (address, endpoints, pages)
        (self.tls, self.mayBeAbsent) = (tls, mayBeAbsent)
        (self.log, self.isListening) = (log, isListening)
    }

    /// A certificate that cannot be used is told in the log, and nothing is served.
    ///
    /// - Throws: `address-in-use`.
    package func run() async throws {
        // The port that was found is kept when the certificate changes.
        let place = Mutex<(address: ListenAddress, isTold: Bool)>((address, false))
        while true {
            let stamp = tls?.stamp
            if let socket = address.socket { Self.removeSocket(socket) }
            let server: HTTPServerBuilder
            do { server = try self.server() } catch let failure as TLSFailure {
                // Footage is taken in all the same.
                log.error(
                    "no pages are served", metadata: ["problem": "\(failure.problem.english)"])
                isListening(nil)
                try? await gracefulShutdown()
                return
            }
            let router = router()
            let isListening = isListening
            let application = Application(
                router: router, server: server,
                configuration: ApplicationConfiguration(
                    address: address.socket.map { .unixDomainSocket(path: $0) }
                        ?? .hostname(address.host, port: place.withLock { $0.address.port }),
                    serverName: "evidock",
                    availableConnectionsDelegate:
                        MaximumAvailableConnections(Self.connectionLimit)),
                onServerRunning: { [address] channel in
                    let port = channel.localAddress?.port ?? address.port
                    if let socket = address.socket { chmod(socket, 0o660) }
                    let found =
                        address.socket == nil
                        ? ListenAddress(host: address.host, port: port) : address
                    let wasTold = place.withLock { place in
                        defer { place = (found, true) }
                        return place.isTold
                    }
                    if !wasTold { isListening(found) }
                }, logger: quietLog)
            do {
                guard try await serve(application, until: stamp) else { return }
                log.notice("another certificate is in use")
            } catch {
                guard !(error is CancellationError) else { return }
                let wasThere = place.withLock { $0.isTold }
                guard mayBeAbsent || wasThere else { throw PortalFailure(address: address) }
                log.warning(
                    "nothing is served over HTTP: the address cannot be listened on",
                    metadata: ["address": "\(address)"])
                if !wasThere { isListening(nil) }
                // A service that returns would end the group.
                try? await gracefulShutdown()
                return
            }
        }
    }

    /// What an earlier run left; anything else than a socket stays, and keeps ours from being made.
    private static func removeSocket(_ path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK else { return }
        unlink(path)
    }

    /// One line a request says nothing that the ledger does not say better.
    private var quietLog: Logger {
        var quiet = log
        quiet.logLevel = max(log.logLevel, .warning)
        return quiet
    }

    private func server() throws -> HTTPServerBuilder {
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)
        let isPlain = tls == nil
        let http1 = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [AddressLimit(counts)] + (isPlain ? [FileSender()] : []),
                idleTimeout: .seconds(30), httpDecoderConfiguration: decoder))
        guard let tls else { return http1 }
        return try .tls(http1, tlsConfiguration: tls.configuration())
    }

    private func router() -> Routes {
        let router = Routes(
            context: PortalContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(isEncrypted: tls != nil))
        router.add(middleware: AddressMiddleware())
        if let pages {
            router.add(
                middleware: VisitorMiddleware(
                    accounts: pages.accounts, problems: Problems(pages: pages.shelf),
                    now: pages.now))
        }
        for endpoint in endpoints + (pages?.endpoints ?? []) { endpoint.add(to: router) }
        return router
    }

    /// Answers until the end, or until other files of a certificate are there that can be used.
    ///
    /// - Returns: whether there are.
    private func serve(_ application: some Service, until stamp: [Int64]?) async throws -> Bool {
        var configuration = ServiceGroupConfiguration(services: [application], logger: quietLog)
        // Who reads slowly, or not at all, keeps nothing from stopping.
        configuration.maximumGracefulShutdownDuration = Self.longestGoodbye
        let group = ServiceGroup(configuration: configuration)
        guard let tls, let stamp else {
            try await group.run()
            return false
        }
        return try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await group.run()
                return false
            }
            tasks.addTask {
                while true {
                    try await Task.sleep(for: Self.certificateEvery)
                    guard tls.stamp != stamp, (try? tls.configuration()) != nil else { continue }
                    await group.triggerGracefulShutdown()
                    return true
                }
            }
            // Whichever ends first: a group that ended by itself ends all of it.
            let isChanged = try await tasks.next() ?? false
            if isChanged { _ = try await tasks.next() }
            tasks.cancelAll()
            return isChanged
        }
    }
}
