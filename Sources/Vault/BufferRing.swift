import Dispatch
import Glibc

/// A block of memory on its way: filled from the source, then digested and written, then free again.
final class TransferBuffer {
    /// One block of the vault's digests, and a multiple of every disk's sector.
    static let capacity = 1 << 20

    let memory: UnsafeMutableRawBufferPointer
    /// Those that still read it; it may be filled again when they have left.
    let readers = DispatchGroup()

    init() {
        memory = .allocate(byteCount: Self.capacity, alignment: 4096)
    }

    deinit { memory.deallocate() }

    func filled(_ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }
}

/// The few buffers of one transfer: who reads the source waits when digest or disk are slower.
final class BufferRing {
    private let buffers: [TransferBuffer]
    private var turn = 0

    init(count: Int) { buffers = (0..<count).map { _ in TransferBuffer() } }

    deinit { drain() }

    /// The next buffer, once nobody reads it any more.
    func next() -> TransferBuffer {
        defer { turn = (turn + 1) % buffers.count }
        buffers[turn].readers.wait()
        return buffers[turn]
    }

    /// Nobody reads any of them when it returns.
    func drain() { for buffer in buffers { buffer.readers.wait() } }
}
