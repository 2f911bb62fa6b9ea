import Evidence

/// An `order` asks for footage.
enum OrderProjection: RowProjection {
    static let event = CustodyEventKind.order
    static let kind = OrderRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let order = try OrderRow(row)
        guard
            try tables.row(
                "SELECT 1 FROM orders WHERE origin = ? AND leaf = ?", [.integer(event.index)])
                == nil
        else { throw MalformedEntry(problem: "a second order in one event") }
        try tables.run(
            """
            INSERT INTO orders (origin, leaf, station, number, state, body)
            VALUES (?, ?, ?, ?, 'open', ?)
            """,
            [
                .integer(event.index), .text(event.leaf.station),
                .text(order.caseNumber.description),
                .text(JSONWriter.line(.object(row.members))),
            ])
    }
}

/// What became of an order. One that was accepted, or refused as a whole, stays so.
enum OrderStepProjection: RowProjection {
    static let event = CustodyEventKind.order
    static let kind = OrderStepRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let step = try OrderStepRow(row)
        guard let order = LedgerName(step.order)?.leaf,
            let stored = try tables.row(
                "SELECT state FROM orders WHERE origin = ? AND leaf = ?", [.integer(order)])
        else { throw MalformedEntry(problem: "a step of no order") }
        guard ["open", "offered"].contains(try stored.text("state")) else { return }
        guard let name = step.item else {
            try tables.set(order, "refused", step)
            return
        }
        guard let item = try tables.item(named: name) else {
            throw MalformedEntry(problem: "an offer of no item")
        }
        try tables.run(
            """
            INSERT OR REPLACE INTO offers (origin, "order", item, state, why, account, leaf)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(order), .integer(item), .text(step.step.rawValue), .init(step.why),
                .text(step.by), .integer(event.index),
            ])
        let waiting = try tables.row(
            """
            SELECT 1 FROM offers WHERE origin = ? AND "order" = ? AND state = 'offered' LIMIT 1
            """, [.integer(order)])
        switch step.step {
        case .accepted: try tables.set(order, "accepted", step)
        case .offered, .refused:
            try tables.set(order, waiting == nil ? "open" : "offered", nil)
        }
    }
}

extension IndexTables {
    fileprivate func set(_ order: Int64, _ state: String, _ step: OrderStepRow?) throws {
        try run(
            """
            UPDATE orders SET (state, why, account) = (?3, ?4, ?5) WHERE origin = ?1 AND leaf = ?2
            """,
            [.integer(order), .text(state), .init(step?.why), .init(step?.by)])
    }
}
