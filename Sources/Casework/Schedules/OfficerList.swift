import Evidence

/// Reads who is on a duty: `张三、李四`, `张三(06021)`, `06021 张三`, `John Smith; 0602-17`.
enum OfficerList {
    private static let limit = 50

    static func officers(in cells: ScheduleCells) throws(RowRefusal) -> [ScheduledOfficer] {
        var officers: [ScheduledOfficer] = []
        if case .officers(let given)? = cells[.officers] {
            officers = given
        } else {
            for entry in try cells.list(.officers) {
                try ScheduleCells.refuseFormula(entry, .officers)
                officers += try read(entry)
            }
        }
        let numbers = try cells.list(.officerNumbers).map { number throws(RowRefusal) in
            guard let id = identifier(number) else {
                throw RowRefusal(.officerNumbers, "Not a staff number", "人员编号无法识别")
            }
            return id
        }
        if officers.isEmpty {
            officers = numbers.map { ScheduledOfficer(id: $0, name: nil) }
        } else if !numbers.isEmpty {
            guard numbers.count == officers.count, officers.allSatisfy({ $0.id == nil }) else {
                throw RowRefusal(
                    .officerNumbers, "Names and staff numbers do not go together one by one",
                    "执行人员与人员编号不能逐一对应")
            }
            officers = zip(numbers, officers).map { ScheduledOfficer(id: $0, name: $1.name) }
        }
        guard officers.count <= limit else {
            throw RowRefusal(.officers, "Too many officers", "执行人员过多")
        }
        var seen: Set<ScheduledOfficer> = []
        return officers.filter { seen.insert($0).inserted }
    }

    /// A number as staff and recorders have it, in ASCII; nil where the text is none.
    static func identifier(_ text: String) -> String? {
        var out = ""
        var hasDigit = false
        for scalar in text.unicodeScalars {
            var value = scalar.value
            if (0xff01...0xff5e).contains(value) { value -= 0xfee0 }
            guard let plain = Unicode.Scalar(value), plain.isASCII else { return nil }
            switch plain {
            case "0"..."9": hasDigit = true
            case "A"..."Z", "a"..."z", "-", "_", ".": break
            default: return nil
            }
            out.unicodeScalars.append(plain)
        }
        // 1.23E10 is what a spreadsheet makes of a long number: its digits are lost.
        if out.contains("."), out.contains(where: { $0 == "E" || $0 == "e" }), Double(out) != nil {
            return nil
        }
        return hasDigit && out.utf8.count <= 64 && out.utf8.first != 0x2d ? out : nil
    }

    private static func read(_ entry: String) throws(RowRefusal) -> [ScheduledOfficer] {
        let pieces = entry.unicodeScalars.split {
            switch $0 {
            case "(", ")", "（", "）", "[", "]", "【", "】", "/", "／": true
            default: $0.properties.isWhitespace
            }
        }.map { String($0) }
        let ids = pieces.compactMap(identifier)
        let names = pieces.filter { identifier($0) == nil }
        if names.isEmpty { return ids.map { ScheduledOfficer(id: $0, name: nil) } }
        let han = names.count {
            $0.unicodeScalars.allSatisfy { $0.properties.isIdeographic || $0 == "·" }
        }
        guard han == 0 || han == names.count else { throw unclear }
        let lengths = names.map(\.count)
        let name: String
        if names.count == 1 {
            name = names[0]
        } else if han == 0 {
            name = names.joined(separator: " ")
        } else if names.count == 2, lengths.allSatisfy({ $0 == 1 }) {
            // Names of two characters are set wide to stand level with those of three.
            name = names.joined()
        } else if ids.isEmpty, lengths.allSatisfy({ $0 > 1 }) {
            return names.map { ScheduledOfficer(id: nil, name: $0) }
        } else {
            throw unclear
        }
        guard ids.count <= 1 else { throw unclear }
        return [ScheduledOfficer(id: ids.first, name: name)]
    }

    private static var unclear: RowRefusal {
        RowRefusal(
            .officers, "It is not clear who is meant: put 、 between officers",
            "无法区分执行人员，请用顿号分隔")
    }
}
