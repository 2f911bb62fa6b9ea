import DurableFiles
package import Evidence
import Glibc
import Vault

/// What `volumes` says: every disk of the vault, as it is found now.
package struct VolumeReport: Sendable {
    package enum State: String, Sendable {
        case inUse = "in-use"
        case notThere = "not-there"
        case otherStations = "other-stations"

        package var words: Bilingual {
            switch self {
            case .inUse: Bilingual("in use", "使用中")
            case .notThere: Bilingual("NOT THERE: is it mounted?", "未找到：请确认已挂载")
            case .otherStations: Bilingual("NOT THIS STATION'S", "不属于本站点")
            }
        }
    }

    package let path: String
    package let role: VolumeRole
    package let id: String?
    package let state: State
    package let free: Int64?
    package let total: Int64?
    /// Bytes that are kept free.
    package let reserved: Int64?
    package let isOnRootsDisk: Bool

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "path": .string(path), "role": .string(role.rawValue), "state": .string(state.rawValue),
        ]
        members.set("id", id)
        members.set("free", free)
        members.set("total", total)
        members.set("reserved", reserved)
        if isOnRootsDisk { members["sameDisk"] = true }
        return .object(members)
    }
}

extension StationReader {
    /// The root's disk first, the second copy last.
    package func volumes() throws -> [VolumeReport] {
        let file = try VolumesFile.read(root: layout.path)
        var copies = file.copies
        if let setting = settings.copies.map(LocalPath.absolute), setting != copies?.path {
            copies = VolumesFile.Entry(path: setting, id: nil)
        }
        return [report(VolumesFile.Entry(path: layout.path, id: nil), .first)]
            + file.further.map { report($0, .further) }
            + [copies].compactMap { $0.map { report($0, .copies) } }
    }

    private func report(_ entry: VolumesFile.Entry, _ role: VolumeRole) -> VolumeReport {
        let disk = try? DurableRoot(path: entry.path)
        let state = role == .first ? .inUse : state(of: disk, entry, role)
        let space = state == .inUse ? try? disk?.freeSpace() : nil
        return VolumeReport(
            path: entry.path, role: role, id: entry.id, state: state, free: space?.free,
            total: space?.total, reserved: (space?.total).map(settings.vault.reserve),
            isOnRootsDisk: role != .first
                && LocalPath.device(entry.path) == LocalPath.device(layout.path))
    }

    private func state(
        of disk: DurableRoot?, _ entry: VolumesFile.Entry, _ role: VolumeRole
    ) -> VolumeReport.State {
        guard let disk, (try? disk.exists(VolumeMarker.place)) == true else { return .notThere }
        guard let marker = try? VolumeMarker.read(on: disk),
            marker.origin == layout.station.origin, marker.role == role,
            entry.id ?? marker.id == marker.id
        else { return .otherStations }
        return .inUse
    }
}
