import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// The entries of a bag with their records and proofs, read in order, one at a time.
struct CustodyReading {
    let note: [UInt8]?
    let checkpoint: Checkpoint?
    private(set) var tables = BagTables()
    /// The station's clock at each entry.
    private(set) var times: [(index: Int64, time: Timestamp)] = []
    /// The time-stamp tokens that rows commit to.
    private(set) var tokens: Set<CommittedToken> = []
    private var entryFindings = LayerFindings()
    private var recordFindings = LayerFindings()
    private var proofFindings = LayerFindings()
    private var rowsSeen: Set<SHA256Digest> = []
    private var rowsLeftOut = 0
    private var recordCount = 0

    init(note: [UInt8]?, checkpoint: Checkpoint?) {
        (self.note, self.checkpoint) = (note, checkpoint)
    }

    var entries: BagReport.Outcome {
        entryFindings.outcome(
            Bilingual(
                "entries: \(times.count), items: \(tables.items.count)",
                "\(times.count) 个条目，\(tables.items.count) 个文件"))
    }

    var records: BagReport.Outcome {
        recordFindings.outcome(
            Bilingual(
                "records: \(recordCount), rows: \(rowsSeen.count); rows not handed over: \(rowsLeftOut)",
                "\(recordCount) 份记录，\(rowsSeen.count) 行；未提供 \(rowsLeftOut) 行"))
    }

    var proofs: BagReport.Outcome {
        let size = checkpoint?.size ?? 0
        return proofFindings.outcome(
            Bilingual(
                "proofs: \(times.count), entries of the log: \(size)",
                "\(times.count) 份证明，日志共 \(size) 条"))
    }

    mutating func read(
        _ folder: ForeignFolder, _ listing: ForeignListing,
        _ digests: [String: BothDigests.Found?]
    ) throws {
        if note == nil {
            proofFindings.add("missing", BagLayout.checkpoint, BagWords.missing)
        } else if checkpoint == nil {
            proofFindings.add("malformed", BagLayout.checkpoint, BagWords.malformed)
        }
        let indexes = listing.files.keys.compactMap { BagLayout.index(of: $0, ".entry") }.sorted()
        for index in indexes { try read(index, folder) }
        if indexes.isEmpty {
            entryFindings.add(
                "nothing-to-check", "custody",
                Bilingual("no entry of the custody log", "没有存证日志条目"))
        }
        let known = Set(indexes)
        for place in listing.files.keys.sorted() where place.hasPrefix("custody/") {
            if let index = BagLayout.index(of: place, ".record")
                ?? BagLayout.index(of: place, ".tlog-proof"), !known.contains(index)
            {
                entryFindings.add(
                    "without-entry", place, Bilingual("its entry is missing", "缺少对应条目"))
            }
            guard place.hasPrefix(BagLayout.rows) else { continue }
            let digest = SHA256Digest(hex: String(place.dropFirst(BagLayout.rows.count)))
            if digest.map({ !rowsSeen.contains($0) || BagLayout.row($0) != place }) ?? true {
                recordFindings.add(
                    "row-of-no-record", place,
                    Bilingual("no record lists this row", "没有任何记录列有此行"))
            }
        }
        compareItems(with: digests)
    }

    // MARK: - One entry

    private mutating func read(_ index: Int64, _ folder: ForeignFolder) throws {
        let place = BagLayout.entry(index)
        func text(_ place: String, _ limit: Int) throws -> [UInt8]? {
            do { return try folder.read(place, limit: limit) } catch is DurableFileFailure {
                return nil
            }
        }
        guard let entry = try text(place, EntryBundle.entryByteLimit) else {
            entryFindings.add("malformed", place, BagWords.malformed)
            return
        }
        checkProof(index, entry, try text(BagLayout.proof(index), TlogProof.byteLimit))
        let leaf: Leaf
        do { leaf = try Leaf(entry: entry) } catch {
            entryFindings.add(
                "malformed", place,
                Bilingual("no entry: \(error.problem)", "不是存证日志条目：\(error.problem)"))
            return
        }
        if let basis = leaf.basis, basis.size > index {
            entryFindings.add(
                "basis-after-entry", place,
                Bilingual(
                    "it names a later state of the log as its basis", "其所依据的日志状态晚于该条目"),
                expected: "<= \(index)", found: String(basis.size))
        }
        times.append((index, leaf.time))
        let header = try text(BagLayout.record(index), BagLayout.textLimit)
        let rows = try self.rows(of: leaf, index, header: header) {
            try text(BagLayout.row($0), BagLayout.textLimit)
        }
        let decoded = DecodedLeaf(index: index, leaf: leaf, rows: rows)
        if leaf.event == .timeStamp {
            tokens.formUnion(decoded.rows.compactMap { CommittedToken($0) })
        }
        if leaf.event == .ingestion { checkIngestion(decoded, place) }
        tables.add(decoded)
    }

