package import Accounts
package import Evidence
package import Hummingbird
import NIOCore

/// What is known of a request besides itself.
package struct PortalContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The address at the other end, or the one that a proxy on this machine names; empty where
    /// there is none.
    package var address: String
    /// The connection.
    let channel: any Channel
    package var language = Language.english
    /// Who is signed in; nil where nobody is.
    package var session: Session?
    /// The token of that session; of a program that carries one of its own, what tells it from
    /// others.
    var token: String?
    /// What a program may do at most that carries a token; nil for people.
    var scopes: Set<TokenScope>?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? ""
    }
}

/// Where endpoints put their routes.
package typealias Routes = Router<PortalContext>

/// A part of what is served: its routes.
package protocol Endpoint: Sendable {
    func add(to router: Routes)
}
