package import Evidence
import Glibc

/// The kernel's list of mounts (`/proc/self/mountinfo`, proc_pid_mountinfo(5)).
package struct MountTable: Sendable {
    /// One line of it. Paths are bytes: octal escapes are undone, and nothing is taken for text.
    package struct Mount: Hashable, Sendable {
        package let identifier: Int64
        /// `major:minor`.
        package let device: String
        package let point: [UInt8]
        package let options: [String]
        package let fileSystem: String
        package let source: [UInt8]
        package let superOptions: [String]

        /// By the mount or by the file system itself. `exfat-fuse` and others drop options: this is
        /// what the kernel really does.
        package var isReadOnly: Bool { options.contains("ro") || superOptions.contains("ro") }
    }

    /// This program's own view of the mounts.
    package static let ownMounts = "/proc/self/mountinfo"
    /// File systems of the kernel's own making (filesystems(5)), and the automounter's trap where a
    /// recorder may yet be mounted: nobody's footage lies there.
    private static let withoutFiles: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "debugfs", "devpts",
        "devtmpfs", "efivarfs", "fusectl", "hugetlbfs", "mqueue", "nsfs", "proc", "pstore",
        "rpc_pipefs", "securityfs", "selinuxfs", "sysfs", "tracefs",
    ]
    /// A list of more bytes than this is cut; no system has so many mounts.
    static let sizeLimit = 16 << 20

    package let mounts: [Mount]

    package init(bytes: [UInt8]) {
        mounts = bytes.split(separator: 0x0a).compactMap { Self.mount(Array($0)) }
    }

    /// - Throws: ``RecorderFailure`` `mount-table-unreadable`.
    package static func read(from path: String = ownMounts) throws -> MountTable {
        guard let bytes = SystemFiles.bytes(at: path, limit: sizeLimit) else {
            throw RecorderFailure(.mountTableUnreadable, detail: path)
        }
        return MountTable(bytes: bytes)
    }

    /// The volumes that stand below one of the dock roots, in the order of their mount points. Of
    /// several mounts on one point the last covers the others. A mount point that is not valid
    /// UTF-8 is none of our docks.
    package func volumes(
        below roots: [String], labels: VolumeLabels = VolumeLabels()
    ) -> [Volume] {
        mounts(below: roots).map { Self.volume($0.mount, at: $0.point, labels: labels) }
    }

    /// The mounts that ``volumes(below:labels:)`` tells of, before anything is asked of a device.
    func mounts(below roots: [String]) -> [(point: String, mount: Mount)] {
        var found: [String: Mount] = [:]
        for mount in mounts {
            guard let point = String(validating: mount.point, as: UTF8.self),
                roots.contains(where: { Self.isBelow(point, $0) })
            else { continue }
            found[point] = mount
        }
        return found.filter { !Self.withoutFiles.contains($0.value.fileSystem) }
            .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What a path named by hand is: the volume mounted exactly there, else a plain folder.
    package func volume(at path: String, labels: VolumeLabels = VolumeLabels()) throws -> Volume {
        guard let real = realpath(path, nil) else {
            throw RecorderFailure.from(errno: errno, detail: path)
        }
        defer { free(real) }
        let point = String(cString: real)
        var state = stat()
        guard stat(point, &state) == 0 else {
            throw RecorderFailure.from(errno: errno, detail: path)
        }
        guard state.st_mode & S_IFMT == S_IFDIR else {
            throw RecorderFailure(.notAFolder, detail: path)
        }
        if let mount = mounts.last(where: { $0.point == Array(point.utf8) }) {
            return Self.volume(mount, at: point, labels: labels)
        }
        // makedev(3): 12 and 20 bits of it, spread over the number.
        let number = UInt64(state.st_dev)
        let major = (number >> 8 & 0xfff) | (number >> 32 & ~0xfff)
        let minor = (number & 0xff) | (number >> 12 & ~0xff)
        return Volume(
            mountPoint: point, source: "", fileSystem: "", isReadOnly: false, isFolder: true,
            label: nil, serial: nil, device: "\(major):\(minor)")
    }

    static func volume(_ mount: Mount, at point: String, labels: VolumeLabels) -> Volume {
        let source = String(decoding: mount.source, as: UTF8.self)
        let names = labels.names(of: mount)
        return Volume(
            mountPoint: point, source: source, fileSystem: mount.fileSystem,
            isReadOnly: mount.isReadOnly || labels.isReadOnly(mount), isFolder: false,
            label: names.label, serial: names.serial, device: mount.device)
    }

    private static func isBelow(_ point: String, _ root: String) -> Bool {
        var root = root
        while root.hasSuffix("/") { root.removeLast() }
        return point.hasPrefix(root + "/") && point.utf8.count > root.utf8.count + 1
    }

    /// `36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
    private static func mount(_ line: [UInt8]) -> Mount? {
        let fields = line.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
        guard fields.count >= 10, let dash = fields[6...].firstIndex(of: [UInt8(ascii: "-")]),
            // An empty source leaves two spaces, so the fields after the dash keep their places.
            dash + 3 < fields.count,
            let identifier = Int64(String(decoding: fields[0], as: UTF8.self))
        else { return nil }
        return Mount(
            identifier: identifier, device: text(fields[2]), point: unescaped(fields[4]),
            options: list(fields[5]), fileSystem: text(unescaped(fields[dash + 1])),
            source: unescaped(fields[dash + 2]), superOptions: list(fields[dash + 3]))
    }

    private static func text(_ field: [UInt8]) -> String { SafeText.of(bytes: field) }

    private static func list(_ field: [UInt8]) -> [String] {
        field.split(separator: UInt8(ascii: ",")).map { text(Array($0)) }
    }

    /// Undoes `\040` and its like; anything else stays as it is.
    static func unescaped(_ field: [UInt8]) -> [UInt8] {
        guard field.contains(UInt8(ascii: "\\")) else { return field }
        var out: [UInt8] = []
        var index = 0
        while index < field.count {
            if field[index] == UInt8(ascii: "\\"), index + 3 < field.count {
                let digits = field[index + 1...index + 3].map { Int($0) - 0x30 }
                let value = digits[0] * 64 + digits[1] * 8 + digits[2]
                if digits.allSatisfy({ (0...7).contains($0) }), value < 256 {
                    out.append(UInt8(value))
                    index += 4
                    continue
                }
            }
            out.append(field[index])
            index += 1
        }
        return out
    }
}
