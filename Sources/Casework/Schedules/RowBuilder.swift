import Evidence

/// Makes cases and duties of cells.
struct RowBuilder {
    let words: ScheduleWords
    let zone: ScheduleZone
    let courts: CourtTable
    let types: CaseTypeTable

    static let longestDuty: Int64 = 72 * 3600 * 1000
    private static let caseLimit = 50

    func caseRow(
        _ cells: ScheduleCells, _ warnings: inout [Bilingual]
    ) throws(RowRefusal) -> CaseRow {
        let numbers = try caseNumbers(cells, &warnings)
        guard let number = numbers.first, numbers.count == 1 else {
            throw RowRefusal(.caseNumber, "One case number is expected", "此处应为一个案号")
        }
        let state = try cells.text(.state)
        return CaseRow(
            caseNumber: number, court: try court(cells, of: number, &warnings),
            parties: try cells.list(.parties), judge: try cells.text(.judge),
            state: state.map { words.state($0) ?? $0 }, category: try cells.text(.category),
            restricted: try restricted(cells), notes: try cells.text(.notes, isFreeText: true))
    }

    func dutyRow(
        _ cells: ScheduleCells, _ warnings: inout [Bilingual]
    ) throws(RowRefusal) -> DutyRow {
        let numbers = try caseNumbers(cells, &warnings)
        guard let first = numbers.first else {
            throw RowRefusal(.caseNumber, "The case number is missing", "缺少案号")
        }
        guard let written = try cells.plainText(.kind) else {
            throw RowRefusal(.kind, "The kind of action is missing", "缺少任务类别")
        }
        let kind = words.kind(written)
        if kind == nil {
            warnings.append(Bilingual("The kind of action is not a known one", "任务类别不在列表中"))
        }
        let officers = try OfficerList.officers(in: cells)
        let (recorders, carriers) = try RecorderList.recorders(in: cells)
        guard carriers.values.allSatisfy({ number in officers.contains { $0.id == number } }) else {
            throw RowRefusal(
                .recorders, "Whoever carries it is not among the officers", "记录仪的佩戴人不在执行人员中")
        }
        guard !officers.isEmpty || !recorders.isEmpty else {
            throw RowRefusal(.officers, "No officer and no recorder is named", "未填写执行人员或记录仪")
        }
        let date = try day(cells)
        guard let start = try moment(.plannedStart, cells, date) else {
            throw RowRefusal(.plannedStart, "The planned start is missing", "缺少计划开始时间")
        }
        let end = try moment(.plannedEnd, cells, date)
        let realStart = try moment(.actualStart, cells, date)
        let realEnd = try moment(.actualEnd, cells, date)
        try check(start, end, .plannedEnd)
        try check(realStart, realEnd, .actualEnd)
        let (latitude, longitude) = try position(cells)
        let court = try court(cells, of: first, &warnings)
        let own = try cells.plainText(.id)
        let cases = numbers.map(\.description).joined(separator: "+")
        return DutyRow(
            id: own ?? "\(cases)|\(kind ?? written)|\(court)|\(start)",
            caseNumbers: numbers, kind: kind ?? written, court: court, officers: officers,
            recorders: recorders, carriers: carriers, plannedStart: start, plannedEnd: end,
            actualStart: realStart,
            actualEnd: realEnd, place: try cells.text(.place, isFreeText: true),
            latitude: latitude, longitude: longitude, radius: try radius(cells),
            notes: try cells.text(.notes, isFreeText: true))
    }

