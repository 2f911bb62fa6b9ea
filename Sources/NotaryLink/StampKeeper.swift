package import Custody
package import Evidence
import Fixity
package import Notarization
package import TimeStamping
import TransparencyLog

/// Keeps verified time stamps: frozen beside the checkpoint that they are over, and in the ledger.
package struct StampKeeper: Sendable {
    package let ledger: CustodyLedger
    package let reader: LedgerReader
    package let now: @Sendable () -> Timestamp

    package init(
        ledger: CustodyLedger, reader: LedgerReader, now: @escaping @Sendable () -> Timestamp
    ) {
        (self.ledger, self.reader, self.now) = (ledger, reader, now)
    }

    /// Durable, and entered as `time-stamp`, when it returns.
    package func keep(_ stamped: StampDesk.Stamped) async throws {
        try await keep(
            stamped.token, imprint: stamped.query.imprint, verdict: stamped.verdict,
            size: stamped.size, note: stamped.note, query: stamped.query.der)
    }

    /// As ``keep(_:)-(StampDesk.Stamped)``, for a token that came by a stick.
    package func keep(
        _ token: [UInt8], imprint: StampImprint, verdict: TimeStampVerdict, size: Int64,
        note: [UInt8], query: [UInt8]
    ) async throws {
        let name = imprint.rawValue
        try await ledger.freeze(note, files: [name + ".tsq": query, name + ".tsr": token])
        let row = TimeStampRow(
            treeSize: size, imprint: name, token: SHA256Digest.of(token), verdict: verdict.claim)
        try await ledger.enter([
            NewCustodyEvent(kind: .timeStamp, time: now(), rows: [row.row])
        ])
    }
}

extension TimeStampVerdict {
    /// What stands in the ledger of it.
    fileprivate var claim: TimeStampRow.Verdict {
        switch self {
        case .holds(let stamp):
            .init(
                isChecked: true, time: stamp.time, serial: stamp.serial, policy: stamp.policy,
                certificateEnds: stamp.certificateEnds)
        case .notChecked(let stamp):
            .init(
                isChecked: false, time: stamp?.time, serial: stamp?.serial, policy: stamp?.policy,
                certificateEnds: nil)
        }
    }
}

extension LedgerReader {
    /// For each imprint the size of the newest checkpoint that has its token.
    func newestStamps() throws -> [StampImprint: Int64] {
        var found: [StampImprint: Int64] = [:]
        for size in stampedSizes().reversed() where found.count < StampImprint.allCases.count {
            let files = try frozen(size)?.files ?? [:]
            for imprint in StampImprint.allCases
            where found[imprint] == nil && files[imprint.rawValue + ".tsr"] != nil {
                found[imprint] = size
            }
        }
        return found
    }

    /// What is published, and what is to be stamped of it: nothing where only time stamps came since
    /// that size. Where the newest size was frozen before, its bytes as they were frozen.
    func news(since: Int64) throws -> (size: Int64, note: [UInt8]?) {
        let head = try checkpoint()
        let size = head.checkpoint.size
        var index = since
        while index < size {
            let leaf = try Leaf(entry: entry(index))
            if leaf.event != .timeStamp { return (size, try frozen(size)?.note ?? head.note) }
            index += 1
        }
        return (size, nil)
    }
}
