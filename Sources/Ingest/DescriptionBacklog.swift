package import CaseIndex

/// Describes items that have no description yet (a crash came between), or some again.
package struct DescriptionBacklog: Sendable {
    private let stages: Stages

    package init(stages: Stages) { self.stages = stages }

    /// Every item without a description gets one. Gives how many were asked for.
    package func catchUp() async throws -> Int {
        try await describe(try await offPool { [stages] in try stages.index.undescribed() })
    }

    /// Those items are described, once more where they were. Their new facts are published and in
    /// the index when it returns.
    package func describe(_ items: [DescribableItem]) async throws -> Int {
        guard !items.isEmpty else { return 0 }
        let describer = Describer(stages: stages)
        for item in items {
            describer.add(
                Describer.Pending(
                    item: item.item, sha256: item.sha256, size: item.size,
                    name: item.path))
        }
        describer.finish()
        await describer.run()
        try await stages.publish()
        return items.count
    }
}
