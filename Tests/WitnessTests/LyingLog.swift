import DurableFiles
import Evidence
import Fixity
import Glibc
import Synchronization
import TransparencyLog
import Witness

/// A log that holds its key and may sign any history with it: each branch is a list of leaves.
struct LyingLog {
    let origin: String
    let key = SigningKey.generate()
    private(set) var branches: [[SHA256Digest]]

    init(_ origin: String = "court.example/log") { (self.origin, branches) = (origin, [[]]) }

    var verifierKey: VerifierKey { try! VerifierKey(name: origin, of: key) }

    /// Another history that shares the first leaves of a branch; its number.
    mutating func fork(_ branch: Int, at size: Int) -> Int {
        branches.append(Array(branches[branch][..<size]))
        return branches.count - 1
    }

    /// Makes a branch so long; no two branches ever get the same new leaf.
    mutating func grow(_ branch: Int, to size: Int) {
        while branches[branch].count < size {
            let text = "\(branch) \(branches[branch].count)"
            branches[branch].append(MerkleTree.leafHash(Array(text.utf8)))
        }
    }

    func root(_ branch: Int, _ size: Int) -> SHA256Digest {
        MerkleTree.root(ofLeafHashes: branches[branch][..<size])
    }

    func checkpoint(_ branch: Int, _ size: Int) throws -> Checkpoint {
        try Checkpoint(origin: origin, size: Int64(size), root: root(branch, size))
    }

    func proof(_ branch: Int, from old: Int, to new: Int) throws -> [SHA256Digest] {
        guard old <= new else { return [] }
        return try ConsistencyProof.make(from: Int64(old), to: Int64(new)) { level, index in
            let start = Int(index) << level
            return MerkleTree.root(ofLeafHashes: branches[branch][start..<start + 1 << level])
        }.hashes
    }

    /// What an honest log would send of this branch.
    func request(_ branch: Int, from old: Int, to new: Int) throws -> WitnessRequest {
        try WitnessRequest(
            oldSize: Int64(old), hashes: proof(branch, from: old, to: new),
            note: checkpoint(branch, new).signed(with: key))
    }
}

/// A clock that goes as the test says.
final class HandClock: Sendable {
    private let time = Mutex<Int64>(1_700_000_000)

    var now: Int64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

/// The kernel's calls until one strikes: from then on the process is as good as dead, and every call
/// fails.
final class MortalCalls: Sendable {
    private let count = Mutex(0)
    private let last: Int

    /// - Parameter last: the number of the first call that fails, from 1; 0 for none.
    init(last: Int) { self.last = last }

    /// Whether the strike came.
    var isDead: Bool { last > 0 && count.withLock { $0 } >= last }

    private func dies() -> Bool {
        count.withLock { count in
            count += 1
            return last > 0 && count >= last
        }
    }

    var calls: DiskCalls {
        var calls = DiskCalls.kernel
        calls.write = { self.dies() ? -Int(EIO) : DiskCalls.kernel.write($0, $1, $2) }
        calls.sync = { self.dies() ? -EIO : DiskCalls.kernel.sync($0) }
        calls.syncFileSystem = { self.dies() ? -EIO : DiskCalls.kernel.syncFileSystem($0) }
        return calls
    }
}
