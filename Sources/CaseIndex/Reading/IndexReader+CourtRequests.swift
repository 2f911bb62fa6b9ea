package import Evidence
import GRDB

/// A request by another court, with how it stands.
package struct ListedCourtRequest: Sendable {
    package let name: String
    package let leaf: Int64
    package let time: Timestamp
    package let request: CourtRequestRow
    /// `open`, `approved`, `refused`, `packed`, `delivered`.
    package let state: String
    /// Those that count, the oldest first.
    package let steps: [(row: CourtRequestStepRow, time: Timestamp)]
}

extension IndexReader {
    /// Requests by other courts, the newest first.
    package func courtRequests(limit: Int) throws -> [ListedCourtRequest] {
        try rows(
            """
            SELECT r.*, e.time FROM courtRequests r
            JOIN events e ON e.origin = r.origin AND e.leaf = r.leaf
            WHERE r.origin IN (SELECT id FROM origins)
            ORDER BY r.leaf DESC LIMIT \(max(0, limit))
            """
        ).compactMap(courtRequest)
    }

    /// One of them.
    package func courtRequest(_ name: String) throws -> ListedCourtRequest? {
        guard let name = LedgerName(name) else { return nil }
        return try rows(
            """
            SELECT r.*, e.time FROM courtRequests r
            JOIN events e ON e.origin = r.origin AND e.leaf = r.leaf
            WHERE r.origin IN (SELECT id FROM origins) AND r.leaf = ? AND r.station = ?
            """, [.integer(name.leaf), .text(name.station)]
        ).first.flatMap(courtRequest)
    }

    private func courtRequest(_ row: Columns) throws -> ListedCourtRequest? {
        guard let record = try row.schedule(CourtRequestRow.kind),
            let request = try? CourtRequestRow(record)
        else { return nil }
        let name = try row.ledgerName()
        let steps = try rows(
            """
            SELECT s.body, e.time FROM courtRequestSteps s
            JOIN events e ON e.origin = s.origin AND e.leaf = s.leaf
            WHERE s.origin = ? AND s.request = ? ORDER BY s.leaf, s.position
            """, [.integer(try row.integer("origin")), .integer(name.leaf)]
        ).compactMap { step -> (CourtRequestStepRow, Timestamp)? in
            guard let record = try step.schedule(CourtRequestStepRow.kind),
                let known = try? CourtRequestStepRow(record)
            else { return nil }
            return (known, Timestamp(milliseconds: try step.integer("time")))
        }
        return ListedCourtRequest(
            name: name.description, leaf: name.leaf,
            time: Timestamp(milliseconds: try row.integer("time")), request: request,
            state: try row.text("state"), steps: steps)
    }
}
