import Evidence

extension TrustPolicy {
    /// Reads a policy file. Every refusal names its line.
    package init(parsing bytes: [UInt8]) throws(LogFailure) {
        guard bytes.count <= Self.byteLimit else {
            throw LogFailure(.malformedPolicy, "more than \(Self.byteLimit) bytes")
        }
        var reader = PolicyReader()
        var rest = bytes[...]
        while !rest.isEmpty {
            reader.line += 1
            guard let end = rest.firstIndex(of: 0x0a) else {
                // A file that was cut off may still read well, with another meaning.
                throw reader.refused("does not end with a newline")
            }
            try reader.take(rest[..<end])
            rest = rest[(end + 1)...]
        }
        reader.line += 1
        guard reader.hasQuorum else { throw reader.refused("no quorum line before the end") }
        self = reader.policy
    }
}

/// Takes a policy line by line.
private struct PolicyReader {
    var policy = TrustPolicy()
    /// The line under way, from 1.
    var line = 0
    private(set) var hasQuorum = false
    /// Witnesses and groups so far: they share one space of names.
    private var names: Set<PolicyName> = []
    private var members: Set<PolicyName> = []
    private var logKeys: Set<[UInt8]> = []
    private var witnessKeys: Set<[UInt8]> = []

    private static let none = PolicyName("none")

    init() {}

    func refused(_ detail: String) -> LogFailure {
        LogFailure(.malformedPolicy, line: line, detail)
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) throws(LogFailure) {
        if line == 1, bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            throw refused("begins with a byte-order mark")
        }
        guard bytes.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) }) else {
            throw refused("a control character")
        }
        let items = bytes.split { $0 == 0x20 || $0 == 0x09 }
        guard let first = items.first, first.first != UInt8(ascii: "#") else { return }
        let rest = items.dropFirst()
        switch String(decoding: first, as: UTF8.self) {
        case "log": try takeLog(rest)
        case "witness": try takeWitness(rest)
        case "group": try takeGroup(rest)
        case "quorum": try takeQuorum(rest)
        default: throw refused("begins with none of log, witness, group and quorum")
        }
    }

    private typealias Items = ArraySlice<ArraySlice<UInt8>>

    private mutating func takeLog(_ items: Items) throws(LogFailure) {
        guard let text = items.first, items.count <= 2 else {
            throw refused("not log, key and at most a URL")
        }
        guard policy.logs.count < TrustPolicy.countLimit else { throw refused("too many logs") }
        let found = try key(text)
        let log: VerifierKey?
        do throws(LogFailure) {
            switch found.type {
            case VerifierKey.ed25519:
                log = try VerifierKey(name: found.name, publicKey: found.publicKey)
            case CosignerKey.Algorithm.mlDSA44.rawValue:
                _ = try CosignerKey(
                    name: found.name, algorithm: .mlDSA44, publicKey: found.publicKey)
                log = nil
            default: throw refused("type \(found.type) is not a key of a log")
            }
        } catch { throw asPolicy(error) }
        guard logKeys.insert(found.publicKey).inserted else {
            throw refused("the key of another log line")
        }
        policy.logs.append(
            TrustPolicy.Log(origin: found.name, key: log, url: url(items.dropFirst())))
    }

    private mutating func takeWitness(_ items: Items) throws(LogFailure) {
        guard (2...3).contains(items.count), let name = items.first else {
            throw refused("not witness, name, key and at most a URL")
        }
        guard policy.witnesses.count < TrustPolicy.countLimit else {
            throw refused("too many witnesses")
        }
        let found = try key(items[items.startIndex + 1])
        guard let algorithm = CosignerKey.Algorithm(rawValue: found.type) else {
            throw refused("type \(found.type) is not a key of a witness")
        }
        let cosigner: CosignerKey
        do {
            cosigner = try CosignerKey(
                name: found.name, algorithm: algorithm, publicKey: found.publicKey)
        } catch { throw asPolicy(error) }
        guard witnessKeys.insert(found.publicKey).inserted else {
            throw refused("the key of another witness line")
        }
        policy.witnesses.append(
            TrustPolicy.Witness(
                name: try define(name), key: cosigner, url: url(items.dropFirst(2))))
    }

    private mutating func takeGroup(_ items: Items) throws(LogFailure) {
        guard items.count >= 3, let name = items.first else {
            throw refused("not group, name, threshold and at least one member")
        }
        guard policy.groups.count < TrustPolicy.countLimit else { throw refused("too many groups") }
        let found = items.dropFirst(2).map { PolicyName($0) }
        for member in found {
            guard names.contains(member) else { throw refused("a member not defined before") }
            guard members.insert(member).inserted else {
                throw refused("a member of a group already")
            }
        }
        let threshold: Int
        switch String(decoding: items[items.startIndex + 1], as: UTF8.self) {
        case "any": threshold = 1
        case "all": threshold = found.count
        case let text:
            guard let number = Decimal.read(text), (1...Int64(found.count)).contains(number) else {
                throw refused("the threshold is not any, all or a number from 1 to the members")
            }
            threshold = Int(number)
        }
        // Defined last, so that no group is a member of itself.
        policy.groups.append(
            TrustPolicy.Group(name: try define(name), threshold: threshold, members: found))
    }

    private mutating func takeQuorum(_ items: Items) throws(LogFailure) {
        guard let text = items.first, items.count == 1 else { throw refused("not quorum and name") }
        guard !hasQuorum else { throw refused("a second quorum line") }
        let name = PolicyName(text)
        guard name == Self.none || names.contains(name) else {
            throw refused("a quorum not defined before")
        }
        policy.quorum = name == Self.none ? nil : name
        hasQuorum = true
    }

    private mutating func define(_ text: ArraySlice<UInt8>) throws(LogFailure) -> PolicyName {
        let name = PolicyName(text)
        guard name != Self.none else { throw refused("the name none has its own meaning") }
        guard names.insert(name).inserted else { throw refused("a name defined already") }
        return name
    }

    private func key(_ text: ArraySlice<UInt8>) throws(LogFailure) -> KeyText {
        guard let text = String(validating: text, as: UTF8.self) else {
            throw refused("the key is not UTF-8")
        }
        do { return try KeyText(parsing: text) } catch { throw asPolicy(error) }
    }

    /// A failure of a key, at the line where the key stands.
    private func asPolicy(_ failure: LogFailure) -> LogFailure {
        failure.kind == .malformedKey ? refused("the key: " + failure.detail) : failure
    }

    private func url(_ items: Items) -> String? {
        items.first.map { String(decoding: $0, as: UTF8.self) }
    }
}
