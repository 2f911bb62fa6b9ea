package import CaseIndex
package import Evidence

/// What `verify --list` says of one line: whether its digest stands in the custody log, and who has
/// vouched for that.
package struct ListVerdict: Sendable {
    package enum Result: String, Sendable, CaseIterable {
        case known, unknown, matches, differs, malformed
    }

    /// Why a line could not be answered as it was meant, or what else must be known of it.
    package enum Note: String, Sendable {
        case noDigest = "no-digest"
        case notADigest = "not-a-digest"
        case malformedReference = "malformed-reference"
        case unknownReference = "unknown-reference"
        case inRecord = "digest-in-record"
        case moreItems = "more-items"

        var words: Bilingual {
            switch self {
            case .noDigest: Bilingual("no digest on this line", "本行没有哈希值")
            case .notADigest:
                Bilingual(
                    "no digest: 64 hexadecimal digits are wanted (SHA-256 or SM3)",
                    "不是哈希值：应为 64 位十六进制数字（SHA-256 或 SM3）")
            case .malformedReference:
                Bilingual(
                    "no reference: an item, a leaf's number or a digest is wanted",
                    "不是参照：应为条目编号、存证日志序号或哈希值")
            case .unknownReference:
                Bilingual("no record found for the reference", "未查到参照的存证记录")
            case .inRecord:
                Bilingual(
                    "a sidecar: its digest stands in the leaf's record, not in the leaf",
                    "附属文件：哈希值在该条的附属记录中，不在存证日志条目本身")
            case .moreItems:
                Bilingual("more items than are named here have it", "另有其他条目，未全部列出")
            }
        }
    }

    package let given: ListedDigest
    package internal(set) var result: Result
    package internal(set) var note: Note?
    /// The items with this content, oldest first, at most ``itemLimit``.
    package internal(set) var items: [KnownContent] = []
    /// The one that is spoken of: the reference's where it matches, else the oldest.
    package internal(set) var answered: KnownContent?
    /// What is in the log about that one by now.
    package internal(set) var events: [ItemRecord.CustodyLine] = []
    /// The size of the newest checkpoint.
    package internal(set) var checkpointSize: Int64 = 0
    /// The size of the cosigned checkpoint that the leaf is under; nil where it is under none.
    package internal(set) var cosignedSize: Int64?
    /// Who cosigned it.
    package internal(set) var cosigners: [String] = []
    /// The size of the first time-stamped checkpoint that the leaf is under.
    package internal(set) var stampedSize: Int64?
    /// What the authority says when that was; nil where the station does not trust it.
    package internal(set) var stampTime: Timestamp?

    /// Empty files are items by their path, and there may be very many.
    package static let itemLimit = 20

    init(_ given: ListedDigest, _ result: Result, _ note: Note? = nil) {
        (self.given, self.result, self.note) = (given, result, note)
    }

    package var isGood: Bool { result == .known || result == .matches }
}

// MARK: - What is printed

extension ListVerdict {
    private static let columns = [
        "line", "path", "digest", "reference", "result", "items", "sha256", "leaf", "time",
        "station",
        "events", "checkpoint", "cosigned", "cosignedBy", "timeStamped",
        "timeStampedAt", "note",
    ]

    /// The first line of an answer in CSV.
    package static var header: String { columns.joined(separator: ",") + "\r" }

    /// A line of RFC 4180 but for its line feed.
    package func csv(in language: Language) -> String {
        let isFound = answered != nil
        var fields = [String(given.line)]
        fields += [given.path, given.digest, given.reference].map { Self.shown($0 ?? "") }
        fields.append(result.rawValue)
        fields.append(items.map(\.item.description).joined(separator: " "))
        fields.append(answered?.sha256.hex ?? "")
        fields.append(Self.text(answered?.item.leaf))
        fields.append(answered?.time.description ?? "")
        fields.append(answered?.item.station ?? "")
        fields.append(
            events.map { "\($0.leaf) \($0.event) \($0.time)" }.joined(separator: "; "))
        fields.append(Self.text(isFound ? checkpointSize : nil))
        fields.append(Self.text(cosignedSize))
        fields.append(cosigners.joined(separator: " "))
        fields.append(Self.text(stampedSize))
        fields.append(stampTime?.description ?? "")
        fields.append(note?.words.text(in: language) ?? "")
        return TableLine.of(fields) + "\r"
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "line": .integer(Int64(given.line)), "digest": .string(given.digest),
            "result": .string(result.rawValue),
        ]
        members.set("path", given.path)
        members.set("reference", given.reference)
        members.set("note", note?.rawValue)
        guard let answered else { return .object(members) }
        members.set("items", items.map(\.item.description))
        members.set("item", answered.item.description)
        members.set("sha256", answered.sha256.hex)
        members.set("sm3", answered.sm3.hex)
        members.set("leaf", answered.item.leaf)
        members.set("time", answered.time.description)
        members.set("station", answered.item.station)
        members["events"] = .array(
            events.map {
                [
                    "leaf": .integer($0.leaf), "event": .string($0.event),
                    "time": .string($0.time.description),
                ]
            })
        members.set("checkpoint", checkpointSize)
        members.set("cosigned", cosignedSize)
        members.set("cosignedBy", cosigners)
        members.set("timeStamped", stampedSize)
        members.set("timeStampedAt", stampTime?.description)
        return .object(members)
    }

    private static func text(_ number: Int64?) -> String { number.map(String.init) ?? "" }

    /// What a list says, for a terminal and a spreadsheet: neither acts upon it.
    private static func shown(_ text: String) -> String {
        TableLine.spreadsheetSafe(SafeText.of(text))
    }
}
