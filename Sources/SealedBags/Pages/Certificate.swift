import Evidence
import TransparencyLog

/// `certificate.html`: one page that a judge reads and prints on A4, without a script and without
/// anything from elsewhere. It is for people; what counts are the exact bytes in `custody/`.
struct Certificate {
    let content: BagContent
    let facts: BagFacts
    let checkpoint: Checkpoint

    /// Events on the page at most; all of them stand in the table of events.
    private static let eventLimit = 500

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="zh-CN">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>封存证据包说明 · Sealed evidence package</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <header>
        <h1>封存证据包说明 <span lang="en">Sealed evidence package</span></h1>
        \(head)
        </header>
        <h2>一、证据文件 <span lang="en">The files</span></h2>
        \(facts.items.map(card).joined())
        <h2>二、监管链 <span lang="en">Chain of custody</span></h2>
        \(timeline)
        <h2>三、已证明的事项 <span lang="en">What is proven, and by whom</span></h2>
        \(list(proven))
        <h2>四、未能证明的事项 <span lang="en">What is not proven</span></h2>
        \(list(notProven))
        <footer>本页仅供阅读；以 custody/ 内的原始字节为准。核验方法见 VERIFY.txt，或用浏览器打开 verify.html。
        <span lang="en">This page is for reading: the exact bytes in custody/ are what counts. VERIFY.txt tells how to check them; verify.html does it in a browser.</span></footer>
        </body>
        </html>

