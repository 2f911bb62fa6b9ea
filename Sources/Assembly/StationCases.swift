import Accounts
import CaseIndex
import Casework
import Custody
import Evidence
import Ingest
import Portal

/// How cases stand: what rights to them are decided by.
struct CaseStandings {
    private let index: IndexReader
    private let courts: CourtTable
    private let now: Timestamp

    init(_ station: Station) throws {
        (index, courts, now) = (
            station.pageIndex, try station.courts(), station.stages.now()
        )
    }

    func standing(of number: CaseNumber) throws -> CaseStanding {
        var standing = CaseStanding(number: number)
        standing.judge = try index.knownCase(number)?.judge
        standing.courts = courts.chain(above: number.court)
        let restriction = try index.restriction(of: number)
        standing.isRestricted = restriction.isRestricted
        for access in try index.access(to: number) where access.holds(at: now) {
            // Whom others let in before it was restricted stays outside.
            let isByJudge = standing.judge.map { access.by == "account:" + $0 } ?? false
            guard
                !restriction.isRestricted || isByJudge || access.by.hasPrefix("uid:")
                    || restriction.leaf.map({ access.leaf > $0 }) ?? false
            else { continue }
            standing.accounts[access.account] = access.ground
        }
        return standing
    }
}

/// Cases of an open station, as its pages work on them.
struct StationCases: CaseDesk, DisclosureDesk {
    /// Findings and field tasks that a page tells of.
    private static let most = 500

    let station: Station

    private var index: IndexReader { station.pageIndex }

    func standing(of text: String) async throws -> CaseStanding? {
        try await offPool {
            let number = try CaseNumber(asked: text)
            guard try isKnown(number) else { return nil }
            return try CaseStandings(station).standing(of: number)
        }
    }

    /// Whether a schedule, a link or an order names it.
    private func isKnown(_ number: CaseNumber) throws -> Bool {
        if try index.knownCase(number) != nil { return true }
        var filter = ListFilter()
        (filter.caseNumber, filter.limit) = (number, 1)
        if try !index.list(filter).isEmpty { return true }
        return try !index.orders(of: number).isEmpty || !index.access(to: number).isEmpty
    }

    func cases(in sight: Sight, matching text: String?, limit: Int) async throws -> [CaseRow] {
        try await offPool {
            let query = try text.map(CaseNumberQuery.init(asked:))
            return try index.cases(query, seenBy: try indexed(sight), limit: limit).map { row in
                var row = row
                row.restricted = try index.restriction(of: row.caseNumber).isRestricted
                return row
            }
        }
    }

    func file(of standing: CaseStanding) async throws -> CaseFile {
        try await offPool {
            let number = standing.number
            var file = CaseFile(standing)
            file.row = try index.knownCase(number)
            file.duties = try index.duties(
                of: .caseNumber, number.description, limit: Self.most)
            let missing = try file.duties.flatMap { try index.missing(ofDuty: $0.id) }
            let open = missing.filter { $0.state == .open }
            let explained = missing.filter { $0.state == .explained }
            file.findings = Array((open + explained).prefix(Self.most))
            let now = station.stages.now()
            file.orders = try index.orders(of: number).map { $0.json(now: now) }
            file.accesses = try index.access(to: number).map {
                CaseAccessRow(
                    number, $0.account, .granted, ground: $0.ground, until: $0.until,
                    why: $0.why, by: $0.by)
            }
            let restriction = try index.restriction(of: number)
            if let by = restriction.by {
                file.restriction = CaseRestrictionRow(
                    number, isRestricted: restriction.isRestricted, why: restriction.why ?? "",
                    by: by)
            }
            return file
        }
    }

    func footage(_ question: FootageQuestion, in sight: Sight?) async throws -> FootageList {
        try await offPool {
            var query = ItemQuery()
            (query.caseNumber, query.text) = (question.caseNumber, question.text)
            (query.officer, query.recorder) = (question.officer, question.recorder)
            (query.state, query.mark) = (question.state, question.mark)
            (query.from, query.to, query.after) = (question.from, question.to, question.after)
            query.limit = question.limit + 1
            var filter = try query.filter(station.courts())
            filter.sight = try sight.map(indexed)
            filter.hidesRestricted = question.hidesRestricted
            let found = try index.list(filter)
            let isLast = found.count <= question.limit
            let page = found.prefix(question.limit)
            return FootageList(
                items: page.map(\.json), next: isLast ? nil : page.last?.cursor.description)
        }
    }

