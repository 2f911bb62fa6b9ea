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
        /// Says as a neutral third party that he looked at how the custody log stands.
        case signOff
        /// Looks after his own footage that is linked to no case.
        case workInbox
        /// Is told what somebody must look at, and takes it up.
        case answerAlerts
        /// Sees figures of all that is taken in, and no footage by that.
        case oversee
        /// Says as a second person whose footage is whose, without seeing it.
        case answerClaims
        /// Enters and approves what other courts ask for, of cases that he sees.
        case giveOut
        /// Sees footage: an officer his own, a judge that of his cases, a supervisor that of his
        /// courts, anybody that of a case that was opened to him.
        case watch
    }

    static func may(_ account: Account, _ deed: Deed) -> Bool {
        switch deed {
        case .seeState: !account.roles.isEmpty
        case .manageAccounts: account.roles.contains(.admin)
        case .verifyDigests: !account.roles.isDisjoint(with: [.notary, .judge, .supervisor])
        case .answerAlerts: !account.roles.isDisjoint(with: [.supervisor, .admin])
        case .signOff: account.roles.contains(.notary)
        case .giveOut: !account.roles.isDisjoint(with: [.judge, .supervisor])
        case .workInbox: account.roles.contains(.officer)
        case .answerClaims, .oversee: account.roles.contains(.supervisor)
        // Who runs the system sees no footage by that.
        case .watch: !account.roles.subtracting([.admin]).isEmpty
        }
    }

    // MARK: - Cases

    /// Whether the case, and footage that is linked to it, are his to see.
    static func may(_ account: Account, see standing: CaseStanding) -> Bool {
        guard may(account, .watch) else { return false }
        return isOnCase(account, standing) || oversees(account, standing) && !standing.isRestricted
    }

    /// Whether he says who else may see it: its judge, and whoever oversees a case that is not
    /// restricted.
    static func mayOpen(_ account: Account, _ standing: CaseStanding) -> Bool {
        isJudge(account, standing) || oversees(account, standing) && !standing.isRestricted
    }

    /// Whether he is one of those who may give footage of it to another court: a judge or supervisor
    /// who sees the case, and not only to look it over.
    static func mayGiveOut(_ account: Account, _ standing: CaseStanding) -> Bool {
        may(account, .giveOut) && may(account, see: standing)
            && standing.accounts[account.name] != .review
    }

    private static func isJudge(_ account: Account, _ standing: CaseStanding) -> Bool {
        account.roles.contains(.judge) && standing.judge == account.name
    }

    /// Whether it is his own case, or one that was opened to him.
    static func isOnCase(_ account: Account, _ standing: CaseStanding) -> Bool {
        isJudge(account, standing) || standing.accounts[account.name] != nil
    }

    private static func oversees(_ account: Account, _ standing: CaseStanding) -> Bool {
        account.roles.contains(.supervisor)
            && account.court.map(standing.courts.contains) ?? false
    }

    // MARK: - Footage

    /// Whether he may do it with this footage.
    static func may(_ account: Account, _ deed: Deed, on item: ItemOwnership) -> Bool {
        guard may(account, deed) else { return false }
        return switch deed {
        case .workInbox: isOwn(account, item)
        case .watch: isOwn(account, item) || caseOfView(account, item) != nil
        case .seeState, .manageAccounts, .verifyDigests, .signOff, .answerClaims,
            .answerAlerts, .oversee, .giveOut:
            false
        }
    }

    /// Whether he brought it himself: for that nobody asks him why he looks at it.
    static func isOwn(_ account: Account, _ item: ItemOwnership) -> Bool {
        account.roles.contains(.officer) && item.officer == account.name
    }

    /// The case for which he may see footage that is not his own. What is linked to a restricted
    /// case is seen by those alone who are on one of its cases.
    static func caseOfView(_ account: Account, _ item: ItemOwnership) -> CaseStanding? {
        guard may(account, .watch) else { return nil }
        if let own = item.cases.first(where: { isOnCase(account, $0) }) { return own }
        guard !item.isRestricted else { return nil }
        return item.cases.first { oversees(account, $0) }
    }

    /// What he may see of all footage.
    static func sight(_ account: Account) -> Sight {
        var sight = Sight()
        guard may(account, .watch) else { return sight }
        if account.roles.contains(.officer) { sight.officer = account.name }
        sight.account = account.name
        sight.isJudge = account.roles.contains(.judge)
        if account.roles.contains(.supervisor) { sight.court = account.court }
        return sight
    }

    /// The account that is signed in and may do this. Who may not is told no more than that nothing
    /// is here.
    ///
    /// - Throws: `sign-in-first`, `not-found`.
    ///
    /// - Parameter scope: what a program's token must be for; nil for what the deed usually needs.
    static func require(
        _ deed: Deed, _ context: PortalContext, scope: TokenScope? = nil
    ) throws -> Account {
        guard let account = context.session?.account else { throw PortalProblem.signInFirst }
        guard may(account, deed) else { throw PortalProblem.notFound }
        if let scopes = context.scopes {
            guard let wanted = scope ?? Self.scope(of: deed), scopes.contains(wanted) else {
                throw PortalProblem.notFound
            }
        }
        return account
    }

    /// What a program's token must be for; nil for what people do alone.
    private static func scope(of deed: Deed) -> TokenScope? {
        switch deed {
        case .verifyDigests: .verify
        case .watch: .records
        case .oversee, .seeState: .figures
        case .manageAccounts, .workInbox, .answerClaims, .signOff, .answerAlerts, .giveOut: nil
        }
    }
}
