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
        integrateEvery = reader.int(forKey: "integrateEvery", default: 100)
        publishEvery = reader.int(forKey: "publishEvery", default: 1000)
        vault = VaultSettings()
        vault.reserveBytes = Int64(reader.int(forKey: "reserveBytes", default: 1 << 30))
        vault.reservePermille = Int64(reader.int(forKey: "reservePermille", default: 10))
        vault.singleThreaded = reader.bool(forKey: "singleThreaded", default: false)
        switch reader.string(forKey: "mode", default: "readback") {
        case "readback": vault.mode = .readback
        case "both": vault.mode = .both
        case let other: throw AssemblyFailure(.malformedSetting, subject: "mode: \(other)")
        }
        ingest = IngestSettings()
        ingest.volumes = reader.int(forKey: "volumes", default: 8)
        ingest.transfers = reader.int(forKey: "transfers", default: vault.singleThreaded ? 1 : 8)
        guard ingest.volumes > 0, ingest.transfers > 0, integrateEvery >= 0, publishEvery >= 0,
            vault.reserveBytes >= 0, (0...1000).contains(vault.reservePermille)
        else { throw AssemblyFailure(.malformedSetting, subject: "a number out of range") }
    }

    /// The settings file: one named by hand must be there; the usual one may be absent.
    private static func file(_ named: String?) async throws -> FileProvider<YAMLSnapshot>? {
        do {
            return try await FileProvider<YAMLSnapshot>(
                filePath: FilePath(named ?? defaultConfig), allowMissing: named == nil)
        } catch {
            throw AssemblyFailure(.malformedSetting, subject: named ?? defaultConfig)
        }
    }

    private static func absolute(_ path: String) throws -> String {
        guard !path.isEmpty else { throw AssemblyFailure(.malformedSetting, subject: "root") }
        return LocalPath.absolute(path)
    }
}