    /// What the index is asked for what somebody may see.
    func indexed(_ sight: Sight) throws -> ListFilter.Sight {
        var indexed = ListFilter.Sight()
        indexed.officer = sight.officer
        if let account = sight.account {
            let standings = try CaseStandings(station)
            indexed.cases = try index.caseNumbers(
                of: account, asJudge: sight.isJudge, at: station.stages.now()
            ).filter { text in
                guard let number = try? CaseNumber(reading: text) else { return false }
                let standing = try standings.standing(of: number)
                return standing.accounts[account] != nil
                    || sight.isJudge && standing.judge == account
            }
        }
        if let court = sight.court { indexed.courts = try station.courts().codes(below: court) }
        return indexed
    }

    func item(_ name: String) async throws -> JSONValue? {
        try await offPool {
            guard case .one(let item) = try index.item(name), item.name == name else { return nil }
            return item.json
        }
    }

    func viewings(ofItem name: String, limit: Int) async throws -> [JSONValue] {
        try await offPool {
            guard let name = LedgerName(name) else { return [] }
            return try index.viewings(of: name, limit: limit).map(\.json)
        }
    }

    func viewings(of number: CaseNumber, limit: Int) async throws -> [JSONValue] {
        try await offPool { try index.viewings(of: number, limit: limit).map(\.json) }
    }

    func disclose(_ rows: [DisclosureRow]) async throws {
        let stages = station.stages
        let previous = rows.count == 1 ? LedgerName(rows[0].item)?.leaf : nil
        let disclosure = NewCustodyEvent(
            kind: .disclosure, time: stages.now(), previous: previous, rows: rows.map(\.row))
        try await stages.ledger.integrate([disclosure], isAwaited: true)
        try await stages.publish(isAwaited: true)
    }

    func change(
        _ change: AccessChange, of number: CaseNumber, why: String, by: String
    ) async throws {
        _ = try await station.change(change, of: number, why: why, by: by)
    }
}

extension Station {
    /// Changes who may see a case; it holds when this returns.
    ///
    /// - Returns: the leaf.
    func change(
        _ change: AccessChange, of number: CaseNumber, why: String, by: String
    ) async throws -> Int64 {
        try PlainText.check(why, of: "--why", limit: 1000)
        let row: RecordRow
        switch change {
        case .grant(let named, let ground, let until):
            // As the account itself is spelt; who is not there cannot be let in.
            let known = try await people().accounts().first { $0.isNamed(named) }
            guard let account = known?.name else { throw AccountFailure(.noSuchAccount) }
            let now = stages.now()
            guard until.map({ $0 > now }) ?? (ground == .team) else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--until",
                    wanted: Bilingual(
                        "a moment to come is wanted: only a case's team stays without an end",
                        "请填写将来的截止时间；只有案件组成员可以不设期限"))
            }
            row =
                CaseAccessRow(
                    number, account, .granted, ground: ground, until: until, why: why, by: by
                ).row
        case .end(let account):
            guard
                let access = try stages.index.access(to: number).first(where: {
                    $0.account == account
                })
            else {
                throw AssemblyFailure(
                    .wrongUsage, subject: SafeText.of(account),
                    wanted: Bilingual(
                        "this account was not let into the case", "该账号未获授权查看此案件"))
            }
            row =
                CaseAccessRow(
                    number, account, .ended, ground: access.ground, why: why, by: by
                ).row
        case .restrict, .lift:
            let isRestricted = change == .restrict
            guard try stages.index.restriction(of: number).isRestricted != isRestricted else {
                throw AssemblyFailure(
                    .wrongUsage, subject: number.description,
                    wanted: isRestricted
                        ? Bilingual("it is restricted already", "该案件已设为不公开")
                        : Bilingual("it is not restricted", "该案件未设为不公开"))
            }
            row = CaseRestrictionRow(number, isRestricted: isRestricted, why: why, by: by).row
        }
        let receipts = try await stages.ledger.enter([
            NewCustodyEvent(kind: .accessChange, time: stages.now(), rows: [row])
        ])
        try await stages.feeder.catchUp()
        return receipts.first?.index ?? 0
    }
}
