import Evidence

/// Missing sequence numbers: 0001, 0002, 0004.
///
/// Recorders count past the end and begin again, start over after formatting or each day, and
/// overwrite their oldest files: only what is missing inside a run is reported. A run ends where
/// the numbers fall, or leap by more than ``leap``.
enum SequenceRuns {
    /// A greater step is another run: protected files of long ago beside those of today.
    static let leap: Int64 = 500
    /// More gaps than this are told as a number.
    static let findingLimit = 20

    private struct Point {
        let file: FootageFile
        let number: Int64
    }

    static func gaps(
        in files: [FootageFile], sequence: RecorderProfile.Sequence
    ) -> [Finding] {
        var counters: [String: [Point]] = [:]
        for file in files where file.role.isFootage {
            guard let number = file.claims.sequence else { continue }
            let channel = sequence.counter == .channel ? file.claims.channel ?? "" : ""
            counters[channel, default: []].append(Point(file: file, number: number))
        }
        var gaps: [(after: Point, before: Point)] = []
        for channel in counters.keys.sorted() {
            gaps += missing(in: counters[channel] ?? [], sequence: sequence)
        }
        var findings = gaps.prefix(findingLimit).map { finding($0.after, $0.before) }
        if gaps.count > findingLimit {
            findings.append(
                Finding(
                    code: "missing-sequence", subject: "",
                    message: Bilingual(
                        "More places where sequence numbers are missing", "另有多处文件序号缺失"),
                    expected: "0", found: String(gaps.count - findingLimit)))
        }
        return findings
    }

    private static func missing(
        in points: [Point], sequence: RecorderProfile.Sequence
    ) -> [(after: Point, before: Point)] {
        let hasTimes = points.allSatisfy { $0.file.claims.captured != nil }
        // Two cameras of one counter can begin in either order within a second or two: by time,
        // a fall of a few numbers is not a new run.
        let slack: Int64 = hasTimes ? 4 : 0
        let ordered = points.sorted { left, right in
            if hasTimes, let one = left.file.claims.captured, let two = right.file.claims.captured,
                one != two
            {
                return one < two
            }
            return left.number < right.number
        }
        var gaps: [(after: Point, before: Point)] = []
        var run: [Point] = []
        func close() {
            let sorted = run.sorted { $0.number < $1.number }
            for (one, two) in zip(sorted, sorted.dropFirst()) {
                if isGap(one.number, two.number, sequence) { gaps.append((one, two)) }
            }
            run = []
        }
        var highest: Int64 = 0
        for point in ordered {
            if let last = run.last {
                let step = point.number - highest
                let isNewDay =
                    sequence.restartsDaily
                    && last.file.claims.captured?.day != point.file.claims.captured?.day
                let limit = sequence.hasChapters ? leap * 100 : leap
                if isNewDay || step > limit || step < -slack { close() }
            }
            highest = run.isEmpty ? point.number : max(highest, point.number)
            run.append(point)
        }
        close()
        return gaps
    }

    private static func isGap(
        _ one: Int64, _ two: Int64, _ sequence: RecorderProfile.Sequence
    ) -> Bool {
        guard sequence.hasChapters else { return two > one + 1 }
        let (videoOne, chapterOne) = (one / 100, one % 100)
        let (videoTwo, chapterTwo) = (two / 100, two % 100)
        if videoOne == videoTwo { return chapterTwo > chapterOne + 1 }
        return videoTwo > videoOne + 1 || chapterTwo > 1
    }

    private static func finding(_ after: Point, _ before: Point) -> Finding {
        Finding(
            code: "missing-sequence", subject: before.file.path.display,
            message: Bilingual(
                "Sequence numbers are missing before this file", "该文件之前的序号缺失"),
            expected: String(after.number + 1), found: String(before.number))
    }
}
