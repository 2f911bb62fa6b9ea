import Hummingbird
import NIOCore

/// The parts of a form that was sent with a file in it (`multipart/form-data`, RFC 7578).
///
/// Whatever is malformed makes no form: a part without a name, an end that is not there, more parts
/// than any page of ours has.
struct MultipartForm {
    private(set) var parts: [String: [UInt8]] = [:]

    private static let mostParts = 32
    private static let longestHeader = 4096

    init?(_ body: [UInt8], boundary: String) {
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        let mark = Array("--\(boundary)".utf8)
        // The first boundary has no line end before it (RFC 2046 section 5.1.1).
        guard body.starts(with: mark) else { return nil }
        var place = mark.count
        let next = Array("\r\n--\(boundary)".utf8)
        while true {
            let end = body[place...].prefix(2)
            if end.elementsEqual("--".utf8) { return }
            guard end.elementsEqual("\r\n".utf8), parts.count < Self.mostParts else { return nil }
            place += 2
            let head = body[place...].prefix(Self.longestHeader)
            guard let blank = Self.place(of: Array("\r\n\r\n".utf8), in: head),
                let name = Self.name(in: body[place..<blank]), parts[name] == nil,
                let stop = Self.place(of: next, in: body[(blank + 4)...])
            else { return nil }
            parts[name] = Array(body[(blank + 4)..<stop])
            place = stop + next.count
        }
    }

    /// What `Content-Type` says stands between the parts; nil for what is no such form.
    static func boundary(in type: String) -> String? {
        let pieces = type.split(separator: ";").map { $0.drop(while: { $0 == " " }) }
        guard pieces.first?.lowercased() == "multipart/form-data",
            let field = pieces.dropFirst().first(where: {
                $0.lowercased().hasPrefix("boundary=")
            })
        else { return nil }
        var text = field.dropFirst("boundary=".count)
        if text.count >= 2, text.first == "\"", text.last == "\"" {
            text = text.dropFirst().dropLast()
        }
        return String(text)
    }

    /// The name in a part's `Content-Disposition`.
    private static func name(in head: ArraySlice<UInt8>) -> String? {
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            guard line.lowercased().hasPrefix("content-disposition:") else { continue }
            for piece in line.split(separator: ";").dropFirst() {
                let text = piece.drop(while: { $0 == " " })
                guard text.hasPrefix("name=\""), text.last == "\"", text.count > 7 else {
                    continue
                }
                return String(text.dropFirst(6).dropLast())
            }
        }
        return nil
    }

    private static func place(of wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = wanted.first, bytes.count >= wanted.count else { return nil }
        var place = bytes.startIndex
        let last = bytes.endIndex - wanted.count
        while place <= last {
            guard let found = bytes[place...last].firstIndex(of: first) else { return nil }
            if bytes[found..<(found + wanted.count)].elementsEqual(wanted) { return found }
            place = found + 1
        }
        return nil
    }
}
