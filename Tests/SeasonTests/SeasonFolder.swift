import Evidence
import EvidenceTestKit
import Foundation

/// A season as files: `schedules/` with a CSV for each that a court sent, `dockings/` with a folder
/// for each recorder as it came to the dock, and beside them `register.csv`, `clocks.csv` and
/// `dockings.csv` in the order of time, and `truth.csv` with what each file really is of.
///
/// Every film is the same one of a second, with a box of its own at the end, so that no two are
/// alike; names and file times are those of its recorder's clock. Films do not last as long as the
/// season says.
struct SeasonFolder {
    let path: String
    private let season: Season
    private let names: SeasonNames

    init(_ season: Season, at path: String) {
        (self.season, self.path, names) = (season, path, SeasonNames(season))
    }

    static let canMakeFilms = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

    /// - Throws: where something stands there, or ffmpeg makes no film.
    func write() throws {
        for folder in ["schedules", "dockings"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + folder, withIntermediateDirectories: true)
        }
        let film = try Self.film(at: path + "/film.mp4")
        var (register, clocks) = ([["记录仪", "步骤", "人员编号", "起", "登记"]], [["记录仪", "时间", "快（毫秒）"]])
        for (at, step) in season.steps {
            switch step {
            case .schedule(let rows): try write(rows, at: at)
            case .issue(let row):
                register.append([
                    row.recorder, row.step.rawValue, row.officer ?? "", row.from.description,
                    Timestamp(milliseconds: at).description,
                ])
            case .clock(let row):
                clocks.append([row.recorder ?? "", row.at.description, "\(row.offset)"])
            case .docking(let number): try write(docking: number, film)
            }
        }
        try write(register, to: "register.csv")
        try write(clocks, to: "clocks.csv")
        let dockings = season.dockings.indices.map { number in
            [folder(of: number), season.recorders[season.dockings[number].recorder].number]
                + [Timestamp(milliseconds: season.dockings[number].at).description]
        }
        try write([["文件夹", "记录仪", "时间"]] + dockings, to: "dockings.csv")
        try write([["文件夹", "文件", "任务", "案号", "人员编号", "起", "止"]] + truth, to: "truth.csv")
        try FileManager.default.removeItem(atPath: path + "/film.mp4")
    }

    private var truth: [[String]] {
        season.dockings.indices.flatMap { docking in
            season.dockings[docking].files.map { number in
                let file = season.files[number]
                return [
                    folder(of: docking), names.path(number).display,
                    file.task.map { season.tasks[$0].id } ?? "",
                    season.cases(of: number).map(\.description).sorted().joined(separator: ";"),
                    season.officers[file.officer].number,
                    Timestamp(milliseconds: file.times.lowerBound).description,
                    Timestamp(milliseconds: file.times.upperBound).description,
                ]
            }
        }
    }

    // MARK: - Schedules

    private func write(_ rows: [DutyRow], at: Int64) throws {
        let heading = [
            "编号", "案号", "任务类别", "法院", "执行人员", "记录仪", "计划开始", "计划结束", "实际开始", "实际结束", "地点",
            "纬度", "经度", "半径",
        ]
        func time(_ moment: Timestamp?) -> String {
            guard let moment else { return "" }
            let seconds = moment.milliseconds / 1000 + 8 * 3600
            return String(CivilTime(secondsSince1970: seconds).description.prefix(16))
                .replacingOccurrences(of: "T", with: " ")
        }
        func degrees(_ millionths: Int?) -> String {
            millionths.map { "\(Double($0) / 1_000_000)" } ?? ""
        }
        let lines = rows.map { row in
            [
                row.id, row.caseNumbers.map(\.description).joined(separator: ";"), row.kind,
                row.court, row.officers.compactMap(\.id).joined(separator: ";"),
                row.recorders.joined(separator: ";"), time(row.plannedStart), time(row.plannedEnd),
                time(row.actualStart), time(row.actualEnd), row.place ?? "",
                degrees(row.latitude), degrees(row.longitude), row.radius.map { "\($0)" } ?? "",
            ]
        }
        let sent = Timestamp(milliseconds: at).description.filter(\.isNumber).prefix(12)
        let court = rows.first?.court ?? ""
        try write([heading] + lines, to: "schedules/\(sent)-\(court).csv")
    }

    private func write(_ rows: [[String]], to name: String) throws {
        let text = rows.map { $0.joined(separator: ",") + "\n" }.joined()
        try Data(text.utf8).write(
            to: URL(filePath: path + "/" + name), options: .withoutOverwriting)
    }

    // MARK: - Recorders

    private func folder(of docking: Int) -> String {
        let known = season.dockings[docking]
        let digits = Timestamp(milliseconds: known.at).description.filter(\.isNumber).prefix(14)
        return "dockings/\(digits)-\(season.recorders[known.recorder].number)"
    }

    private func write(docking: Int, _ film: [UInt8]) throws {
        for number in season.dockings[docking].files + season.dockings[docking].again {
            let file = path + "/" + folder(of: docking) + "/" + names.path(number).display
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true)
            // A box of sixteen bytes that players pass over.
            let own = withUnsafeBytes(of: UInt64(number).bigEndian) { [UInt8]($0) }
            let box: [UInt8] = [0, 0, 0, 16] + Array("free".utf8) + own
            try Data(film + box).write(to: URL(filePath: file))
            let modified = names.footage(number).modified.seconds
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: Double(modified))],
                ofItemAtPath: file)
        }
    }

    /// A second of nothing to be seen.
    private static func film(at path: String) throws -> [UInt8] {
        let ffmpeg = Process()
        ffmpeg.executableURL = URL(filePath: "/usr/bin/ffmpeg")
        ffmpeg.arguments = [
            "-v", "error", "-f", "lavfi", "-i", "color=size=64x48:rate=5:duration=1", "-pix_fmt",
            "yuv420p", path,
        ]
        try ffmpeg.run()
        ffmpeg.waitUntilExit()
        return [UInt8](try Data(contentsOf: URL(filePath: path)))
    }
}
