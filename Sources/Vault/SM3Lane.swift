import Dispatch
import Evidence
import Fixity
import Glibc
import Synchronization

/// The running SM3 of one transfer. Its pieces are digested in the order they were given.
final class SM3Stream {
    var state = SM3State()

    func update(_ bytes: UnsafeRawBufferPointer) { state.update(bytes) }

    /// The digest of everything given; nothing may be under way.
    func finish() -> SM3Digest { state.finalize() }
}

/// Makes SM3 for all transfers on one thread, eight of them at a time: a single SM3 cannot be cut in
/// pieces, but eight can be made side by side for little more than the price of one.
final class SM3Lane: Sendable {
    private struct Piece {
        let stream: SM3Stream
        let bytes: UnsafeRawBufferPointer
        let done: () -> Void
    }

    // Streams and buffers belong to the lane between `add` and `done`; the lock hands them over.
    private struct Queue: @unchecked Sendable {
        // Guarded by the mutex around it, and touched by the one thread that took it out.
        var pieces: [Piece] = []
        var isRunning = false
    }

    /// Lanes that are waited for a moment, where so many transfers are under way.
    private static let fair = 4
    /// How long, in microseconds, and how often: a piece made alone takes 5 milliseconds and more.
    private static let moment: UInt32 = 1000
    private static let moments = 3

    private let queue = Mutex(Queue())
    private let transfers = Atomic<Int>(0)

    /// A transfer begins, or has ended, that will give pieces.
    func begin() { transfers.add(1, ordering: .relaxed) }
    func end() { transfers.subtract(1, ordering: .relaxed) }

    /// Takes a piece; `done` is called when its bytes are no longer needed.
    func add(
        _ stream: SM3Stream, _ bytes: UnsafeRawBufferPointer, done: @escaping () -> Void
    ) {
        nonisolated(unsafe) let piece = Piece(stream: stream, bytes: bytes, done: done)
        // Whoever gives a piece leaves its stream and bytes alone until `done`.
        let starts = queue.withLock { queue in
            queue.pieces.append(piece)
            defer { queue.isRunning = true }
            return !queue.isRunning
        }
        if starts { OwnThread.start { self.run() } }
    }

    private func run() {
        while true {
            // Eight side by side cost little more than two.
            let wanted = min(Self.fair, transfers.load(ordering: .relaxed))
            for _ in 0..<Self.moments where queue.withLock({ $0.pieces.count }) < wanted {
                usleep(Self.moment)
            }
            let batch = queue.withLock { queue -> [Piece] in
                var batch: [Piece] = []
                var rest: [Piece] = []
                var seen: Set<ObjectIdentifier> = []
                for piece in queue.pieces {
                    // Only the first piece of each stream may go: order matters.
                    if batch.count < 8, seen.insert(ObjectIdentifier(piece.stream)).inserted {
                        batch.append(piece)
                    } else {
                        seen.insert(ObjectIdentifier(piece.stream))
                        rest.append(piece)
                    }
                }
                queue.pieces = rest
                if batch.isEmpty { queue.isRunning = false }
                nonisolated(unsafe) let taken = batch
                // Out of the queue it is this thread's alone.
                return taken
            }
            guard !batch.isEmpty else { return }
            var states = batch.map(\.stream.state)
            SM3Lanes.update(&states, with: batch.map(\.bytes))
            for (piece, state) in zip(batch, states) {
                piece.stream.state = state
                piece.done()
            }
        }
    }
}
