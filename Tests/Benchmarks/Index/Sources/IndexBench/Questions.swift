import Casework
import Evidence
import GRDB

@testable import CaseIndex

/// Every filter of `list` and their combinations, asked again and again with other values.
struct Questions {
    let path: String
    let days: Int

    private struct Question {
        let name: String
        /// Whether an index serves it whole.
        var isServed = true
        var isText = false
        let filter: (_ round: Int) -> ListFilter
    }

    /// Prints one line of JSON a question: p50 and p99 in milliseconds, and the lines of the last.
    func ask(rounds: Int) throws {
        let reader = try IndexReader(path: path)
        for question in questions {
            var times: [Double] = []
            var lines = 0
            for round in 0..<rounds {
                let filter = question.filter(round)
                let took = try ContinuousClock().measure { lines = try reader.list(filter).count }
                times.append(took.seconds * 1000)
            }
            times.sort()
            print(
                """
                {"name": "\(question.name)", "p50": \(times[times.count / 2]), "p99": \(times[times.count * 99 / 100]), \
                "lines": \(lines), "served": \(question.isServed), "text": \(question.isText)}
                """)
        }
    }

    private func filter(_ change: (inout ListFilter) -> Void) -> ListFilter {
        var filter = ListFilter()
        filter.limit = 50
        change(&filter)
        return filter
    }

    private func officer(_ round: Int) -> String {
        MadeUpLedger.officer(round * 7 % MadeUpLedger.officers)
    }
    private func recorder(_ round: Int) -> String {
        MadeUpLedger.recorder(round * 11 % MadeUpLedger.officers)
    }
    private func day(_ round: Int) -> Timestamp {
        Timestamp(
            milliseconds: Indexing.firstDay + Int64(round * 13 % max(days, 1)) * Indexing.dayLength)
    }

    private var questions: [Question] {
        func during(_ round: Int, _ days: Int64, _ filter: inout ListFilter) {
            filter.from = day(round)
            filter.to = Timestamp(milliseconds: day(round).milliseconds + days * Indexing.dayLength)
        }
        func words(_ text: String, _ filter: inout ListFilter) {
            filter.terms = SearchTerm.terms(of: text)
        }
        let common = MadeUpLedger.words
        return [
            Question(name: "newest") { _ in filter { _ in } },
            Question(name: "officer") { round in filter { $0.officer = officer(round) } },
            Question(name: "recorder") { round in filter { $0.recorder = recorder(round) } },
            Question(name: "a day") { round in filter { during(round, 1, &$0) } },
            Question(name: "officer, a month") { round in
                filter {
                    $0.officer = officer(round)
                    during(round, 30, &$0)
                }
            },
            Question(name: "recorder, a day") { round in
                filter {
                    $0.recorder = recorder(round)
                    during(round, 1, &$0)
                }
            },
            Question(name: "officer and recorder") { round in
                filter {
                    $0.officer = officer(round)
                    $0.recorder = MadeUpLedger.recorder(round * 7 % MadeUpLedger.officers)
                }
            },
            Question(name: "case") { round in
                filter { $0.caseNumber = MadeUpLedger.number(round % 400 + 1) }
            },
            Question(name: "unassigned") { _ in filter { $0.isUnassigned = true } },
            Question(name: "unassigned, officer") { round in
                filter {
                    $0.isUnassigned = true
                    $0.officer = officer(round)
                }
            },
            Question(name: "sound, at least 5 min") { _ in
                filter {
                    $0.state = .sound
                    $0.minDuration = 300_000_000
                }
            },
            Question(name: "a mark that none has", isServed: false) { _ in
                filter {
                    $0.mark = "important"
                    during(0, 1, &$0)
                }
            },
            Question(name: "damaged, of which there are none", isServed: false) { _ in
                filter {
                    $0.state = .damaged
                    during(0, 1, &$0)
                }
            },
            // What the pages ask for somebody: never without his sight.
            Question(name: "sees: a judge's 60 cases", isServed: false) { round in
                filter { filter in
                    filter.sight = ListFilter.Sight()
                    filter.sight?.cases = (0..<60).compactMap {
                        MadeUpLedger.number((round * 60 + $0) % 400 + 1)?.description
                    }
                }
            },
            Question(name: "sees: a supervisor's court", isServed: false) { _ in
                filter { filter in
                    filter.sight = ListFilter.Sight()
                    filter.sight?.courts = ["闽0602"]
                }
            },
            Question(name: "sees: an officer, his own", isServed: false) { round in
                filter { filter in
                    filter.sight = ListFilter.Sight()
                    filter.sight?.officer = officer(round)
                }
            },
            Question(name: "court") { _ in filter { $0.courts = ["闽0602"] } },
            Question(name: "next page") { round in
                filter {
                    $0.after = ListCursor(start: day(round).milliseconds, leaf: 0, origin: 1)
                }
            },
            Question(name: "text, in every tenth", isText: true) { round in
                filter { words(common[round % common.count], &$0) }
            },
            Question(name: "text, in every 5000th", isText: true) { _ in
                filter { words(MadeUpLedger.seldom, &$0) }
            },
            Question(name: "text, in none", isText: true) { _ in filter { words("火星", &$0) } },
            Question(name: "text, two words", isText: true) { round in
                filter { words("\(MadeUpLedger.seldom) \(common[round % common.count])", &$0) }
            },
            Question(name: "text, one without another", isText: true) { round in
                filter {
                    words(
                        "\(common[round % common.count]) -\(common[(round + 1) % common.count])",
                        &$0)
                }
            },
            Question(name: "text, officer", isText: true) { round in
                filter {
                    words(common[round % common.count], &$0)
                    $0.officer = officer(round)
                }
            },
        ]
    }

