import CaseIndex
import Casework
import Evidence

/// What becomes of footage at a moment, by the site's rules and what index and ledger know of it.
/// For one thread.
struct RetentionVerdicts {
    let rules: RetentionRules
    let index: IndexReader
    let now: Timestamp
    private let vouchers: LeafVouchers
    private static let page = 256

    init(settings: Settings, index: IndexReader, now: Timestamp) throws {
        rules = try settings.retentionTable()
        vouchers = try LeafVouchers(StationReader(settings: settings))
        (self.index, self.now) = (index, now)
    }

    func verdict(_ item: RetainedItem) -> RetentionVerdict { rules.verdict(subject(item), at: now) }

    /// All footage that is not deleted, by its leaf.
    func forEach(_ body: (RetainedItem, RetentionVerdict) throws -> Void) throws {
        var leaf: Int64 = -1
        while true {
            let items = try index.retained(after: leaf, limit: Self.page)
            guard let last = items.last else { return }
            for item in items { try body(item, verdict(item)) }
            leaf = last.name.leaf
        }
    }

    /// How loudly somebody is called to link it; nil where nobody is.
    func escalation(_ item: RetainedItem, _ verdict: RetentionVerdict) -> UnlinkedCall? {
        let isUnlinked = verdict.reasons.contains {
            $0 == .unassigned || $0 == .privateUnconfirmed
        }
        guard isUnlinked else { return nil }
        let days = (now.milliseconds - item.ingested.milliseconds) / 86_400_000
        if days >= Int64(rules.escalateDays) { return .escalated }
        return days >= Int64(rules.remindDays) ? .due : nil
    }

    private func subject(_ item: RetainedItem) -> RetentionSubject {
        var subject = RetentionSubject(ingested: item.ingested)
        subject.cases = item.cases.map {
            RetentionSubject.Case(
                number: $0.number, state: $0.known?.state, category: $0.known?.category,
                changed: $0.changed)
        }
        (subject.marks, subject.source) = (item.marks, item.source)
        subject.isCertified = item.isCertified
        subject.needsALook = item.quarantineCode != nil
        subject.holds = item.holds
        subject.privates = item.privates.map { .init(by: $0.by, time: $0.time) }
        subject.isScrubbed = item.verified != nil
        subject.isStamped = vouchers.stamp(over: item.name.leaf)?.time != nil
        return subject
    }
}

/// Footage that nobody linked to a case.
enum UnlinkedCall: String {
    /// After seven days, where the site says nothing else.
    case due
    /// After thirty.
    case escalated
}

extension Settings {
    /// How long the site keeps footage, or the usual.
    ///
    /// - Throws: `malformed-setting`, with the name that is not understood.
    func retentionTable() throws -> RetentionRules {
        try siteTable(
            retentionRules, "retentionRules",
            Bilingual(
                "rules like {\"months\": 6, \"rules\": [{\"name\": \"evictions\", \"category\": \"腾退房屋\", \"months\": 24}]}",
                "规则形如 {\"months\": 6, \"rules\": [{\"name\": \"腾退\", \"category\": \"腾退房屋\", \"months\": 24}]}"
            ), RetentionRules.init(json:)) ?? RetentionRules()
    }
}

extension RetentionVerdict.Reason {
    /// Its constant name, and what a person reads.
    var json: JSONValue {
        ["code": .string(code), "words": [.string(words.english), .string(words.chinese)]]
    }

    var code: String {
        switch self {
        case .held: "held"
        case .openCase: "open-case"
        case .unassigned: "not-linked"
        case .privateUnconfirmed: "private-unconfirmed"
        case .needsALook: "needs-a-look"
        case .notScrubbed: "not-checked"
        case .notStamped: "not-time-stamped"
        case .forever: "for-good"
        case .notYet: "not-yet"
        }
    }

    private var words: Bilingual {
        switch self {
        case .held(let holds):
            Bilingual(
                "under a retention lock (\(holds.joined(separator: ", ")))",
                "已设留存锁定（\(holds.joined(separator: "、"))）")
        case .openCase(let cases):
            Bilingual(
                "the case is not known to be closed (\(Self.list(cases)))",
                "案件未结或状态不明（\(Self.list(cases))）")
        case .unassigned: Bilingual("not yet linked to a case", "待关联案件")
        case .privateUnconfirmed:
            Bilingual("private or a test, says one person; a second is wanted", "一人标为私人或测试，待第二人确认")
        case .needsALook: Bilingual("needs a look", "待核查")
        case .notScrubbed: Bilingual("no integrity check of it yet", "尚未做完整性校验")
        case .notStamped: Bilingual("no valid time stamp over it yet", "尚无有效的可信时间戳")
        case .forever(let rule): Bilingual("kept for good (\(rule))", "永久保存（\(rule)）")
        case .notYet: Bilingual("its time is not over", "保存期未满")
        }
    }

    private static func list(_ cases: [CaseNumber]) -> String {
        cases.map(\.description).joined(separator: ", ")
    }
}
