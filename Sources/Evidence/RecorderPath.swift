/// The name of a file on a recorder, below the mount point, byte for byte as it stands there.
///
/// Recorders write names in GBK, cut in the middle of a character, or with control characters. The
/// bytes are the truth and are never lost; `display` is for the eye and safe to print.
package struct RecorderPath: Hashable, Sendable, Comparable {
    /// Components joined by `/`, without a leading one.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { self.init(bytes: Array(text.utf8)) }

    /// The name as text where it is valid UTF-8.
    package var utf8: String? { String(validating: bytes, as: UTF8.self) }

    /// The name for a screen: valid UTF-8 as it is, but control, bidirectional-override and
    /// line-separating characters and every invalid byte as `\x..` or `\u{..}`.
    package var display: String { SafeText.of(bytes: bytes) }

    package var components: [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).map(Array.init)
    }

    /// The last component.
    package var name: [UInt8] { components.last ?? [] }

    /// The folder it lies in; empty at the top.
    package var parent: RecorderPath {
        RecorderPath(bytes: Array(components.dropLast().joined(separator: [UInt8(ascii: "/")])))
    }

    /// The last component's extension in lower case, without the dot; empty where there is none.
    package var fileExtension: String {
        let name = name
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return "" }
        return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
    }

    /// The path without the last component's extension.
    package var stem: RecorderPath {
        let name = name
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return self }
        return RecorderPath(bytes: Array(bytes.dropLast(name.count - dot)))
    }

    package func appending(_ component: [UInt8]) -> RecorderPath {
        RecorderPath(bytes: bytes.isEmpty ? component : bytes + [UInt8(ascii: "/")] + component)
    }

    package static func < (left: RecorderPath, right: RecorderPath) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// `path` for the eye and, where the name is not valid UTF-8, `pathBytes` (base64) for the
    /// truth: how records and `--json` spell a name. A valid name is in `path` exactly.
    package func write(into members: inout [String: JSONValue]) {
        if let utf8 {
            members["path"] = .string(utf8)
        } else {
            members["path"] = .string(display)
            members["pathBytes"] = .string(Base64.encode(bytes))
        }
    }

    /// Reads what `write(into:)` wrote; nil where there is no path or the base64 is not one.
    package init?(members: [String: JSONValue]) {
        if let encoded = members["pathBytes"]?.stringValue {
            guard let bytes = Base64.decode(encoded) else { return nil }
            self.init(bytes: bytes)
        } else if let path = members["path"]?.stringValue {
            self.init(path)
        } else {
            return nil
        }
    }
}

/// Text from outside, made safe for a terminal, a log line or a page of text.
package enum SafeText {
    package static func of(_ text: String) -> String { of(bytes: Array(text.utf8)) }

    package static func of(bytes: [UInt8]) -> String {
        var out = ""
        var rest = bytes[...]
        while !rest.isEmpty {
            if let scalar = firstScalar(of: rest) {
                rest = rest.dropFirst(scalar.utf8.count)
                if isUnsafe(scalar) {
                    out += "\\u{" + String(scalar.value, radix: 16) + "}"
                } else {
                    out.unicodeScalars.append(scalar)
                }
            } else {
                out += "\\x" + Hex.encode([rest.removeFirst()])
            }
        }
        return out
    }

    private static func firstScalar(of bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
        for count in 1...4 where count <= bytes.count {
            if let text = String(validating: bytes.prefix(count), as: UTF8.self) {
                return text.unicodeScalars.first
            }
        }
        return nil
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
        // Format characters hold the bidirectional overrides and the zero-width ones.
        case .format, .surrogate: true
        default: false
        }
    }
}
