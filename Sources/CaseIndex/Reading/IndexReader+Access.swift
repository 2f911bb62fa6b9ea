package import Evidence
import GRDB

/// Somebody who may see a case's footage besides its judge.
package struct CaseAccess: Hashable, Sendable {
    package let caseNumber: String
    package let account: String
    package let ground: CaseAccessRow.Ground
    package let until: Timestamp?
    package let why: String
    package let by: String
    package let leaf: Int64

    package func holds(at now: Timestamp) -> Bool { until.map { $0 > now } ?? true }
}

/// Whether a case is restricted, and by whose word: a schedule's where there is no reason.
package struct CaseRestriction: Hashable, Sendable {
    package let isRestricted: Bool
    package let why: String?
    package let by: String?
    /// Of what restricted it; nil where it is not.
    package let leaf: Int64?

    /// Of a row `c` of cases and a row `r` of restrictions, either of which may be absent: a person's
    /// word counts; a schedule that came after it can restrict the case again, and never open it.
    static let holds =
        "(r.restricted = 1 OR c.restricted = 1 AND (r.leaf IS NULL OR r.leaf < c.leaf))"
}

/// Somebody saw an item.
package struct Viewing: Hashable, Sendable {
    package let item: String
    package let leaf: Int64
    package let time: Timestamp
    package let by: String
    package let how: String
    package let why: String?
    package let caseNumber: String?

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "item": .string(item), "leaf": .integer(leaf), "time": .string(time.description),
            "by": .string(by), "how": .string(how),
        ]
        members.set("why", why)
        members.set("caseNumber", caseNumber)
        return .object(members)
    }
}

extension IndexReader {
    /// Who may see a case's footage, besides its judge; also those whose time is over.
    package func access(to number: CaseNumber) throws -> [CaseAccess] {
        try rows(
            """
            SELECT * FROM caseAccess
            WHERE origin IN (SELECT id FROM origins) AND number = ? AND stands = 1
            ORDER BY account
            """, [.text(number.description)]
        ).compactMap(CaseAccess.init)
    }

    /// The cases that somebody may see now: as their judge, where he is asked for as one, and those
    /// that he was let into.
    package func caseNumbers(
        of account: String, asJudge: Bool, at now: Timestamp
    ) throws -> [String] {
        try rows(
            """
            SELECT number FROM cases WHERE judge = ?1 AND ?2
            UNION SELECT number FROM caseAccess
            WHERE account = ?1 AND stands = 1 AND (until IS NULL OR until > ?3)
            ORDER BY number
            """, [.text(account), .init(asJudge), .integer(now.milliseconds)]
        ).map { try $0.text("number") }
    }

    /// Whether a case is restricted, and by whose word; see ``CaseRestriction/holds``.
    package func restriction(of number: CaseNumber) throws -> CaseRestriction {
        let found = try rows(
            """
            SELECT c.leaf AS schedule, r.leaf, r.restricted, r.why, r.account,
                ifnull(\(CaseRestriction.holds), 0) AS holds
            FROM origins o
            LEFT JOIN cases c ON c.origin = o.id AND c.number = ?1
            LEFT JOIN restrictions r ON r.origin = o.id AND r.number = ?1
            """, [.text(number.description)]
        ).first
        guard let found else {
            return CaseRestriction(isRestricted: false, why: nil, by: nil, leaf: nil)
        }
        let holds = try found.flag("holds")
        let said = try found.optionalInteger("restricted").map { $0 != 0 }
        // Against a person's word it is the schedule's.
        guard said == holds else {
            return CaseRestriction(
                isRestricted: holds, why: nil, by: nil,
                leaf: holds ? try found.optionalInteger("schedule") : nil)
        }
        return CaseRestriction(
            isRestricted: holds, why: try found.optionalText("why"),
            by: try found.optionalText("account"),
            leaf: holds ? try found.optionalInteger("leaf") : nil)
    }

    /// Who saw an item, the newest first.
    package func viewings(of item: LedgerName, limit: Int) throws -> [Viewing] {
        try rows(
            """
            SELECT \(Self.viewing) FROM disclosures d
            JOIN events e ON e.origin = d.origin AND e.leaf = d.leaf
            WHERE d.origin IN (SELECT id FROM origins) AND d.item = ? AND e.station = ?
            ORDER BY d.leaf DESC, d.position DESC LIMIT \(max(0, limit))
            """, [.integer(item.leaf), .text(item.station)]
        ).map(Viewing.init)
    }

    /// Who saw footage that is linked to a case, or a part of it, the newest first.
    package func viewings(of number: CaseNumber, limit: Int) throws -> [Viewing] {
        try rows(
            """
            SELECT \(Self.viewing) FROM (
                SELECT DISTINCT a.origin, a.item FROM assignments a WHERE a.number = ? AND a.stands = 1) a
            CROSS JOIN disclosures d ON d.origin = a.origin AND d.item = a.item
            JOIN events e ON e.origin = d.origin AND e.leaf = d.leaf
            ORDER BY d.leaf DESC, d.position DESC, d.item LIMIT \(max(0, limit))
            """, [.text(number.description)]
        ).map(Viewing.init)
    }

    private static var viewing: String {
        "e.station, d.item AS subject, d.leaf, e.time, d.account, d.how, d.why, d.number"
    }
}

extension CaseAccess {
    fileprivate init?(_ row: Columns) throws {
        guard let ground = CaseAccessRow.Ground(rawValue: try row.text("ground")) else {
            return nil
        }
        self.ground = ground
        caseNumber = try row.text("number")
        account = try row.text("account")
        until = try row.optionalInteger("until").map { Timestamp(milliseconds: $0) }
        why = try row.text("why")
        by = try row.text("grantor")
        leaf = try row.integer("leaf")
    }
}

extension Viewing {
    fileprivate init(_ row: Columns) throws {
        item = try row.ledgerName(leaf: "subject").description
        leaf = try row.integer("leaf")
        time = Timestamp(milliseconds: try row.integer("time"))
        by = try row.text("account")
        how = try row.text("how")
        why = try row.optionalText("why")
        caseNumber = try row.optionalText("number")
    }
}
