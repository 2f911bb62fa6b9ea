import Evidence

extension SampleLedger {
    /// Plain recordings of many recorders over some years, a visit for every hundred: what a big
    /// station's ledger is made of.
    mutating func addRecordings(_ count: Int) {
        for start in stride(from: 0, to: count, by: 100) {
            let recorder = "00\(10_000 + random(300))"
            let officer = random(20) == 0 ? pick(Self.officers) : "0\(12_000 + random(400))"
            let visit = dock(recorder: recorder, officer: officer)
            let day = (year: 2020 + random(6), month: 1 + random(12), day: 1 + random(28))
            for number in start..<min(start + 100, count) {
                let captured = CivilTime(
                    day.year, day.month, day.day, random(24), random(60), random(60))
                let folder = random(50) == 0 ? "强制腾退\(random(900))" : "DCIM/100MEDIA"
                let stamp = captured?.description.filter(\.isNumber) ?? ""
                let path = RecorderPath(
                    "\(folder)/DSJ_\(recorder)_\(officer)_\(stamp)_\(number).MP4")
                let row = fileRow(
                    visit: visit, path: path, recorder: recorder, officer: officer,
                    captured: captured)
                ingest(row)
            }
            undock(visit)
        }
    }
}
