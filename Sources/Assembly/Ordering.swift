import CaseIndex
import Custody
package import Evidence
import Ingest
package import Logging

/// What is asked about orders for footage.
package enum OrderRequest: Hashable, Sendable {
    case add(
        caseNumber: String, officers: [String], from: Timestamp, to: Timestamp, due: Timestamp?,
        why: String)
    /// Without items: all that is offered.
    case accept(order: String, items: [String])
    /// Without items: the order as a whole.
    case refuse(order: String, items: [String], why: String)

    var json: JSONValue {
        switch self {
        case .add(let number, let officers, let from, let to, let due, let why):
            var members: [String: JSONValue] = [
                "request": "order", "step": "add", "case": .string(number),
                "officers": .array(officers.map(JSONValue.string)),
                "from": .string(from.description), "to": .string(to.description),
                "why": .string(why),
            ]
            members.set("due", due?.description)
            return .object(members)
        case .accept(let order, let items):
            return [
                "request": "order", "step": "accept", "order": .string(order),
                "items": .array(items.map(JSONValue.string)),
            ]
        case .refuse(let order, let items, let why):
            return [
                "request": "order", "step": "refuse", "order": .string(order),
                "items": .array(items.map(JSONValue.string)), "why": .string(why),
            ]
        }
    }

    init?(json: JSONValue) {
        func strings(_ key: String) -> [String] {
            json[key: key]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        func moment(_ key: String) -> Timestamp? {
            json[key: key]?.stringValue.flatMap { Timestamp($0) }
        }
        let why = json[key: "why"]?.stringValue
        let order = json[key: "order"]?.stringValue
        switch json[key: "step"]?.stringValue {
        case "add":
            guard let number = json[key: "case"]?.stringValue, let from = moment("from"),
                let to = moment("to"), let why
            else { return nil }
            self = .add(
                caseNumber: number, officers: strings("officers"), from: from, to: to,
                due: moment("due"), why: why)
        case "accept":
            guard let order else { return nil }
            self = .accept(order: order, items: strings("items"))
        case "refuse":
            guard let order, let why else { return nil }
            self = .refuse(order: order, items: strings("items"), why: why)
        default: return nil
        }
    }

    /// - Throws: `wrong-usage`.
    func check() throws {
        switch self {
        case .add(_, let officers, let from, let to, _, let why):
            try PlainText.check(why, of: "--why", limit: 1000)
            for officer in officers { try PlainText.check(officer, of: "--officer", limit: 64) }
            guard !officers.isEmpty, officers.count <= 50 else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--officer",
                    wanted: Bilingual(
                        "one to 50 officers' staff numbers are wanted", "请填写 1 至 50 个人员编号"))
            }
            guard from <= to else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--to",
                    wanted: Bilingual("it ends after it begins", "结束应晚于开始"))
            }
        case .accept: break
        case .refuse(_, _, let why): try PlainText.check(why, of: "--why", limit: 1000)
        }
    }
}

extension Operations {
    /// Asks for footage, or answers what is offered; in the ledger and the index when it returns.
    func order(
        _ request: OrderRequest, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let now = Clock.now()
        let (name, events) = try orderEvents(request, by: by, now: now)
        let receipts = try await station.stages.ledger.enter(events)
        try await station.stages.feeder.catchUp()
        // What is there already is offered at once.
        await match()
        let station = station.layout.station.code
        let made = receipts.first.map { LedgerName(station: station, leaf: $0.index).description }
        guard let order = try self.station.stages.index.order(name ?? made ?? "") else {
            throw AssemblyFailure(.wrongUsage, subject: name ?? "")
        }
        answer(.line(order.json(now: now)))
        return .done
    }

