/// One row of a CSV file: its fields, and the line on which it begins.
package struct CSVRow: Sendable {
    package fileprivate(set) var line = 1
    fileprivate var bytes: [UInt8] = []
    fileprivate var ends: [Int] = []

    package var count: Int { ends.count }

    /// The bytes of a field, valid UTF-8.
    package subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    package func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    /// Whether no field has anything but spaces.
    package var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}

/// Reads CSV (RFC 4180) piece by piece: it holds one row, whatever the file's size.
///
/// Beyond the RFC: rows end with CRLF, LF or CR; the separator may be a comma, a semicolon or a
/// tab; a last row needs no end of line. A quotation mark within a field that is not quoted, and
/// text after a closing one, are errors, since either may have swallowed a row.
package struct CSVReader {
    package static let fieldLimit = 1 << 16
    package static let fieldCountLimit = 256

    private enum State { case fieldStart, plain, quoted, afterQuote }

    private let separator: UInt8
    private var state = State.fieldStart
    private var row = CSVRow()
    private var line = 1
    private var column = 0
    private var fieldBegin = 0
    private var wasReturn = false
    private var quoteOpened = (line: 1, column: 1)

    package init(separator: UInt8) { self.separator = separator }

    /// The separator which stands most often, outside quotes, in the first lines.
    package static func separator(in piece: Span<UInt8>) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var (isQuoted, lines) = (false, 0)
        for index in piece.indices where lines < 6 {
            let byte = piece[index]
            switch byte {
            case 0x22: isQuoted.toggle()
            case 0x0a, 0x0d: lines += isQuoted ? 0 : 1
            case 0x2c, 0x3b, 0x09: if !isQuoted { counts[byte, default: 0] += 1 }
            default: break
            }
        }
        let best = [0x2c, 0x3b, 0x09].max { counts[$0, default: 0] < counts[$1, default: 0] }
        return best.flatMap { counts[$0] == nil ? nil : $0 } ?? 0x2c
    }

    private func broken() -> ScheduleFailure {
        ScheduleFailure(.brokenQuotes, line: line, column: column)
    }

    /// Takes a further piece, and gives every row that ends in it.
    package mutating func read(
        _ piece: Span<UInt8>, _ take: (CSVRow) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        for index in piece.indices {
            let byte = piece[index]
            if byte & 0xc0 != 0x80 { column += 1 }
            if wasReturn {
                wasReturn = false
                if byte == 0x0a {
                    // The second half of CRLF: the line is counted, and the row given, already.
                    if state == .quoted { try append(byte) }
                    column = 0
                    continue
                }
            }
            switch state {
            case .quoted:
                if byte == 0x22 {
                    state = .afterQuote
                    continue
                }
                try append(byte)
                if byte == 0x0a || byte == 0x0d { countLine(byte) }
                continue
            case .afterQuote where byte == 0x22:
                try append(byte)
                state = .quoted
                continue
            case .fieldStart where byte == 0x22:
                state = .quoted
                quoteOpened = (line, column)
                continue
            case .fieldStart, .plain, .afterQuote: break
            }
            switch byte {
            case separator: try endField()
            case 0x0a, 0x0d:
                try endField()
                try endRow(take)
                countLine(byte)
                row.line = line
            case 0x22: throw broken()
            case 0: throw ScheduleFailure(.controlCharacter, line: line, column: column)
            default:
                guard state != .afterQuote else { throw broken() }
                state = .plain
                try append(byte)
            }
        }
    }

    /// Gives the last row, where no end of line followed it.
    package mutating func end(
        _ take: (CSVRow) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        guard state != .quoted else {
            throw ScheduleFailure(
                .brokenQuotes, line: quoteOpened.line, column: quoteOpened.column)
        }
        guard state != .fieldStart || !row.ends.isEmpty else { return }
        try endField()
        try endRow(take)
    }

    private mutating func countLine(_ byte: UInt8) {
        line += 1
        column = 0
        wasReturn = byte == 0x0d
    }

    private mutating func append(_ byte: UInt8) throws(ScheduleFailure) {
        guard row.bytes.count - fieldBegin < Self.fieldLimit else {
            throw ScheduleFailure(.fieldTooLong, line: line, column: column)
        }
        row.bytes.append(byte)
    }

    private mutating func endField() throws(ScheduleFailure) {
        guard row.ends.count < Self.fieldCountLimit else {
            throw ScheduleFailure(.tooManyFields, line: line, column: column)
        }
        row.ends.append(row.bytes.count)
        fieldBegin = row.bytes.count
        state = .fieldStart
    }

    private mutating func endRow(
        _ take: (CSVRow) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        try take(row)
        row.bytes.removeAll(keepingCapacity: true)
        row.ends.removeAll(keepingCapacity: true)
        fieldBegin = 0
    }
}