    /// Who entered it is left open.
    func issueRow(_ cells: ScheduleCells) throws(RowRefusal) -> RecorderIssueRow {
        let (recorders, carriers) = try RecorderList.recorders(in: cells)
        guard let recorder = recorders.first, recorders.count == 1, carriers.isEmpty else {
            throw RowRefusal(.recorders, "The number of one recorder is expected", "此处应为一个记录仪编号")
        }
        let written = try cells.plainText(.step)
        guard let step = written.map(words.step) ?? .issued else {
            throw RowRefusal(.step, "Issued, lent or returned is expected", "此处应为配发、借用或归还")
        }
        guard let since = try start(cells) else {
            throw RowRefusal(.since, "The time from which it holds is missing", "缺少起始时间")
        }
        var named = cells
        if let holder = cells[.holder] { named[.officers] = holder }
        if let number = cells[.holderNumber] { named[.officerNumbers] = number }
        let officers = try OfficerList.officers(in: named)
        if step == .returned {
            return RecorderIssueRow(
                recorder: recorder, step: step, officer: nil, from: since, by: "")
        }
        guard let officer = officers.first?.id, officers.count == 1 else {
            throw RowRefusal(
                cells[.holder] ?? cells[.holderNumber] == nil ? .officers : .holder,
                "One officer with a staff number is expected", "此处应为一名人员及其人员编号")
        }
        return RecorderIssueRow(
            recorder: recorder, step: step, officer: officer, from: since, by: "")
    }

    /// A date alone is its beginning.
    private func start(_ cells: ScheduleCells) throws(RowRefusal) -> Timestamp? {
        guard let text = try cells.plainText(.since) else { return nil }
        do throws(TimeFault) {
            if let day = try? ScheduleTime.day(text),
                let midnight = CivilTime(day.year, day.month, day.day, 0, 0, 0)
            {
                return try zone.timestamp(of: midnight)
            }
            return try ScheduleTime.moment(text, in: zone)
        } catch { throw RowRefusal(.since, error.reason) }
    }

    private func caseNumbers(
        _ cells: ScheduleCells, _ warnings: inout [Bilingual]
    ) throws(RowRefusal) -> [CaseNumber] {
        var numbers: [CaseNumber] = []
        for text in try cells.list(.caseNumber) {
            try ScheduleCells.refuseFormula(text, .caseNumber)
            let number: CaseNumber
            do { number = try CaseNumber(reading: text) } catch {
                throw RowRefusal(.caseNumber, error.reason)
            }
            guard !numbers.contains(number) else { continue }
            warnings += number.warnings(courts: courts, types: types)
            numbers.append(number)
            guard numbers.count <= Self.caseLimit else {
                throw RowRefusal(.caseNumber, "Too many case numbers", "案号过多")
            }
        }
        guard !numbers.isEmpty else {
            throw RowRefusal(.caseNumber, "The case number is missing", "缺少案号")
        }
        return numbers
    }

    /// The first code of the court that is named, by a code or a name; the case's own where none
    /// is.
    private func court(
        _ cells: ScheduleCells, of number: CaseNumber, _ warnings: inout [Bilingual]
    ) throws(RowRefusal) -> String {
        guard let text = try cells.plainText(.court) else { return number.court }
        if courts.court(text) != nil { return text }
        if let named = courts.court(named: text) {
            return named.codes.contains(number.court) ? number.court : named.codes[0]
        }
        warnings.append(Bilingual("The court is not in the table", "法院不在代字表中"))
        return text
    }

    private func restricted(_ cells: ScheduleCells) throws(RowRefusal) -> Bool {
        if case .flag(let flag)? = cells[.restricted] { return flag }
        guard let text = try cells.text(.restricted) else { return false }
        guard let answer = words.answer(text) else {
            throw RowRefusal(.restricted, "Yes or no is expected", "此处应填“是”或“否”")
        }
        return answer
    }

    private func day(_ cells: ScheduleCells) throws(RowRefusal) -> ScheduleTime.Day? {
        guard let text = try cells.plainText(.date) else { return nil }
        do { return try ScheduleTime.day(text) } catch {
            throw RowRefusal(.date, error.reason)
        }
    }

    private func moment(
        _ column: ScheduleColumn, _ cells: ScheduleCells, _ date: ScheduleTime.Day?
    ) throws(RowRefusal) -> Timestamp? {
        guard let text = try cells.plainText(column) else { return nil }
        do { return try ScheduleTime.moment(text, date: date, in: zone) } catch {
            throw RowRefusal(column, error.reason)
        }
    }

