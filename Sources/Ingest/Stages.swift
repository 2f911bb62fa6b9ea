package import CaseIndex
package import Custody
package import Evidence
package import Inspection
package import Logging
package import Recorders
package import Vault

/// The stages that a conductor walks a recorder through, as the assembly built them.
package struct Stages: Sendable {
    package let station: StationIdentity
    package let vault: Vault
    package let ledger: CustodyLedger
    package let reader: LedgerReader
    package let index: IndexReader
    package let feeder: IndexFeeder
    package let items: ItemBook
    package let inspector: Inspector
    package let catalogue: ProfileCatalogue
    package let settings: IngestSettings
    package let log: Logger
    package let now: @Sendable () -> Timestamp

    package init(
        station: StationIdentity, vault: Vault, ledger: CustodyLedger, reader: LedgerReader,
        index: IndexReader, feeder: IndexFeeder, inspector: Inspector,
        catalogue: ProfileCatalogue, settings: IngestSettings, log: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        (self.station, self.vault, self.ledger, self.reader) = (station, vault, ledger, reader)
        (self.index, self.feeder, self.inspector) = (index, feeder, inspector)
        (self.catalogue, self.settings) = (catalogue, settings)
        (self.log, self.now) = (log, now)
        items = ItemBook(index: index)
    }

    /// The name of the second copy, where there is one now.
    package var copyPlace: String? { vault.copies?.name }

    /// How many copies of everything are kept: 1 is a single copy.
    var copies: Int64 { copyPlace == nil ? 1 : 2 }

    /// Everything integrated so far is published and in the index; gives the ledger's size.
    ///
    /// - Parameters: as ``CustodyLedger/publish(isLast:isAwaited:)``.
    @discardableResult
    package func publish(isLast: Bool = false, isAwaited: Bool = false) async throws -> Int64 {
        _ = try await ledger.publish(isLast: isLast, isAwaited: isAwaited)
        return try await feeder.catchUp()
    }
}

/// How the conductor goes about its work.
package struct IngestSettings: Sendable {
    /// Numbers of recorders that a notary carries.
    package var notaryRecorders: Set<String> = []
    /// Transfers that one visit may have under way when it is alone.
    package var transfers = 8
    /// Volumes worked on at once.
    package var volumes = 8
    /// Files up to this many bytes are sealed in groups.
    package var groupedFileBytes: Int64 = 1 << 20
    /// Bytes and files in a group at most.
    package var groupBytes: Int64 = 8 << 20
    package var groupFiles = 256
    /// How often a held slot looks whether there is room again.
    package var roomPoll: Duration = .seconds(5)

    package init() {}
}

/// Which item a recorder's content is: what the index knows, and what was entered since.
package actor ItemBook {
    private struct Key: Hashable {
        let recorder: String?
        let sha256: SHA256Digest
        /// Empty files are items by path.
        let emptyPath: RecorderPath?
    }

    private let index: IndexReader
    private var recent: [Key: LedgerName] = [:]

    init(index: IndexReader) { self.index = index }

    private func key(_ recorder: String?, _ sha256: SHA256Digest, _ path: RecorderPath) -> Key {
        Key(
            recorder: recorder, sha256: sha256,
            emptyPath: sha256 == .ofNothing ? path : nil)
    }

    /// The item that this content of this recorder is; nil where it is new.
    func item(
        recorder: String?, sha256: SHA256Digest, path: RecorderPath
    ) async throws -> LedgerName? {
        let key = key(recorder, sha256, path)
        if let name = recent[key] { return name }
        let index = index
        return try await offPool {
            try index.item(
                recorder: recorder, sha256: sha256, path: sha256 == .ofNothing ? path : nil)
        }
    }

    /// The items that these contents of one recorder are, in their order.
    func items(
        recorder: String?, contents: [(sha256: SHA256Digest, path: RecorderPath)]
    ) async throws -> [LedgerName?] {
        let known = contents.map { recent[key(recorder, $0.sha256, $0.path)] }
        let index = index
        return try await offPool {
            try zip(contents, known).map { content, known in
                if let known { return known }
                return try index.item(
                    recorder: recorder, sha256: content.sha256,
                    path: content.sha256 == .ofNothing ? content.path : nil)
            }
        }
    }

    func remember(
        _ name: LedgerName, recorder: String?, sha256: SHA256Digest, path: RecorderPath
    ) {
        recent[key(recorder, sha256, path)] = name
    }

    /// Forgets items that were deleted: the same content is a new item when it comes again.
    package func forget(_ names: Set<String>) {
        recent = recent.filter { !names.contains($0.value.description) }
    }

    /// Forgets what the index has by now.
    func forget(before leaf: Int64) {
        if recent.count > 10_000 { recent = recent.filter { $0.value.leaf >= leaf } }
    }
}
