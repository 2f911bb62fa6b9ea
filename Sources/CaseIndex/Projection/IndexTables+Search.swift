import Evidence

extension IndexTables {
    /// The row of the gram table that belongs to an item: the origin's number and the leaf in one.
    static func gramRow(origin: Int64, leaf: Int64) -> Int64 { origin << leafBits | leaf }

    /// Bits of a gram row that hold the leaf.
    static let leafBits: Int64 = 44

    /// Makes the text of all footage of a case agree with what is known of it.
    func refreshSearch(of number: CaseNumber) throws {
        for row in try rows(
            """
            SELECT DISTINCT item FROM assignments
            WHERE origin = ? AND number = ? AND stands = 1 ORDER BY item
            """, [.text(number.description)])
        {
            refreshSearch(of: try row.integer("item"))
        }
    }

    /// The same where a field task changed, of the footage that is linked by it. One that was not
    /// there `before` has none.
    func refreshSearch(of duty: DutyRow, after before: DutyRow?) throws {
        guard let before else { return }
        for number in Set(before.caseNumbers + duty.caseNumbers).sorted() {
            for row in try rows(
                """
                SELECT DISTINCT item FROM assignments
                WHERE origin = ? AND number = ? AND stands = 1 AND body ->> '$.duty' = ?
                ORDER BY item
                """, [.text(number.description), .text(duty.id)])
            {
                refreshSearch(of: try row.integer("item"))
            }
        }
    }

    /// An item's names, its tags or its cases are others: its text is made anew with the batch's
    /// end, once for all that happened to it.
    func refreshSearch(of item: Int64) { batch.unread.insert(item) }

    /// Makes the texts and the grams of those items agree with what is known of them now.
    func refreshSearch() throws {
        for item in batch.unread.sorted() { try writeSearch(of: item) }
        batch.unread = []
    }

    private func writeSearch(of item: Int64) throws {
        guard
            let stored = try row(
                """
                SELECT search FROM items WHERE origin = ? AND leaf = ?
                """, [.integer(item)])
        else { return }
        let fields = try searchFields(of: item).map(\.text)
        let (old, new) = (try stored.text("search"), SearchText.folded(fields))
        guard old != new else { return }
        try run(
            "UPDATE items SET search = ?3 WHERE origin = ?1 AND leaf = ?2",
            [.integer(item), .text(new)])
        try replaceGrams(of: item, SearchText.grams(of: old), by: SearchText.grams(of: new))
    }

    private func replaceGrams(
        of item: Int64, _ old: [UInt64], by new: [UInt64]
    ) throws {
        let number = Self.gramRow(origin: origin, leaf: item)
        // A contentless table forgets a row only when told what it held.
        if !old.isEmpty {
            try db.run(
                "INSERT INTO grams (grams, rowid, terms) VALUES ('delete', ?, ?)",
                [.integer(number), .text(SearchText.spelled(old))])
        }
        guard !new.isEmpty else { return }
        try db.run(
            "INSERT INTO grams (rowid, terms) VALUES (?, ?)",
            [.integer(number), .text(SearchText.spelled(new))])
    }
}
