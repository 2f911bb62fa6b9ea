import Custody
package import Evidence
import Glibc
import Ingest
import Synchronization
import Vault

/// What came of adding a disk.
package struct AddedVolume: Sendable {
    package let path: String
    package let role: VolumeRole
    package let id: String
    /// It was this station's under that path before.
    package let wasThere: Bool
    /// It shares its disk with the root: no more room, and no second chance.
    package let isOnRootsDisk: Bool
    package let leaf: Int64?

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "path": .string(path), "role": .string(role.rawValue), "id": .string(id),
            "wasThere": .bool(wasThere), "sameDisk": .bool(isOnRootsDisk),
        ]
        members.set("leaf", leaf)
        return .object(members)
    }
}

extension Station {
    /// Sets a disk up, records it, and takes it into use at once; its `settings-change` is in the
    /// ledger when it returns. After a crash on the way it can be added again.
    package func addVolume(_ path: String, as role: VolumeRole, by: String) async throws
        -> AddedVolume
    {
        let path = LocalPath.absolute(path)
        let (entry, wasThere) = try await offPool { [self] in try takeIntoUse(path, as: role) }
        let isOnRootsDisk = LocalPath.device(path) == LocalPath.device(layout.path)
        var leaf: Int64?
        if !wasThere {
            let row = RecordRow(
                kind: "volume",
                members: [
                    "path": .string(path), "role": .string(role.rawValue), "id": .string(entry),
                    "by": .string(by),
                ])
            leaf = try await stages.ledger.enter([
                NewCustodyEvent(kind: .settingsChange, time: Clock.now(), rows: [row])
            ]).first?.index
            try await stages.feeder.catchUp()
            if role == .copies { replicationIsDue.fire() }
        }
        return AddedVolume(
            path: path, role: role, id: entry, wasThere: wasThere, isOnRootsDisk: isOnRootsDisk,
            leaf: leaf)
    }

    private func takeIntoUse(
        _ path: String, as role: VolumeRole
    ) throws -> (id: String, wasThere: Bool) {
        try adding.withLock { _ in
            var file = try VolumesFile.read(root: layout.path)
            let known = role == .copies ? [file.copies].compactMap { $0 } : file.further
            if let entry = known.first(where: { $0.path == path }), let id = entry.id {
                return (id, true)
            }
            // Another second copy takes the place of the one before.
            if role == .copies { file.copies = nil }
            let disk = try volumes.setUp(path, as: role, in: file)
            let entry = VolumesFile.Entry(path: path, id: disk.id)
            if role == .copies { file.copies = entry } else { file.further.append(entry) }
            try file.write(in: volumes.root)
            if role == .copies {
                try stages.vault.setCopies(StationVolumes.copy(disk.root, disk.id))
            } else {
                try stages.vault.add(disk.root)
            }
            return (disk.id, false)
        }
    }
}