    private func orderEvents(
        _ request: OrderRequest, by: String, now: Timestamp
    ) throws -> (order: String?, events: [NewCustodyEvent]) {
        switch request {
        case .add(let number, let officers, let from, let to, let due, let why):
            // A week, where nobody says: recorders are docked within a day.
            let week: Int64 = 7 * 86_400_000
            let row = OrderRow(
                caseNumber: try CaseNumber(asked: number), officers: officers, from: from, to: to,
                due: due ?? Timestamp(milliseconds: max(to, now).milliseconds + week), why: why,
                by: by)
            return (nil, [NewCustodyEvent(kind: .order, time: now, rows: [row.row])])
        case .accept(let name, let names):
            let order = try waiting(name)
            let items = try offered(names, for: order)
            let links = items.map {
                AssignmentRow(
                    item: $0, caseNumber: order.order.caseNumber, step: .assigned,
                    why: order.order.why, by: by
                ).row
            }
            let steps = items.map {
                OrderStepRow(order: name, step: .accepted, item: $0, by: by).row
            }
            return (
                name,
                [
                    NewCustodyEvent(kind: .assignment, time: now, rows: links),
                    NewCustodyEvent(kind: .order, time: now, previous: order.leaf, rows: steps),
                ]
            )
        case .refuse(let name, let names, let why):
            let order = try waiting(name)
            let items: [String?] = names.isEmpty ? [nil] : try offered(names, for: order)
            let steps = items.map {
                OrderStepRow(order: name, step: .refused, item: $0, why: why, by: by).row
            }
            return (
                name,
                [NewCustodyEvent(kind: .order, time: now, previous: order.leaf, rows: steps)]
            )
        }
    }

    private func waiting(_ name: String) throws -> ListedOrder {
        guard let order = try station.stages.index.order(name), order.state.isWaiting else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(name),
                wanted: Bilingual(
                    "it is no order that waits: look at evidock order list",
                    "没有该待办的调取申请，请查看 evidock order list"))
        }
        return order
    }

    private func offered(_ names: [String], for order: ListedOrder) throws -> [String] {
        let offers = order.offers.filter { $0.state == .offered }.map(\.item)
        let items = try names.map { try ItemLookup.one($0, in: station.stages.index).name }
        guard !offers.isEmpty, items.allSatisfy(offers.contains) else {
            throw AssemblyFailure(
                .wrongUsage, subject: order.name,
                wanted: Bilingual(
                    "only what is offered for it: \(offers.joined(separator: ", "))",
                    "只能选择已提供的条目：\(offers.joined(separator: "、"))"))
        }
        return items.isEmpty ? offers : items
    }
}

extension Stages {
    /// Offers footage for the orders that it fits: of one of the officers, as is believed, in that time.
    func offerFootage() async throws {
        let rows = try index.orders(isWaiting: true).flatMap { order in
            try index.offerable(for: order).filter { item in
                try MatchQuestion(item, index).officer.map(order.order.officers.contains) ?? false
            }.map {
                OrderStepRow(
                    order: order.name, step: .offered, item: $0.name, by: AssignmentRow.matcher
                ).row
            }
        }
        guard !rows.isEmpty else { return }
        _ = try await ledger.enter([NewCustodyEvent(kind: .order, time: now(), rows: rows)])
        try await feeder.catchUp()
    }
}

extension ListedOrder {
    func json(now: Timestamp) -> JSONValue {
        var members = order.row.members
        members["order"] = .string(name)
        members["state"] = .string(state.rawValue)
        if isOverdue(at: now) { members["overdue"] = true }
        members.set("answer", why)
        members.set("answeredBy", by)
        if !offers.isEmpty {
            members["offers"] = .array(
                offers.map { offer in
                    var members: [String: JSONValue] = [
                        "item": .string(offer.item), "state": .string(offer.state.rawValue),
                        "by": .string(offer.by),
                    ]
                    members.set("why", offer.why)
                    return .object(members)
                })
        }
        return .object(members)
    }
}

extension StationReader {
    /// Orders for footage, the oldest first: all, those of a case, those that wait.
    package func orders(
        of caseNumber: String?, isWaiting: Bool, now: Timestamp, log: Logger
    ) async throws -> [JSONValue] {
        let number = try caseNumber.map { try CaseNumber(asked: $0) }
        return try await index(log: log).orders(of: number, isWaiting: isWaiting)
            .map { $0.json(now: now) }
    }
}
