import DurableFiles
import Evidence
import Glibc
import Vault

/// The disks of a station beyond its root: found again at each start, or set up. Only under the
/// root's lock.
struct StationVolumes {
    let root: DurableRoot
    let origin: String

    /// A disk that is this station's, with the id that its marker bears.
    struct Disk {
        let root: DurableRoot
        let id: String
    }

    struct Opened {
        var further: [DurableRoot] = []
        var copies: SecondCopy?
    }

    // MARK: - At a start

    /// Every disk that `volumes.json` names, and the second copy that the settings name.
    ///
    /// Nothing is written before each of them was found with its marker. Then one that an earlier
    /// version set up gets its marker, and a second copy that is named for the first time is set up
    /// and remembered.
    ///
    /// - Throws: `volume-missing`, `volume-differs`; for a new second copy as ``setUp(_:as:in:)``.
    func open(copies setting: String?) throws -> Opened {
        var file = try VolumesFile.read(root: root.path)
        let setting = setting.map(LocalPath.absolute)
        let isNewCopy = setting != nil && setting != file.copies?.path
        if isNewCopy { file.copies = nil }
        let further = try file.further.map { ($0, try find($0, as: .further)) }
        let known = try file.copies.map { ($0, try find($0, as: .copies)) }
        file.further = try further.map { try marked($0, $1, as: .further) }
        file.copies = try known.map { try marked($0, $1, as: .copies) }
        var opened = Opened(further: further.map(\.1))
        if let entry = file.copies, let known { opened.copies = Self.copy(known.1, entry.id) }
        if isNewCopy, let setting {
            let disk = try setUp(setting, as: .copies, in: file)
            file.copies = VolumesFile.Entry(path: setting, id: disk.id)
            opened.copies = Self.copy(disk.root, disk.id)
        }
        if try file != VolumesFile.read(root: root.path) { try file.write(in: root) }
        return opened
    }

    static func copy(_ disk: DurableRoot, _ id: String?) -> SecondCopy {
        SecondCopy(root: disk, name: "copy-" + (id ?? "").prefix(8))
    }

    /// The disk of an entry, mounted and the one that was recorded. Writes nothing.
    private func find(_ entry: VolumesFile.Entry, as role: VolumeRole) throws -> DurableRoot {
        guard LocalPath.isDirectory(entry.path) else {
            throw AssemblyFailure(.volumeMissing, subject: entry.path)
        }
        let disk = try DurableRoot(path: entry.path)
        guard let marker = try VolumeMarker.read(on: disk) else {
            guard entry.id == nil, try isUnmarkedVault(disk) else {
                throw AssemblyFailure(.volumeMissing, subject: entry.path)
            }
            return disk
        }
        guard marker.origin == origin, marker.role == role, entry.id ?? marker.id == marker.id
        else { throw AssemblyFailure(.volumeDiffers, subject: entry.path) }
        return disk
    }

    private func marked(
        _ entry: VolumesFile.Entry, _ disk: DurableRoot, as role: VolumeRole
    ) throws -> VolumesFile.Entry {
        if entry.id != nil { return entry }
        return VolumesFile.Entry(path: entry.path, id: try mark(disk, as: role).id)
    }

    private func mark(_ disk: DurableRoot, as role: VolumeRole) throws -> VolumeMarker {
        if let marker = try VolumeMarker.read(on: disk) { return marker }
        let marker = VolumeMarker(origin: origin, role: role)
        try marker.write(on: disk)
        return marker
    }

    /// A vault that an earlier version set up, and no station's root.
    private func isUnmarkedVault(_ disk: DurableRoot) throws -> Bool {
        try disk.exists("vault/footage") && disk.exists("staging") && !disk.exists("station.json")
    }

    // MARK: - A new one

    /// Makes an empty directory one of this station's disks: marker, then the vault's directories,
    /// durable. One that bears this station's marker already is taken as it is; nothing else is
    /// touched.
    ///
    /// It is not in `volumes.json` yet: a crash before that leaves a disk that can be set up again.
    ///
    /// - Throws: `no-such-directory`, `volume-not-empty`, `foreign-volume`, `volume-overlaps`.
    func setUp(_ path: String, as role: VolumeRole, in file: VolumesFile) throws -> Disk {
        guard let resolved = LocalPath.resolved(path), LocalPath.isDirectory(resolved) else {
            throw AssemblyFailure(.noSuchDirectory, subject: path)
        }
        let others = [root.path] + (file.further + [file.copies].compactMap { $0 }).map(\.path)
        guard !others.contains(where: { LocalPath.overlap(resolved, LocalPath.resolved($0) ?? $0) })
        else { throw AssemblyFailure(.volumeOverlaps, subject: path) }
        let disk = try DurableRoot(path: path)
        let marker: VolumeMarker
        if try disk.exists(VolumeMarker.place) {
            guard let found = try? VolumeMarker.read(on: disk), found.origin == origin else {
                throw AssemblyFailure(.foreignVolume, subject: path)
            }
            // A disk that is in use already came here by another way.
            let ids = (file.further + [file.copies].compactMap { $0 }).map(\.id)
            guard found.role == role, !ids.contains(found.id) else {
                throw AssemblyFailure(.volumeOverlaps, subject: path)
            }
            marker = found
        } else {
            guard try isVacant(disk) || isUnmarkedVault(disk) && role == .copies else {
                throw AssemblyFailure(.volumeNotEmpty, subject: path)
            }
            marker = try mark(disk, as: role)
        }
        if try !disk.exists("vault/damaged") { try Vault.create(in: disk) }
        return Disk(root: disk, id: marker.id)
    }

    /// Nothing stands there but what a new file system or a setting up that was cut off leaves.
    private func isVacant(_ disk: DurableRoot) throws -> Bool {
        guard let names = LocalPath.names(in: disk.path) else { return false }
        guard Set(names).isSubset(of: ["lost+found", "staging"]) else { return false }
        // A marker on its way has a process's number and its own for a name.
        return try disk.names(in: "staging").allSatisfy { name in
            name.utf8.count < 32 && name.split(separator: "-").count == 2
                && name.split(separator: "-").allSatisfy { Int($0) != nil }
        }
    }
}
