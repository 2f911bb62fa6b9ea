import Evidence
import Testing

@Suite("Leaves and rows")
struct LeafTests {
    private let sha = SHA256Digest.ofNothing
    private let sm3 = SM3Digest(words: (1, 2, 3, 4))

    @Test("A leaf is read back equal, and its bytes are canonical")
    func roundTrip() throws {
        let leaf = Leaf(
            event: .holdRelease, time: Timestamp(milliseconds: 1_565_427_723_456), station: "0602",
            sha256: sha, sm3: sm3, size: 5, record: sha, previous: 3,
            basis: .init(size: 9, root: sha))
        let bytes = try leaf.encoded()
        #expect(try Leaf(entry: bytes) == leaf)
        #expect(try JSONWriter.canonical(JSONReader.value(of: bytes)) == bytes)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix(#"{"basis":{"root":"e3b0"#))
    }

    @Test(
        "A spoiled entry is refused",
        arguments: [
            "", "null", "{}", #"{"v":2}"#, #"{"v":1,"event":"bribe"}"#,
            #"{"v":1,"event":"docking","time":"yesterday","station":"a"}"#,
            #"{"v":1,"event":"docking","time":"2019-08-10T09:02:03.456Z"}"#,
            #"{"v":1,"event":"docking","time":"2019-08-10T09:02:03.456Z","station":"a","sha256":"00"}"#,
            #"{"v":1,"event":"docking","time":"2019-08-10T09:02:03.456Z","station":"a","previous":"1"}"#,
            #"{"v":1,"event":"docking","time":"2019-08-10T09:02:03.456Z","station":"a","basis":{}}"#,
        ])
    func spoiled(text: String) {
        #expect(throws: MalformedEntry.self) { try Leaf(entry: Array(text.utf8)) }
    }

    @Test("A file's row is read back equal")
    func fileRow() throws {
        var claims = NameClaims()
        claims.device = "CAM001"
        claims.captured = CivilTime("2026-08-04T10:00:00")
        claims.marks = ["important"]
        claims.sequence = 7
        claims.isEncrypted = true
        let row = FileRow(
            item: "0602-4", visit: "0602-1", recorder: "CAM001", officer: "000001", zone: "+08:00",
            file: FootageFile(
                path: RecorderPath(bytes: [0xff, 0x41]), size: 12,
                modified: FileTime(seconds: 5, nanoseconds: 7), role: .video, claims: claims,
                sidecarOf: RecorderPath("b")),
            sha256: sha, sm3: sm3, blocks: sha, probe: sha, isNewName: true)
        let stored = try JSONWriter.canonical(row.row.json(salt: RecordRow.makeSalt()))
        #expect(try FileRow(RecordRow(json: JSONReader.value(of: stored))) == row)
    }

    @Test("Other rows are read back equal")
    func otherRows() throws {
        let quarantine = QuarantineRow(
            item: nil, visit: "a-1", path: RecorderPath("x"), code: "incomplete", reason: "r",
            size: 9, sha256: sha, sm3: sm3, unreadable: [4096..<8192])
        #expect(try QuarantineRow(quarantine.row) == quarantine)
        let undocking = UndockingRow(
            visit: "a-1", outcome: .interrupted, ingested: 1, duplicate: 2, quarantined: 3,
            refused: 4, bytes: 5, milliseconds: 6, mayBeRemoved: false, mayBeCleared: false)
        #expect(try UndockingRow(undocking.row) == undocking)
        var facts = MediaFacts(status: .damaged, problem: "no index (moov)")
        facts.durationMicroseconds = 1_500_000
        facts.location = .init(latitudeE7: -158_355_000, longitudeE7: -480_153_000)
        facts.tags = ["make": "x"]
        var stream = MediaFacts.Stream(type: "video")
        stream.frameRateNumerator = 30_000
        stream.frameRateDenominator = 1001
        facts.streams = [stream]
        let description = DescriptionRow(item: "a-2", facts: facts)
        #expect(try DescriptionRow(description.row) == description)
        #expect(throws: Never.self) { try JSONWriter.canonical(description.row.json(salt: "00")) }
    }

    @Test(
        "Facts from a hostile inspector are refused",
        arguments: [
            #"{}"#, #"{"status":"fine"}"#, #"{"status":"sound","durationMicroseconds":-1}"#,
            #"{"status":"sound","latitudeE7":900000001,"longitudeE7":0}"#,
            #"{"status":"sound","tags":{"a":1}}"#, #"{"status":"sound","streams":[{}]}"#,
        ])
    func hostileFacts(text: String) throws {
        let members = try #require(try JSONReader.value(of: Array(text.utf8)).objectValue)
        #expect(throws: MalformedEntry.self) { try MediaFacts(members: members) }
    }

    @Test("Salts never repeat")
    func salts() { #expect(Set((0..<1000).map { _ in RecordRow.makeSalt() }).count == 1000) }

    @Test("The probe covers start, middle and end, or the whole of a small file")
    func probe() {
        #expect(VaultedItem.probeRanges(size: 0).isEmpty)
        #expect(VaultedItem.probeRanges(size: 5) == [0..<5])
        let ranges = VaultedItem.probeRanges(size: 1 << 30)
        #expect(ranges.map(\.count) == [65_536, 65_536, 65_536])
        #expect(ranges.last?.upperBound == 1 << 30)
    }
}
