package import Evidence

/// What a type code of a case number means.
package struct CaseType: Hashable, Sendable {
    package let code: String
    package let meaning: Bilingual
    /// Whether cases of this type are enforcement cases.
    package let isEnforcement: Bool
}

/// The type codes that a station knows. What is not in it is still a type.
package struct CaseTypeTable: Sendable {
    package let types: [String: CaseType]

    package static func builtIn() throws(TableFault) -> CaseTypeTable {
        try CaseTypeTable(json: PackageResources.case_types_json)
    }

    /// - Parameters:
    ///   - json: `{"types": [{"code", "zh", "en", "isEnforcement"}]}`
    ///   - base: types that are known besides; a code that stands in both is that of `json`.
    package init(json: [UInt8], over base: CaseTypeTable? = nil) throws(TableFault) {
        var types = base?.types ?? [:]
        for (place, row) in try TableFault.rows(of: json, named: "types") {
            guard let code = row[key: "code"]?.stringValue, !code.isEmpty else {
                throw TableFault(place: place + ".code")
            }
            guard let chinese = row[key: "zh"]?.stringValue else {
                throw TableFault(place: place + ".zh")
            }
            types[code] = CaseType(
                code: code,
                meaning: Bilingual(row[key: "en"]?.stringValue ?? chinese, chinese),
                isEnforcement: row[key: "isEnforcement"]?.boolValue ?? false)
        }
        self.types = types
    }

    package func type(_ code: String) -> CaseType? { types[code] }
}

extension CaseNumber {
    /// What a person is told of a number whose codes no table has. It is taken all the same.
    package func warnings(courts: CourtTable, types: CaseTypeTable) -> [Bilingual] {
        var warnings: [Bilingual] = []
        if courts.court(court) == nil {
            warnings.append(
                Bilingual("The court code \(court) is not in the table", "法院代字“\(court)”不在代字表中"))
        }
        if types.type(type) == nil {
            warnings.append(
                Bilingual("The type code \(type) is not in the table", "类型代字“\(type)”不在代字表中"))
        }
        return warnings
    }
}
