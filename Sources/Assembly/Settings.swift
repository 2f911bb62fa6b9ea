import Configuration
import Evidence
package import Ingest
package import Portal
package import Vault

/// Everything that can be set, read once: flags beat the environment, which beats the file, which
/// beats the defaults. Keys of the file are the names below; in the environment `dockRoots` is
/// `EVIDOCK_DOCK_ROOTS`.
package struct Settings: Sendable {
    package static let defaultRoot = "/var/lib/evidock"
    package static let defaultConfig = "/etc/evidock/evidock.yaml"
    package static let runDirectory = "/run/evidock"
    static let defaultListen = ListenAddress(host: "127.0.0.1", port: 8450)
    static let defaultDockRoot = runDirectory + "/docks"

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
    /// Where pages and the ledger's files are served; nil means nowhere.
    package var listen: ListenAddress?
    /// The certificate by which they are; nil for plain HTTP, on this machine alone.
    package var tls: TLSFiles?
    /// Whether somebody named that address: then it must be had.
    package var mustListen: Bool
    /// Who sees the dock and the ledger without signing in, and how one signs in.
    var portal: PortalSettings
    var alerts: AlertSettings
    package var notary: NotarySettings
    /// A JSON file with the site's own points for evidence; nil for the usual ones.
    var matchWeights: String?
    /// What a site wants of field tasks, as a JSON file; nil for the usual.
    var completenessRules: String?
    /// The site's own courts, type codes and headers of schedules, as JSON files; nil for none.
    var courts: String?
    var caseTypes: String?
    var scheduleColumns: String?
    /// A folder whose schedules are taken in; nil for none.
    var scheduleFolder: String?
    /// How long a site keeps footage, as a JSON file; nil for the usual.
    var retentionRules: String?
    /// An interface that takes digests as a third party; nil for none.
    var attestation: AttestationSettings?
    package var vault: VaultSettings
    package var ingest: IngestSettings
    /// Milliseconds between two integrations, and between two published checkpoints.
    package var integrateEvery: Int
    package var publishEvery: Int
    /// Days within which everything is read whole; 0 for never.
    package var scrubEvery: Int

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
        if let file = try await SettingsFile.read(flags.config) { providers.append(file) }
        let reader = ConfigReader(providers: providers)
        let reading = StrictReading(reader)
        let root = flags.root ?? reader.string(forKey: "root")
        guard root != "" else {
            throw AssemblyFailure(
                .malformedSetting, subject: "root",
                wanted: Bilingual("a directory is wanted", "请指定目录"))
        }
        self.root = try LocalPath.absolute(root ?? reading.text("root") ?? Self.defaultRoot)
        dockRoots = try reading.paths("dockRoots") ?? [Self.defaultDockRoot]
        controlSocket = try reading.text("controlSocket")
        inspector = try reading.path("inspector")
        profiles = try reading.path("profiles") ?? "/etc/evidock/recorders.d"
        copies = try reading.path("copies")
        integrateEvery = try reading.number("integrateEvery", default: 100, in: 0...3_600_000)
        publishEvery = try reading.number("publishEvery", default: 1000, in: 0...3_600_000)
        scrubEvery = try reading.number("scrubEvery", default: 30, in: 0...3650)
        tls = try Self.tlsFiles(reading)
        let listen = try reading.text("listen")
        self.listen =
            try listen.map { [tls] in try Self.listenAddress($0, isEncrypted: tls != nil) }
            ?? Self.defaultListen
        mustListen = listen != nil
        portal = PortalSettings()
        portal.scheme = tls == nil ? "http" : "https"
        portal.dockAddresses = try Self.addresses("dockAddresses", reading)
        portal.logAddresses = try Self.addresses("logAddresses", reading)
        portal.isCheckPublic = try reading.flag("publicCheck")
        portal.wantsSecondFactor = try reading.flag("secondFactor", default: true)
        alerts = try AlertSettings(reading)
        notary = try NotarySettings(reading)
        matchWeights = try reading.path("matchWeights")
        completenessRules = try reading.path("completenessRules")
        retentionRules = try reading.path("retentionRules")
        courts = try reading.path("courts")
        caseTypes = try reading.path("caseTypes")
        scheduleColumns = try reading.path("scheduleColumns")
        scheduleFolder = try reading.path("scheduleFolder")
        attestation = try AttestationSettings(reading)
        vault = VaultSettings()
        vault.reserveBytes = Int64(
            try reading.number("reserveBytes", default: 1 << 30, in: 0...Int.max))
        vault.reservePermille = Int64(
            try reading.number("reservePermille", default: 10, in: 0...1000))
        vault.singleThreaded = try reading.flag("singleThreaded")
        switch try reading.text("mode") ?? "readback" {
        case "readback": vault.mode = .readback
        case "both": vault.mode = .both
        default:
            throw AssemblyFailure(
                .malformedSetting, subject: "mode", wanted: Wanted.either("readback", "both"))
        }
        ingest = IngestSettings()
        ingest.notaryRecorders = Set(try reading.texts("notaryRecorders"))
        ingest.volumes = try reading.number("volumes", default: 8, in: 1...1000)
        ingest.transfers = try reading.number(
            "transfers", default: vault.singleThreaded ? 1 : 8, in: 1...1000)
    }

    /// How pages are addressed from this machine; nil where only a proxy's site knows, or nothing is
    /// served.
    package var pagesAddress: String? {
        guard let listen, listen.socket == nil else { return nil }
        return "\(portal.scheme)://\(listen)"
    }

    private static func addresses(
        _ key: String, _ reading: StrictReading
    ) throws -> AddressList {
        let texts = try reading.texts(ConfigKey(key))
        guard !texts.isEmpty else { return .loopback }
        guard let list = AddressList(texts) else {
            throw AssemblyFailure(
                .malformedSetting, subject: key,
                wanted: Bilingual(
                    "addresses or nets, such as 10.1.2.0/24", "应为地址或网段，如 10.1.2.0/24"))
        }
        return list
    }

    private static func tlsFiles(_ reading: StrictReading) throws -> TLSFiles? {
        let certificate = try reading.path("tlsCertificate")
        let key = try reading.path("tlsKey")
        guard let certificate, let key else {
            guard certificate == nil, key == nil else {
                throw AssemblyFailure(
                    .malformedSetting, subject: "tlsCertificate, tlsKey",
                    wanted: Bilingual("both, or neither", "应同时设置，或都不设置"))
            }
            return nil
        }
        return TLSFiles(certificate: certificate, key: key)
    }

    /// An address, which only this machine reaches where nothing is encrypted; nil for `none`.
    ///
    /// - Throws: `malformed-setting`.
    package static func listenAddress(
        _ text: String, isEncrypted: Bool
    ) throws -> ListenAddress? {
        if text == "none" { return nil }
        guard let address = ListenAddress(text) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "listen (\(text))", wanted: Wanted.address)
        }
        guard isEncrypted || address.isLoopback else {
            throw AssemblyFailure(
                .malformedSetting, subject: "listen (\(text))",
                wanted: Bilingual(
                    "only an address of this machine itself, unless tlsCertificate and tlsKey are set or a proxy with TLS stands before it",
                    "只能是本机回环地址；对外提供请设置 tlsCertificate 和 tlsKey，或经 TLS 反向代理"))
        }
        return address
    }

    /// What a setting should be.
    enum Wanted {
        static let address = Bilingual(
            "an address and a port are wanted, like 127.0.0.1:8450, or none",
            "应为地址和端口，如 127.0.0.1:8450，或 none")
        static let oneValue = Bilingual("one value is wanted", "应为单个值")
        static let listOfPaths = Bilingual(
            "a list of paths is wanted, each on a line of its own after a dash",
            "应为路径列表，每行一个，以短横线开头")

        static func number(_ range: ClosedRange<Int>) -> Bilingual {
            range.upperBound == .max
                ? Bilingual(
                    "a whole number from \(range.lowerBound) is wanted",
                    "应为不小于 \(range.lowerBound) 的整数")
                : Bilingual(
                    "a whole number from \(range.lowerBound) to \(range.upperBound) is wanted",
                    "应为 \(range.lowerBound) 至 \(range.upperBound) 的整数")
        }

        static func either(_ left: String, _ right: String) -> Bilingual {
            Bilingual("\(left) or \(right) is wanted", "应为 \(left) 或 \(right)")
        }
    }
}

