package import Evidence
import Portal

/// What is asked about who may see a case.
package struct AccessRequest: Hashable, Sendable {
    package enum Step: String, Sendable, CaseIterable {
        case grant, end, restrict, lift
    }

    package let step: Step
    package let caseNumber: String
    package let account: String?
    package let ground: CaseAccessRow.Ground
    package let until: Timestamp?
    package let why: String

    package init(
        _ step: Step, caseNumber: String, account: String? = nil,
        ground: CaseAccessRow.Ground = .grant, until: Timestamp? = nil, why: String
    ) {
        (self.step, self.caseNumber, self.account) = (step, caseNumber, account)
        (self.ground, self.until, self.why) = (ground, until, why)
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "request": "access", "step": .string(step.rawValue), "case": .string(caseNumber),
            "ground": .string(ground.rawValue), "why": .string(why),
        ]
        members.set("account", account)
        members.set("until", until?.description)
        return .object(members)
    }

    package init?(json: JSONValue) {
        guard let step = json[key: "step"]?.stringValue.flatMap(Step.init(rawValue:)),
            let number = json[key: "case"]?.stringValue,
            let ground = json[key: "ground"]?.stringValue
                .flatMap(CaseAccessRow.Ground.init(rawValue:)),
            let why = json[key: "why"]?.stringValue
        else { return nil }
        let until = json[key: "until"]?.stringValue
        guard until == nil || until.flatMap({ Timestamp($0) }) != nil else { return nil }
        self.init(
            step, caseNumber: number, account: json[key: "account"]?.stringValue, ground: ground,
            until: until.flatMap { Timestamp($0) }, why: why)
    }

    /// - Throws: `wrong-usage` where nobody is named.
    fileprivate func change() throws -> AccessChange {
        switch step {
        case .restrict: return .restrict
        case .lift: return .lift
        case .grant, .end:
            guard let account else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--account",
                    wanted: Bilingual("an account is wanted", "请指定账号"))
            }
            return step == .end
                ? .end(account: account) : .grant(account: account, ground: ground, until: until)
        }
    }
}

extension Operations {
    func access(
        _ request: AccessRequest, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let number = try CaseNumber(asked: request.caseNumber)
        let leaf = try await station.change(
            try request.change(), of: number, why: request.why, by: by)
        let standing = try CaseStandings(station).standing(of: number)
        answer(
            .line([
                "caseNumber": .string(number.description), "leaf": .integer(leaf),
                "restricted": .bool(standing.isRestricted),
                "accounts": .array(standing.accounts.keys.sorted().map(JSONValue.string)),
            ]))
        return .done
    }
}
