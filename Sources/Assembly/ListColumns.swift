import Evidence

/// Which column of a list is what, from 0.
struct ListColumns: Hashable {
    let path: Int?
    let digest: Int
    let reference: Int?

    static let checksum = ListColumns(path: 1, digest: 0, reference: nil)

    private init(path: Int?, digest: Int, reference: Int?) {
        (self.path, self.digest, self.reference) = (path, digest, reference)
    }

    /// From the first line, where it is a header; nil where it is none.
    ///
    /// - Throws: `wrong-usage` where it names columns, and none with digests.
    init?(header fields: [String], line: Int) throws {
        guard !fields.contains(where: { Self.isDigest($0) }) else { return nil }
        let names = fields.map { Self.trimmed($0).lowercased() }
        func column(_ words: [String]) -> Int? {
            words.lazy.compactMap { names.firstIndex(of: $0) }.first
        }
        let (path, reference) = (column(Self.pathWords), column(Self.referenceWords))
        guard let digest = column(Self.digestWords) else {
            // It may be a line with a malformed digest.
            guard path != nil else { return nil }
            throw DigestList.refused(line, nil, .noDigestColumn)
        }
        self.init(path: path, digest: digest, reference: reference)
    }

    /// From the first line, where it is none.
    init(first fields: [String]) {
        if fields.count < 2 {
            self.init(path: nil, digest: 0, reference: nil)
        } else if Self.isDigest(fields[0]), !Self.isDigest(fields[1]) {
            self.init(path: 1, digest: 0, reference: 2)
        } else {
            self.init(path: 0, digest: 1, reference: 2)
        }
    }

    private static func isDigest(_ text: String) -> Bool {
        SHA256Digest(hex: trimmed(text)) != nil
    }

    /// Without the spaces around it.
    static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
            let last = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 })
        else { return "" }
        return String(text[first...last])
    }

    /// The first that stands in the header counts.
    private static let digestWords = [
        "digest", "sha256", "sha-256", "sm3", "hash", "checksum", "哈希值（校验值）", "哈希值", "校验值",
        "哈希", "摘要",
    ]
    private static let pathWords = [
        "path", "file", "filename", "file name", "name", "路径", "文件名", "文件名称", "文件", "名称",
    ]
    private static let referenceWords = ["reference", "against", "expected", "参照", "比对对象"]
}

/// Takes the lines of one CSV record apart (RFC 4180 section 2).
struct FieldSplitter {
    /// Why a file is no list.
    enum Fault: Error {
        /// A quotation mark inside a field that does not begin with one.
        case bareQuote
        /// Something behind the closing quotation mark.
        case behindQuote
        /// The file ends inside quotation marks.
        case open
        case encoding
        case long
        case noDigestColumn

        var words: Bilingual {
            switch self {
            case .bareQuote:
                Bilingual(
                    "a quotation mark inside a field without quotation marks", "未加引号的字段中含有引号")
            case .behindQuote:
                Bilingual("something behind the closing quotation mark", "结束引号之后还有其他内容")
            case .open: Bilingual("the quotation mark is never closed", "引号没有结束")
            case .encoding:
                Bilingual("not UTF-8: save it as CSV UTF-8", "不是 UTF-8 编码，请另存为 CSV UTF-8")
            case .long:
                Bilingual(
                    "longer than \(DigestList.recordByteLimit) bytes",
                    "超过 \(DigestList.recordByteLimit) 字节")
            case .noDigestColumn:
                Bilingual(
                    "a column named digest, sha256 or sm3 is wanted", "应有名为 digest、sha256 或 sm3 的列")
            }
        }
    }

    private enum State { case begin, bare, quoted, closed }

    private(set) var fields: [[UInt8]] = [[]]
    private var state = State.begin

    /// Whether a quotation mark is still open: the record goes on in the next line.
    var isOpen: Bool { state == .quoted }

    /// The column that was read last, from 1.
    var column: Int { fields.count }

    /// Takes a line; one that goes on in a quoted field begins with the line feed before it.
    mutating func take(_ line: [UInt8]) throws(Fault) {
        var field = fields.removeLast()
        defer { fields.append(field) }
        for (index, byte) in line.enumerated() {
            switch (state, byte) {
            case (.quoted, 0x22): state = .closed
            case (.quoted, _): field.append(byte)
            case (.begin, 0x22): state = .quoted
            case (.closed, 0x22):
                field.append(byte)
                state = .quoted
            case (_, 0x2c):
                fields.append(field)
                field = []
                state = .begin
            case (_, 0x0d) where index == line.count - 1: break
            case (.closed, _): throw .behindQuote
            case (_, 0x22): throw .bareQuote
            default:
                field.append(byte)
                state = .bare
            }
        }
    }
}
