import Custody
import Evidence
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
    /// Of the sizes that were looked at: whether a token lies beside a checkpoint of this log.
    private var isStamped: [Int64: Bool] = [:]

    init(_ reader: StationReader) throws {
        ledger = reader.ledger
        sizes = ledger.stampedSizes()
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

    /// The size of the first time-stamped checkpoint that the leaf is under.
    func stampedSize(over leaf: Int64) -> Int64? {
        var (low, high) = (0, sizes.count)
        while low < high {
            let middle = (low + high) / 2
            if sizes[middle] > leaf { high = middle } else { low = middle + 1 }
        }
        return sizes[low...].first(where: isStamped(at:))
    }

    private func isStamped(at size: Int64) -> Bool {
        if let known = isStamped[size] { return known }
        var holds = false
        if let frozen = try? ledger.frozen(size),
            frozen.files.keys.contains(where: { $0.hasSuffix(".tsr") }),
            let text = try? SignedNote(parsing: frozen.note).text,
            let checkpoint = try? Checkpoint(parsing: text), checkpoint.size == size
        {
            holds = isOfThisLog(checkpoint)
        }
        isStamped[size] = holds
        return holds
    }

    private func isOfThisLog(_ checkpoint: Checkpoint) -> Bool {
        (try? ledger.root(ofSize: checkpoint.size)) == checkpoint.root
    }
}