        """
    }

    // MARK: - Parts

    private var head: String {
        let rows: [(String, String, String)] = [
            ("出具单位", "Issued by", content.station.name),
            ("法院代字", "Court", content.station.court ?? "—"),
            ("制作时间", "Made", PageText.time(content.made)),
            ("文件数量", "Files", String(facts.items.count)),
            (
                "提供范围", "For",
                content.isForParty ? "当事人 (a party to the case)" : "全部 (everything)"
            ),
            ("存证日志", "Custody log", checkpoint.origin),
            ("日志条数", "Entries of the log", String(checkpoint.size)),
            ("日志根哈希值", "Root of the log", PageText.grouped(checkpoint.root.hex)),
            (
                "公证机构联署", "Cosigned by the notary",
                content.cosigners ?? "公证机构尚未联署 (not yet cosigned)"
            ),
            ("可信时间戳", "Time stamps", content.stampWords ?? "尚无 (none yet)"),
        ]
        return table(rows)
    }

    private func card(_ item: BagFacts.Item) -> String {
        var rows: [(String, String, String)] = [
            ("编号", "Item", item.item.name.description),
            ("包内文件", "File", item.item.place),
            ("大小", "Size", "\(item.item.size) 字节 bytes"),
            ("SHA-256", "", PageText.grouped(item.item.sha256.hex)),
            ("SM3", "", PageText.grouped(item.item.sm3.hex)),
            ("采集封存时间", "Sealed", PageText.time(item.sealed)),
        ]
        if let recorder = item.recorder { rows.append(("记录仪", "Recorder", recorder)) }
        if let officer = item.officer {
            rows.append(("人员编号（记录仪所载）", "Officer, as the recorder says", officer))
        }
        if let captured = item.captured {
            rows.append(("文件名所载时间", "Time in the file's name", captured))
        }
        if let duration = item.media?.durationMicroseconds {
            rows.append(("时长", "Duration", "\(duration / 1_000_000) 秒 s"))
        }
        return
            "<section><h3>\(PageText.escaped(item.item.path.display))</h3>\(table(rows))</section>\n"
    }

    private func table(_ rows: [(String, String, String)]) -> String {
        let lines = rows.map { chinese, english, value in
            let label = english.isEmpty ? chinese : "\(chinese) <span lang=\"en\">\(english)</span>"
            return "<tr><th>\(label)</th><td>\(Self.lines(value))</td></tr>"
        }
        return "<table>\(lines.joined(separator: "\n"))</table>\n"
    }

    /// Only our own digests have more than one.
    private static func lines(_ value: String) -> String {
        value.split(separator: "\n", omittingEmptySubsequences: false)
            .map { PageText.escaped(String($0)) }.joined(separator: "<br>")
    }

    private var timeline: String {
        let shown = facts.events.prefix(Self.eventLimit).map { event in
            let words = event.kind.words
            let items = event.items.prefix(5).joined(separator: ", ")
            return """
                <tr><td>\(PageText.time(event.time))</td><td>\(words.chinese) <span lang="en">\(words.english)</span></td><td>\(PageText.escaped(items))</td><td>\(event.leaf)</td></tr>
                """
        }
        let left = facts.events.count - shown.count
        let more =
            left > 0
            ? "<p>另有 \(left) 条，见 custody/events.csv。<span lang=\"en\">\(left) more in custody/events.csv.</span></p>"
            : ""
        return """
            <table class="events"><tr><th>时间 <span lang="en">Time</span></th><th>事项 <span lang="en">Event</span></th><th>编号 <span lang="en">Items</span></th><th>条目 <span lang="en">Entry</span></th></tr>
            \(shown.joined(separator: "\n"))
            </table>\(more)
            """
    }

    private func list(_ points: [Bilingual]) -> String {
        let lines = points.map {
            "<li>\(PageText.escaped($0.chinese)) <span lang=\"en\">\(PageText.escaped($0.english))</span></li>"
        }
        return "<ul>\(lines.joined(separator: "\n"))</ul>"
    }

    // MARK: - Words

    private var proven: [Bilingual] {
        var points = [
            Bilingual(
                "The files are, byte for byte, those that were taken off the recorder: SHA-256 and SM3 of the entries show it.",
                "文件内容与从记录仪采集时逐字节一致：由存证日志条目所载 SHA-256 与 SM3 证明。"),
            Bilingual(
                "The entries are in the court's custody log, unchanged since: the inclusion proofs and the court's signature show it.",
                "各条目在法院存证日志中且未被改动：由包含证明与法院日志签名证明。"),
        ]
        if let cosigners = content.cosigners {
            points.append(
                Bilingual(
                    "The court has not rewritten its log, and shows the same one to everybody: the notary's cosignature shows it (\(cosigners)).",
                    "法院未改写存证日志，且对所有人出示同一份日志：由公证机构联署证明（\(cosigners)）。"))
        }
        if let stamps = content.stampWords {
            points.append(
                Bilingual(
                    "The entries were there at the time that an independent authority states (\(stamps)).",
                    "条目在独立的时间戳服务机构所载时间已存在（\(stamps)）。"))
        }
        return points
    }

    private var notProven: [Bilingual] {
        var points = [
            Bilingual(
                "Whether something was changed or deleted on the recorder before it was docked.",
                "记录仪接入采集之前，其中内容是否被改动或删除。"),
            Bilingual("What was never recorded.", "未录制的内容。"),
            Bilingual(
                "Whether the recorder's clock was right: times in names and in files are its own.",
                "记录仪时钟是否准确：文件名与文件内的时间均为记录仪自身时间。"),
            Bilingual(
                "Who carried the recorder: what stands here is what the recorder or an officer stated.",
                "记录仪的实际使用人：此处所载为记录仪或人员自报。"),
        ]
        if !content.isCosigned {
            points.append(
                Bilingual(
                    "That the court shows the same log to everybody: the notary has not cosigned yet.",
                    "法院对所有人出示同一份日志：公证机构尚未联署。"))
        }
        if content.timeStamps == nil {
            points.append(
                Bilingual(
                    "The time, but by the court's own clock: there is no time stamp yet.",
                    "时间仅以法院自身时钟为准：尚无可信时间戳。"))
        }
        return points
    }

    private static let style = """
        @page { size: A4; margin: 16mm; }
        body { font: 10.5pt/1.55 "Noto Serif CJK SC", "SimSun", serif; color: #111; max-width: 178mm; margin: 8mm auto; }
        h1 { font-size: 17pt; border-bottom: 2px solid #111; padding-bottom: 2mm; }
        h2 { font-size: 12.5pt; margin: 7mm 0 2mm; break-after: avoid; }
        h3 { font-size: 11pt; margin: 3mm 0 1mm; overflow-wrap: anywhere; }
        [lang=en] { font: 9pt/1.4 "Noto Sans", Arial, sans-serif; color: #444; }
        h1 [lang=en] { font-size: 12pt; } h2 [lang=en] { font-size: 10.5pt; }
        section { break-inside: avoid; border-left: 3px solid #999; padding-left: 3mm; margin-bottom: 4mm; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; vertical-align: top; padding: .7mm 2mm .7mm 0; border-bottom: .3px solid #bbb; overflow-wrap: anywhere; }
        th { width: 46mm; font-weight: 600; }
        td { font-family: "Noto Sans Mono CJK SC", "DejaVu Sans Mono", monospace; font-size: 9.5pt; }
        .events th, .events td { width: auto; } .events tr { break-inside: avoid; }
        ul { padding-left: 5mm; } footer { margin-top: 8mm; border-top: 1px solid #111; padding-top: 2mm; }
        """
}
