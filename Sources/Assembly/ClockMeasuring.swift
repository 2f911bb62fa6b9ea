import CaseIndex
import Custody
package import Evidence
import Ingest
package import Logging

/// What a person says of a recorder's clock.
package struct ClockOrder: Hashable, Sendable {
    package enum Reading: Hashable, Sendable {
        /// So many milliseconds ahead; negative for behind.
        case offset(Int64)
        /// Its display shows this now.
        case shows(Timestamp)
    }

    package let recorder: String
    package let reading: Reading
    /// When it was looked at; now where none is said.
    package let at: Timestamp?

    package init(recorder: String, reading: Reading, at: Timestamp?) {
        (self.recorder, self.reading, self.at) = (recorder, reading, at)
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "request": "measure-clock", "recorder": .string(recorder),
        ]
        switch reading {
        case .offset(let offset): members["offset"] = .integer(offset)
        case .shows(let time): members["shows"] = .string(time.description)
        }
        members.set("at", at?.description)
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let recorder = json[key: "recorder"]?.stringValue else { return nil }
        let at = json[key: "at"]?.stringValue
        let moment = at.flatMap { Timestamp($0) }
        guard at == nil || moment != nil else { return nil }
        if let offset = json[key: "offset"]?.integerValue {
            self.init(recorder: recorder, reading: .offset(offset), at: moment)
        } else if let shows = json[key: "shows"]?.stringValue.flatMap({ Timestamp($0) }) {
            self.init(recorder: recorder, reading: .shows(shows), at: moment)
        } else {
            return nil
        }
    }

    /// - Throws: `wrong-usage`.
    func check() throws {
        try PlainText.check(recorder, of: "RECORDER", limit: 64)
        if case .offset(let offset) = reading { try Self.check(offset, of: "--offset") }
    }

    /// A clock that is off by more than a hundred years is a slip of the pen.
    static func check(_ offset: Int64, of option: String) throws {
        guard offset.magnitude <= 3_155_760_000_000 else {
            throw AssemblyFailure(
                .wrongUsage, subject: option,
                wanted: Bilingual(
                    "seconds that the clock is ahead; behind with a minus", "时钟偏快的秒数，偏慢请加负号"))
        }
    }
}

extension Operations {
    /// Enters by how much a recorder's clock is off; its footage is mended, and matched again, when it
    /// returns.
    func measure(
        _ order: ClockOrder, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let at = order.at ?? Clock.now()
        let row =
            switch order.reading {
            case .offset(let offset):
                ClockRow(
                    recorder: order.recorder, visit: nil, at: at, offset: offset, within: 1000,
                    source: .given, item: nil, by: by)
            case .shows(let time):
                // Read off a display and typed: a minute at worst.
                ClockRow(
                    recorder: order.recorder, visit: nil, at: at,
                    offset: time.milliseconds - at.milliseconds, within: 60_000, source: .shown,
                    item: nil, by: by)
            }
        let leaf = try await enter([row])
        answer(.line(ClockReport.json(row, leaf: leaf)))
        return .done
    }

    /// What was said of the clock of a recorder as it was docked.
    func measure(offset: Int64, visit: String?, recorder: String?, by: String) async throws {
        guard recorder != nil || visit != nil else { return }
        try await enter([
            ClockRow(
                recorder: recorder, visit: recorder == nil ? visit : nil, at: Clock.now(),
                offset: offset, within: 1000, source: .given, item: nil, by: by)
        ])
    }

    @discardableResult
    private func enter(_ rows: [ClockRow]) async throws -> Int64? {
        let receipts = try await station.stages.ledger.enter([
            NewCustodyEvent(kind: .clockMeasurement, time: Clock.now(), rows: rows.map(\.row))
        ])
        try await station.stages.feeder.catchUp()
        await match()
        return receipts.first?.index
    }
}

/// A measurement of a clock, as JSON: seconds.
enum ClockReport {
    static func json(_ row: ClockRow, leaf: Int64?) -> JSONValue {
        var members: [String: JSONValue] = [
            "at": .string(row.at.description), "offset": .decimal(Double(row.offset) / 1000),
            "within": .decimal(Double(row.within) / 1000), "source": .string(row.source.rawValue),
            "by": .string(row.by),
        ]
        members.set("recorder", row.recorder)
        members.set("visit", row.visit)
        members.set("item", row.item)
        members.set("leaf", leaf)
        return .object(members)
    }
}

extension StationReader {
    /// All that was measured of a recorder's clock, the oldest first.
    package func clock(of recorder: String, log: Logger) async throws -> [JSONValue] {
        try await index(log: log).clock(of: recorder).map { ClockReport.json($0, leaf: nil) }
    }
}

extension Stages {
    private static let rounds = 100

    /// Enters what satellite time beside footage says of the recorders' clocks.
    func measureBySatellites() async throws {
        // One measurement of a recorder may settle what the rest of its footage says.
        for _ in 0..<Self.rounds {
            let rows = try index.unmeasuredClocks(by: "satellite")
            guard !rows.isEmpty else { return }
            _ = try await ledger.enter([
                NewCustodyEvent(kind: .clockMeasurement, time: now(), rows: rows.map(\.row))
            ])
            try await feeder.catchUp()
        }
    }
}
