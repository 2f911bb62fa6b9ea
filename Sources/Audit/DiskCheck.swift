import Evidence
import Fixity
import Glibc

/// The disks beyond the root: whether each is this station's, as its own marker says, and what lies
/// there that does not belong.
struct DiskCheck {
    let auditor: Auditor
    let volumes: [String]
    let copies: String?

    func run() {
        let ids = recordedIDs()
        for disk in volumes + [copies].compactMap({ $0 }) {
            checkMarker(disk, role: disk == copies ? "copies" : "further", id: ids[disk])
            checkLeftovers(disk)
        }
    }

    /// The id that the root's `volumes.json` gives each path; none where an earlier version wrote
    /// the path alone.
    private func recordedIDs() -> [String: String] {
        guard let bytes = try? StoredFile.bytes(auditor.root + "/volumes.json", limit: 1 << 16),
            let json = try? JSONReader.value(of: bytes)
        else { return [:] }
        let entries =
            (json[key: "volumes"]?.arrayValue ?? []) + [json[key: "copies"]].compactMap(\.self)
        return entries.reduce(into: [:]) { ids, entry in
            guard let path = entry[key: "path"]?.stringValue else { return }
            ids[path] = entry[key: "id"]?.stringValue
        }
    }

    private func checkMarker(_ disk: String, role: String, id: String?) {
        let path = disk + "/volume.json"
        guard let bytes = try? StoredFile.bytes(path, limit: 1 << 16) else {
            // A trial's second copy, or a volume of an earlier version, has none until its next start.
            if id == nil, StoredFile.isDirectory(disk + "/vault/footage") { return }
            auditor.missingDisks.insert(disk)
            auditor.find(
                "volume-missing", SafeText.of(disk),
                Bilingual("This disk is not mounted.", "该磁盘未挂载。"))
            return
        }
        let marker = try? JSONReader.value(of: bytes)
        let station = marker?[key: "station"]?.stringValue
        guard marker?[key: "format"]?.integerValue == 1, station == auditor.origin,
            marker?[key: "role"]?.stringValue == role,
            marker?[key: "id"]?.stringValue == id ?? marker?[key: "id"]?.stringValue
        else {
            auditor.find(
                "volume-differs", SafeText.of(disk),
                Bilingual(
                    "Another disk than this station's is mounted here.", "此处挂载的不是本站点登记的磁盘。"),
                expected: auditor.origin, found: station.map { SafeText.of($0) })
            return
        }
    }

    private func checkLeftovers(_ disk: String) {
        auditor.checkStaging(of: disk)
        auditor.checkPutAside(on: disk)
        let folders = ["footage", "partial", "records", "damaged"]
        for name in StoredFile.names(disk + "/vault") where !folders.contains(name) {
            auditor.stray(disk + "/vault/" + name)
        }
        let known = ["vault", "staging", "volume.json", "lost+found"]
        for name in StoredFile.names(disk) where !known.contains(name) {
            auditor.stray(disk + "/" + name)
        }
    }
}