/// Settings of another kind than they should be are told, never replaced by the default. One that
/// is there without a value is absent.
struct StrictReading {
    private let reader: ConfigReader

    init(_ reader: ConfigReader) { self.reader = reader }

    func number(_ key: ConfigKey, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        guard try text(key) != nil else { return fallback }
        guard let number = reader.int(forKey: key), range.contains(number) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(key)", wanted: Settings.Wanted.number(range))
        }
        return number
    }

    func flag(_ key: ConfigKey, default usual: Bool = false) throws -> Bool {
        guard try text(key) != nil else { return usual }
        guard let flag = reader.bool(forKey: key) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(key)",
                wanted: Settings.Wanted.either("true", "false"))
        }
        return flag
    }

    func text(_ key: ConfigKey) throws -> String? {
        if let text = reader.string(forKey: key) { return text.isEmpty ? nil : text }
        guard reader.stringArray(forKey: key) == nil else {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(key)", wanted: Settings.Wanted.oneValue)
        }
        return nil
    }

    /// A list of texts; a single one counts as one. Empty where there is none.
    func texts(_ key: ConfigKey) throws -> [String] {
        let text = reader.string(forKey: key)
        guard text != "" else { return [] }
        // The environment has commas between them.
        return reader.stringArray(forKey: key) ?? text.map { [$0] } ?? []
    }

    func path(_ key: ConfigKey) throws -> String? { try text(key).map(LocalPath.absolute) }

    /// A list; a single path counts as one.
    func paths(_ key: ConfigKey) throws -> [String]? {
        let text = reader.string(forKey: key)
        guard text != "", let paths = reader.stringArray(forKey: key) ?? text.map({ [$0] }) else {
            return nil
        }
        guard !paths.isEmpty, !paths.contains("") else {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(key)", wanted: Settings.Wanted.listOfPaths)
        }
        return paths.map(LocalPath.absolute)
    }
}
