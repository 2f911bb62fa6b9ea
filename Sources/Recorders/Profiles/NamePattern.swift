import Evidence

/// A pattern for names on recorders, with named groups, as profiles write it.
///
/// The language is our own and small, so that no name, however hostile, can make a match slow: a
/// state that failed is never tried again, which bounds the work by nodes × length × run length.
///
/// - Letters stand for themselves, capital or small alike; `\` makes the next one literal.
/// - `[…]` may be absent.
/// - `{group:digits 8}`, `{group:word 1-32}`: a run of a class (`digits`, `letters`, `word`: letters,
///   digits and `-`; `text`: anything but `/`), exactly or between so many. The longest is tried
///   first.
/// - `{group:SOS|IMP}`: one of these.
/// - An empty group name only matches.
/// - `/` parts folders: a pattern with one `/` is held against the last two components.
///
/// The last component is held against it without its extension. Names are bytes; runs of `text`
/// may hold any.
package struct NamePattern: Hashable, Sendable {
    /// What a group tells. Several `date` or `time` groups are read one after the other.
    package enum Group: String, Sendable, CaseIterable {
        case device, officer, date, time, sequence, chapter, channel, mark, encrypted
    }

    /// Why a pattern is none.
    package struct Malformed: Error, Hashable {
        package let problem: String
    }

    /// One group of a name that matched.
    package struct Capture: Hashable, Sendable {
        package let group: Group
        package let bytes: [UInt8]
        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    enum CharacterClass: String {
        case digits, letters, word, text

        func contains(_ byte: UInt8) -> Bool {
            let isDigit = (0x30...0x39).contains(byte)
            let isLetter = (0x61...0x7a).contains(byte | 0x20)
            return switch self {
            case .digits: isDigit
            case .letters: isLetter
            case .word: isDigit || isLetter || byte == UInt8(ascii: "-")
            case .text: byte != UInt8(ascii: "/")
            }
        }
    }

    enum Node: Hashable {
        case literal([UInt8])
        case run(CharacterClass, Int, Int, Group?)
        case choice([[UInt8]], Group?)
        /// Go on with the next node, or else with the one at this place.
        case fork(Int)
    }

    /// As it was written.
    package let text: String
    let nodes: [Node]
    /// Components that it spans.
    package let componentCount: Int

    static let nodeLimit = 64
    /// Names on Linux have at most 255 bytes; a pattern looks at a few of them.
    static let lengthLimit = 1024

    package init(_ text: String) throws(Malformed) {
        var parser = NamePatternParser(text)
        nodes = try parser.parse()
        componentCount = parser.slashes + 1
        self.text = text
    }

    /// The groups of a name that this pattern matches from end to end; nil for any other.
    package func match(_ name: [UInt8]) -> [Capture]? {
        guard name.count <= Self.lengthLimit else { return nil }
        var attempt = Attempt(nodes: nodes, name: name)
        guard attempt.matches(0, 0) else { return nil }
        return attempt.captures.map { Capture(group: $0.0, bytes: Array(name[$0.1])) }
    }

    private struct Attempt {
        let nodes: [Node]
        let name: [UInt8]
        var captures: [(Group, Range<Int>)] = []
        var failed: Set<Int> = []

        init(nodes: [Node], name: [UInt8]) { (self.nodes, self.name) = (nodes, name) }

        mutating func matches(_ node: Int, _ position: Int) -> Bool {
            guard node < nodes.count else { return position == name.count }
            switch nodes[node] {
            case .literal(let bytes):
                guard has(bytes, at: position) else { return false }
                return matches(node + 1, position + bytes.count)
            case .choice(let words, let group):
                for word in words where has(word, at: position) {
                    if goOn(node + 1, position, position + word.count, group) { return true }
                }
                return false
            case .fork(let other):
                guard !failed.contains(node << 16 | position) else { return false }
                if matches(node + 1, position) || matches(other, position) { return true }
                failed.insert(node << 16 | position)
                return false
            case .run(let characters, let least, let most, let group):
                guard !failed.contains(node << 16 | position) else { return false }
                var end = position
                while end < name.count, end - position < most, characters.contains(name[end]) {
                    end += 1
                }
                while end - position >= least {
                    if goOn(node + 1, position, end, group) { return true }
                    end -= 1
                }
                failed.insert(node << 16 | position)
                return false
            }
        }

        private mutating func goOn(_ node: Int, _ from: Int, _ to: Int, _ group: Group?) -> Bool {
            let known = captures.count
            if let group { captures.append((group, from..<to)) }
            if matches(node, to) { return true }
            captures.removeSubrange(known...)
            return false
        }

        private func has(_ bytes: [UInt8], at position: Int) -> Bool {
            guard position + bytes.count <= name.count else { return false }
            for (index, byte) in bytes.enumerated() where name[position + index].folded != byte {
                return false
            }
            return true
        }
    }
}

extension UInt8 {
    /// A capital ASCII letter made small; anything else as it is.
    var folded: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}

/// Reads the text of a ``NamePattern``.
private struct NamePatternParser {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var slashes = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func parse() throws(NamePattern.Malformed) -> [NamePattern.Node] {
        guard !bytes.isEmpty, bytes.count <= 512 else { throw malformed("empty or too long") }
        var nodes: [NamePattern.Node] = []
        /// Where the open optional parts begin.
        var open: [Int] = []
        var literal: [UInt8] = []
        func flush(_ literal: inout [UInt8], into nodes: inout [NamePattern.Node]) {
            if !literal.isEmpty { nodes.append(.literal(literal)) }
            literal = []
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "["):
                flush(&literal, into: &nodes)
                open.append(nodes.count)
                nodes.append(.fork(0))
            case UInt8(ascii: "]"):
                flush(&literal, into: &nodes)
                guard let start = open.popLast() else { throw malformed("] without [") }
                nodes[start] = .fork(nodes.count)
            case UInt8(ascii: "{"):
                flush(&literal, into: &nodes)
                nodes.append(try group())
            case UInt8(ascii: "}"): throw malformed("} without {")
            case UInt8(ascii: "\\"):
                guard offset < bytes.count else { throw malformed("\\ at the end") }
                literal.append(bytes[offset].folded)
                offset += 1
            case UInt8(ascii: "/"):
                guard open.isEmpty else { throw malformed("/ in an optional part") }
                slashes += 1
                literal.append(byte)
            default: literal.append(byte.folded)
            }
        }
        flush(&literal, into: &nodes)
        guard open.isEmpty else { throw malformed("[ without ]") }
        guard nodes.count <= NamePattern.nodeLimit else { throw malformed("too many parts") }
        return nodes
    }

    private mutating func group() throws(NamePattern.Malformed) -> NamePattern.Node {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "}")) else {
            throw malformed("{ without }")
        }
        let body = String(decoding: bytes[offset..<end], as: UTF8.self)
        offset = end + 1
        guard let colon = body.firstIndex(of: ":") else { throw malformed("no : in {\(body)}") }
        let name = String(body[..<colon])
        let group = NamePattern.Group(rawValue: name)
        guard name.isEmpty || group != nil else { throw malformed("unknown group \(name)") }
        let rest = body[body.index(after: colon)...]
        let parts = rest.split(separator: " ", omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard let characters = NamePattern.CharacterClass(rawValue: String(parts[0])) else {
                throw malformed("unknown class \(parts[0])")
            }
            let counts = parts[1].split(separator: "-", omittingEmptySubsequences: false).map {
                Int($0)
            }
            guard counts.count <= 2, let first = counts[0], let last = counts[counts.count - 1],
                first >= 0, last >= max(1, first), last <= 255
            else { throw malformed("bad count \(parts[1])") }
            return .run(characters, first, last, group)
        }
        let words = rest.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 1, !words.contains(where: \.isEmpty),
            NamePattern.CharacterClass(rawValue: String(rest)) == nil
        else {
            throw malformed("neither a class with a count nor words: {\(body)}")
        }
        // The longest first, so that `AB` is not cut short by `A`.
        return .choice(
            words.map { $0.utf8.map(\.folded) }.sorted { $0.count > $1.count }, group)
    }

    private func malformed(_ problem: String) -> NamePattern.Malformed {
        NamePattern.Malformed(problem: SafeText.of(problem))
    }
}