    /// The same words by plain SQLite: `LIKE` over the same texts, and FTS5's own trigrams over up
    /// to `limit` of them in a file beside the index.
    func askPeers(rounds: Int, limit: Int) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            for (name, word) in [
                ("in every tenth", "查封"), ("in every 5000th", MadeUpLedger.seldom),
                ("in none", "火星"),
            ] {
                try measure("LIKE, \(name)", rounds: rounds) {
                    try Row.fetchAll(
                        db,
                        sql:
                            "SELECT leaf, path FROM items WHERE search LIKE ? ORDER BY start DESC LIMIT 50",
                        arguments: ["%\(word)%"]
                    ).count
                }
            }
            try db.execute(
                sql: "ATTACH ? AS peer", arguments: [path + ".peer"])
            try db.execute(sql: "PRAGMA peer.synchronous = OFF")
            let took = try ContinuousClock().measure {
                try db.execute(
                    sql: """
                        CREATE VIRTUAL TABLE peer.texts USING fts5 (search, tokenize = 'trigram');
                        INSERT INTO peer.texts (rowid, search) SELECT leaf, search FROM items ORDER BY leaf DESC LIMIT \(limit);
                        """)
            }
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM peer.texts") ?? 0
            print(
                "{\"name\": \"FTS5 trigram, made of \(count) texts\", \"seconds\": \(took.seconds)}"
            )
            for (name, word) in [
                ("two characters, in every tenth", "查封"),
                ("two characters, in every 5000th", MadeUpLedger.seldom),
            ] {
                try measure("FTS5 trigram, \(name)", rounds: rounds) {
                    try Row.fetchAll(
                        db,
                        sql: """
                            SELECT i.leaf, i.path FROM peer.texts t CROSS JOIN items i ON i.origin = 1 AND i.leaf = t.rowid
                            WHERE t.search MATCH ? ORDER BY i.start DESC LIMIT 50
                            """, arguments: ["\"\(word)\""]
                    ).count
                }
            }
        }
        try queue.close()
    }

    private func measure(_ name: String, rounds: Int, _ body: () throws -> Int) throws {
        var times: [Double] = []
        var lines = 0
        for _ in 0..<rounds {
            times.append(try ContinuousClock().measure { lines = try body() }.seconds * 1000)
        }
        times.sort()
        print(
            "{\"name\": \"\(name)\", \"p50\": \(times[times.count / 2]), \"p99\": \(times[times.count * 99 / 100]), \"lines\": \(lines)}"
        )
    }
}
