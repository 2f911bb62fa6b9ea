/// A row of an `acknowledgement`: an officer says at the dock that he brought this recorder, and what
/// was on it is what the inventory says.
package struct AcknowledgementRow: Hashable, Sendable {
    package static let kind = "acknowledgement"

    /// The docking.
    package var visit: String
    /// SHA-256 of the docking's list of files.
    package var inventory: String
    /// His account.
    package var by: String

    package init(visit: String, inventory: String, by: String) {
        (self.visit, self.inventory, self.by) = (visit, inventory, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "visit": .string(visit), "inventory": .string(inventory), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        self.init(
            visit: try read.string("visit"), inventory: try read.string("inventory"),
            by: try read.string("by"))
    }
}
