package import Evidence

/// A recorder that is plugged in and shows no volume.
package struct LockedRecorder: Hashable, Sendable {
    /// Where it is plugged in, as the kernel names it: `1-2.3`.
    package let bus: String
    /// What the device calls itself, safe to print.
    package let product: String?
    package let reason: Bilingual
}

/// USB devices that show no volume, read off sysfs: MTP or PTP, a U-disk mode that is still locked
/// by its password, a port whose medium is missing.
package enum LockedRecorders {
    /// Nothing is opened on the device itself.
    ///
    /// - Parameter sysRoot: where sysfs stands; another is for tests.
    /// - Returns: in the order of their places; empty where there is no USB.
    package static func find(sysRoot: String = "/sys") -> [LockedRecorder] {
        let devices = sysRoot + "/bus/usb/devices"
        let names = names(in: devices)
        return names.filter { !$0.contains(":") && !$0.hasPrefix("usb") }.compactMap { name in
            // The interfaces of `1-2` are `1-2:1.0`, `1-2:1.1`, …
            let interfaces = names.filter { $0.hasPrefix(name + ":") }.map { devices + "/" + $0 }
            let place = devices + "/" + name
            guard let reason = reason(device: place, interfaces: interfaces, sysRoot) else {
                return nil
            }
            return LockedRecorder(
                bus: SafeText.of(name),
                product: SystemFiles.line(at: place + "/product").map {
                    SafeText.of(String($0.unicodeScalars.prefix(126).map(Character.init)))
                }, reason: reason)
        }
    }

    private static func reason(
        device: String, interfaces: [String], _ sysRoot: String
    ) -> Bilingual? {
        var isCamera = false
        var isStorage = false
        var isVendorOnly = !interfaces.isEmpty
        var media: [String] = []
        for interface in interfaces {
            let kind = ["bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"]
                .map { SystemFiles.line(at: interface + "/" + $0) ?? "" }
            if kind == ["06", "01", "01"] { isCamera = true }
            if kind[0] == "08" {
                isStorage = true
                media += blocks(below: interface)
            }
            if kind[0] != "ff" { isVendorOnly = false }
        }
        if isStorage {
            let hasMedium = media.contains { block in
                (SystemFiles.line(at: block + "/size").flatMap { Int64($0) } ?? 0) > 0
            }
            if hasMedium { return nil }
            return media.isEmpty
                ? Bilingual(
                    "It shows no disk: it may be locked; unlock its U-disk mode",
                    "未显示磁盘，可能未解锁，请先解锁 U 盘模式")
                : Bilingual(
                    "Its disk has no medium: unlock its U-disk mode, or see that its card is in",
                    "磁盘无介质，请先解锁 U 盘模式或检查存储卡")
        }
        if isCamera {
            return Bilingual(
                "It is in camera mode (MTP/PTP) and shows no volume: switch it to U-disk mode",
                "处于相机模式（MTP/PTP），未显示存储卷，请切换为 U 盘模式")
        }
        // Radios and readers with no class of their own are no recorders: only what calls itself
        // nothing else, on the device as well, is told.
        let deviceClass = SystemFiles.line(at: device + "/bDeviceClass") ?? ""
        if isVendorOnly, ["00", "ff"].contains(deviceClass) {
            return Bilingual(
                "It speaks its maker's own language and shows no volume: switch it to U-disk mode",
                "使用厂商专用模式，未显示存储卷，请切换为 U 盘模式")
        }
        return nil
    }

    /// The block devices of a storage interface: `hostN/targetN:0:0/N:0:0:0/block/sdb`.
    private static func blocks(below interface: String) -> [String] {
        var found: [String] = []
        for host in names(in: interface) where host.hasPrefix("host") {
            for target in names(in: "\(interface)/\(host)") where target.hasPrefix("target") {
                let place = "\(interface)/\(host)/\(target)"
                for unit in names(in: place) where unit.contains(":") {
                    found += names(in: "\(place)/\(unit)/block").map {
                        "\(place)/\(unit)/block/\($0)"
                    }
                }
            }
        }
        return found
    }

    private static func names(in path: String) -> [String] { SystemFiles.names(in: path) ?? [] }
}
