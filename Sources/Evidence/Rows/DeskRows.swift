/// A row of an `annotation`: an officer says that footage is his, or is not.
package struct ClaimRow: Hashable, Sendable {
    package static let kind = "claim"

    package enum State: String, Sendable, CaseIterable {
        /// Waits for a second person.
        case open
        case confirmed, refused
    }

    package var item: String
    /// Who says so.
    package var account: String
    package var isMine: Bool
    package var state: State
    package var why: String
    /// The same account while it is open; whoever confirmed or refused it.
    package var by: String

    package init(
        item: String, account: String, isMine: Bool, state: State, why: String, by: String
    ) {
        (self.item, self.account, self.isMine) = (item, account, isMine)
        (self.state, self.why, self.by) = (state, why, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "item": .string(item), "account": .string(account), "mine": .bool(isMine),
                "state": .string(state.rawValue), "why": .string(why), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        guard let state = State(rawValue: try read.string("state")) else {
            throw MalformedEntry(problem: "unknown state of a claim")
        }
        self.init(
            item: try read.string("item"), account: try read.string("account"),
            isMine: try read.bool("mine"), state: state, why: try read.string("why"),
            by: try read.string("by"))
    }
}

/// A row of an `annotation`: something to know of an item, or that it is important.
package struct NoteRow: Hashable, Sendable {
    package static let kind = "note"

    package var item: String
    package var text: String?
    /// `important`; sets the mark.
    package var mark: String?
    package var by: String

    package init(item: String, text: String?, mark: String?, by: String) {
        (self.item, self.text, self.mark, self.by) = (item, text, mark, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = ["item": .string(item), "by": .string(by)]
        members.set("text", text)
        members.set("mark", mark)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        text = read.optionalString("text")
        mark = read.optionalString("mark")
        by = try read.string("by")
        guard text != nil || mark != nil else {
            throw MalformedEntry(problem: "a note that says nothing")
        }
    }
}

/// A row of an `approval`: a notary looked at how the custody log stands, and says so.
package struct SignOffRow: Hashable, Sendable {
    package static let kind = "sign-off"

    /// The checkpoint that he saw.
    package var size: Int64
    package var root: SHA256Digest
    package var text: String
    package var by: String

    package init(size: Int64, root: SHA256Digest, text: String, by: String) {
        (self.size, self.root, self.text, self.by) = (size, root, text, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "size": .integer(size), "root": .string(root.hex), "text": .string(text),
                "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        self.init(
            size: try read.integer("size"), root: try read.sha256("root"),
            text: try read.string("text"), by: try read.string("by"))
    }
}

/// A row of a `spot-check`: footage that was drawn, in a way that anybody can repeat.
package struct SpotCheckRow: Hashable, Sendable {
    package static let kind = "spot-check"

    package var seed: String
    /// Of which days, by the beginning of the recordings.
    package var from: Timestamp
    package var to: Timestamp
    /// How many recordings there were to draw from.
    package var pool: Int64
    /// Those that were drawn, in the order in which they were.
    package var items: [String]
    package var by: String

    package init(
        seed: String, from: Timestamp, to: Timestamp, pool: Int64, items: [String], by: String
    ) {
        (self.seed, self.from, self.to) = (seed, from, to)
        (self.pool, self.items, self.by) = (pool, items, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "seed": .string(seed), "from": .string(from.description),
                "to": .string(to.description), "pool": .integer(pool),
                "items": .array(items.map(JSONValue.string)), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        self.init(
            seed: try read.string("seed"), from: try read.timestamp("from"),
            to: try read.timestamp("to"), pool: try read.integer("pool"),
            items: read.strings("items"), by: try read.string("by"))
    }
}

/// A row of a `spot-check`: what somebody made of one of its recordings; what was said last counts.
package struct SpotScoreRow: Hashable, Sendable {
    package static let kind = "spot-score"
    /// The best and the worst.
    package static let scores: ClosedRange<Int64> = 1...5

    /// The spot check, by the ``LedgerName`` of its leaf.
    package var check: String
    package var item: String
    package var score: Int64
    package var text: String?
    package var by: String

    package init(check: String, item: String, score: Int64, text: String?, by: String) {
        (self.check, self.item, self.score) = (check, item, score)
        (self.text, self.by) = (text, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "check": .string(check), "item": .string(item), "score": .integer(score),
            "by": .string(by),
        ]
        members.set("text", text)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        self.init(
            check: try read.string("check"), item: try read.string("item"),
            score: try read.integer("score"), text: read.optionalString("text"),
            by: try read.string("by"))
        guard Self.scores.contains(score) else {
            throw MalformedEntry(problem: "a score that there is not")
        }
    }
}
