import Evidence

extension RecorderProfile {
    /// Which member of a profile cannot be understood, and why.
    package struct Malformed: Error, Hashable {
        package let member: String
        package let problem: String
    }

    /// Bytes of one profile; more is refused.
    package static let sizeLimit = 64 * 1024

    /// Reads a profile. A member that is not known is refused, so that a slip of the pen does not
    /// pass for a setting.
    package init(json bytes: [UInt8]) throws(Malformed) {
        guard bytes.count <= Self.sizeLimit else {
            throw Malformed(member: "", problem: "longer than \(Self.sizeLimit) bytes")
        }
        let value: JSONValue
        do { value = try JSONReader.value(of: bytes) } catch {
            throw Malformed(
                member: "", problem: "no JSON at byte \(error.offset): \(error.problem)")
        }
        var top = try ProfileMembers(value, at: "")
        self.init(name: try top.string("profile") ?? "")
        guard !name.isEmpty, name.utf8.count <= 32,
            name.utf8.allSatisfy({ NamePattern.CharacterClass.word.contains($0) })
        else { throw Malformed(member: "profile", problem: "1 to 32 letters, digits or -") }
        _ = try top.string("about")
        model = try top.string("model")
        footage = try top.paths("footage")
        leftAlone = try top.strings("leave").map { Self.leaveRule($0) }
        namings = try top.values("names").enumerated().map { index, value throws(Malformed) in
            try Self.naming(value, at: "names[\(index)]")
        }
        sidecarExtensions = Set(try top.strings("sidecars").map { $0.lowercased() })
        sidecarSuffixes = try top.strings("sidecarSuffixes").map { $0.utf8.map(\.folded) }
        footageSuffixes = try top.strings("footageSuffixes").map { $0.utf8.map(\.folded) }
        nobody = Set(try top.strings("nobody"))
        markWords = try top.words("marks")
        folderMarks = try top.words("folderMarks")
        deviceFile = try top.string("deviceFile").map { RecorderPath($0) }
        if let text = try top.string("zone") {
            guard let zone = ZoneOffset(text) else {
                throw Malformed(member: "zone", problem: "not like +08:00 or Z")
            }
            self.zone = zone
        }
        if let value = top.take("recognise") { signs = try Self.signs(value) }
        if let value = top.take("sequence") { sequence = try Self.sequence(value) }
        try top.end()
    }

    private static func signs(_ value: JSONValue) throws(Malformed) -> Signs {
        var members = try ProfileMembers(value, at: "recognise.")
        var signs = Signs()
        signs.markers = try members.paths("markers")
        signs.folders = try members.paths("folders")
        signs.layout = try members.paths("layout")
        for (index, text) in try members.strings("labels").enumerated() {
            signs.labels.append(try pattern(text, at: "recognise.labels[\(index)]"))
        }
        if let share = try members.integer("share") {
            guard (0...100).contains(share) else {
                throw Malformed(member: "recognise.share", problem: "not 0 to 100 per cent")
            }
            signs.share = Int(share)
        }
        try members.end()
        return signs
    }

    private static func sequence(_ value: JSONValue) throws(Malformed) -> Sequence {
        var members = try ProfileMembers(value, at: "sequence.")
        guard let counter = Sequence.Counter(rawValue: try members.string("counter") ?? "") else {
            throw Malformed(member: "sequence.counter", problem: "neither card nor channel")
        }
        var sequence = Sequence(counter: counter)
        sequence.restartsDaily = try members.flag("restartsDaily")
        sequence.hasChapters = try members.flag("chapters")
        try members.end()
        return sequence
    }

    private static func naming(_ value: JSONValue, at member: String) throws(Malformed) -> Naming {
        if let text = value.stringValue { return Naming(pattern: try pattern(text, at: member)) }
        var members = try ProfileMembers(value, at: member + ".")
        let text = try members.string("pattern") ?? ""
        let naming = Naming(
            pattern: try pattern(text, at: member + ".pattern"), isUTC: try members.flag("utc"))
        try members.end()
        return naming
    }

    private static func pattern(_ text: String, at member: String) throws(Malformed) -> NamePattern
    {
        do { return try NamePattern(text) } catch {
            throw Malformed(member: member, problem: error.problem)
        }
    }

    /// `Temp/` is a folder, `.publishing-*` a beginning, `.*` every dot file.
    private static func leaveRule(_ text: String) -> LeaveRule {
        let bytes = text.utf8.map(\.folded)
        if bytes.last == UInt8(ascii: "/") { return .folder(bytes.dropLast()) }
        if bytes.last == UInt8(ascii: "*") { return .prefix(bytes.dropLast()) }
        return .prefix(bytes)
    }
}

/// The members of one object of a profile; each is taken once, and none may be left over.
private struct ProfileMembers {
    private let prefix: String
    private var members: [String: JSONValue]

    init(_ value: JSONValue, at prefix: String) throws(RecorderProfile.Malformed) {
        guard let members = value.objectValue else {
            throw RecorderProfile.Malformed(
                member: String(prefix.dropLast()), problem: "not an object")
        }
        (self.prefix, self.members) = (prefix, members)
    }

    mutating func take(_ name: String) -> JSONValue? { members.removeValue(forKey: name) }

    mutating func string(_ name: String) throws(RecorderProfile.Malformed) -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= 1024 else {
            throw malformed(name, "not a text")
        }
        return text
    }

    mutating func integer(_ name: String) throws(RecorderProfile.Malformed) -> Int64? {
        guard let value = take(name) else { return nil }
        guard let number = value.integerValue else { throw malformed(name, "not a whole number") }
        return number
    }

    mutating func flag(_ name: String) throws(RecorderProfile.Malformed) -> Bool {
        guard let value = take(name) else { return false }
        guard let flag = value.boolValue else { throw malformed(name, "neither true nor false") }
        return flag
    }

    mutating func values(_ name: String) throws(RecorderProfile.Malformed) -> [JSONValue] {
        guard let value = take(name) else { return [] }
        guard let list = value.arrayValue, list.count <= 64 else {
            throw malformed(name, "not a list of at most 64")
        }
        return list
    }

    mutating func strings(_ name: String) throws(RecorderProfile.Malformed) -> [String] {
        var texts: [String] = []
        for value in try values(name) {
            guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= 1024 else {
                throw malformed(name, "not a list of texts")
            }
            texts.append(text)
        }
        return texts
    }

    mutating func paths(_ name: String) throws(RecorderProfile.Malformed) -> [RecorderPath] {
        try strings(name).map { RecorderPath($0) }
    }

    mutating func words(_ name: String) throws(RecorderProfile.Malformed) -> [String: String] {
        guard let value = take(name) else { return [:] }
        guard let object = value.objectValue else { throw malformed(name, "not an object") }
        var words: [String: String] = [:]
        for (key, value) in object {
            guard let word = value.stringValue else {
                throw malformed(name + "." + key, "not a text")
            }
            words[key.lowercased()] = word
        }
        return words
    }

    func end() throws(RecorderProfile.Malformed) {
        guard let name = members.keys.min() else { return }
        throw malformed(SafeText.of(name), "no such member")
    }

    private func malformed(_ name: String, _ problem: String) -> RecorderProfile.Malformed {
        RecorderProfile.Malformed(member: prefix + name, problem: problem)
    }
}
