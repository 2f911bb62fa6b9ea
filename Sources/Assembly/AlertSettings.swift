import Configuration
import Evidence
import NotaryLink
import Portal

/// Where alerts are told.
struct AlertSettings: Sendable {
    /// A program of the site: it is given each message as JSON, and sends it on.
    var program: String?
    var webhook: String?
    var mail: AlertMailSettings?

    init(_ reading: StrictReading) throws {
        program = try reading.path("alertProgram")
        webhook = try reading.text("alertWebhook")
        mail = try AlertMailSettings(reading)
        guard webhook.map({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) ?? true else {
            throw AssemblyFailure(
                .malformedSetting, subject: "alertWebhook",
                wanted: Bilingual("http:// or https:// is wanted", "应以 http:// 或 https:// 开头"))
        }
    }
}

/// The house's mail server, and whom it is to tell.
struct AlertMailSettings: Sendable {
    let line: MailLine
    private let from: String
    private let to: [String]

    /// Nil where no server is set.
    ///
    /// - Throws: `malformed-setting`: a password never goes over the network unencrypted.
    init?(_ reading: StrictReading) throws {
        guard let server = try reading.text("alertMailServer") else {
            // Somebody believes that he is told.
            guard try reading.text("alertMailFrom") == nil, try reading.texts("alertMailTo").isEmpty
            else {
                throw AssemblyFailure(
                    .malformedSetting, subject: "alertMailServer",
                    wanted: Bilingual("a mail server is wanted", "请填写邮件服务器"))
            }
            return nil
        }
        func malformed(_ key: String, _ english: String, _ chinese: String) -> AssemblyFailure {
            AssemblyFailure(
                .malformedSetting, subject: key, wanted: Bilingual(english, chinese))
        }
        let isEncrypted = server.hasPrefix("smtps://")
        let place = server.drop { $0 != "/" }.drop { $0 == "/" }
        let parts = place.split(separator: ":", omittingEmptySubsequences: false)
        let port =
            parts.count == 2 ? Int(parts[1]) : parts.count == 1 ? (isEncrypted ? 465 : 25) : nil
        guard isEncrypted || server.hasPrefix("smtp://"), let host = parts.first, !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) }),
            let port, (1...65_535).contains(port)
        else {
            throw malformed(
                "alertMailServer", "smtp://host:25 or smtps://host:465 is wanted",
                "应为 smtp://主机:25 或 smtps://主机:465")
        }
        guard let from = try reading.text("alertMailFrom"), Mail.isAddress(from) else {
            throw malformed("alertMailFrom", "a mail address is wanted", "应为邮件地址")
        }
        to = try reading.texts("alertMailTo")
        guard !to.isEmpty, to.count <= 20, to.allSatisfy(Mail.isAddress) else {
            throw malformed("alertMailTo", "one to 20 mail addresses are wanted", "应为 1 至 20 个邮件地址")
        }
        var login: (String, String)?
        if let path = try reading.path("alertMailLogin") {
            guard isEncrypted else {
                throw malformed(
                    "alertMailLogin", "a password is sent over smtps:// alone",
                    "密码只能通过 smtps:// 发送")
            }
            let lines = String(decoding: try PolicyFile.bytes(path, limit: 4096), as: UTF8.self)
                .split(whereSeparator: \.isNewline)
            guard lines.count == 2 else {
                throw malformed(
                    "alertMailLogin", "a file of two lines is wanted: name and password",
                    "应为两行的文件：用户名和密码")
            }
            login = (String(lines[0]), String(lines[1]))
        }
        line = MailLine(host: String(host), port: port, isEncrypted: isEncrypted, login: login)
        self.from = from
    }

    /// What somebody reads on his telephone: the words first, then where they come from.
    func mail(_ message: AlertBook.Message, of station: String, at now: Timestamp) -> Mail {
        let step: Bilingual =
            switch message.step {
            case .raised: Bilingual("Alert", "告警")
            case .repeated: Bilingual("Alert, still", "告警（未处理）")
            case .over: Bilingual("Over", "告警解除")
            }
        let words = message.alert.words
        return Mail(
            from: from, to: to, subject: "[\(station)] \(step.chinese) \(step.english)",
            text: """
                \(step.chinese)：\(words.chinese)
                \(step.english): \(words.english)

                \(station) · \(message.since)

                """, time: now)
    }
}
