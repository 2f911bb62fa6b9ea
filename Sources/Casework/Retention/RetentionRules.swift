package import Evidence

/// How long footage is kept. A site may set its own: a JSON object of these names. Of the rules
/// that fit, the longest time counts; six months are the least.
package struct RetentionRules: Hashable, Sendable {
    /// Months since footage was taken in, or since what the schedules say of its cases changed
    /// last.
    package enum Time: Hashable, Sendable, Comparable {
        case months(Int)
        case forever
    }

    /// What is set must all fit; a rule that sets nothing fits all.
    package struct Rule: Hashable, Sendable {
        package var name: String
        package var time: Time
        /// Of one of the cases.
        package var category: String?
        package var caseState: String?
        /// Of the footage: a recorder's mark; `notary`; whether a notarial certificate names it.
        package var mark: String?
        package var source: String?
        package var certified: Bool?

        package init(name: String, time: Time) { (self.name, self.time) = (name, time) }

        func fits(_ subject: RetentionSubject) -> Bool {
            func isIn(_ wanted: String?, _ found: [String]) -> Bool {
                wanted.map(found.contains) ?? true
            }
            return isIn(category, subject.cases.compactMap(\.category))
                && isIn(caseState, subject.cases.compactMap(\.state))
                && isIn(mark, subject.marks) && isIn(source, [subject.source].compactMap { $0 })
                && certified.map { $0 == subject.isCertified } ?? true
        }
    }

    package static let leastMonths = 6

    package var rules: [Rule]
    /// Where no rule fits.
    package var months = leastMonths
    /// Days after which footage that is linked to nothing is called for, and then escalated.
    package var remindDays = 7
    package var escalateDays = 30

    /// What a recorder marked, a notary shot or certified is kept for good.
    package init() {
        var marked = Rule(name: "important", time: .forever)
        marked.mark = "important"
        var notarys = Rule(name: "notary", time: .forever)
        notarys.source = "notary"
        var certified = Rule(name: "certified", time: .forever)
        certified.certified = true
        rules = [marked, notarys, certified]
    }

    /// - Throws: ``TableFault`` with the name of what is not understood.
    package init(json: JSONValue) throws(TableFault) {
        self.init()
        guard let members = json.objectValue else { throw TableFault(place: "rules") }
        for (name, value) in members {
            switch name {
            case "months": months = try Self.number(value, name, from: Self.leastMonths)
            case "remindDays": remindDays = try Self.number(value, name, from: 1)
            case "escalateDays": escalateDays = try Self.number(value, name, from: 1)
            case "rules":
                guard let list = value.arrayValue else { throw TableFault(place: name) }
                rules = []
                for rule in list { rules.append(try Self.rule(rule)) }
            default: throw TableFault(place: name)
            }
        }
    }

    private static func rule(_ json: JSONValue) throws(TableFault) -> Rule {
        guard let members = json.objectValue, let name = members["name"]?.stringValue else {
            throw TableFault(place: "rules: name")
        }
        guard let length = members["months"] else { throw TableFault(place: "\(name): months") }
        let isForever = length.stringValue == "forever"
        var rule = Rule(
            name: name,
            time: isForever
                ? .forever : .months(try number(length, "\(name): months", from: leastMonths)))
        for (key, value) in members where key != "name" && key != "months" {
            switch key {
            case "category": rule.category = try text(value, "\(name): \(key)")
            case "caseState": rule.caseState = try text(value, "\(name): \(key)")
            case "mark": rule.mark = try text(value, "\(name): \(key)")
            case "source": rule.source = try text(value, "\(name): \(key)")
            case "certified":
                guard let flag = value.boolValue else { throw TableFault(place: "\(name): \(key)") }
                rule.certified = flag
            default: throw TableFault(place: "\(name): \(key)")
            }
        }
        return rule
    }

    private static func text(_ value: JSONValue, _ place: String) throws(TableFault) -> String {
        guard let text = value.stringValue, !text.isEmpty else { throw TableFault(place: place) }
        return text
    }

    private static func number(
        _ value: JSONValue, _ place: String, from least: Int
    ) throws(TableFault) -> Int {
        guard let number = value.integerValue, (Int64(least)...1200).contains(number) else {
            throw TableFault(place: place)
        }
        return Int(number)
    }
}
