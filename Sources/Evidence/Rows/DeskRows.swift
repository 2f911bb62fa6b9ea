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
