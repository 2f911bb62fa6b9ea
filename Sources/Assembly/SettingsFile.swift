import Configuration
import Evidence
import SystemPackage

/// The settings file: a flat YAML mapping of the names in ``Settings``. Whatever in it would be
/// passed over in silence is refused: a key that nobody knows could cost somebody his second copy.
enum SettingsFile {
    private static let names: Set<String> = [
        "root", "dockRoots", "controlSocket", "inspector", "profiles", "copies", "integrateEvery",
        "publishEvery", "reserveBytes", "reservePermille", "singleThreaded", "mode", "volumes",
        "transfers", "listen", "policy", "timeStampURL", "timeStampCA", "timeStampTLS",
        "timeStampEvery", "timeStampCRL", "scrubEvery", "matchWeights", "completenessRules",
        "retentionRules", "courts", "caseTypes", "scheduleColumns", "scheduleFolder",
        "notaryRecorders", "tlsCertificate", "tlsKey", "dockAddresses", "logAddresses",
        "secondFactor", "publicCheck", "alertProgram", "alertWebhook",
        "alertMailServer", "alertMailFrom", "alertMailTo", "alertMailLogin", "attestationURL",
        "attestationCA",
        "attestationToken", "attestationEvery", "attestationAddress",
    ]
    private static let paths: Set<String> = [
        "root", "dockRoots", "controlSocket", "inspector", "profiles", "copies", "policy",
        "timeStampCA", "timeStampTLS", "timeStampCRL", "matchWeights", "completenessRules",
        "retentionRules", "courts", "caseTypes", "scheduleColumns", "scheduleFolder",
        "attestationCA",
        "attestationToken", "tlsCertificate", "tlsKey", "alertProgram",
        "alertMailLogin",
    ]

    /// One named by hand must be there; the usual one may be absent, or hold comments alone.
    static func read(_ named: String?) async throws -> FileProvider<YAMLSnapshot>? {
        let path = named ?? Settings.defaultConfig
        guard let bytes = try SmallFile.read(path, limit: 1 << 20) else {
            guard named == nil, !LocalPath.exists(path) else {
                throw AssemblyFailure(
                    .malformedSetting, subject: path,
                    wanted: Bilingual("this is no settings file", "该处没有设置文件"))
            }
            return nil
        }
        let keys = try topKeys(String(decoding: bytes, as: UTF8.self), of: path)
        if let unknown = keys.first(where: { !names.contains($0) }) {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(unknown) (\(path))",
                wanted: Bilingual("no setting has this name", "没有该设置项"))
        }
        // The provider takes a file without any key for no file of settings.
        guard !keys.isEmpty else { return nil }
        let provider: FileProvider<YAMLSnapshot>
        do {
            provider = try await FileProvider(filePath: FilePath(path))
        } catch {
            throw AssemblyFailure(
                .malformedSetting, subject: path,
                wanted: Bilingual("the file is no valid YAML", "文件不是有效的 YAML"))
        }
        let reader = ConfigReader(provider: provider)
        for key in keys { try check(key, in: reader, of: path) }
        return provider
    }

    /// Every key has a value or a list of values; a path begins at `/`: whoever starts the program
    /// may stand anywhere.
    private static func check(_ key: String, in reader: ConfigReader, of path: String) throws {
        let name = ConfigKey(key)
        let one = reader.string(forKey: name)
        guard let values = one.map({ [$0] }) ?? reader.stringArray(forKey: name) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(key) (\(path))", wanted: Settings.Wanted.oneValue)
        }
        guard paths.contains(key) else { return }
        let isAbsolute = values.allSatisfy {
            $0.hasPrefix("/") || key == "controlSocket" && $0.hasPrefix("@")
        }
        guard isAbsolute || one == "" else {
            throw AssemblyFailure(
                .malformedSetting, subject: "\(key) (\(path))",
                wanted: Bilingual("write the whole path, from /", "请写以 / 开头的完整路径"))
        }
    }

    /// What stands before the first colon of the lines that begin a key of the outermost mapping.
    ///
    /// - Throws: `malformed-setting` where the file is another thing than such lines: a list, a
    ///   mapping in braces, or one that is indented as a whole.
    private static func topKeys(_ yaml: String, of path: String) throws -> [String] {
        var keys: [String] = []
        for line in yaml.split(whereSeparator: \.isNewline) {
            if line == "---", keys.isEmpty { continue }
            guard let first = line.first(where: { $0 != " " && $0 != "\t" }), first != "#" else {
                continue
            }
            let continues = " \t-]}".contains(line[line.startIndex])
            if continues, !keys.isEmpty, !line.hasPrefix("---") { continue }
            guard !continues, !"{[".contains(first) else {
                throw AssemblyFailure(
                    .malformedSetting, subject: path,
                    wanted: Bilingual(
                        "write one setting a line, from the line's beginning: name: value",
                        "请每行写一个设置项，从行首开始：名称: 值"))
            }
            let key = line.prefix { $0 != ":" && $0 != "#" }
            keys.append(String(key.filter { !" \t\"'".contains($0) }))
        }
        return keys
    }
}
