import Evidence
import EvidenceTestKit

/// How the recorders of a season name their files.
struct SeasonNames {
    private let season: Season

    init(_ season: Season) { self.season = season }

    /// What the clock of its recorder showed as it began, without a zone.
    func shown(_ number: Int) -> CivilTime {
        let file = season.files[number]
        let offset = season.recorders[file.recorder].clock.offset(at: file.times.lowerBound)
        return CivilTime(
            secondsSince1970: (file.times.lowerBound + offset).flooredQuotient(1000) + 8 * 3600)
    }

    /// `DSJ_<device>_<officer>_<yyyyMMdd>_<HHmmss>.mp4`, or `yyyy_MMdd_HHmmss_<number>F.MP4`.
    func path(_ number: Int) -> RecorderPath {
        let file = season.files[number]
        let recorder = season.recorders[file.recorder]
        let digits = shown(number).description.filter(\.isNumber)
        let (year, day, time) = (digits.prefix(4), digits.dropFirst(4).prefix(4), digits.suffix(6))
        guard let sequence = file.sequence else {
            let officer = recorder.claims ?? "000000"
            return RecorderPath("DSJ_\(recorder.number)_\(officer)_\(year)\(day)_\(time).mp4")
        }
        let counter = String(String(sequence + 1_000_000).suffix(max(3, "\(sequence)".count)))
        return RecorderPath("DCIM/Movie/\(year)_\(day)_\(time)_\(counter)F.MP4")
    }

    func footage(_ number: Int) -> FootageFile {
        let file = season.files[number]
        let recorder = season.recorders[file.recorder]
        var claims = NameClaims()
        claims.captured = shown(number)
        claims.sequence = file.sequence
        claims.channel = file.sequence == nil ? nil : "F"
        claims.device = recorder.isNumbered ? nil : recorder.number
        claims.officer = recorder.claims
        let ended = file.times.upperBound + recorder.clock.offset(at: file.times.upperBound)
        return FootageFile(
            path: path(number), size: 1000 + Int64(file.times.count),
            modified: FileTime(seconds: ended.flooredQuotient(1000), nanoseconds: 0), role: .video,
            claims: claims)
    }
}
