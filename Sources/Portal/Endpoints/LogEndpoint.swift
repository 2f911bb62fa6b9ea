package import Custody
import Evidence
import HTTPTypes
import Hummingbird
import TransparencyLog

/// The ledger for anybody's tools, read-only, as C2SP tlog-tiles v0.1.0 lays it: `/log/checkpoint`,
/// `/log/tile/…`; and `/log/checkpoint.cosigned`, the newest that a quorum of witnesses has
/// cosigned. Nothing that no published checkpoint covers is shown.
package struct LogEndpoint: Endpoint {
    private let reader: LedgerReader
    /// Who may read it.
    private let addresses: AddressList

    package init(_ reader: LedgerReader, for addresses: AddressList = .loopback) {
        (self.reader, self.addresses) = (reader, addresses)
    }

    package func add(to router: Routes) {
        let log = router.group("log").add(middleware: ListedOnly(addresses: addresses))
        log.get("checkpoint") { _, _ in
            try await answer {
                Response(.ok, try reader.checkpoint().note, type: Response.plainText)
            }
        }
        log.get("checkpoint.cosigned") { _, _ in
            try await answer {
                try reader.cosignedNote().map { Response(.ok, $0, type: Response.plainText) }
            }
        }
        log.get("tile/**") { _, context in
            let place = "tile/" + context.parameters.getCatchAll().joined(separator: "/")
            guard let path = try? TilePath(parsing: place) else {
                return Response.refused(.notFound)
            }
            return try await answer { try tile(path) }
        }
    }

    private func tile(_ path: TilePath) throws -> Response? {
        guard path.isCovered(bySize: try reader.size()) else { return nil }
        return Response(
            .ok, try reader.tileBytes(path), type: "application/octet-stream",
            caching: "public, max-age=31536000, immutable")
    }

    /// A disk that cannot be read now is told as such, without a word about it.
    private func answer(_ make: @escaping @Sendable () throws -> Response?) async throws -> Response
    {
        do { return try await offPool(make) ?? Response.refused(.notFound) } catch is CustodyFailure
        {
            return Response.refused(.serviceUnavailable)
        }
    }
}

/// Whoever is not listed learns nothing.
private struct ListedOnly: RouterMiddleware {
    let addresses: AddressList

    func handle(
        _ request: Request, context: PortalContext,
        next: (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        guard addresses.contains(context.address) else { return .refused(.forbidden) }
        return try await next(request, context)
    }
}
