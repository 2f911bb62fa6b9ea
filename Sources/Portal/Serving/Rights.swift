import Accounts
import Evidence

/// What somebody may do: denied unless a line here allows it.
enum Rights {
    enum Deed {
        /// Says how the station is.
        case seeState
        case manageAccounts
        /// Asks whether digests stand in the custody log: sees digests, times, leaves and states,
        /// never a name.
        case verifyDigests
        /// Looks after his own footage that is linked to no case.
        case workInbox
        /// Sees footage: an officer his own, a judge that of his cases.
        case watch
    }

    static func may(_ account: Account, _ deed: Deed) -> Bool {
        switch deed {
        case .seeState: !account.roles.isEmpty
        case .manageAccounts: account.roles.contains(.admin)
        case .verifyDigests: !account.roles.isDisjoint(with: [.notary, .judge, .supervisor])
        case .workInbox: account.roles.contains(.officer)
        case .watch: !account.roles.isDisjoint(with: [.officer, .judge])
        }
    }

    /// Whether he may do it with this footage.
    static func may(_ account: Account, _ deed: Deed, on item: ItemOwnership) -> Bool {
        guard may(account, deed) else { return false }
        return switch deed {
        case .workInbox: item.officer == account.name
        case .watch:
            account.roles.contains(.officer) && item.officer == account.name
                || account.roles.contains(.judge) && item.judges.contains(account.name)
        case .seeState, .manageAccounts, .verifyDigests: false
        }
    }

    /// The account that is signed in and may do this. Who may not is told no more than that nothing
    /// is here.
    ///
    /// - Throws: `sign-in-first`, `not-found`.
    static func require(_ deed: Deed, _ context: PortalContext) throws -> Account {
        guard let account = context.session?.account else { throw PortalProblem.signInFirst }
        guard may(account, deed) else { throw PortalProblem.notFound }
        return account
    }
}
