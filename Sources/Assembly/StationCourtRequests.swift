import CaseIndex
import DurableFiles
import Evidence
import Ingest
import Portal

/// Requests by other courts, in an open station.
struct StationCourtRequests: CourtRequestDesk {
    private static let most = 20_000

    let station: Station

    func courtRequests() async throws -> [CourtRequest] {
        try await offPool { [index = station.pageIndex] in
            try index.courtRequests(limit: Self.most).map(CourtRequest.init)
        }
    }

    func courtRequest(_ name: String) async throws -> CourtRequest? {
        try await offPool { [index = station.pageIndex] in
            try index.courtRequest(name).map(CourtRequest.init)
        }
    }

    func enter(_ letter: CourtLetter, by: String) async throws -> String {
        guard letter.scan.starts(with: Array("%PDF-".utf8)) else {
            throw AssemblyFailure(
                .wrongUsage, subject: "PDF",
                wanted: Bilingual("the scan of the letter is to be a PDF", "扫描件应为 PDF 文件"))
        }
        let book = CourtRequestBook(station: station)
        let made = try await book.add(
            letter: letter.letter, court: letter.court, caseNumber: letter.caseNumber,
            from: letter.from, to: letter.to, why: letter.why, by: by
        ) {
            // It is taken in as every file is, out of a folder that is swept at the next start.
            let root = station.root
            let turn = UInt64.random(in: 0...UInt64.max)
            let place = "staging/letter-\(turn).pdf"
            try await offPool { _ = try root.publish(letter.scan, at: place) }
            defer { try? root.remove(place) }
            return try await DocumentDesk(station: station, kind: .courtLetter)
                .take("\(station.layout.path)/\(place)", by: by)
        }
        return made.name
    }

    func take(_ step: CourtRequestStepRow) async throws {
        _ = try await CourtRequestBook(station: station).take(step)
    }
}

extension CourtRequest {
    init(_ listed: ListedCourtRequest) {
        self.init(
            name: listed.name, time: listed.time, row: listed.request, state: listed.state,
            steps: listed.steps.map { Step(row: $0.row, time: $0.time) }, json: listed.json)
    }
}
