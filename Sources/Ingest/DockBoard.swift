import Evidence
import Synchronization

/// The slots as they stand now, for whoever asks: `docks`, the log, later the dock wall.
package final class DockBoard: Sendable {
    private struct Entry {
        var status: SlotStatus
        var lastBytes: Int64 = 0
        var lastMoment: ContinuousClock.Instant = .now
    }

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// All slots, in the order of their names.
    package var slots: [SlotStatus] {
        entries.withLock { $0.values.map(\.status) }.sorted { $0.slot < $1.slot }
    }

    package func status(of slot: String) -> SlotStatus? {
        entries.withLock { $0[slot]?.status }
    }

    package func set(_ status: SlotStatus) {
        entries.withLock { $0[status.slot] = Entry(status: status, lastBytes: status.bytesDone) }
    }

    /// Changes a slot that stands there; nothing happens where it is gone.
    package func update(_ slot: String, _ change: (inout SlotStatus) -> Void) {
        entries.withLock { entries in
            guard var entry = entries[slot] else { return }
            change(&entry.status)
            entries[slot] = entry
        }
    }

    /// Adds moved bytes, and takes the rate anew every second or so.
    package func move(_ slot: String, bytes: Int64) {
        entries.withLock { entries in
            guard var entry = entries[slot] else { return }
            entry.status.bytesDone += bytes
            let elapsed = entry.lastMoment.duration(to: .now)
            if elapsed >= .seconds(1) {
                let seconds =
                    Double(elapsed.components.seconds)
                    + Double(elapsed.components.attoseconds) / 1e18
                let moved = Double(entry.status.bytesDone - entry.lastBytes)
                entry.status.rate = Int64(max(0, moved / seconds))
                entry.lastBytes = entry.status.bytesDone
                entry.lastMoment = .now
            }
            entries[slot] = entry
        }
    }

    package func remove(_ slot: String) {
        entries.withLock { _ = $0.removeValue(forKey: slot) }
    }
}
