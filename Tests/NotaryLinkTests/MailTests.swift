import Evidence
import Testing

@testable import NotaryLink

@Suite struct MailTests {
    private func mail(subject: String, text: String) -> Mail {
        Mail(
            from: "evidock@court.example", to: ["a@court.example", "b@court.example"],
            subject: subject, text: text, time: Timestamp(milliseconds: 1_796_000_461_000))
    }

    @Test(arguments: [
        "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a,b@c", "法@院",
        String(repeating: "a", count: 250) + "@example.org",
    ])
    func whatCouldEndACommandIsNoAddress(text: String) {
        #expect(!Mail.isAddress(text))
        #expect(Mail.isAddress("a.b+c-d@court.example"))
    }

    /// RFC 5321 section 4.5.3.1.6 and 4.5.2, RFC 5322 section 2.1.1.
    @Test func linesAreShortAndPlainAndNoneEndsTheLetter() throws {
        let words = String(repeating: "存储空间仅够使用 7 天。\r\n.\r\nDATA 🚨", count: 60)
        for subject in ["", ".", "Alert", words, "a\r\nBcc: x@y"] {
            let message = mail(subject: subject, text: words).message
            let lines = message.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { $0.utf8.count <= 78 && !$0.hasPrefix(".") })
            #expect(message.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 13 || $0 == 10 })
            let blank = try #require(lines.firstIndex(of: ""))
            let head = lines[..<blank]
            #expect(!head.contains { $0.lowercased().hasPrefix("bcc") })
            let body = lines[(blank + 1)...].joined()
            #expect(Base64.decode(body) == Array(words.utf8))
        }
    }

    @Test func theSubjectComesBackWhole() throws {
        let subject = "[某法院执行局] 告警（未处理） Alert, still " + String(repeating: "长", count: 50)
        let message = mail(subject: subject, text: "x").message
        let line = try #require(message.split(separator: "Subject: ").last)
        let words = line.prefix(upTo: try #require(line.firstRange(of: "\r\nDate")).lowerBound)
        let bytes = words.split(separator: "\r\n ").flatMap { word in
            Base64.decode(String(word.dropFirst("=?utf-8?B?".count).dropLast(2))) ?? []
        }
        #expect(String(decoding: bytes, as: UTF8.self) == subject)
        #expect(message.contains("Date: 30 Nov 2026 01:01:01 +0000\r\n"))
    }

    @Test func aPasswordGoesOverTLSAlone() {
        func line(_ isEncrypted: Bool) -> MailLine {
            MailLine(host: "h", port: 1, isEncrypted: isEncrypted, login: ("n", "p"))
        }
        #expect(line(false).login == nil)
        #expect(line(true).login?.password == "p")
    }
}