    private mutating func checkProof(_ index: Int64, _ entry: [UInt8], _ bytes: [UInt8]?) {
        let place = BagLayout.proof(index)
        guard let bytes else {
            proofFindings.add("missing", place, BagWords.missing)
            return
        }
        let proof: TlogProof
        do { proof = try TlogProof(parsing: bytes) } catch {
            proofFindings.add(place, error)
            return
        }
        guard proof.index == index else {
            proofFindings.add(
                "other-index", place, Bilingual("it is about another entry", "对应的是其他条目"),
                expected: String(index), found: String(proof.index))
            return
        }
        guard proof.checkpoint == note, let checkpoint else {
            proofFindings.add(
                "other-checkpoint", place,
                Bilingual("its checkpoint is not the package's", "其检查点与本包检查点不同"))
            return
        }
        let inclusion = InclusionProof(
            index: index, size: checkpoint.size, hashes: proof.hashes)
        guard inclusion.verify(leafHash: MerkleTree.leafHash(entry), root: checkpoint.root) else {
            proofFindings.add(place, LogFailure(.notIncluded))
            return
        }
    }

    /// The rows that are there, checked against the header, and the header against the leaf.
    private mutating func rows(
        of leaf: Leaf, _ index: Int64, header: [UInt8]?, _ read: (SHA256Digest) throws -> [UInt8]?
    ) throws -> [[UInt8]] {
        let place = BagLayout.record(index)
        guard let wanted = leaf.record else {
            if header != nil { recordFindings.add("added", place, BagWords.added) }
            return []
        }
        guard let header else {
            recordFindings.add("missing", place, BagWords.missing, expected: wanted.hex)
            return []
        }
        let found = SHA256Digest.of(header)
        guard found == wanted else {
            recordFindings.add(
                "digest-differs", place, BagWords.differs, expected: wanted.hex, found: found.hex)
            return []
        }
        guard
            let list = (try? JSONReader.value(of: header)).flatMap({ try? RecordHeader(json: $0) })
        else {
            recordFindings.add("malformed", place, BagWords.malformed)
            return []
        }
        recordCount += 1
        var rows: [[UInt8]] = []
        for digest in list.rows {
            guard let row = try read(digest) else {
                rowsLeftOut += 1
                continue
            }
            let isNew = rowsSeen.insert(digest).inserted
            let found = SHA256Digest.of(row)
            guard found == digest else {
                if isNew {
                    recordFindings.add(
                        "digest-differs", BagLayout.row(digest), BagWords.differs,
                        expected: digest.hex, found: found.hex)
                }
                continue
            }
            rows.append(row)
        }
        return rows
    }

    // MARK: - Items

    private mutating func checkIngestion(_ decoded: DecodedLeaf, _ place: String) {
        guard let item = decoded.item else {
            entryFindings.add(
                "without-row", place,
                Bilingual("its row, which names the file, is missing", "缺少载明文件名的记录行"))
            return
        }
        let leaf = decoded.leaf
        let isSame =
            leaf.sha256.map { $0 == item.sha256 } ?? true && leaf.sm3.map { $0 == item.sm3 } ?? true
            && leaf.size.map { $0 == item.size } ?? true
        if !isSame {
            entryFindings.add(
                "row-differs", place,
                Bilingual("entry and row state other digests", "条目与记录行的哈希值不一致"),
                expected: leaf.sha256?.hex, found: item.sha256.hex)
        }
    }

    /// Every item's bytes are there, and every file is an item's.
    private mutating func compareItems(with digests: [String: BothDigests.Found?]) {
        var places: Set<String> = []
        for item in tables.items {
            places.insert(item.place)
            let wanted = BothDigests.Found(sha256: item.sha256, sm3: item.sm3, size: item.size)
            guard let entry = digests[item.place] else {
                entryFindings.add(
                    "missing", item.place, BagWords.missing, expected: item.sha256.hex)
                continue
            }
            guard entry != wanted else { continue }
            entryFindings.add(
                "digest-differs", item.place,
                Bilingual(
                    "not the bytes that entry \(item.name.leaf) states",
                    "与第 \(item.name.leaf) 条存证日志所载内容不一致"),
                expected: item.sha256.hex, found: entry?.sha256.hex ?? "-")
        }
        for place in digests.keys.sorted()
        where place.hasPrefix(BagLayout.payload) && !places.contains(place) {
            entryFindings.add(
                "no-entry", place,
                Bilingual("no entry of the custody log is about it", "没有存证日志条目对应该文件"))
        }
    }
}

/// A token that a row of a `time-stamp` commits to.
struct CommittedToken: Hashable, Sendable {
    let treeSize: Int64
    let imprint: String
    let digest: SHA256Digest

    init?(_ row: RecordRow) {
        guard row.kind == TimeStampRow.kind, let size = row.members["treeSize"]?.integerValue,
            let imprint = row.members["imprint"]?.stringValue,
            let digest = row.members["token"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
        else { return nil }
        (treeSize, self.imprint, self.digest) = (size, imprint, digest)
    }
}
