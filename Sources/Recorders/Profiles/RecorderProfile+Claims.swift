package import Evidence

extension RecorderProfile {
    /// What a name told, and whether it told a time that cannot be.
    package struct Reading: Hashable, Sendable {
        package var claims: NameClaims
        /// The digits of a date are there, and the calendar has no such moment.
        package var hasImpossibleTime = false
    }

    /// What a file's name claims; nil where no pattern of this profile matches it.
    package func read(_ path: RecorderPath) -> Reading? { read(PathParts(path)) }

    func read(_ parts: PathParts) -> Reading? {
        guard !namings.isEmpty else { return nil }
        var stem = parts.stem
        // `a.mp4.md5` speaks of `a.mp4`.
        let inner = PathParts.stem(of: stem)
        if inner.count < stem.count,
            FileKind.isFootage(ending: PathParts.ending(of: stem, stem: inner))
        {
            stem = inner
        }
        for suffix in sidecarSuffixes where stem.count > suffix.count {
            if stem.suffix(suffix.count).map(\.folded) == suffix { stem.removeLast(suffix.count) }
        }
        for naming in namings {
            let folders = naming.pattern.componentCount - 1
            guard parts.folders.count >= folders else { continue }
            var name = stem
            if folders > 0 {
                name = Array(
                    (parts.folders.suffix(folders) + [stem]).joined(separator: [UInt8(ascii: "/")]))
            }
            if let captures = naming.pattern.match(name) {
                return reading(of: captures, isUTC: naming.isUTC, folders: parts.folders)
            }
        }
        return nil
    }

    private func reading(
        of captures: [NamePattern.Capture], isUTC: Bool, folders: [[UInt8]]
    ) -> Reading {
        var reading = Reading(claims: NameClaims())
        var date = ""
        var time = ""
        var number: Int64?
        var chapter: Int64?
        for capture in captures {
            let text = SafeText.of(bytes: capture.bytes)
            switch capture.group {
            case .device: reading.claims.device = text
            case .officer: if !nobody.contains(text) { reading.claims.officer = text }
            case .date: date += text
            case .time: time += text
            case .sequence: number = Int64(text)
            case .chapter: chapter = Int64(text)
            case .channel: reading.claims.channel = text.uppercased()
            case .encrypted: reading.claims.isEncrypted = true
            case .mark:
                if let word = markWords[text.lowercased()] { reading.claims.marks.append(word) }
            }
        }
        if sequence?.hasChapters == true, let video = number {
            number = video * 100 + min(max(chapter ?? 0, 0), 99)
        }
        reading.claims.sequence = number
        for folder in folders where !folderMarks.isEmpty {
            let name = String(decoding: folder.map(\.folded), as: UTF8.self)
            if let mark = folderMarks[name], !reading.claims.marks.contains(mark) {
                reading.claims.marks.append(mark)
            }
        }
        if !date.isEmpty {
            reading.claims.captured = Self.moment(date: date, time: time)
            reading.claims.capturedIsUTC = isUTC && reading.claims.captured != nil
            reading.hasImpossibleTime = reading.claims.captured == nil
        }
        return reading
    }

    /// `yyyyMMdd` or `yyMMdd` with `HHmmss` or `HHmm`.
    private static func moment(date: String, time: String) -> CivilTime? {
        let day = date.utf8.count == 6 ? "20" + date : date
        let clock = time.utf8.count == 4 ? time + "00" : time.isEmpty ? "000000" : time
        let digits = (day + clock).utf8.map { Int($0) - 0x30 }
        guard digits.count == 14, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        func number(_ from: Int, _ count: Int) -> Int {
            digits[from..<from + count].reduce(0) { $0 * 10 + $1 }
        }
        return CivilTime(
            number(0, 4), number(4, 2), number(6, 2), number(8, 2), number(10, 2), number(12, 2))
    }
}
