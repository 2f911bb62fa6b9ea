import CaseIndex
import Custody
import DurableFiles
package import Evidence
import Fixity
package import Logging
import SealedBags
import TransparencyLog
import Vault

/// What a sealed bag is made of, and where it goes.
package struct BagOrder: Sendable {
    /// Items by their names, as the ledger has them.
    package var items: [String]
    /// The leaf of the `disclosure` that was entered for it; nil for a supplement.
    package var disclosure: Int64?
    /// Leaves out what is not the business of a party to the case.
    package var isForParty: Bool
    /// An absolute path at which nothing stands.
    package var out: String
    /// How long the notary's cosignature is waited for, in milliseconds, where somebody asks for
    /// it.
    package var patience: Int64

    package init(
        items: [String], disclosure: Int64?, isForParty: Bool, out: String, patience: Int64
    ) {
        (self.items, self.disclosure, self.isForParty) = (items, disclosure, isForParty)
        (self.out, self.patience) = (out, patience)
    }
}

/// What came of it.
package struct BagOutcome: Sendable {
    let summary: BagSummary
    /// Entries about the items that are later than the bag's checkpoint, and not in the bag.
    let laterEntries: Int

    package var json: [String: JSONValue] {
        var members = summary.json.objectValue ?? [:]
        members["laterEntries"] = .integer(Int64(laterEntries))
        return members
    }

    package var isCosigned: Bool { summary.isCosigned }
    package var isTimeStamped: Bool { summary.isTimeStamped }
}

extension StationReader {
    /// The items that are to go into a bag: by name, digest or beginning of one, and of a case;
    /// each once, in the ledger's order.
    ///
    /// - Parameters:
    ///   - from: of a case, only what was still recorded then, or later;
    ///   - to: and begun by then.
    /// - Throws: `no-such-item` where there is none; `several-items`.
    package func itemsToExport(
        _ names: [String], caseNumber: String?, from: Timestamp? = nil, to: Timestamp? = nil,
        log: Logger
    ) async throws -> [String] {
        let index = try await index(log: log)
        var found: Set<String> = []
        for name in names {
            let item = try ItemLookup.one(name, in: index)
            try item.requireKept()
            found.insert(item.name)
        }
        if let caseNumber {
            var filter = ListFilter()
            filter.caseNumber = try CaseNumber(asked: caseNumber)
            // Begun by then.
            filter.to = to.map { Timestamp(milliseconds: $0.milliseconds + 1) }
            filter.limit = .max
            for line in try index.list(filter) where line.lasts(until: from) {
                found.formUnion([line.item] + line.sidecars)
            }
        }
        // Certificates go along, as items of their own.
        for name in found { found.formUnion(try index.certificates(item: name).map(\.document)) }
        if let caseNumber {
            found.formUnion(try index.certificates(caseNumber: caseNumber).map(\.document))
        }
        guard !found.isEmpty else {
            throw AssemblyFailure(.noSuchItem, subject: caseNumber ?? "")
        }
        return found.compactMap { LedgerName($0) }.sorted { $0.leaf < $1.leaf }.map(\.description)
    }

    /// Writes the sealed bag of these items. Their disclosure stands in the ledger before this is
    /// called.
    package func export(_ order: BagOrder, log: Logger) async throws -> BagOutcome {
        let index = try await index(log: log)
        let wanted = try BagSelection(order, index: index)
        let note = try await checkpoint(covering: wanted, patience: order.patience)
        return try await offPool {
            let snapshot = try LedgerSnapshot(ledger, at: note)
            let stamps = try BagStamps(ledger, snapshot, index, after: wanted.lastIngestion)
            let all = wanted.leaves.union(stamps.leaves)
            let leaves = all.filter { $0 < snapshot.checkpoint.size }.sorted()
            let content = try content(
                order, leaves, snapshot, stamps,
                leaf: { index in
                    let stored = try snapshot.stored(index)
                    return BagLeaf(
                        index: index, entry: stored.entry, header: stored.header,
                        rows: stored.rows.filter { wanted.takes($0.row, of: stored) }
                            .map(\.bytes))
                },
                lend: { [vault = try vaultReader()] digest, _, take in
                    try vault.lend(digest, take)
                })
            return BagOutcome(
                summary: try BagWriter.write(content, to: order.out),
                laterEntries: all.count - leaves.count)
        }
    }

