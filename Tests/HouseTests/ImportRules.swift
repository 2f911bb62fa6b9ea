/// Which room may open which door. Data flows one way: stages know only the words in Evidence and
/// the ground below them; the conductors (Ingest, Assembly) walk the corridor; nothing points back.
enum ImportRules {
    /// For every target what it may import of ours and of third parties. `Package.swift` may ask
    /// for less, never for more.
    static let allowed: [String: Set<String>] = [
        "Evidence": [],
        "Fixity": ["Evidence", "CLibCrypto", "CLinux"],
        // Evidence for its words alone (digests, failures): Fixity brings it along anyhow.
        "TransparencyLog": ["Fixity", "Evidence"],
        "DurableFiles": ["Evidence", "CLinux"],
        "Vault": ["Evidence", "Fixity", "DurableFiles", "CLinux"],
        "Recorders": ["Evidence", "CLinux"],
        "Inspection": ["Evidence", "CLinux"],
        "Custody": ["Evidence", "Fixity", "TransparencyLog", "DurableFiles"],
        // The notary's own side: it runs where there is neither a ledger nor footage.
        "Witness": ["Evidence", "Fixity", "TransparencyLog", "DurableFiles"],
        "TimeStamping": ["Evidence", "Fixity", "CLibCrypto"],
        // The bag's format, written at the station and read where there is none.
        "SealedBags": ["Evidence", "Fixity", "TransparencyLog", "DurableFiles", "TimeStamping"],
        "Notarization": ["Evidence", "TransparencyLog", "TimeStamping", "Custody"],
        // The two that speak with the network: one asks, one answers.
        "NotaryLink": [
            "Evidence", "Fixity", "TransparencyLog", "Custody", "Witness", "TimeStamping",
            "Notarization", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
            "Logging", "ServiceLifecycle",
        ],
        "Portal": [
            "Evidence", "Fixity", "TransparencyLog", "Custody", "Witness", "Accounts",
            "Hummingbird",
            "HummingbirdCore", "HummingbirdTLS", "HTTPTypes", "Mustache", "NIOPosix", "NIOHTTP1",
            "NIOSSL", "NIOCore",
            "Logging", "ServiceLifecycle",
        ],
        // Who may do what; the only database that is no view of the ledger.
        "Accounts": ["Evidence", "Fixity", "GRDB"],
        "Audit": ["Evidence", "Fixity", "TransparencyLog"],
        "Casework": ["Evidence"],
        // GRDBSQLite is GRDB's own name for libsqlite3.
        "CaseIndex": ["Evidence", "GRDB", "GRDBSQLite"],
        "Ingest": [
            "Evidence", "Fixity", "Vault", "Recorders", "Inspection", "Custody", "CaseIndex",
            "Logging", "ServiceLifecycle",
        ],
        "Assembly": [
            "Evidence", "Fixity", "TransparencyLog", "DurableFiles", "Vault", "Recorders",
            "Inspection", "Custody", "Witness", "TimeStamping", "SealedBags", "Notarization",
            "NotaryLink", "Portal", "Audit", "CaseIndex", "Casework", "Ingest", "CLinux",
            "Accounts", "Configuration", "Logging", "ServiceLifecycle", "SystemPackage",
            "UnixSignals",
        ],
        "evidock": ["Assembly", "Evidence", "ArgumentParser", "Logging"],
        "evidock-inspector": ["CLibAV", "CLinux", "Evidence"],
        "EvidenceTestKit": ["Evidence"],
        "CLibAV": [], "CLibCrypto": [], "CLinux": [],
    ]

    /// The stages: rooms side by side along the corridor.
    static let stages: Set<String> = [
        "Vault", "Recorders", "Inspection", "Custody", "CaseIndex", "Audit",
    ]

    /// What comes with Swift and Linux, for everybody.
    static let platform: Set<String> = [
        "Swift", "Glibc", "Foundation", "FoundationEssentials", "Synchronization", "Dispatch",
    ]

    /// The modules a file imports, each with its line.
    static func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        let pattern =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?(\w+)/
        return file.code.indices.compactMap { line in
            file.code[line].firstMatch(of: pattern).map { (line, String($0.1)) }
        }
    }

    static func violations(in file: SourceFile) -> [Violation] {
        guard let mayImport = allowed[file.target] else {
            return [file.violation(0, "the target \(file.target) has no line in the table")]
        }
        return imports(of: file).compactMap { line, module in
            if mayImport.contains(module) || platform.contains(module) { return nil }
            if stages.contains(file.target), stages.contains(module) {
                return file.violation(line, "stage \(file.target) imports its neighbour \(module)")
            }
            return file.violation(line, "\(file.target) may not import \(module)")
        }
    }

    /// What `Package.swift` gives each target beyond the table; and targets that the table misses.
    static func violations(inManifest text: String) -> [Violation] {
        declarations(inManifest: text).flatMap { name, dependencies -> [Violation] in
            guard let mayImport = allowed[name] else {
                return [Violation(place: "Package.swift", what: "\(name) has no line in the table")]
            }
            return dependencies.subtracting(mayImport).sorted().map {
                Violation(place: "Package.swift", what: "\(name) may not depend on \($0)")
            }
        }
    }

    /// The targets that are not tests, with what they depend on.
    static func declarations(inManifest text: String) -> [(name: String, dependencies: Set<String>)]
    {
        let start =
            /(room|tests|\.target|\.executableTarget|\.testTarget|\.systemLibrary)\(\s*(?:name:\s*)?"([\w-]+)"/
        let matches = text.matches(of: start)
        return matches.indices.compactMap { index in
            let match = matches[index]
            if ["tests", ".testTarget"].contains(match.1) { return nil }
            let end =
                index + 1 < matches.count ? matches[index + 1].range.lowerBound : text.endIndex
            let rest = text[match.range.upperBound..<end]
            guard match.1 != ".systemLibrary", let list = firstList(in: rest) else {
                return (String(match.2), [])
            }
            var names = Set(list.matches(of: /\.product\(name:\s*"(\w+)"/).map { String($0.1) })
            let plain = list.replacing(/\.product\([^)]*\)/, with: "")
            names.formUnion(plain.matches(of: /"([\w-]+)"/).map { String($0.1) })
            return (String(match.2), names)
        }
    }

    /// The first `[…]` with what lies in it.
    private static func firstList(in text: Substring) -> Substring? {
        guard let open = text.firstIndex(of: "[") else { return nil }
        var depth = 0
        for index in text[open...].indices {
            if text[index] == "[" { depth += 1 }
            if text[index] == "]" {
                depth -= 1
                if depth == 0 { return text[open...index] }
            }
        }
        return nil
    }
}
