import Casework
import Evidence

// What a site knows of itself, in JSON files that settings name.
extension Settings {
    /// The courts: the built-in table with the site's own over it.
    ///
    /// - Throws: `malformed-setting`, with the place that is not understood.
    func courtTable() throws -> CourtTable {
        let base = try CourtTable.builtIn()
        return try siteBytes(
            courts, "courts",
            "{\"courts\": [{\"codes\": [\"闽0602\"], \"zh\": \"…\", \"level\": \"basic\"}]}"
        ) { bytes throws(TableFault) in try CourtTable(json: bytes, over: base) } ?? base
    }

    /// The type codes of case numbers: the built-in ones with the site's own over them.
    ///
    /// - Throws: `malformed-setting`, with the place that is not understood.
    func caseTypeTable() throws -> CaseTypeTable {
        let base = try CaseTypeTable.builtIn()
        return try siteBytes(
            caseTypes, "caseTypes", "{\"types\": [{\"code\": \"执\", \"zh\": \"首次执行\"}]}"
        ) { bytes throws(TableFault) in try CaseTypeTable(json: bytes, over: base) } ?? base
    }

    /// A site's own headers of schedules, each with what it means.
    ///
    /// - Throws: `malformed-setting`.
    func scheduleHeaders() throws -> [String: String] {
        try siteBytes(
            scheduleColumns, "scheduleColumns", "{\"行动\": \"kind\", \"出警人\": \"officers\"}"
        ) { bytes throws(TableFault) in
            guard let members = (try? JSONReader.value(of: bytes))?.objectValue else {
                throw TableFault(place: "{")
            }
            var headers: [String: String] = [:]
            for (header, meaning) in members {
                guard let name = meaning.stringValue, ScheduleColumn(name: name) != nil else {
                    throw TableFault(place: header)
                }
                headers[header] = name
            }
            return headers
        } ?? [:]
    }

    private func siteBytes<Table>(
        _ path: String?, _ name: String, _ example: String,
        _ read: ([UInt8]) throws(TableFault) -> Table
    ) throws -> Table? {
        guard let path else { return nil }
        let bytes = try PolicyFile.bytes(path, limit: 4 << 20)
        do { return try read(bytes) } catch {
            throw AssemblyFailure(
                .malformedSetting,
                subject: "\(name) (\(path)): \(SafeText.of(error.place))",
                wanted: Bilingual("JSON like \(example)", "应为 JSON，如 \(example)"))
        }
    }
}
