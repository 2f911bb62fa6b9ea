import Evidence

/// What a listing shows that a person should look at. Nothing here keeps a file from being taken.
enum VisitFindings {
    static func of(
        volume: Volume, profile: RecorderProfile, reader: VisitReader, zone: ZoneOffset,
        now: Timestamp?
    ) -> [Finding] {
        var findings: [Finding] = []
        let subject = SafeText.of(volume.mountPoint)
        if profile.name == "folder" {
            findings.append(
                Finding(
                    code: "unknown-recorder", subject: subject,
                    message: Bilingual(
                        "No profile knows this recorder; it is taken whole",
                        "未识别的记录仪类型，已整体采集")))
        } else if profile.signs.share > 0, let first = reader.strangers.first {
            findings.append(
                Finding(
                    code: "unrecognised-names", subject: first.display,
                    message: Bilingual(
                        "Names of footage that the profile \(profile.name) does not know; taken all the same",
                        "部分文件名不符合 \(profile.name) 的命名规则，已照常采集"),
                    expected: "0", found: String(reader.strangers.count)))
        }
        findings += several(
            reader.devices, "several-recorders", subject,
            Bilingual("The names speak of several recorders", "文件名涉及多台记录仪"))
        findings += several(
            reader.officers, "several-officers", subject,
            Bilingual("The names speak of several officers", "文件名涉及多名人员"))
        if !volume.isFolder, !volume.isReadOnly {
            findings.append(
                Finding(
                    code: "mounted-writable", subject: subject,
                    message: Bilingual(
                        "The recorder was mounted writable; it cannot be called untouched",
                        "记录仪以可写方式挂载，不能视为未被改动"),
                    expected: "ro", found: "rw"))
        }
        findings += impossibleTimes(reader, zone: zone, now: now)
        if let sequence = profile.sequence {
            findings += SequenceRuns.gaps(in: reader.files, sequence: sequence)
        }
        return findings
    }

    private static func several(
        _ tally: Tally, _ code: String, _ subject: String, _ message: Bilingual
    ) -> [Finding] {
        guard tally.counts.count > 1 else { return [] }
        let named = tally.counts.keys.sorted().prefix(8).joined(separator: ", ")
        return [
            Finding(code: code, subject: subject, message: message, expected: "1", found: named)
        ]
    }

    /// Before this no such recorder was sold: a clock that was never set, or lost its battery.
    private static let earliest = CivilTime(2005, 1, 1, 0, 0, 0)
    /// A clock may be off, and a zone misread, by this much before the future is called one.
    private static let allowance: Int64 = 86_400_000

    private static func impossibleTimes(
        _ reader: VisitReader, zone: ZoneOffset, now: Timestamp?
    ) -> [Finding] {
        var count = reader.impossible.count
        var first = reader.impossible.first
        for file in reader.files {
            guard file.role.isFootage, let captured = file.claims.captured else { continue }
            let assumed = file.claims.capturedIsUTC ? ZoneOffset(minutes: 0) ?? zone : zone
            let moment = assumed.timestamp(of: captured).milliseconds
            let isUnset = earliest.map { captured < $0 } ?? false
            let isFuture = now.map { moment > $0.milliseconds + allowance } ?? false
            if isUnset || isFuture {
                count += 1
                first = first ?? file.path
            }
        }
        guard let first else { return [] }
        return [
            Finding(
                code: "impossible-capture-time", subject: first.display,
                message: Bilingual(
                    "The names claim times that cannot be: the recorder's clock was wrong",
                    "文件名中的时间不可能成立，记录仪时钟有误"),
                expected: "0", found: String(count))
        ]
    }
}
