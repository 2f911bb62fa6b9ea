import CaseIndex
import Custody
package import Evidence
import Ingest
import ServiceLifecycle

/// That a person links an item, or a part of it, to a case, or takes the link away.
package struct AssignmentOrder: Hashable, Sendable {
    package var item: String
    package var caseNumber: String
    package var step: AssignmentRow.Step
    /// Milliseconds of the item's media clock; all of it for nil.
    package var from: Int64?
    package var to: Int64?
    package var why: String

    package init(
        item: String, caseNumber: String, step: AssignmentRow.Step, from: Int64? = nil,
        to: Int64? = nil, why: String
    ) {
        (self.item, self.caseNumber, self.step) = (item, caseNumber, step)
        (self.from, self.to, self.why) = (from, to, why)
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "request": "assign", "item": .string(item), "case": .string(caseNumber),
            "step": .string(step.rawValue), "why": .string(why),
        ]
        members.set("from", from)
        members.set("to", to)
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let item = json[key: "item"]?.stringValue, let why = json[key: "why"]?.stringValue,
            let caseNumber = json[key: "case"]?.stringValue,
            let step = json[key: "step"]?.stringValue.flatMap(AssignmentRow.Step.init)
        else { return nil }
        self.init(
            item: item, caseNumber: caseNumber, step: step, from: json[key: "from"]?.integerValue,
            to: json[key: "to"]?.integerValue, why: why)
    }

    func check() throws {
        try PlainText.check(why, of: "--why", limit: 1000)
        guard from ?? 0 >= 0, to.map({ $0 > from ?? 0 }) ?? true else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--to",
                wanted: Bilingual("a part ends after it begins", "结束应晚于开始"))
        }
    }
}

extension CaseNumber {
    /// A case number as somebody wrote it.
    ///
    /// - Throws: `wrong-usage`, with what is wrong with it.
    init(asked text: String) throws {
        do { try self.init(reading: text) } catch {
            throw AssemblyFailure(.wrongUsage, subject: SafeText.of(text), wanted: error.reason)
        }
    }
}

extension CaseNumberQuery {
    /// A part of a case number as somebody wrote it.
    ///
    /// - Throws: `wrong-usage` where the text has signs that no case number has.
    init(asked text: String) throws {
        guard let query = CaseNumberQuery(text) else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(text),
                wanted: Bilingual("a part of a case number is wanted", "应为案号或案号的一部分"))
        }
        self = query
    }
}

extension Operations {
    /// Links by hand, or takes a link away; in the ledger and the index when it returns.
    func assign(
        _ order: AssignmentOrder, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let number = try CaseNumber(asked: order.caseNumber)
        let item = try ItemLookup.one(order.item, in: station.stages.index)
        try item.requireKept()
        let length = item.media?.durationMicroseconds.map { ($0 + 999) / 1000 }
        if let length, let end = [order.from.map { $0 + 1 }, order.to].compactMap({ $0 }).max(),
            end > length
        {
            throw AssemblyFailure(
                .wrongUsage, subject: item.name,
                wanted: Bilingual(
                    "it is \(length / 1000) s long", "该录像时长为 \(length / 1000) 秒"))
        }
        let links = item.cases.filter {
            $0.assignment.caseNumber == number
                && (order.from == nil || $0.assignment.from ?? 0 == order.from)
        }
        if order.step == .withdrawn, links.isEmpty {
            throw AssemblyFailure(
                .wrongUsage, subject: item.name,
                wanted: Bilingual("it is not linked to this case", "该条目未关联此案"))
        }
        let row = AssignmentRow(
            item: item.name, caseNumber: number, step: order.step, from: order.from,
            to: order.to, why: order.why, by: by)
        let receipts = try await station.stages.ledger.enter([
            NewCustodyEvent(
                kind: .assignment, time: Clock.now(), previous: item.custody.last?.leaf,
                rows: [row.row])
        ])
        try await station.stages.feeder.catchUp()
        var members = row.row.members
        members.set("leaf", receipts.first?.index)
        if try station.stages.index.knownCase(number) == nil { members["caseIsUnknown"] = true }
        answer(.line(.object(members)))
        return .done
    }

    /// Footage is matched with field tasks, as far as can be: what fails here is done later.
    func match() async {
        await station.matching.catchUpOrSay()
    }
}

/// Matches footage in the background: at the start, and after each docking.
struct MatchService: Service {
    let desk: MatchDesk
    let isDue: Nudge

    func run() async throws {
        await cancelWhenGracefulShutdown {
            isDue.fire()
            for await _ in isDue.stream { await desk.catchUpOrSay() }
        }
    }
}
