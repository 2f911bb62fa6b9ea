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

    /// A day of the calendar, `yyyy-MM-dd`.
    static func isDay(_ text: String) -> Bool {
        text.utf8.count == 10 && Timestamp(text + "T00:00:00.000Z") != nil
    }
}

extension Request {
    /// That what it says can stand in the ledger.
    ///
    /// - Throws: `wrong-usage`.
    package func check() throws {
        switch self {
        case .ingest(let paths, let recorder, let officer, let zone, _, let clockOffset):
            guard !paths.contains("") else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "PATH",
                    wanted: Bilingual("a folder is wanted", "请指定文件夹"))
            }
            try PlainText.check(recorder, of: "--recorder", limit: 64)
            try PlainText.check(officer, of: "--officer", limit: 64)
            try clockOffset.map { try ClockOrder.check($0, of: "--clock-offset") }
            guard zone == nil || zone.flatMap(ZoneOffset.init) != nil else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--zone",
                    wanted: Bilingual("write it like +08:00", "请写成 +08:00 的形式"))
            }
        case .register(let recorder, let step, let officer, _):
            try PlainText.check(recorder, of: "RECORDER", limit: 64)
            try PlainText.check(officer, of: "--to", limit: 64)
            guard !recorder.isEmpty, (officer == nil) == (step == .returned) else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--to",
                    wanted: Bilingual("the officer's staff number is wanted", "请填写人员编号"))
            }
        case .attribute(_, let officer, let why):
            try PlainText.check(officer, of: "--officer", limit: 64)
            try PlainText.check(why, of: "--why", limit: 1000)
        case .certify(let order):
            try PlainText.check(order.number, of: "--number", limit: 128)
            try PlainText.check(order.office, of: "--office", limit: 200)
            try PlainText.check(order.caseNumber, of: "--case", limit: 128)
            guard !order.number.isEmpty else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--number",
                    wanted: Bilingual("the certificate's number is wanted", "请填写公证书编号"))
            }
            guard !order.items.isEmpty || order.caseNumber != nil else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "certificate add",
                    wanted: Bilingual("items or a case are wanted", "请指定条目或案号"))
            }
            guard order.issued.map(PlainText.isDay) ?? true else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--issued",
                    wanted: Bilingual("write it like 2026-08-04", "请写成 2026-08-04 的形式"))
            }
        case .assign(let order): try order.check()
        case .measureClock(let order): try order.check()
        case .order(let request): try request.check()
        case .retention(let request): try request.check()
        case .explain(_, let why): try PlainText.check(why, of: "--why", limit: 1000)
        case .disclose(_, _, let why): try PlainText.check(why, of: "--why", limit: 1000)
        case .releaseHold(let why):
            guard !why.isEmpty else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--why",
                    wanted: Bilingual("a reason is wanted", "请填写原因"))
            }
            try PlainText.check(why, of: "--why", limit: 1000)
        case .people(let request): try request.check()
        case .access(let request):
            try PlainText.check(request.why, of: "--why", limit: 1000)
            try PlainText.check(request.account, of: "--account", limit: 64)
        case .scrub, .anchor, .describe, .repair, .addVolume, .rebuildIndex, .docks, .timeStamp,
            .carryOut, .carryIn, .importSchedule, .addCase, .completeness, .courtRequest:
            break
        }
    }
}
