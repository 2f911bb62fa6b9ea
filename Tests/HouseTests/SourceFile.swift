import Foundation

/// One file of the package as the house's rules see it: where it lies, and its text line by line.
struct SourceFile {
    /// From the package's root, such as `Sources/Vault/Vault.swift`.
    let path: String
    /// The lines as they stand.
    let lines: [Substring]
    /// The same lines without comments and without the text of string literals; what stands inside
    /// an interpolation is kept.
    let code: [Substring]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        code = CodeText.code(of: text).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The target it belongs to: the folder below `Sources`.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : ""
    }

    func violation(_ line: Int, _ what: String) -> Violation {
        Violation(place: "\(path):\(line + 1)", what: what)
    }
}

/// Something that breaks a rule of the house.
struct Violation: CustomStringConvertible, Equatable {
    let place: String
    let what: String

    var description: String { "\(place): \(what)" }
}

/// The package on the disk.
enum Package {
    static let root: URL = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// Every file below a folder whose name ends in one of these, in order.
    static func files(below folder: String, endings: [String]) throws -> [SourceFile] {
        let base = root.appending(path: folder)
        guard
            let walk = FileManager.default.enumerator(
                at: base.resolvingSymlinksInPath(), includingPropertiesForKeys: nil)
        else { return [] }
        let prefix = base.resolvingSymlinksInPath().path + "/"
        return try walk.compactMap { $0 as? URL }
            .filter { url in endings.contains { url.path.hasSuffix($0) } }
            .filter { !$0.hasDirectoryPath }
            .map { folder + "/" + $0.path.dropFirst(prefix.count) }
            .sorted()
            .map { SourceFile(path: $0, text: try text($0)) }
    }

    static func swiftSources() throws -> [SourceFile] {
        try files(below: "Sources", endings: [".swift"])
    }
}
