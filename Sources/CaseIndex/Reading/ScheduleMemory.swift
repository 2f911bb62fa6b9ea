import Evidence

/// Duties, and who has which recorder, as they were read, for many questions of one look: files of one
/// day have the same ones near. For one thread.
package final class ScheduleMemory {
    private struct Span {
        let number: Int
        let begins: Int64
        let ends: Int64
    }

    /// An officer or a recorder.
    struct Key: Hashable {
        let kind: IndexReader.DutyKey
        let value: String

        init(_ kind: IndexReader.DutyKey, _ value: String) {
            (self.kind, self.value) = (kind, value)
        }
    }

    private struct KeyedStep: Hashable {
        let key: Key
        let place: Int64
    }

    private var numbers: [String: Int] = [:]
    /// By their numbers.
    private var duties: [DutyRow?] = []
    /// What is under way in each of ``step``, by their beginnings.
    private var underWay: [Int64: [Span]] = [:]
    /// Those of an officer or a recorder that may be asked for in each of ``step``, by their
    /// beginnings.
    private var keyed: [KeyedStep: [Span]] = [:]
    private var issues: [String: [RecorderIssueRow]] = [:]
    private var last: (numbers: [Int], duties: [DutyRow])?
    /// How many leaves the index had at the last ``refresh(_:)``.
    private var known: Int64?
    /// More duties are not kept.
    private static let most = 20_000
    private static let step: Int64 = 6 * 3_600_000
    static let longest: Int64 = 3 * 86_400_000
    static let limit = 1000

    package init() {}

    /// What was entered about a recorder, by the times from which it holds.
    func issues(of recorder: String, _ reader: IndexReader) throws -> [RecorderIssueRow] {
        let known = try issues[recorder] ?? reader.recorderIssues(recorder)
        issues[recorder] = known
        return known
    }

    /// Forgets what a schedule or the register may have changed since. To be called with each look.
    package func refresh(_ reader: IndexReader) throws {
        let next = try reader.nextLeaf()
        let isNews =
            try known == nil || duties.count > Self.most
            || !reader.rows(
                """
                SELECT 1 FROM events WHERE origin IN (SELECT id FROM origins) AND leaf >= ?
                    AND event IN ('schedule', 'recorder-issue') LIMIT 1
                """, [.init(known)]
            ).isEmpty
        if isNews {
            (numbers, duties, underWay, keyed, issues) = ([:], [], [:], [:], [:])
            last = nil
        }
        known = next
    }

    func duty(_ number: Int) -> DutyRow? { duties[number] }

    /// Those duties, each once. Files of one docking ask for the same ones again and again.
    func duties(_ numbers: [Int]) -> [DutyRow] {
        if let last, last.numbers == numbers { return last.duties }
        var seen: Set<Int> = []
        let found = numbers.compactMap { seen.insert($0).inserted ? duties[$0] : nil }
        last = (numbers, found)
        return found
    }

    /// The number by which a duty is asked for here.
    private func number(of id: String, _ row: Columns) throws -> Int {
        if let number = numbers[id] { return number }
        duties.append(try row.schedule(DutyRow.rowKind).map { try DutyRow($0) })
        numbers[id] = duties.count - 1
        return duties.count - 1
    }

    /// Those that touch these times and began no more than three days before, by their beginnings.
    func numbers(
        from first: Int64, to last: Int64, _ reader: IndexReader
    ) throws -> [Int] {
        // Footage of more than a step is rare, and has a question of its own.
        guard last - first <= Self.step else {
            return try spans(from: first, to: last, reader).prefix(Self.limit).map(\.number)
        }
        let place = first.flooredQuotient(Self.step)
        let begin = place * Self.step
        if underWay[place] == nil {
            underWay[place] = try spans(from: begin, to: begin + 2 * Self.step, reader)
        }
        return (underWay[place] ?? []).lazy
            .filter { $0.begins <= last && $0.ends >= first && $0.begins >= first - Self.longest }
            .prefix(Self.limit).map(\.number)
    }

    /// Those of an officer or a recorder that begin between these times, by their beginnings.
    func numbers(
        of key: Key, from first: Int64, to last: Int64, _ reader: IndexReader
    ) throws -> [Int] {
        // What is asked for reaches over some days: each step knows so many, and two days more.
        let reach = Self.longest + 2 * 86_400_000
        let place = KeyedStep(key: key, place: first.flooredQuotient(Self.step))
        let begin = place.place * Self.step
        guard last <= begin + reach else {
            return try spans(of: key, from: first, to: last, reader).map(\.number)
        }
        let known = try keyed[place] ?? spans(of: key, from: begin, to: begin + reach, reader)
        keyed[place] = known
        return known.filter { (first...last).contains($0.begins) }.map(\.number)
    }

    private func spans(
        of key: Key, from first: Int64, to last: Int64, _ reader: IndexReader
    ) throws -> [Span] {
        try spans(
            """
            SELECT d.id, k.begins, d.ends, d.body FROM dutyKeys k
            JOIN duties d ON d.origin = k.origin AND d.id = k.duty
            WHERE k.origin IN (SELECT id FROM origins) AND k.kind = ? AND k.key = ?
                AND k.begins BETWEEN ? AND ? ORDER BY k.begins, k.duty
            """,
            [.text(key.kind.rawValue), .text(key.value), .integer(first), .integer(last)], reader)
    }

    private func spans(
        from first: Int64, to last: Int64, _ reader: IndexReader
    ) throws -> [Span] {
        try spans(
            """
            SELECT id, begins, ends, body FROM duties
            WHERE begins BETWEEN ? AND ? AND ends >= ? ORDER BY begins, id
            """, [.integer(first - Self.longest), .integer(last), .integer(first)], reader)
    }

    private func spans(
        _ sql: String, _ values: [IndexTables.Value], _ reader: IndexReader
    ) throws -> [Span] {
        try reader.rows(sql, values).map {
            Span(
                number: try number(of: $0.text("id"), $0), begins: try $0.integer("begins"),
                ends: try $0.integer("ends"))
        }
    }
}
