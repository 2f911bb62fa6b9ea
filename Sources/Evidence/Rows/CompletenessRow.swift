/// That something of a field task is missing, or no longer is, or why: a row of a `finding` event. The
/// newest one of the same id counts.
package struct CompletenessRow: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case open, explained
        /// It was found, or the schedule turned out to be another.
        case gone
    }

    package static let kind = "completeness"

    package var id: String
    package var code: String
    package var duty: String
    package var subject: String?
    package var words: Bilingual
    package var state: State
    /// The explanation.
    package var why: String?
    package var by: String

    package init(
        id: String, code: String, duty: String, subject: String?, words: Bilingual, state: State,
        why: String? = nil, by: String
    ) {
        (self.id, self.code, self.duty, self.subject) = (id, code, duty, subject)
        (self.words, self.state, self.why, self.by) = (words, state, why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "finding": .string(id), "code": .string(code), "duty": .string(duty),
            "words": [.string(words.english), .string(words.chinese)],
            "state": .string(state.rawValue), "by": .string(by),
        ]
        members.set("subject", subject)
        members.set("why", why)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        id = try read.string("finding")
        code = try read.string("code")
        duty = try read.string("duty")
        subject = read.optionalString("subject")
        let texts = read.strings("words")
        words = Bilingual(texts.first ?? "", texts.last ?? "")
        guard let state = State(rawValue: try read.string("state")) else {
            throw MalformedEntry(problem: "unknown state of a finding")
        }
        self.state = state
        why = read.optionalString("why")
        by = try read.string("by")
    }
}
