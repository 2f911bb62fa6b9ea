import Custody
import Evidence
import TimeStamping
import TransparencyLog

/// Who has vouched for a leaf: the cosigned checkpoint and the time-stamped ones that it is under.
/// What is no part of this log, or is not judged good, vouches for nothing. For one thread.
final class LeafVouchers {
    /// The newest checkpoint that the policy's quorum has cosigned, with its note; nil for none.
    private(set) var cosigned: LedgerHead?
    /// What the policy calls those who cosigned it.
    private(set) var cosigners: [String] = []
    private let ledger: LedgerReader
    private let sizes: [Int64]
    private let trust: TimeStampTrust?
    /// Of the sizes that were looked at: the stamp, where a token lies beside a checkpoint of this log.
    private var stamps: [Int64: Stamp?] = [:]

    /// A time-stamped checkpoint.
    struct Stamp: Hashable, Sendable {
        let size: Int64
        /// What the authority's token says, where it holds under the station's own settings.
        let time: Timestamp?
    }

    init(_ reader: StationReader) throws {
        ledger = reader.ledger
        sizes = ledger.stampedSizes()
        trust = try reader.settings.notary.stampTrust()
        let policy = try reader.settings.notary.trustPolicy(
            root: reader.layout.path, keys: try reader.keys())
        guard let policy, let note = try ledger.cosignedNote(),
            let judged = try? policy.judge(note), judged.isQuorumMet,
            isOfThisLog(judged.checkpoint)
        else { return }
        cosigners = judged.witnesses.compactMap { witness in
            guard case .cosigned = witness.word else { return nil }
            return witness.name.description
        }
        // A policy may be content with nobody.
        guard !cosigners.isEmpty else { return }
        cosigned = LedgerHead(note: note, checkpoint: judged.checkpoint)
    }

    /// The size of the cosigned checkpoint, where the leaf is under it.
    func cosignedSize(over leaf: Int64) -> Int64? {
        cosigned.map(\.checkpoint.size).flatMap { leaf < $0 ? $0 : nil }
    }

    /// The first time-stamped checkpoint that the leaf is under.
    func stamp(over leaf: Int64) -> Stamp? {
        var (low, high) = (0, sizes.count)
        while low < high {
            let middle = (low + high) / 2
            if sizes[middle] > leaf { high = middle } else { low = middle + 1 }
        }
        return sizes[low...].lazy.compactMap(stamp(at:)).first
    }

    private func stamp(at size: Int64) -> Stamp? {
        if let known = stamps[size] { return known }
        var stamp: Stamp?
        if let frozen = try? ledger.frozen(size),
            frozen.files.keys.contains(where: { $0.hasSuffix(".tsr") }),
            let text = try? SignedNote(parsing: frozen.note).text,
            let checkpoint = try? Checkpoint(parsing: text), checkpoint.size == size,
            isOfThisLog(checkpoint)
        {
            stamp = Stamp(size: size, time: time(of: frozen))
        }
        stamps[size] = stamp
        return stamp
    }

    /// The earlier of its tokens' times. Their certificates may have ended since: they are asked about
    /// as of the entry that came next.
    private func time(of frozen: FrozenCheckpoint) -> Timestamp? {
        guard let trust else { return nil }
        let next = (try? ledger.entry(frozen.size)).flatMap { try? Leaf(entry: $0).time }
        let moment = next ?? Clock.now()
        let any = Timestamp(milliseconds: 0)...Timestamp(milliseconds: .max / 2)
        return StampImprint.allCases.compactMap { imprint -> Timestamp? in
            guard let token = frozen.files[imprint.rawValue + ".tsr"] else { return nil }
            let verdict = try? TimeStampReply(der: token).verify(
                over: frozen.note, imprint: imprint, nonce: nil, trust: trust, at: moment,
                within: any)
            guard case .holds(let stamp) = verdict else { return nil }
            return stamp.time
        }.min()
    }

    private func isOfThisLog(_ checkpoint: Checkpoint) -> Bool {
        (try? ledger.root(ofSize: checkpoint.size)) == checkpoint.root
    }
}
