/// Which bytes of a representation are asked for (RFC 9110 section 14.1.2): one range, or all.
enum ByteRange: Hashable, Sendable {
    case whole
    /// From the first to the last, both included.
    case part(Int64, Int64)
    /// Nothing of it is there, or more than one range is asked for.
    case unsatisfiable

    /// - Parameters:
    ///   - field: the value of `Range`; nil for none.
    ///   - size: of the whole.
    init(_ field: String?, size: Int64) {
        guard let field else {
            self = .whole
            return
        }
        let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        // A unit that we do not know is as if nothing had been said.
        guard parts.count == 2, parts[0].lowercased() == "bytes" else {
            self = .whole
            return
        }
        let ends = parts[1].filter { $0 != " " && $0 != "\t" }
            .split(separator: "-", omittingEmptySubsequences: false)
        guard !parts[1].contains(","), ends.count == 2,
            let first = Self.number(ends[0]), let last = Self.number(ends[1])
        else {
            self = .unsatisfiable
            return
        }
        switch (first, last) {
        case (nil, nil): self = .unsatisfiable
        case (nil, let suffix?):
            guard suffix > 0, size > 0 else {
                self = .unsatisfiable
                return
            }
            self = .part(max(0, size - suffix), size - 1)
        case (let first?, let last):
            guard first < size, first <= last ?? .max else {
                self = .unsatisfiable
                return
            }
            self = .part(first, min(last ?? .max, size - 1))
        }
    }

    /// Digits alone; nothing is nil within, and what is no number is nil. A number too large to be
    /// one is the largest.
    private static func number(_ text: some StringProtocol) -> Int64?? {
        guard !text.isEmpty else { return .some(nil) }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return .some(Int64(text) ?? .max)
    }
}
