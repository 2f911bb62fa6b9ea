import Evidence

/// Reads which recorders go along, and who carries them where that is said: `R1、R2`, `R1(06021)`,
/// `R1/06021; R2/06022`.
enum RecorderList {
    static func recorders(
        in cells: ScheduleCells
    ) throws(RowRefusal) -> (recorders: [String], carriers: [String: String]) {
        var recorders: [String] = []
        var carriers: [String: String] = [:]
        for entry in try cells.list(.recorders) {
            for part in entry.unicodeScalars.split(whereSeparator: \.properties.isWhitespace) {
                let closed = ")）".unicodeScalars.contains(part.last ?? " ")
                let pieces = (closed ? part.dropLast() : part).split(
                    omittingEmptySubsequences: false,
                    whereSeparator: "(（/／=＝:：".unicodeScalars.contains
                ).map { OfficerList.identifier(String($0)) }
                guard let recorder = pieces.first ?? nil, pieces.count <= 2 else { throw unclear }
                if !recorders.contains(recorder) { recorders.append(recorder) }
                guard pieces.count == 2 else { continue }
                guard let officer = pieces[1], carriers[recorder] ?? officer == officer else {
                    throw RowRefusal(
                        .recorders, "It is not clear who carries it", "无法识别记录仪的佩戴人")
                }
                carriers[recorder] = officer
            }
        }
        return (recorders, carriers)
    }

    private static var unclear: RowRefusal {
        RowRefusal(.recorders, "Not the number of a recorder", "记录仪编号无法识别")
    }
}
