import CaseIndex
import Evidence
import EvidenceTestKit
import Testing

/// What somebody may not see neither finds footage for him nor keeps it from him.
@Suite struct SightTests {
    private struct Case {
        let number: CaseNumber
        let word: String
        let isRestricted: Bool
    }

    private struct World {
        var ledger = SampleLedger(seed: 606)
        var cases: [Case] = []
        /// By item: its officer, its own word and its cases.
        var items: [String: (officer: String, word: String, cases: [Case])] = [:]

        init() throws {
            let words = ["甲方公司", "乙方个人", "丙方商店", "丁方工厂", "戊方车行"]
            let courts = ["闽0602", "闽0602", "闽0603", "闽0603", "闽0602"]
            for place in 0..<5 {
                let number = try CaseNumber(reading: "(2026)\(courts[place])执\(place + 1)号")
                let one = Case(number: number, word: words[place], isRestricted: place % 2 == 1)
                cases.append(one)
                let row = CaseRow(
                    caseNumber: number, court: courts[place], parties: [one.word], judge: nil,
                    state: nil, category: nil, restricted: one.isRestricted, notes: nil)
                ledger.enter(.schedule, rows: [row.row])
            }
            for place in 0..<60 {
                let officer = "00004\(ledger.random(3))"
                let visit = ledger.dock(recorder: "R1", officer: officer)
                let word = ledger.pick(["早班", "晚班"])
                let leaf = ledger.ingest(
                    ledger.fileRow(
                        visit: visit, path: RecorderPath("\(word)\(place).mp4"), recorder: "R1",
                        officer: officer))
                ledger.describe(leaf)
                let linked = cases.filter { _ in ledger.random(4) == 0 }
                for one in linked {
                    let row = AssignmentRow(
                        item: SampleLedger.name(leaf), caseNumber: one.number, step: .assigned,
                        by: "uid:0")
                    ledger.enter(.assignment, rows: [row.row])
                }
                items[SampleLedger.name(leaf)] = (officer, word, linked)
            }
        }

        /// What somebody with that sight is to find, by looking at every item.
        func found(_ sight: ListFilter.Sight, _ terms: [(word: String, isExcluded: Bool)]) -> Set<
            String
        > {
            func opened(_ one: Case) -> Bool { sight.cases.contains(one.number.description) }
            func overseen(_ one: Case) -> Bool {
                sight.courts.contains(one.number.court) && !one.isRestricted
            }
            return Set(
                items.filter { _, item in
                    let isSeen =
                        item.officer == sight.officer || item.cases.contains(where: opened)
                        || item.cases.contains(where: overseen)
                            && !item.cases.contains(where: \.isRestricted)
                    let texts =
                        [item.word, item.officer]
                        + item.cases.filter { opened($0) || overseen($0) }.map(\.word)
                    return isSeen
                        && terms.allSatisfy { term in
                            texts.contains { $0.contains(term.word) } != term.isExcluded
                        }
                }.keys)
        }
    }

    @Test func wordsFindByWhatIsSeenAlone() async throws {
        var world = try World()
        let index = try await SampleIndex(world.ledger)
        let words = world.cases.map(\.word) + ["早班", "晚班", "000040", "000041"]
        var hidden = 0
        for _ in 0..<400 {
            var sight = ListFilter.Sight()
            if world.ledger.random(2) == 0 { sight.officer = "00004\(world.ledger.random(3))" }
            if world.ledger.random(2) == 0 {
                sight.cases = [world.ledger.pick(world.cases).number.description]
            }
            if world.ledger.random(3) == 0 { sight.courts = ["闽0602"] }
            let terms = (0..<1 + world.ledger.random(2)).map { _ in
                (word: world.ledger.pick(words), isExcluded: world.ledger.random(2) == 0)
            }
            var filter = ListFilter()
            filter.sight = sight
            filter.terms = SearchTerm.terms(
                of: terms.map { ($0.isExcluded ? "-" : "") + $0.word }.joined(separator: " "))
            // Pages of any length make the same list.
            filter.limit = 1 + world.ledger.random(7)
            var (found, isEnd): ([ListedItem], Bool) = ([], false)
            while !isEnd {
                let page = try index.reader.list(filter)
                found += page
                filter.after = page.last?.cursor
                isEnd = page.count < filter.limit
            }
            let expected = world.found(sight, terms)
            #expect(Set(found.map(\.item)) == expected, "\(sight) \(terms)")
            #expect(found.count == expected.count, "each once")
            // Why it was found says nothing of other cases either.
            let shown = found.flatMap(\.matched).map(\.text)
            let secret = world.cases.filter { one in
                !sight.cases.contains(one.number.description)
                    && (one.isRestricted || !sight.courts.contains(one.number.court))
            }.map(\.word)
            #expect(!shown.contains { text in secret.contains { text.contains($0) } })
            filter.sight = nil
            filter.after = nil
            filter.limit = .max
            hidden += try index.reader.list(filter).count - expected.count
        }
        #expect(hidden > 500, "much is not for everybody: \(hidden)")
    }

    @Test func nobodyFindsByACaseThatIsNotForHim() async throws {
        let world = try World()
        let index = try await SampleIndex(world.ledger)
        var sight = ListFilter.Sight()
        sight.officer = "000040"
        for one in world.cases {
            var filter = ListFilter()
            (filter.sight, filter.caseNumber) = (sight, one.number)
            #expect(try index.reader.list(filter).isEmpty)
        }
    }
}
