@testable import CaseIndex
import Evidence
import Testing

@Suite struct FactRowsTests {
    @Test func membersComeBackFromTheirRowsWhateverTheirKeysAre() {
        let members: [String: JSONValue] = [
            "status": "sound",
            "streams": [["type": "video", "width": 1], ["type": "audio"]],
            "tags": ["0": "zero", "a/b": "x", "[1]": "y", "~1": "z", "": "empty", "~": "t"],
        ]
        let rows = FactRows.flattened(members).map {
            name, value -> (name: String, value: JSONValue) in
            switch value {
            case .integer(let number): (name, .integer(number))
            case .text(let text): (name, .string(text))
            case .null, .bytes: (name, .null)
            }
        }
        #expect(FactRows.members(rows.reversed()) == members)
        #expect(Set(rows.map(\.name)).count == rows.count)
    }
}
