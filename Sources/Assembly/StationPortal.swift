import CaseIndex
import Custody
import DurableFiles
import Evidence
import Ingest
import NotaryLink
import Portal
import Vault

/// An open station, as its pages see it.
struct StationPortal: PortalStation {
    let station: Station

    func wall() async throws -> [WallSlot] {
        try await offPool {
            let report = DockReport(station: station)
            // A folder that a command takes in stands in no slot.
            return try report.statuses().filter { !$0.slot.hasPrefix("ingest:") }.map { status in
                try slot(status)
            }
        }
    }

    func state() async throws -> StationState {
        let isWorking = await station.isAlive()
        return try await offPool {
            let stages = station.stages
            let entries = try stages.reader.size()
            let space = try station.root.freeSpace()
            return StationState(
                entries: entries, cosigned: station.cosigning.now.cosigned,
                slots: station.board.slots.count, bytesFree: space.free, bytesTotal: space.total,
                indexBehind: max(0, entries - (try stages.index.nextLeaf())),
                isWorking: isWorking,
                hasInspector: LocalPath.isExecutable(
                    InspectorProgram.path(station.settings.inspector)),
                hasRoom: try stages.vault.room(for: 0))
        }
    }

    private func slot(_ status: SlotStatus) throws -> WallSlot {
        var slot = WallSlot(
            slot: SafeText.of(status.slot), state: status.state.rawValue, words: status.words)
        slot.docking = status.visit
        slot.recorder = status.recorder.map { SafeText.of($0) }
        slot.officer = try status.recorder.flatMap(officer)
        (slot.bytesDone, slot.bytesTotal) = (status.bytesDone, status.bytesTotal)
        (slot.filesDone, slot.filesTotal) = (status.filesDone, status.filesTotal)
        (slot.needLook, slot.notTaken) = (status.needLook, status.notTaken)
        slot.secondsLeft = status.secondsLeft
        if slot.secondsLeft != nil { slot.rate = status.rate }
        slot.reason = status.reason
        if status.mayBeCleared { slot.notes.append(DockWords.mayBeCleared) }
        if status.state == .mayBeRemoved, status.copies == 1 {
            slot.notes.append(DockWords.singleCopy)
        }
        return slot
    }

    /// The last three digits of whoever has the recorder now.
    private func officer(of recorder: String) throws -> String? {
        let holder = try station.stages.index.holder(of: recorder, at: Clock.now())
        let number = holder.borrower ?? holder.carrier ?? holder.owner
        return number.map { SafeText.of(String($0.suffix(3))) }
    }
}
