/// A JSON value, as our records, leaves and machine output hold it.
///
/// `decimal` exists for the eye only (durations, places in `--json`); the canonical writer refuses
/// it, since leaves and records hold strings, booleans and integers up to 2^53 alone.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    package var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    package var integerValue: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    package var objectValue: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of an object; nil where this is no object or has no such member.
    package subscript(key key: String) -> JSONValue? { objectValue?[key] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { first, _ in first }))
    }
}

extension [String: JSONValue] {
    /// Sets a member only where there is a value: a key with no value is left out (CONTRACT).
    package mutating func set(_ key: String, _ value: String?) {
        if let value { self[key] = .string(value) }
    }
    package mutating func set(_ key: String, _ value: Int64?) {
        if let value { self[key] = .integer(value) }
    }
    package mutating func set(_ key: String, _ value: Int?) {
        if let value { self[key] = .integer(Int64(value)) }
    }
    package mutating func set(_ key: String, _ value: Bool?) {
        if let value { self[key] = .bool(value) }
    }
    package mutating func set(_ key: String, _ value: [String]) {
        if !value.isEmpty { self[key] = .array(value.map(JSONValue.string)) }
    }
}
