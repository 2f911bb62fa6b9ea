import CaseIndex
import Custody
import DurableFiles
import Evidence
import Ingest
import NotaryLink
import Portal
import Synchronization
import Vault

/// The overview of an open station, counted anew at most once a minute: many may look at it, and the
/// index of a large station is long to count.
final class StationOverview: Sendable {
    private static let interval: Int64 = 60_000
    /// Every item is looked at for these.
    private static let fixityInterval: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000
    private static let chinaOffset = Int64(ZoneOffset.china.minutes) * 60_000
    private let station: Station
    private let known = Mutex<(overview: Overview, time: Int64)?>(nil)
    private let fixity = Mutex<(figures: FixityFigures, time: Int64)?>(nil)

    init(_ station: Station) { self.station = station }

    func current() throws -> Overview {
        let now = station.stages.now().milliseconds
        if let found = known.withLock({ $0 }), (0..<Self.interval).contains(now - found.time) {
            return found.overview
        }
        let overview = try count()
        known.withLock { $0 = (overview, now) }
        return overview
    }

    /// For how long the disk suffices at the pace of the last 31 days; nil where nothing came.
    func daysLeft() throws -> Int64? {
        let today = (station.stages.now().milliseconds + Self.chinaOffset)
            .flooredQuotient(Self.day)
        let daily = try station.pageIndex.daily(since: today - 30).map(\.figures)
            .filter { $0.day <= today }
        guard let first = daily.map(\.day).min() else { return nil }
        let bytes = daily.reduce(0) { $0 + $1.bytes }
        guard bytes > 0 else { return nil }
        return try station.root.freeSpace().free / max(1, bytes / (today - first + 1))
    }

    private func checks(at now: Timestamp) throws -> FixityFigures {
        if let found = fixity.withLock({ $0 }),
            (0..<Self.fixityInterval).contains(now.milliseconds - found.time)
        {
            return found.figures
        }
        let figures = try station.pageIndex.fixityFigures(
            before: station.settings.fixityDeadline(now))
        fixity.withLock { $0 = (figures, now.milliseconds) }
        return figures
    }

    private func count() throws -> Overview {
        let (index, now) = (station.pageIndex, station.stages.now())
        let today = (now.milliseconds + Self.chinaOffset).flooredQuotient(Self.day)
        let midnight = Timestamp(milliseconds: today * Self.day - Self.chinaOffset)
        var overview = Overview()
        let daily = try index.daily(since: today - 400)
        overview.days = Self.days(daily.map(\.figures), until: today)
        overview.months = Self.months(daily.map(\.figures), until: today)
        let standing = try index.standing(
            docked: midnight,
            overdue: Timestamp(milliseconds: now.milliseconds - StationInbox.overdueAfter),
            now: now)
        overview.places = standing.map { figures in
            let own = daily.filter { $0.origin == figures.origin }.map(\.figures)
            var place = Overview.Place(
                name: name(of: figures.origin),
                today: Self.sum(own.filter { $0.day == today }, Self.text(today)),
                month: Self.sum(own.filter { $0.day > today - 31 }, ""))
            (place.recorders, place.unlinked) = (figures.recorders, figures.unlinked)
            (place.overdue, place.damaged) = (figures.overdue, figures.damaged)
            (place.missing, place.claims) = (figures.missing, figures.claims)
            (place.orders, place.ordersOverdue) = (figures.orders, figures.ordersOverdue)
            return place
        }
        let space = try station.root.freeSpace()
        (overview.bytesFree, overview.bytesTotal) = (space.free, space.total)
        overview.daysLeft = try daysLeft()
        let fixity = try checks(at: now)
        (overview.checksDue, overview.oldestCheck) = (fixity.due, fixity.oldest)
        let size = try station.stages.reader.size()
        let report = try NotaryReport(try StationReader(settings: station.settings))
        if !station.cosigning.now.standings.isEmpty || report.cosignedSize != nil {
            overview.uncosigned = max(0, size - (report.cosignedSize ?? 0))
        }
        overview.unstamped = report.stampedSize.map { max(0, size - $0) }
        overview.findings = report.findings.map(\.message)
        return overview
    }

    /// A court by its name where it is this station's; another ledger by its origin.
    private func name(of origin: String) -> String {
        let identity = station.layout.station
        return origin == identity.origin ? identity.name : origin
    }

    private static func sum(_ days: [DailyFigures], _ when: String) -> Overview.Intake {
        days.reduce(into: Overview.Intake(when: when)) { sum, day in
            sum.files += day.files
            sum.bytes += day.bytes
            sum.milliseconds += day.milliseconds
        }
    }

    private static func text(_ day: Int64) -> String {
        String(Timestamp(milliseconds: day * Self.day).description.prefix(10))
    }

    private static func days(_ figures: [DailyFigures], until today: Int64) -> [Overview.Intake] {
        (today - 30...today).map { day in sum(figures.filter { $0.day == day }, text(day)) }
    }

    private static func months(
        _ figures: [DailyFigures], until today: Int64
    ) -> [Overview.Intake] {
        let byMonth = Dictionary(grouping: figures) { String(text($0.day).prefix(7)) }
        let (year, month) = (
            Int(text(today).prefix(4)) ?? 0, Int(text(today).dropFirst(5).prefix(2)) ?? 1
        )
        return (0..<12).reversed().map { back in
            let count = year * 12 + month - 1 - back
            let number = count % 12 + 1
            let name = "\(count / 12)-" + (number < 10 ? "0" : "") + String(number)
            return sum(byMonth[name] ?? [], name)
        }
    }
}
