import Glibc

/// How the vault goes about its work.
package struct VaultSettings: Sendable {
    package enum Mode: String, Sendable {
        /// The stored copy is read back from the disk.
        case readback
        /// That, and the source is read a second time as well.
        case both
    }

    package var mode = Mode.readback
    /// Free space that is always kept, so that the ledger can write: the greater of both.
    package var reserveBytes: Int64 = 1 << 30
    package var reservePermille: Int64 = 10
    /// All work of a transfer on one thread, for fault tests that count system calls.
    package var singleThreaded = false
    /// A read that does not come back for so long is given up, whatever the recorder says.
    package var stallLimit: Duration = .seconds(60)
    /// A read that does not come back for so long is given up where the recorder is gone.
    package var goneLimit: Duration = .seconds(5)
    /// How often reads are looked at.
    package var stallTick: Duration = .seconds(1)

    package init() {}

    /// Bytes that stay free on a disk of so many in all.
    package func reserve(of total: Int64) -> Int64 {
        max(reserveBytes, total / 1000 * reservePermille)
    }
}

/// One file to take: an open descriptor of the recorder, which the vault closes.
package struct TransferSource: Sendable {
    package let descriptor: CInt
    /// As it was when it was opened.
    package let size: Int64
    /// Whether the recorder is still there: asked when a read fails or does not come back.
    package let isAlive: @Sendable () -> Bool
    /// pread(2) of the descriptor: bytes read, or the negative errno(3). Tests put faults here.
    package var read: @Sendable (CInt, UnsafeMutableRawBufferPointer, Int64) -> Int = {
        let count = pread($0, $1.baseAddress, $1.count, off_t($2))
        return count < 0 ? -Int(errno) : count
    }

    package init(descriptor: CInt, size: Int64, isAlive: @escaping @Sendable () -> Bool) {
        (self.descriptor, self.size, self.isAlive) = (descriptor, size, isAlive)
    }
}

/// Where a transfer stands.
package enum TransferPhase: Sendable {
    case copying, verifying, sealing
}
