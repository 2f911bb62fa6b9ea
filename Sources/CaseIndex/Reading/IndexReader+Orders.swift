package import Evidence
import GRDB

/// An order for footage, with how it stands.
package struct ListedOrder: Hashable, Sendable {
    package enum State: String, Sendable {
        case open, offered, accepted, refused

        package var isWaiting: Bool { self == .open || self == .offered }
    }

    /// An item that fits.
    package struct Offer: Hashable, Sendable {
        package let item: String
        package let state: OrderStepRow.Step
        package let why: String?
        package let by: String
    }

    package let name: String
    package let leaf: Int64
    package let order: OrderRow
    package let state: State
    /// Why it was refused, and by whom it was refused or accepted.
    package let why: String?
    package let by: String?
    package let offers: [Offer]

    /// Whether it waits longer than was asked.
    package func isOverdue(at now: Timestamp) -> Bool { state.isWaiting && order.due < now }
}

extension IndexReader {
    /// Orders, the oldest first.
    ///
    /// - Parameters:
    ///   - caseNumber: only of that case.
    ///   - isWaiting: only those for which footage is still wanted.
    package func orders(
        of caseNumber: CaseNumber? = nil, isWaiting: Bool = false
    ) throws -> [ListedOrder] {
        try rows(
            """
            SELECT * FROM orders
            WHERE origin IN (SELECT id FROM origins) AND (?1 IS NULL OR number = ?1)
                AND (?2 = 0 OR state IN ('open', 'offered'))
            ORDER BY origin, leaf
            """, [.init(caseNumber?.description), .init(isWaiting)]
        ).compactMap(order)
    }

    /// One order.
    package func order(_ name: String) throws -> ListedOrder? {
        guard let name = LedgerName(name) else { return nil }
        return try rows(
            """
            SELECT * FROM orders
            WHERE origin IN (SELECT id FROM origins) AND leaf = ? AND station = ?
            """, [.integer(name.leaf), .text(name.station)]
        ).first.flatMap(order)
    }

    private func order(_ row: Columns) throws -> ListedOrder? {
        let name = try row.ledgerName()
        guard let record = try row.schedule(OrderRow.kind), let order = try? OrderRow(record),
            let state = ListedOrder.State(rawValue: try row.text("state"))
        else { return nil }
        let offers = try rows(
            """
            SELECT i.station, i.leaf, o.state, o.why, o.account
            FROM offers o JOIN items i ON i.origin = o.origin AND i.leaf = o.item
            WHERE o.origin = ? AND o."order" = ? ORDER BY i.start, i.leaf
            """, [.integer(try row.integer("origin")), .integer(name.leaf)]
        ).compactMap { offer in
            try OrderStepRow.Step(rawValue: offer.text("state")).map {
                ListedOrder.Offer(
                    item: try offer.ledgerName().description, state: $0,
                    why: try offer.optionalText("why"), by: try offer.text("account"))
            }
        }
        return ListedOrder(
            name: name.description, leaf: name.leaf, order: order, state: state,
            why: try row.optionalText("why"), by: try row.optionalText("account"), offers: offers)
    }

    /// Footage that an order may be about and that was not offered for it yet: of the officers by
    /// their own claim or by a recorder that was ever theirs, touching the time.
    package func offerable(for order: ListedOrder, limit: Int = 500) throws -> [MatchableItem] {
        let (first, last) = (order.order.from.milliseconds, order.order.to.milliseconds)
        let recorders = try order.order.officers.flatMap { try self.recorders(everOf: $0) }
        let holders =
            order.order.officers.map { ("officer", $0) } + recorders.map { ("recorder", $0) }
        var seen: Set<Int64> = []
        return try holders.flatMap { column, holder in
            try rows(
                """
                SELECT i.leaf, i.station FROM items i
                WHERE i.\(column) = ?1 AND i.start BETWEEN ?2 AND ?3 AND i.isFootage = 1
                    AND i.described IS NOT NULL AND i.deleted IS NULL AND ifnull(i.finish, i.start) >= ?4
                    AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.origin = i.origin
                        AND o."order" = ?5 AND o.item = i.leaf)
                ORDER BY i.start, i.leaf LIMIT \(max(0, limit))
                """,
                [
                    .text(holder), .integer(first - 86_400_000), .integer(last), .integer(first),
                    .integer(order.leaf),
                ])
        }.filter { seen.insert(try $0.integer("leaf")).inserted }
            .compactMap { try matchable($0.ledgerName().description) }
    }
}
