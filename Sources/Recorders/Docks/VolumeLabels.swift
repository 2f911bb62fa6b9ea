import Evidence

/// The label and serial number of a mounted volume: from the links udev keeps below `/dev/disk`,
/// else from the superblock where the device lets itself be read.
package struct VolumeLabels: Sendable {
    /// Where udev's links stand.
    private let disks: String
    private let sysRoot: String

    package init(disks: String = "/dev/disk", sysRoot: String = "/sys") {
        (self.disks, self.sysRoot) = (disks, sysRoot)
    }

    func names(of mount: MountTable.Mount) -> (label: String?, serial: String?) {
        guard mount.source.first == UInt8(ascii: "/"),
            let source = String(validating: mount.source, as: UTF8.self)
        else { return (nil, nil) }
        var label = linked(to: source, in: "by-label")
        var serial = linked(to: source, in: "by-uuid")
        if label == nil || serial == nil, let found = Superblock.read(from: source) {
            label = label ?? found.label
            serial = serial ?? found.serial
        }
        return (label.flatMap { $0.isEmpty ? nil : SafeText.of($0) }, serial)
    }

    /// Whether the block device itself refuses writing, whatever the mount says.
    func isReadOnly(_ mount: MountTable.Mount) -> Bool {
        let name = String(decoding: mount.source, as: UTF8.self).split(separator: "/").last ?? ""
        guard mount.source.starts(with: Array("/dev/".utf8)), !name.isEmpty else { return false }
        return SystemFiles.line(at: "\(sysRoot)/class/block/\(name)/ro") == "1"
    }

    private func linked(to source: String, in kind: String) -> String? {
        let device = source.split(separator: "/").last.map(String.init)
        let names = SystemFiles.names(in: "\(disks)/\(kind)") ?? []
        let name = names.first { name in
            SystemFiles.target(of: "\(disks)/\(kind)/\(name)")?.split(separator: "/").last
                .map(String.init) == device
        }
        return name.map { Self.unescaped($0) }
    }

    /// udev writes what is not plain as `\x20`.
    private static func unescaped(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 3 < bytes.count,
                bytes[index + 1] == UInt8(ascii: "x"),
                let byte = Hex.decode(String(decoding: bytes[index + 2...index + 3], as: UTF8.self))
            {
                out += byte
                index += 4
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
