/// How often the ledger writes.
package struct CustodySettings: Sendable {
    /// The least time between two integrations.
    package var integrateEvery: Duration
    /// The least time between two checkpoints.
    package var publishEvery: Duration

    package init(
        integrateEvery: Duration = .milliseconds(100), publishEvery: Duration = .seconds(1)
    ) {
        (self.integrateEvery, self.publishEvery) = (integrateEvery, publishEvery)
    }
}
