package import CaseIndex
import Custody
package import Evidence
import Ingest
import NotaryLink
import Notarization
import Recorders

/// What `docks` says: the slots now, dockings that never came to their end, recorders that show no
/// volume, and recorders that may be cleared.
package struct DockReport: Sendable {
    private let slots: [SlotStatus]
    private let index: IndexReader
    private let cosigning: CosigningBoard.State?
    private let attestation: (name: String, problem: Bilingual?)?

    package init(station: Station) {
        (slots, index) = (station.board.slots, station.stages.index)
        cosigning = station.cosigning.now
        attestation = station.attestation.now
    }

    /// Without a daemon there are no slots, only what the index remembers.
    package init(index: IndexReader) {
        (slots, self.index, cosigning) = ([], index, nil)
        attestation = nil
    }

    /// One object a line.
    package func lines(clearable: Bool, in language: Language) throws -> [JSONValue] {
        if clearable { return try clearableLines() }
        return try statuses().map { $0.json(in: language) } + cosigningLines(in: language)
            + attestationLines(in: language)
    }

    /// The slots, dockings that never came to their end, and recorders that show no volume.
    func statuses() throws -> [SlotStatus] {
        let working = Set(slots.compactMap(\.visit))
        // Who was told to dock it again has done so.
        let docked = Set(slots.compactMap(\.recorder))
        var all = slots
        for visit in try index.unfinishedVisits() where !working.contains(visit.visit) {
            if let recorder = visit.recorder, docked.contains(recorder) { continue }
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
        return all
    }

    private func attestationLines(in language: Language) -> [JSONValue] {
        guard let attestation else { return [] }
        let words = attestation.problem ?? Bilingual("Nothing to report", "正常")
        return [
            [
                "attestation": .string(SafeText.of(attestation.name)),
                "standing": .string(attestation.problem == nil ? "well" : "troubled"),
                "words": .string(words.text(in: language)),
            ]
        ]
    }

    /// How the station stands with each of its witnesses, and whether it may sign at all.
    private func cosigningLines(in language: Language) -> [JSONValue] {
        guard let cosigning else { return [] }
        var lines = cosigning.standings.map { witness, standing -> JSONValue in
            var members: [String: JSONValue] = [
                "witness": .string(SafeText.of(witness)), "standing": .string(standing.code),
                "words": .string(standing.words.text(in: language)),
            ]
            members.set("cosigned", cosigning.cosigned)
            return .object(members)
        }
        if let hold = cosigning.hold {
            lines.append([
                "held": .string(hold.reason.rawValue),
                "words": .string(Self.words(of: hold).text(in: language)),
            ])
        }
        return lines
    }

    private static func words(of hold: SigningHold) -> Bilingual {
        guard hold.reason == .restored else { return heldWords }
        return Bilingual(
            "Nothing is entered or signed: this station was put back from a backup and has not been compared with its notary cosigners yet.",
            "已停止登记和签名：本站由备份恢复，尚未与公证联署节点核对。")
    }

    static let heldWords = Bilingual(
        "Nothing is entered or signed: a notary cosigner knows more of this log than this station. Ask the administrator.",
        "已停止登记和签名：公证联署节点掌握的日志记录多于本站，请联系管理员。")

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
