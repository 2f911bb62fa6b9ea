/// A change of the log's key: a row of a `key-change` event. Keys stand in it as verifier keys (C2SP
/// signed-note): public text, of which anybody may know.
package struct KeyChangeRow: Hashable, Sendable {
    package enum Step: String, Sendable, CaseIterable {
        /// From now on the old and the new key sign together.
        case begun
        /// The new key signs alone.
        case finished
        /// The old key was lost; the new one goes on from the last checkpoint that it signed.
        case lost
    }

    package static let kind = "key-change"

    package var step: Step
    /// The new key.
    package var key: String
    /// The old key.
    package var former: String
    package var why: String?
    /// The last checkpoint of a lost key, as it was signed (C2SP tlog-checkpoint).
    package var checkpoint: String?

    package init(
        _ step: Step, key: String, former: String, why: String? = nil, checkpoint: String? = nil
    ) {
        (self.step, self.key, self.former) = (step, key, former)
        (self.why, self.checkpoint) = (why, checkpoint)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "step": .string(step.rawValue), "key": .string(key), "former": .string(former),
        ]
        members.set("why", why)
        members.set("checkpoint", checkpoint)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        guard let step = Step(rawValue: try read.string("step")) else {
            throw MalformedEntry(problem: "unknown step of a key change")
        }
        self.step = step
        key = try read.string("key")
        former = try read.string("former")
        why = read.optionalString("why")
        checkpoint = read.optionalString("checkpoint")
    }
}
