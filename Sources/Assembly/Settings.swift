import Configuration
import Evidence
package import Ingest
import SystemPackage
package import Vault

/// Everything that can be set, read once: flags beat the environment, which beats the file, which
/// beats the defaults. Keys of the file are the names below; in the environment `dockRoots` is
/// `EVIDOCK_DOCK_ROOTS`.
package struct Settings: Sendable {
    package static let defaultRoot = "/var/lib/evidock"
    package static let defaultConfig = "/etc/evidock/evidock.yaml"
    package static let runDirectory = "/run/evidock"

    /// The station's root directory, absolute.
    package var root: String
    /// Folders below which recorders are mounted.
    package var dockRoots: [String]
    /// The daemon's control socket; nil means the usual place (see ``ControlSocket``).
    package var controlSocket: String?
    /// The inspector's program; nil means beside this one, or in `../lib/evidock`.
    package var inspector: String?
    /// A folder with the site's own recorder profiles.
    package var profiles: String
    /// A directory on another disk for the second copy.
    package var copies: String?
    package var vault: VaultSettings
    package var ingest: IngestSettings
    /// Milliseconds between two integrations, and between two published checkpoints.
    package var integrateEvery: Int
    package var publishEvery: Int

    /// Flags that the command line gave.
    package struct Flags: Sendable {
        package var root: String?
        package var config: String?

        package init(root: String? = nil, config: String? = nil) {
            (self.root, self.config) = (root, config)
        }
    }

    package init(flags: Flags) async throws {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider().prefixKeys(with: "evidock")
        ]
        if let file = try await Self.file(flags.config) { providers.append(file) }
        let reader = ConfigReader(providers: providers)
        root = try Self.absolute(
            flags.root ?? reader.string(forKey: "root", default: Self.defaultRoot))
        dockRoots = reader.stringArray(
            forKey: "dockRoots", default: [Self.runDirectory + "/docks"])
        controlSocket = reader.string(forKey: "controlSocket")
        inspector = reader.string(forKey: "inspector")
        profiles = reader.string(forKey: "profiles", default: "/etc/evidock/recorders.d")
        copies = reader.string(forKey: "copies")
        let reading = StrictReading(reader)
        integrateEvery = try reading.number("integrateEvery", default: 100)
        publishEvery = try reading.number("publishEvery", default: 1000)
        vault = VaultSettings()
        vault.reserveBytes = Int64(try reading.number("reserveBytes", default: 1 << 30))
        vault.reservePermille = Int64(try reading.number("reservePermille", default: 10))
        vault.singleThreaded = try reading.flag("singleThreaded")
        switch reader.string(forKey: "mode", default: "readback") {
        case "readback": vault.mode = .readback
        case "both": vault.mode = .both
        case let other: throw AssemblyFailure(.malformedSetting, subject: "mode: \(other)")
        }
        ingest = IngestSettings()
        ingest.volumes = try reading.number("volumes", default: 8)
        ingest.transfers = try reading.number(
            "transfers", default: vault.singleThreaded ? 1 : 8)
        guard ingest.volumes > 0, ingest.transfers > 0, integrateEvery >= 0, publishEvery >= 0,
            vault.reserveBytes >= 0, (0...1000).contains(vault.reservePermille)
        else { throw AssemblyFailure(.malformedSetting, subject: "a number out of range") }
    }

    private static let names: Set<String> = [
        "root", "dockRoots", "controlSocket", "inspector", "profiles", "copies", "integrateEvery",
        "publishEvery", "reserveBytes", "reservePermille", "singleThreaded", "mode", "volumes",
        "transfers",
    ]

    /// The settings file: one named by hand must be there; the usual one may be absent. A key that
    /// nobody knows is a mistake that would cost somebody his second copy.
    private static func file(_ named: String?) async throws -> FileProvider<YAMLSnapshot>? {
        let path = named ?? defaultConfig
        guard let bytes = try SmallFile.read(path, limit: 1 << 20) else {
            guard named == nil, !LocalPath.exists(path) else {
                throw AssemblyFailure(.malformedSetting, subject: path)
            }
            return nil
        }
        let keys = topKeys(String(decoding: bytes, as: UTF8.self))
        if let unknown = keys.first(where: { !names.contains($0) }) {
            throw AssemblyFailure(.malformedSetting, subject: "\(unknown) (\(path))")
        }
        // The provider takes a file without any key for no file of settings.
        guard !keys.isEmpty else { return nil }
        do {
            return try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch {
            throw AssemblyFailure(.malformedSetting, subject: path)
        }
    }

    /// What stands before the first colon of the lines that begin a key of the outermost mapping.
    private static func topKeys(_ yaml: String) -> [String] {
        yaml.split(whereSeparator: \.isNewline).compactMap { line in
            guard let first = line.first, !" \t#-%.{}[]".contains(first) else { return nil }
            let key = line.prefix { $0 != ":" && $0 != "#" }
            return String(key.filter { !" \t\"'".contains($0) })
        }
    }

    private static func absolute(_ path: String) throws -> String {
        guard !path.isEmpty else { throw AssemblyFailure(.malformedSetting, subject: "root") }
        return LocalPath.absolute(path)
    }
}

/// Settings of another kind than they should be are told, never replaced by the default.
private struct StrictReading {
    private let reader: ConfigReader

    init(_ reader: ConfigReader) { self.reader = reader }

    func number(_ key: ConfigKey, default fallback: Int) throws -> Int {
        if let number = reader.int(forKey: key) { return number }
        try requireAbsent(key)
        return fallback
    }

    func flag(_ key: ConfigKey) throws -> Bool {
        if let flag = reader.bool(forKey: key) { return flag }
        try requireAbsent(key)
        return false
    }

    private func requireAbsent(_ key: ConfigKey) throws {
        guard reader.string(forKey: key) == nil, reader.double(forKey: key) == nil,
            reader.bool(forKey: key) == nil, reader.stringArray(forKey: key) == nil
        else { throw AssemblyFailure(.malformedSetting, subject: "\(key)") }
    }
}
