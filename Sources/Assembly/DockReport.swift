package import CaseIndex
package import Evidence
import Ingest
import Recorders

/// What `docks` says: the slots now, dockings that never came to their end, recorders that show no
/// volume, and recorders that may be cleared.
package struct DockReport: Sendable {
    private let slots: [SlotStatus]
    private let index: IndexReader

    package init(station: Station) {
        (slots, index) = (station.board.slots, station.stages.index)
    }

    /// Without a daemon there are no slots, only what the index remembers.
    package init(index: IndexReader) { (slots, self.index) = ([], index) }

    /// One object a line.
    package func lines(clearable: Bool, in language: Language) throws -> [JSONValue] {
        if clearable { return try clearableLines() }
        let working = Set(slots.compactMap(\.visit))
        var all = slots
        for visit in try index.unfinishedVisits() where !working.contains(visit.visit) {
            var status = SlotStatus(slot: visit.visit, state: .unfinished)
            status.visit = visit.visit
            status.recorder = visit.recorder
            status.label = visit.volumeLabel
            all.append(status)
        }
        for recorder in LockedRecorders.find() {
            var status = SlotStatus(slot: recorder.bus, state: .locked)
            status.label = recorder.product
            status.reason = recorder.reason
            all.append(status)
        }
        return all.map { $0.json(in: language) }
    }

    private func clearableLines() throws -> [JSONValue] {
        try index.clearable().map { file in
            var members: [String: JSONValue] = [
                "visit": .string(file.visit), "item": .string(file.item),
                "sha256": .string(file.sha256.hex), "size": .integer(file.size),
            ]
            file.path.write(into: &members)
            members.set("recorder", file.recorder)
            return .object(members)
        }
    }
}
