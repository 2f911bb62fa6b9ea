/// Reads a row's members, naming the one that is missing or of the wrong type.
struct RowReading {
    let row: RecordRow

    init(_ row: RecordRow) { self.row = row }

    private func malformed(_ key: String) -> MalformedEntry {
        MalformedEntry(problem: "row \(row.kind): member \(key) is missing or malformed")
    }

    func string(_ key: String) throws(MalformedEntry) -> String {
        guard let value = row.members[key]?.stringValue else { throw malformed(key) }
        return value
    }

    func integer(_ key: String) throws(MalformedEntry) -> Int64 {
        guard let value = row.members[key]?.integerValue else { throw malformed(key) }
        return value
    }

    func bool(_ key: String) throws(MalformedEntry) -> Bool {
        guard let value = row.members[key]?.boolValue else { throw malformed(key) }
        return value
    }

    func optionalString(_ key: String) -> String? { row.members[key]?.stringValue }
    func optionalInteger(_ key: String) -> Int64? { row.members[key]?.integerValue }

    func strings(_ key: String) -> [String] {
        row.members[key]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    func caseNumber(_ key: String) throws(MalformedEntry) -> CaseNumber {
        guard let number = try? CaseNumber(reading: try string(key)) else { throw malformed(key) }
        return number
    }

    /// At least one.
    func caseNumbers(_ key: String) throws(MalformedEntry) -> [CaseNumber] {
        let texts = strings(key)
        let numbers = texts.compactMap { try? CaseNumber(reading: $0) }
        guard !texts.isEmpty, numbers.count == texts.count else { throw malformed(key) }
        return numbers
    }

    func timestamp(_ key: String) throws(MalformedEntry) -> Timestamp {
        guard let time = Timestamp(try string(key)) else { throw malformed(key) }
        return time
    }

    func optionalTimestamp(_ key: String) throws(MalformedEntry) -> Timestamp? {
        row.members[key] == nil ? nil : try timestamp(key)
    }

    func path() throws(MalformedEntry) -> RecorderPath {
        guard let path = RecorderPath(members: row.members) else { throw malformed("path") }
        return path
    }

    func sha256(_ key: String) throws(MalformedEntry) -> SHA256Digest {
        guard let digest = SHA256Digest(hex: try string(key)) else { throw malformed(key) }
        return digest
    }

    func sm3(_ key: String) throws(MalformedEntry) -> SM3Digest {
        guard let digest = SM3Digest(hex: try string(key)) else { throw malformed(key) }
        return digest
    }

    func modified() throws(MalformedEntry) -> FileTime {
        guard let time = FileTime(try string("modified")) else { throw malformed("modified") }
        return time
    }
}
