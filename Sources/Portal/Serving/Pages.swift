package import Accounts
package import Evidence

/// The pages and what they stand on, put together.
package struct PortalSettings: Sendable {
    /// The screens that show the dock.
    package var dockAddresses = AddressList.loopback
    /// Who may read the ledger without signing in.
    package var logAddresses = AddressList.loopback
    /// Whether everybody needs a second factor; a trial may go without.
    package var wantsSecondFactor = true
    /// Whether anybody may check a digest against a receipt's number.
    package var isCheckPublic = false
    /// `https` where they are encrypted here.
    package var scheme = "http"

    package init() {}
}

/// Everything that a station's listener serves.
package struct Pages: Sendable {
    let shelf: PageShelf
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    let endpoints: [any Endpoint]

    /// - Parameters:
    ///   - name: the station's.
    ///   - log: the endpoint of the ledger's files.
    package init(
        of station: any PortalStation, name: String, version: String, accounts: AccountStore,
        footage: any FootageDesk, cases: any CaseDesk & DisclosureDesk,
        inbox: any InboxDesk, spotChecks: any SpotCheckDesk, courtRequests: any CourtRequestDesk,
        people: any PeopleDesk,
        settings: PortalSettings,
        log: LogEndpoint,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        let shelf = try PageShelf(station: name)
        let gate = SignInGate(
            accounts, wantsSecondFactor: settings.wantsSecondFactor, now: now)
        let (register, purposes) = (DisclosureRegister(cases), Purposes())
        (self.shelf, self.accounts, self.now) = (shelf, accounts, now)
        endpoints = [
            log, AssetsEndpoint(),
            StateEndpoint(pages: shelf, station: station, version: version),
            DockEndpoint(
                pages: shelf, feed: WallFeed(station, now: now),
                addresses: settings.dockAddresses, station: station, gate: gate,
                scheme: settings.scheme),
            OwnEndpoint(
                pages: shelf, accounts: accounts, people: people, gate: gate, now: now),
            SignInEndpoint(
                pages: shelf, accounts: accounts, people: people,
                gate: gate,
                wantsSecondFactor: settings.wantsSecondFactor, station: name, now: now),
            AccountsEndpoint(pages: shelf, people: people, scheme: settings.scheme),
            NotaryEndpoint(pages: shelf, station: station),
            InboxEndpoint(pages: shelf, footage: footage, inbox: inbox, register: register),
            FieldTaskEndpoint(pages: shelf, inbox: inbox, now: now),
            ClaimsEndpoint(pages: shelf, inbox: inbox, footage: footage),
            CourtRequestsEndpoint(
                pages: shelf, desk: courtRequests, cases: cases, footage: footage,
                register: register, station: name),
            OverviewEndpoint(pages: shelf, station: station),
            CheckEndpoint(pages: shelf, station: station, isOpen: settings.isCheckPublic),
            HelpEndpoint(pages: shelf), SpotCheckEndpoint(pages: shelf, desk: spotChecks),
            EventsEndpoint(
                station: station, cases: cases, footage: footage, register: register,
                accounts: accounts, now: now),
            FootageEndpoint(footage: footage, register: register, purposes: purposes),
            CasesEndpoint(pages: shelf, cases: cases, register: register, purposes: purposes),
            ItemsEndpoint(
                pages: shelf, cases: cases, footage: footage, register: register,
                purposes: purposes),
        ]
    }
}
