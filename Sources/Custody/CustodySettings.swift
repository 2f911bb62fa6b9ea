/// How often the ledger writes.
package struct CustodySettings: Sendable {
    /// The least time between two integrations.
    package var integrateEvery: Duration
    /// The least time between two checkpoints.
    package var publishEvery: Duration
    /// The least time between two of either while somebody waits for a page.
    package var awaitedEvery: Duration

    package init(
        integrateEvery: Duration = .milliseconds(100), publishEvery: Duration = .seconds(1),
        awaitedEvery: Duration = .milliseconds(20)
    ) {
        (self.integrateEvery, self.publishEvery) = (integrateEvery, publishEvery)
        self.awaitedEvery = awaitedEvery
    }
}
