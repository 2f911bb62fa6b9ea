package import Evidence

/// A request by another court (外院调取), with how it stands.
package struct CourtRequest: Sendable {
    package struct Step: Sendable {
        package let row: CourtRequestStepRow
        package let time: Timestamp

        package init(row: CourtRequestStepRow, time: Timestamp) {
            (self.row, self.time) = (row, time)
        }
    }

    package let name: String
    package let time: Timestamp
    package let row: CourtRequestRow
    /// `open`, `approved`, `refused`, `packed`, `delivered`.
    package let state: String
    package let steps: [Step]
    package let json: JSONValue

    package init(
        name: String, time: Timestamp, row: CourtRequestRow, state: String, steps: [Step],
        json: JSONValue
    ) {
        (self.name, self.time, self.row, self.state) = (name, time, row, state)
        (self.steps, self.json) = (steps, json)
    }

    var approvers: [String] { steps.filter { $0.row.step == .approved }.map(\.row.by) }
    /// The package that was made last.
    var package: CourtRequestStepRow? { steps.last { $0.row.step == .packed }?.row }
    var delivery: Step? { steps.last { $0.row.step == .delivered } }
}

/// A letter as it was sent in a form.
package struct CourtLetter: Sendable {
    package var letter: String
    package var court: String
    package var caseNumber: String
    package var from: Timestamp?
    package var to: Timestamp?
    package var why: String
    /// The scan, a PDF.
    package var scan: [UInt8]
}

/// Requests by other courts, as the pages work on them. Who may do what is decided by whoever calls
/// (``Rights``); that two people approve who did not enter it holds here.
package protocol CourtRequestDesk: Sendable {
    /// The newest first.
    func courtRequests() async throws -> [CourtRequest]
    /// Nil where there is no such request.
    func courtRequest(_ name: String) async throws -> CourtRequest?
    /// Takes the letter in and enters it.
    ///
    /// - Returns: the request's name.
    /// - Throws: a `Failure` for what is no PDF or no case number.
    func enter(_ letter: CourtLetter, by: String) async throws -> String
    /// - Throws: a `Failure` for a step that its state does not allow.
    func take(_ step: CourtRequestStepRow) async throws
}
