import CLinux
import Evidence

/// A zygote's reply, held to be hostile: a file may have taken over the child that wrote it.
enum Answer {
    static func facts(code: UInt8, _ bytes: [UInt8]) -> MediaFacts {
        switch Int(code) {
        case EVIDOCK_REPLY_ANSWER:
            facts(of: bytes) ?? unreadable("the inspector's answer makes no sense")
        case EVIDOCK_REPLY_CRASHED: unreadable("the inspector crashed on this file")
        case EVIDOCK_REPLY_TIMEOUT: unreadable("the inspector took too long over this file")
        case EVIDOCK_REPLY_MEMORY: unreadable("the inspector ran out of memory on this file")
        case EVIDOCK_REPLY_OVERSIZE: unreadable("the inspector's answer was too long")
        case EVIDOCK_REPLY_CAGE: Inspector.notConfined
        default: unreadable("the inspector's answer makes no sense")
        }
    }

    private static func unreadable(_ problem: String) -> MediaFacts {
        MediaFacts(status: .unreadable, problem: problem)
    }

    /// Nil where this is no set of facts that could be recorded and shown.
    private static func facts(of bytes: [UInt8]) -> MediaFacts? {
        guard bytes.count <= Int(EVIDOCK_ANSWER_LIMIT),
            let value = try? JSONReader.value(of: bytes), isHarmless(value),
            let members = value.objectValue,
            let facts = try? MediaFacts(members: members),
            (try? JSONWriter.canonical(.object(facts.row.members))) != nil
        else { return nil }
        return facts
    }

    /// No text in it commands a terminal or turns a line round; the inspector shows such text safely.
    private static func isHarmless(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): isHarmless(text)
        case .array(let elements): elements.allSatisfy(isHarmless)
        case .object(let members):
            members.allSatisfy { isHarmless($0.key) && isHarmless($0.value) }
        case .null, .bool, .integer, .decimal: true
        }
    }

    private static func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy {
            switch $0.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
