import DurableFiles
import Evidence
import Fixity
import Glibc
import TransparencyLog

/// Writes a sealed bag. The folder appears whole and synced, or not at all.
///
/// Footage shares its blocks with the vault where the file system can (ioctl_ficlone(2)), else it is
/// copied through one buffer; either way the bag's bytes are digested and compared with the record.
/// Never by hard link: whoever owns the bag could then change the vault's own file.
package struct BagWriter: ~Copyable {
    private let content: BagContent
    private let folder: OutgoingFolder
    private var payload: [String: BagManifest] = ["sha256": BagManifest(), "sm3": BagManifest()]
    private var tags: [String: BagManifest] = ["sha256": BagManifest(), "sm3": BagManifest()]
    private var tables = BagTables()
    private var facts = BagFacts()
    private var payloadBytes: Int64 = 0

    private init(_ content: BagContent, to path: String) throws {
        self.content = content
        folder = try OutgoingFolder(path: path)
    }

    /// - Throws: `bag-item-damaged` where no stored copy of an item is sound; what the disk says.
    package static func write(_ content: BagContent, to path: String) throws -> BagSummary {
        var writer = try BagWriter(content, to: path)
        return try writer.write()
    }

    private mutating func write() throws -> BagSummary {
        let checkpoint = try Checkpoint(parsing: SignedNote(parsing: content.checkpoint).text)
        try put(BagLayout.declarationText, at: BagLayout.declaration)
        try put(content.checkpoint, at: BagLayout.checkpoint)
        var rows: Set<SHA256Digest> = []
        for index in content.leaves { try add(index, rows: &rows) }
        for item in tables.items { try add(item) }
        try put(tables.events, at: BagLayout.events)
        try put(tables.names, at: BagLayout.names)
        try addTime()
        if let policy = content.trust.policy { try put(policy, at: BagLayout.policy) }
        if let authority = content.trust.authority { try put(authority, at: BagLayout.authority) }
        if let lists = content.trust.revocations { try put(lists, at: BagLayout.revocations) }
        try put(BagGuide.text(content, items: tables.items), at: BagLayout.guide)
        try put(CheckPage.html, at: BagLayout.checkPage)
        try put(
            Certificate(content: content, facts: facts, checkpoint: checkpoint).html,
            at: BagLayout.certificate)
        try put(
            PremisXML(facts: facts, checkpointOrigin: checkpoint.origin).xml, at: BagLayout.premis)
        try put(info(checkpoint), at: BagLayout.info)
        for (algorithm, manifest) in payload.sorted(by: { $0.key < $1.key }) {
            try put(manifest.bytes, at: BagManifest.place(algorithm, isTag: false))
        }
        for (algorithm, manifest) in tags.sorted(by: { $0.key < $1.key }) {
            try folder.put(manifest.bytes, at: BagManifest.place(algorithm, isTag: true))
        }
        try folder.publish()
        return BagSummary(
            items: tables.items.count, bytes: payloadBytes, leaves: content.leaves.count,
            treeSize: checkpoint.size, isCosigned: content.isCosigned,
            isTimeStamped: content.timeStamps != nil)
    }

    // MARK: - Tag files

    private mutating func put(_ bytes: [UInt8], at place: String) throws {
        try folder.put(bytes, at: place)
        let found = BothDigests.of(bytes)
        tags["sha256"]?.add(found.sha256.bytes, at: place)
        tags["sm3"]?.add(found.sm3.bytes, at: place)
    }

    private mutating func put(_ text: String, at place: String) throws {
        try put(Array(text.utf8), at: place)
    }

    private mutating func add(_ index: Int64, rows: inout Set<SHA256Digest>) throws {
        let (leaf, hashes) = try content.leaf(index)
        do {
            let decoded = try leaf.decoded()
            tables.add(decoded)
            facts.add(decoded)
        } catch { throw BagFailure(.damagedLog, "\(index)") }
        try put(leaf.entry, at: BagLayout.entry(index))
        let proof = try TlogProof(index: index, hashes: hashes, checkpoint: content.checkpoint)
        try put(proof.bytes, at: BagLayout.proof(index))
        if let header = leaf.header { try put(header, at: BagLayout.record(index)) }
        for row in leaf.rows {
            let digest = SHA256Digest.of(row)
            // The same row never stands in two records: each has its own salt. If it did, once is enough.
            if rows.insert(digest).inserted { try put(row, at: BagLayout.row(digest)) }
        }
    }

    private mutating func addTime() throws {
        guard let stamps = content.timeStamps else { return }
        try put(stamps.checkpoint, at: BagLayout.stamped)
        try put(
            stamps.consistency.map { Base64.encode($0.bytes) + "\n" }.joined(),
            at: BagLayout.consistency)
        for (imprint, token) in stamps.tokens.sorted(by: { $0.key < $1.key }) {
            try put(token, at: BagLayout.token(imprint))
        }
    }

    private func info(_ checkpoint: Checkpoint) -> String {
        let lines = [
            ("Source-Organization", content.station.name),
            ("Bagging-Date", String(content.made.description.prefix(10))),
            ("Bag-Software-Agent", "evidock"),
            ("Payload-Oxum", "\(payloadBytes).\(tables.items.count)"),
            (
                "External-Description",
                "Sealed evidence package; see VERIFY.txt 封存证据包，核验方法见 VERIFY.txt"
            ),
            ("Custody-Log", checkpoint.origin),
            ("Custody-Tree-Size", String(checkpoint.size)),
            ("Custody-Root", Base64.encode(checkpoint.root.bytes)),
            ("Custody-Leaves", String(content.leaves.count)),
            ("Custody-Cosigned", content.cosigners ?? "not yet cosigned 公证机构尚未联署"),
            ("Custody-Time-Stamps", content.stampWords ?? "none yet 尚无可信时间戳"),
            ("Custody-Receiver", content.isForParty ? "party" : "full"),
        ]
        return lines.map { "\($0): \(SafeText.of($1))\n" }.joined()
    }

    // MARK: - Footage

    private mutating func add(_ item: BagItem) throws {
        let folder = folder
        let isTaken = try content.lend(item.sha256, item.place) { source in
            try Self.copy(source, item, into: folder)
        }
        guard isTaken else { throw BagFailure(.damagedItem, item.name.description) }
        payload["sha256"]?.add(item.sha256.bytes, at: item.place)
        payload["sm3"]?.add(item.sm3.bytes, at: item.place)
        payloadBytes += item.size
    }

    private struct Differs: Error {}

    /// False where the source is not what the record says, or cannot be read: nothing is left behind.
    private static func copy(
        _ source: CInt, _ item: BagItem, into folder: OutgoingFolder
    ) throws -> Bool {
        let wanted = BothDigests.Found(sha256: item.sha256, sm3: item.sm3, size: item.size)
        do {
            let isCloned = try folder.clone(source, at: item.place) { clone in
                var found = BothDigests()
                try pieces(of: clone) { found.update($0) }
                guard found.finish() == wanted else { throw Differs() }
            }
            if isCloned { return true }
            try folder.put(at: item.place) { write in
                var found = BothDigests()
                try pieces(of: source) {
                    found.update($0)
                    try write($0)
                }
                guard found.finish() == wanted else { throw Differs() }
            }
            return true
        } catch is Differs { return false }
    }

    /// From front to end, in one buffer.
    private static func pieces(
        of file: CInt, _ take: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: off_t = 0
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, offset)
            if count < 0, errno == EINTR { continue }
            // The next copy may be readable.
            guard count >= 0 else { throw Differs() }
            if count == 0 { return }
            try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            offset += off_t(count)
        }
    }
}

extension BagContent {
    var isCosigned: Bool {
        judgement.map { $0.isQuorumMet && $0.witnesses.contains { $0.word != .absent } } ?? false
    }

    /// Who cosigned, and when by their clocks; nil where that is not enough for the station's policy.
    var cosigners: String? {
        guard isCosigned, let judgement else { return nil }
        return judgement.witnesses.compactMap { witness in
            switch witness.word {
            case .absent: nil
            case .notChecked: "\(witness.name) (not checked)"
            case .cosigned(let lines):
                lines.first.map { "\(witness.name) \(Timestamp(milliseconds: $0.time * 1000))" }
            }
        }.joined(separator: ", ")
    }

    /// Which entries are stamped, and by which digests.
    var stampWords: String? {
        guard let timeStamps,
            let size = (try? SignedNote(parsing: timeStamps.checkpoint))
                .flatMap({ try? Checkpoint(parsing: $0.text) })?.size
        else { return nil }
        return
            "entries 0 to \(size - 1): \(timeStamps.tokens.keys.sorted().joined(separator: ", "))"
    }
}