    /// Writes an earlier bag anew, with the same items and entries, under the newest checkpoint:
    /// with the cosignatures and time stamps that came since.
    ///
    /// - Throws: `not-a-sealed-bag`; `other-log` where it is another station's.
    package func supplement(_ bag: String, _ order: BagOrder, log: Logger) async throws
        -> BagOutcome
    {
        let index = try await index(log: log)
        let folder = try ForeignFolder(path: bag)
        let inventory = try BagInventory(folder)
        let wanted = BagSelection(inventory, station: layout.station.code)
        let note = try await checkpoint(covering: wanted, patience: order.patience)
        return try await offPool {
            let snapshot = try LedgerSnapshot(ledger, at: note)
            let stamps = try BagStamps(ledger, snapshot, index, after: wanted.lastIngestion)
            var order = order
            order.isForParty = inventory.isForParty
            let content = try content(
                order, wanted.leaves.union(stamps.leaves).sorted(), snapshot, stamps,
                leaf: { index in
                    let stored = try snapshot.stored(index)
                    guard try inventory.isSame(stored.entry, as: index) else {
                        throw LogFailure(.otherLog, "entry \(index)")
                    }
                    return BagLeaf(
                        index: index, entry: stored.entry, header: stored.header,
                        rows: stored.rows.filter {
                            inventory.rows.contains(.of($0.bytes))
                                || stored.leaf.event == .timeStamp
                        }.map(\.bytes))
                },
                lend: { _, place, take in
                    try folder.lend(place) { file, _ in try take(file) } ?? false
                })
            return BagOutcome(
                summary: try BagWriter.write(content, to: order.out), laterEntries: 0)
        }
    }

    // MARK: - Parts

    private func content(
        _ order: BagOrder, _ leaves: [Int64], _ snapshot: LedgerSnapshot, _ stamps: BagStamps,
        leaf: @escaping (Int64) throws -> BagLeaf,
        lend: @escaping (SHA256Digest, String, (CInt) throws -> Bool) throws -> Bool
    ) throws -> BagContent {
        let keys = try keys()
        let notary = settings.notary
        let policy = try notary.trustPolicy(root: layout.path, keys: keys)
        let text = try notary.policyFile(root: layout.path)
        return BagContent(
            station: layout.station, made: Clock.now(), isForParty: order.isForParty,
            leaves: leaves, checkpoint: snapshot.note,
            judgement: try policy?.judge(snapshot.note), timeStamps: stamps.content,
            trust: BagContent.TrustCopies(
                policy: try text ?? TrustPolicy.text(nil, knowing: keys.all),
                authority: try notary.timeStampCA.map(PolicyFile.certificates),
                revocations: try notary.timeStampCRL.map(PolicyFile.certificates)),
            leaf: { (try leaf($0), try snapshot.inclusionProof($0)) }, lend: lend)
    }

    /// The checkpoint for a bag: one that the policy's witnesses have cosigned and that covers all
    /// of it; else one that covers at least the footage's own entries; else the newest. Where a
    /// daemon asks the witnesses, it is given a moment for the first.
    private func checkpoint(
        covering wanted: BagSelection, patience: Int64
    ) async throws -> [UInt8] {
        guard let policy = try settings.notary.trustPolicy(root: layout.path, keys: try keys()),
            policy.quorum != nil
        else { return try ledger.checkpoint().note }
        let deadline = ContinuousClock.now + .milliseconds(patience)
        let isAsked = Station.controlSocket(of: settings) != nil
        while true {
            let cosigned = try ledger.cosignedNote()
            // What does not hold any more under a changed policy is no cosigned one.
            let size =
                cosigned.flatMap { try? policy.judge($0) }
                .flatMap { $0.isQuorumMet ? $0.checkpoint.size : nil } ?? 0
            if let cosigned, size > wanted.leaves.max() ?? 0 { return cosigned }
            if isAsked, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
                continue
            }
            if let cosigned, size > wanted.lastIngestion { return cosigned }
            return try ledger.checkpoint().note
        }
    }
}