    private func check(
        _ start: Timestamp?, _ end: Timestamp?, _ column: ScheduleColumn
    ) throws(RowRefusal) {
        guard let end else { return }
        guard let start else {
            if column == .plannedEnd { return }
            throw RowRefusal(column, "An end without a start", "有结束时间而无开始时间")
        }
        guard end > start else {
            throw RowRefusal(column, "The end is not after the start", "结束时间不晚于开始时间")
        }
        guard end.milliseconds - start.milliseconds < Self.longestDuty else {
            throw RowRefusal(column, "A duty of 72 hours or more", "任务时长达到或超过72小时")
        }
    }

    private func position(_ cells: ScheduleCells) throws(RowRefusal) -> (Int?, Int?) {
        let latitude = try degrees(.latitude, cells, 90)
        let longitude = try degrees(.longitude, cells, 180)
        guard (latitude == nil) == (longitude == nil) else {
            throw RowRefusal(
                latitude == nil ? .latitude : .longitude, "Only one of latitude and longitude",
                "纬度与经度须同时填写")
        }
        return (latitude, longitude)
    }

    /// Millionths of a degree from decimal degrees; further digits are rounded.
    private func degrees(
        _ column: ScheduleColumn, _ cells: ScheduleCells, _ limit: Int
    ) throws(RowRefusal) -> Int? {
        guard var text = try cells.text(column) else { return nil }
        if text.hasSuffix("°") { text.removeLast() }
        guard let value = Decimals.scaled(text, digits: 6) else {
            throw RowRefusal(column, "Decimal degrees are expected, as 24.513", "请填写十进制度数，如24.513")
        }
        guard abs(value) <= limit * 1_000_000 else {
            throw RowRefusal(
                column, "Beyond \(limit) degrees: are latitude and longitude exchanged?",
                "超出\(limit)度，请检查经纬度是否颠倒")
        }
        return value
    }

    private func radius(_ cells: ScheduleCells) throws(RowRefusal) -> Int? {
        guard var text = try cells.text(.radius) else { return nil }
        for unit in ["米", "m", "M"] where text.hasSuffix(unit) { text.removeLast(unit.count) }
        while text.hasSuffix(" ") { text.removeLast() }
        guard let thousandths = Decimals.scaled(text, digits: 3), thousandths % 1000 == 0 else {
            throw RowRefusal(.radius, "Whole metres are expected", "半径应为整数米")
        }
        guard (1...100_000).contains(thousandths / 1000) else {
            throw RowRefusal(
                .radius, "A radius from 1 to 100000 metres is expected", "半径应为1至100000米")
        }
        return thousandths / 1000
    }
}

/// Decimal fractions as whole numbers of a small part, without binary rounding.
enum Decimals {
    /// `24.5131` with six digits is 24513100; nil where the text is no plain decimal number. At most six digits.
    static func scaled(_ text: String, digits: Int) -> Int? {
        var value = 0
        var (isNegative, hasPoint, hasDigit, places) = (false, false, false, 0)
        guard text.utf8.count <= 32 else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x2d where index == 0: isNegative = true
            case 0x2b where index == 0: break
            case 0x2e where !hasPoint: hasPoint = true
            case 0x30...0x39:
                hasDigit = true
                let digit = Int(byte - 0x30)
                if !hasPoint || places < digits {
                    value = value * 10 + digit
                    places += hasPoint ? 1 : 0
                } else if places == digits {
                    value += digit >= 5 ? 1 : 0
                    places += 1
                }
                // Room is left for the digits that are added below.
                guard value < 1 << 40 else { return nil }
            default: return nil
            }
        }
        guard hasDigit else { return nil }
        for _ in min(places, digits)..<digits { value *= 10 }
        return isNegative ? -value : value
    }
}
