import Evidence

/// What a person says of how long footage is kept.
package struct RetentionRequest: Hashable, Sendable {
    package enum Step: String, Sendable {
        /// Items or cases are kept until the hold is released.
        case hold
        case release
        /// Items are private or a test, and of no case.
        case markPrivate = "private"
        /// Items are to be deleted: those named, or all whose time is over.
        case propose
        case approve
        /// A proposed deletion is taken back.
        case withdraw
        /// What two persons approved a week ago or earlier is deleted.
        case carryOut = "carry-out"
    }

    package var step: Step
    /// Items; of a release the hold, of an approval or a withdrawal the proposal.
    package var names: [String]
    package var caseNumbers: [String]
    package var why: String?

    package init(
        _ step: Step, names: [String] = [], caseNumbers: [String] = [], why: String? = nil
    ) {
        (self.step, self.names, self.caseNumbers, self.why) = (step, names, caseNumbers, why)
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "request": "retention", "step": .string(step.rawValue),
            "names": .array(names.map(JSONValue.string)),
            "cases": .array(caseNumbers.map(JSONValue.string)),
        ]
        members.set("why", why)
        return .object(members)
    }

    init?(json: JSONValue) {
        func strings(_ key: String) -> [String] {
            json[key: key]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        guard let step = json[key: "step"]?.stringValue.flatMap(Step.init) else { return nil }
        self.init(
            step, names: strings("names"), caseNumbers: strings("cases"),
            why: json[key: "why"]?.stringValue)
    }

    /// - Throws: `wrong-usage`.
    func check() throws {
        try PlainText.check(why, of: "--why", limit: 1000)
        func require(_ holds: Bool, _ subject: String, _ wanted: Bilingual) throws {
            guard holds else {
                throw AssemblyFailure(.wrongUsage, subject: subject, wanted: wanted)
            }
        }
        switch step {
        case .approve, .carryOut: break
        case .hold, .release, .markPrivate, .propose, .withdraw:
            try require(why != nil, "--why", Bilingual("a reason is wanted", "请填写原因"))
        }
        switch step {
        case .hold:
            try require(
                !names.isEmpty || !caseNumbers.isEmpty, "hold add",
                Bilingual("items or a case are wanted", "请指定条目或案号"))
        case .markPrivate:
            try require(!names.isEmpty, "ITEM", Bilingual("items are wanted", "请指定条目"))
        case .release, .approve, .withdraw:
            try require(names.count == 1, step.rawValue, Bilingual("one name is wanted", "请指定一个编号"))
        case .propose, .carryOut: break
        }
    }
}
