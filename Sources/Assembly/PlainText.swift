import Evidence

/// What a person types and the ledger then keeps for ever: a line of visible characters.
package enum PlainText {
    /// - Throws: `wrong-usage` where a text is empty, too long, or holds control or invisible
    ///   characters.
    package static func check(_ text: String?, of option: String, limit: Int) throws {
        guard let text else { return }
        func refuse(_ english: String, _ chinese: String) -> AssemblyFailure {
            AssemblyFailure(
                .wrongUsage, subject: option, wanted: Bilingual(english, chinese))
        }
        guard !text.allSatisfy(\.isWhitespace) else { throw refuse("a value is wanted", "请填写内容") }
        guard text.unicodeScalars.count <= limit else {
            throw refuse("at most \(limit) characters", "最多 \(limit) 个字符")
        }
        guard SafeText.of(text) == text else {
            throw refuse("no control or invisible characters", "不得包含控制字符或不可见字符")
        }
    }
}

extension Request {
    /// That what it says can stand in the ledger.
    ///
    /// - Throws: `wrong-usage`.
    package func check() throws {
        switch self {
        case .ingest(let paths, let recorder, let officer, let zone):
            guard !paths.contains("") else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "PATH",
                    wanted: Bilingual("a folder is wanted", "请指定文件夹"))
            }
            try PlainText.check(recorder, of: "--recorder", limit: 64)
            try PlainText.check(officer, of: "--officer", limit: 64)
            guard zone == nil || zone.flatMap(ZoneOffset.init) != nil else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--zone",
                    wanted: Bilingual("write it like +08:00", "请写成 +08:00 的形式"))
            }
        case .disclose(_, _, let why): try PlainText.check(why, of: "--why", limit: 1000)
        case .releaseHold(let why):
            guard !why.isEmpty else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--why",
                    wanted: Bilingual("a reason is wanted", "请填写原因"))
            }
            try PlainText.check(why, of: "--why", limit: 1000)
        case .scrub, .anchor, .describe, .repair, .addVolume, .rebuildIndex, .docks, .timeStamp,
            .carryOut,
            .carryIn:
            break
        }
    }
}