/// Which entries, and which rows of them, go into a bag.
private struct BagSelection {
    private(set) var leaves: Set<Int64> = []
    /// The last `ingestion` of an item of the bag.
    private(set) var lastIngestion: Int64 = 0
    private let items: Set<String>
    private let isForParty: Bool

    /// What a party to the case is shown: what its footage is, never who else had to do with it.
    private static let partyRows: Set<String> = [
        FileRow.kind, BlocksRow.kind, DescriptionRow.kind, QuarantineRow.kind, TimeStampRow.kind,
        CertificateRow.kind, AttestationRow.kind,
    ]

    init(_ order: BagOrder, index: IndexReader) throws {
        items = Set(order.items)
        isForParty = order.isForParty
        var visits: Set<LedgerName> = []
        for name in order.items {
            let item = try ItemLookup.one(name, in: index)
            lastIngestion = max(lastIngestion, item.leaf)
            leaves.insert(item.leaf)
            leaves.formUnion(
                item.custody.filter { !isForParty || $0.event != "disclosure" }.map(\.leaf))
            visits.formUnion(item.names.compactMap { LedgerName($0.visit) })
        }
        for visit in visits {
            leaves.insert(visit.leaf)
            if let end = try index.undocking(ofVisit: visit) { leaves.insert(end) }
        }
        if let disclosure = order.disclosure { leaves.insert(disclosure) }
    }

    init(_ inventory: BagInventory, station: String) {
        leaves = Set(inventory.leaves)
        lastIngestion = inventory.lastIngestion
        items = []
        isForParty = inventory.isForParty
    }

    /// Whether a row is about these items, or about what they came with, and the receiver's
    /// business.
    func takes(_ row: RecordRow, of stored: StoredLeaf) -> Bool {
        if isForParty, !Self.partyRows.contains(row.kind) { return false }
        // They name other cases.
        if row.kind == MatchRow.kind { return false }
        if let item = row.members["item"]?.stringValue { return items.contains(item) }
        switch stored.leaf.event {
        case .ingestion:
            return items.contains(
                LedgerName(station: stored.leaf.station, leaf: stored.index).description)
        case .docking, .undocking, .timeStamp: return true
        default: return false
        }
    }
}

/// The time stamps of the oldest stamped checkpoint that covers the footage's entries, and the
/// entries that commit to them.
private struct BagStamps {
    var content: BagContent.TimeStamps?
    var leaves: Set<Int64> = []

    init(
        _ ledger: LedgerReader, _ snapshot: LedgerSnapshot, _ index: IndexReader,
        after last: Int64
    ) throws {
        let size = snapshot.checkpoint.size
        var chosen: (frozen: FrozenCheckpoint, tokens: [String: [UInt8]])?
        for stamped in ledger.stampedSizes() where stamped > last && stamped <= size {
            guard let frozen = try ledger.frozen(stamped) else { continue }
            var tokens: [String: [UInt8]] = [:]
            for imprint in ["sha256", "sm3"] { tokens[imprint] = frozen.files[imprint + ".tsr"] }
            // A stamp by both digests outlives either.
            if tokens.count > chosen?.tokens.count ?? 0 { chosen = (frozen, tokens) }
            if tokens.count == 2 { break }
        }
        if let (frozen, tokens) = chosen {
            let stamped = frozen.size
            content = BagContent.TimeStamps(
                checkpoint: frozen.note, tokens: tokens,
                consistency: try ledger.consistencyProof(from: stamped, to: size).hashes)
            var missing = Set(tokens.values.map { SHA256Digest.of($0).hex })
            for leaf in try index.leaves(of: .timeStamp, from: stamped, limit: 1000)
            where !missing.isEmpty && leaf < size {
                let tokens = try snapshot.stored(leaf).rows.compactMap {
                    $0.row.members["token"]?.stringValue
                }
                guard tokens.contains(where: { missing.contains($0) }) else { continue }
                leaves.insert(leaf)
                missing.subtract(tokens)
            }
        }
    }
}

extension ListedItem {
    /// Whether it was not over before that moment. What nobody could read the length of may have gone
    /// on for a day.
    fileprivate func lasts(until moment: Timestamp?) -> Bool {
        guard let moment else { return true }
        let longest: Int64 = 86_400_000
        let length = durationMicroseconds.map { $0 / 1000 } ?? longest
        return cursor.start + length >= moment.milliseconds
    }
}
