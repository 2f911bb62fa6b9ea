/// Rules about the text itself.
enum StyleRules {
    static let longest = 600

    static func tooLong(_ file: SourceFile) -> [Violation] {
        let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
        guard count > longest else { return [] }
        return [file.violation(count - 1, "\(count) lines: split it (\(longest) at most)")]
    }

    /// `try!`, `as!`, a force unwrap, an implicitly unwrapped type.
    static func forced(_ file: SourceFile) -> [Violation] {
        file.code.indices.compactMap { line in
            guard file.code[line].contains(/[\w\)\]\?>]!(?![=\w])/) else { return nil }
            return file.violation(line, "a forced try, cast or unwrap")
        }
    }

    /// What switches a check of the compiler off has its reason on the next line.
    static func unexplained(_ file: SourceFile) -> [Violation] {
        file.code.indices.compactMap { line in
            let pattern = /@unchecked\s+Sendable|\bunsafe(BitCast|Downcast|lyUnwrapped)?\b/
                .wordBoundaryKind(.simple)
            guard file.code[line].contains(pattern) else { return nil }
            let next = line + 1
            if next < file.lines.count, file.lines[next].contains("//") { return nil }
            return file.violation(line, "@unchecked or unsafe without its reason on the next line")
        }
    }

    /// A place of the machine where the text was written; it means nothing anywhere else.
    static func buildPlaces(_ file: SourceFile) -> [Violation] {
        // Put together here, so that this file does not name them itself.
        let places = ["/wor" + "k/", "/tmp/" + "w-", "/far" + "m/"]
        return file.lines.indices.compactMap { line in
            guard let place = places.first(where: { file.lines[line].contains($0) }) else {
                return nil
            }
            return file.violation(line, "names a place of one machine: \(place)")
        }
    }

    /// What may stand at the top of the package, beside dot files.
    static let topLevel: Set<String> = [
        "Package.swift", "Sources", "Tests", "samples", "systemd", "README.md",
        // Written by SwiftPM, and not committed.
        "Package.resolved",
    ]

    static func strangers(atTop names: [String]) -> [Violation] {
        names.filter { !$0.hasPrefix(".") && !topLevel.contains($0) }.sorted()
            .map { Violation(place: $0, what: "does not belong at the top of the package") }
    }
}
