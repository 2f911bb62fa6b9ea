import Evidence
import Glibc

/// A line of a list of digests, as it was given.
package struct ListedDigest: Hashable, Sendable {
    /// Where it begins in the file, from 1.
    package let line: Int
    /// What the list calls it; nothing is opened under that name.
    package let path: String?
    /// Without the spaces around it; whether it is one is not asked here.
    package let digest: String
    /// What it is to be compared with; nil for nothing.
    package let reference: String?
}

/// A list of digests in a file: CSV (RFC 4180, UTF-8, with or without a byte order mark), or the
/// lines that sha256sum(1) writes.
///
/// With one column it holds digests; with more, path, digest and reference, or digest, path and
/// reference, as the first line has it. A header is recognised by its words, and then any order of
/// columns will do. It is read as a stream: no more than one record is held, and none is longer
/// than ``recordByteLimit``.
package struct DigestList: ~Copyable {
    package static let recordByteLimit = 64 << 10

    /// Nil where all of it is in the buffer already.
    private let descriptor: CInt?
    private var buffer: [UInt8] = []
    private var place = 0
    private var line = 0
    private var columns: ListColumns?

    /// - Throws: `unreadable-file`.
    package init(path: String) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw AssemblyFailure(.unreadableFile, subject: path) }
        guard FileFacts(of: file)?.kind == S_IFREG else {
            close(file)
            throw AssemblyFailure(.unreadableFile, subject: path)
        }
        descriptor = file
    }

    /// A list that was sent.
    init(bytes: [UInt8]) { (descriptor, buffer) = (nil, bytes) }

    deinit { if let descriptor { close(descriptor) } }

    /// That the whole file is a list, before a word is said about its first line.
    ///
    /// - Throws: as ``next()``.
    package static func check(_ path: String) throws {
        var list = try DigestList(path: path)
        while try list.next() != nil {}
    }

    /// The next line that holds something; nil at the end.
    ///
    /// - Throws: `wrong-usage` with line and column where the file is no such list.
    package mutating func next() throws -> ListedDigest? {
        while let record = try record() {
            let fields = record.fields
            if columns == nil {
                if let header = try ListColumns(header: fields, line: record.line) {
                    columns = header
                    continue
                }
                columns = ListColumns(first: fields)
            }
            let order = record.isChecksumLine ? .checksum : columns ?? .checksum
            func field(_ column: Int?) -> String? {
                guard let column, column < fields.count else { return nil }
                let text = ListColumns.trimmed(fields[column])
                return text.isEmpty ? nil : text
            }
            return ListedDigest(
                line: record.line,
                // A name may begin or end with a space.
                path: order.path.flatMap { $0 < fields.count ? fields[$0] : nil }
                    .flatMap { $0.isEmpty ? nil : $0 },
                digest: field(order.digest) ?? "", reference: field(order.reference))
        }
        return nil
    }

    // MARK: - Records

    private struct Record {
        let line: Int
        let fields: [String]
        var isChecksumLine = false
    }

    private mutating func record() throws -> Record? {
        var text = try nextLine()
        while let found = text, found.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) {
            text = try nextLine()
        }
        guard let text else { return nil }
        let start = line
        if let sum = ChecksumLine(text) {
            guard let path = String(validating: sum.path, as: UTF8.self) else {
                throw Self.refused(start, 2, .encoding)
            }
            let digest = String(decoding: sum.digits, as: UTF8.self)
            return Record(line: start, fields: [digest, path], isChecksumLine: true)
        }
        var fields = FieldSplitter()
        var count = text.count
        var next = text
        while true {
            do throws(FieldSplitter.Fault) { try fields.take(next) } catch {
                throw Self.refused(line, fields.column, error)
            }
            guard fields.isOpen else { break }
            guard let more = try nextLine() else {
                throw Self.refused(start, fields.column, .open)
            }
            count += more.count + 1
            guard count <= Self.recordByteLimit else { throw Self.refused(start, nil, .long) }
            next = [0x0a] + more
        }
        let texts = try fields.fields.enumerated().map { column, bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Self.refused(start, column + 1, .encoding)
            }
            return text
        }
        return Record(line: start, fields: texts)
    }

    /// A line without its line feed; nil at the end.
    private mutating func nextLine() throws -> [UInt8]? {
        var found: [UInt8] = []
        var isThere = false
        while true {
            if place == buffer.count {
                try fill()
                if buffer.isEmpty { break }
            }
            isThere = true
            let end = buffer[place...].firstIndex(of: 0x0a)
            found += buffer[place..<(end ?? buffer.count)]
            place = end.map { $0 + 1 } ?? buffer.count
            guard found.count <= Self.recordByteLimit else {
                throw Self.refused(line + 1, nil, .long)
            }
            if end != nil { break }
        }
        guard isThere else { return nil }
        line += 1
        if line == 1, found.starts(with: [0xef, 0xbb, 0xbf]) { found.removeFirst(3) }
        return found
    }

    private mutating func fill() throws {
        guard let file = descriptor else {
            (buffer, place) = ([], 0)
            return
        }
        let size = Self.recordByteLimit
        var failed = false
        buffer = [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            var read = -1
            repeat {
                read = Glibc.read(file, bytes.baseAddress, size)
            } while read < 0
                && errno == EINTR
            failed = read < 0
            count = max(0, read)
        }
        place = 0
        guard !failed else { throw AssemblyFailure(.unreadableFile, subject: "--list") }
    }

    static func refused(
        _ line: Int, _ column: Int?, _ fault: FieldSplitter.Fault
    ) -> AssemblyFailure {
        let (english, chinese) = (fault.words.english, fault.words.chinese)
        let place = column.map { (", column \($0)", "第 \($0) 列") } ?? ("", "")
        return AssemblyFailure(
            .wrongUsage, subject: "--list",
            wanted: Bilingual(
                "line \(line)\(place.0): \(english)", "第 \(line) 行\(place.1)：\(chinese)"))
    }
}

/// A line of sha256sum(1): digits, a space, a space or an asterisk, and the rest is the name. One
/// that begins with a backslash has `\\`, `\n` and `\r` in its name.
private struct ChecksumLine {
    let digits: ArraySlice<UInt8>
    let path: [UInt8]

    init?(_ line: [UInt8]) {
        let isEscaped = line.first == UInt8(ascii: "\\")
        let start = isEscaped ? 1 : 0
        guard line.count > start + 66, line[start + 64] == 0x20,
            line[start + 65] == 0x20 || line[start + 65] == UInt8(ascii: "*")
        else { return nil }
        digits = line[start..<start + 64]
        guard SHA256Digest(hex: String(decoding: digits, as: UTF8.self)) != nil else { return nil }
        var rest = Array(line[(start + 66)...])
        if rest.last == 0x0d { rest.removeLast() }
        path = isEscaped ? Self.plain(rest) : rest
    }

    private static func plain(_ text: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                out.append(byte)
                continue
            }
            switch next {
            case UInt8(ascii: "n"): out.append(0x0a)
            case UInt8(ascii: "r"): out.append(0x0d)
            case UInt8(ascii: "\\"): out.append(next)
            default:
                out.append(byte)
                continue
            }
            rest = rest.dropFirst()
        }
        return out
    }
}
