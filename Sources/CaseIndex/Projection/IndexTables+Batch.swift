extension IndexTables {
    /// What one batch remembers, so that no event of it asks again what another did; on the writer's
    /// queue.
    final class Batch {
        /// Items whose text is to be made anew with the batch's end, by their leaves.
        var unread: Set<Int64> = []
        var counts = DayCounts()
        /// Items that are known to be there, and of which station: none ever goes.
        var stations: [Int64: String] = [:]
        /// Who caused each docking.
        var accounts: [Int64: String] = [:]
        /// What a case or a field task is found by: files of one day have the same ones.
        private var known: [Source: [SearchField]] = [:]

        enum Source: Hashable {
            case caseNumber(String)
            case duty(String)
        }

        /// To be asked for when all else of the batch is written.
        func fields(
            of source: Source, _ read: () throws -> [SearchField]
        ) rethrows -> [SearchField] {
            if let fields = known[source] { return fields }
            let fields = try read()
            known[source] = fields
            return fields
        }
    }
}
