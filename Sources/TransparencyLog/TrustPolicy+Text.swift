import Evidence

extension TrustPolicy {
    /// The text of a policy with a line for each of a log's keys: those that it lacks stand below the
    /// last one that it has, with the same address. Everything else, comments too, stays as it is.
    ///
    /// - Parameters:
    ///   - text: nil for a policy that asks for no witness.
    ///   - keys: of one log, oldest first.
    /// - Throws: `malformed-policy` where the text is none.
    package static func text(
        _ text: [UInt8]?, knowing keys: [VerifierKey]
    ) throws(LogFailure) -> [UInt8] {
        let text = text ?? Array("quorum none\n".utf8)
        let policy = try TrustPolicy(parsing: text)
        guard let origin = keys.first?.name else { return text }
        let known = policy.keys(ofLog: origin)
        let url = policy.logs.last { $0.origin.utf8.elementsEqual(origin.utf8) }?.url
        let new = keys.filter { !known.contains($0) }.map { key in
            "log \(key)" + (url.map { " " + $0 } ?? "")
        }
        guard !new.isEmpty else { return text }
        var lines = text.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
            .map(Array.init)
        let last = lines.lastIndex { isLog($0, of: origin) }
        lines.insert(contentsOf: new.map { Array($0.utf8) }, at: last.map { $0 + 1 } ?? 0)
        return Array(lines.joined(separator: [0x0a])) + [0x0a]
    }

    private static func isLog(_ line: [UInt8], of origin: String) -> Bool {
        let items = line.split { $0 == 0x20 || $0 == 0x09 }
        return items.count > 1 && items[0].elementsEqual("log".utf8)
            && items[1].starts(with: Array((origin + "+").utf8))
    }
}
