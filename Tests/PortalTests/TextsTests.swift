@testable import Portal
import Accounts
import Evidence
import Foundation
import Testing

struct TextsTests {
    @Test("Both languages have the same texts, and none is empty")
    func same() {
        let (english, chinese) = (Texts.all.english, Texts.all.chinese)
        #expect(english.count > 40)
        #expect(Set(english.keys) == Set(chinese.keys))
        for (key, text) in english.merging(chinese, uniquingKeysWith: { $0 + $1 }) {
            #expect(!text.isEmpty, "\(key)")
        }
        for (key, text) in chinese {
            #expect(text.unicodeScalars.contains { $0.value > 0x2e80 }, "\(key): \(text)")
        }
    }

    /// A word that comes from a record and has no text would stand on a page as it is.
    @Test("Whatever word a record may hold has its text")
    func families() {
        let families: [(String, [String])] = [
            ("how", ["list", "describe", "view", "copy", "export", "export-party"]),
            ("ground", CaseAccessRow.Ground.allCases.map(\.rawValue)),
            ("media", MediaFacts.Status.allCases.map(\.rawValue)),
            ("scope", TokenScope.allCases.map(\.rawValue)),
            ("step", CourtRequestStepRow.Step.allCases.map(\.rawValue)),
            ("letter", ["open"] + CourtRequestStepRow.Step.allCases.map(\.rawValue)),
            ("claim", ClaimRow.State.allCases.map(\.rawValue)),
            ("from", ["named", "container", "fileSystem", "taken"]),
            ("purpose", Purposes.presets), ("why", ["search", "inbox", "events"]),
            ("case", ["open", "suspended", "terminated", "closed"]),
        ]
        for (family, words) in families {
            for word in words {
                #expect(Texts.all.english["\(family)-\(word)"] != nil, "\(family)-\(word)")
            }
        }
    }

    @Test("Every text that a template or an endpoint names is there, and none is left over")
    func named() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Portal")
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        var used: Set<String> = []
        for name in names where name.hasSuffix(".mustache") || name.hasSuffix(".swift") {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            used.formUnion(text.matches(of: /\{\{t\.(\w+)\}\}/).map { String($0.1) })
            used.formUnion(text.matches(of: /"([a-z][A-Za-z]+)"/).map { String($0.1) })
            for match in text.matches(of: /\{\{t\.(\w+)\}\}/) {
                #expect(Texts.all.english[String(match.1)] != nil, "\(name): \(match.1)")
            }
            for match in text.matches(
                of: /(?:(?:[^.]text|fact)\(\s*|pages\.page\(\s*"[\w-]+", )"([a-z][A-Za-z]+)"/)
            where !name.hasSuffix("Settings.swift") {
                #expect(Texts.all.english[String(match.1)] != nil, "\(name): \(match.1)")
            }
        }
        // A kind of action's text is found by its word.
        let words = root.deletingLastPathComponent()
            .appending(path: "Casework/Schedules/words.json")
        let kinds = try #require(
            try JSONReader.value(of: Array(Data(contentsOf: words)))[key: "kinds"]?.objectValue)
        used.formUnion(kinds.keys.map { "action-" + $0 })
        for kind in kinds.keys { #expect(Texts.all.english["action-" + kind] != nil, "\(kind)") }
        // Texts of a family are found by a word behind its name.
        var families: Set<String> = []
        for name in names where name.hasSuffix(".swift") {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            families.formUnion(text.matches(of: /"([a-z]+-)" \+/).map { String($0.1) })
        }
        let unused = Set(Texts.all.english.keys).subtracting(used).filter { key in
            !families.contains { key.hasPrefix($0) }
        }
        #expect(unused.isEmpty, "\(unused.sorted())")
    }

    @Test("Every route for programs stands in the OpenAPI file, and none is made up")
    func documented() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Portal")
        let file = try Data(contentsOf: root.appending(path: "openapi.json"))
        let paths = try #require(try JSONReader.value(of: Array(file))[key: "paths"]?.objectValue)
        var routes: Set<String> = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: root.path)
        where name.hasSuffix("Endpoint.swift") {
            let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
            for match in text.matches(of: /router\.(get|post)\(\s*"([^"]+)"/) {
                let path = "/" + match.2.replacing(/:(\w+)/) { "{\($0.1)}" }
                routes.insert("\(match.1) \(path)")
            }
        }
        let forPrograms = routes.filter {
            $0.contains(" /api/") || $0.contains(" /footage/") || $0.contains("/events")
                || $0.hasSuffix("/health") || $0.hasSuffix("/metrics")
        }
        let documented = paths.flatMap { path, methods in
            (methods.objectValue ?? [:]).keys.map { "\($0) \(path)" }
        }
        #expect(Set(documented) == forPrograms)
    }

    @Test("Every template is registered")
    func templates() throws {
        let pages = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/Portal/Pages")
        let names = try FileManager.default.contentsOfDirectory(atPath: pages.path)
        #expect(
            Set(names.map { $0.replacing(".mustache", with: "") }) == Set(PageShelf.templates.keys))
    }
}
