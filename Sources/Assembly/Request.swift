package import Evidence

/// What a writing command asks of whoever holds the root: this process itself, or the running
/// daemon by its control socket. As JSON it is one line.
package enum Request: Sendable {
    case ingest(
        paths: [String], recorder: String?, officer: String?, zone: String?,
        isNotarys: Bool, clockOffset: Int64?)
    case describe(items: [String])
    /// Bytes of these items are about to leave the station: one event for all of them.
    case disclose(items: [String], how: String, why: String?)
    case repair(items: [String])
    case addVolume(path: String, role: VolumeRole)
    case rebuildIndex
    case docks(clearable: Bool)
    /// A time stamp of what is newest, at once.
    case timeStamp
    /// The checkpoint, a signed note, is about to be carried to a notary.
    case carryOut(note: [UInt8], wantsStamps: Bool)
    /// What a notary gave back, by the names of ``StickExchange``.
    case carryIn(files: [String: [UInt8]])
    /// Signing is to go on though nothing was compared with a witness.
    case releaseHold(why: String)
    /// The bytes of these items, or of everything, are read whole at once.
    case scrub(items: [String])
    /// The entries so far are anchored by SM3.
    case anchor
    /// A notarial certificate is attached.
    case certify(CertificateOrder)
    /// Who has a recorder from a moment on; from now where none is said.
    case register(
        recorder: String, step: RecorderIssueRow.Step, officer: String?, from: Timestamp?)
    /// By how much a recorder's clock is off.
    case measureClock(ClockOrder)
    /// Who carried the recorder of these items and dockings.
    case attribute(names: [String], officer: String, why: String)
    /// Footage is linked to a case by a person, or no longer.
    case assign(AssignmentOrder)
    /// Footage is asked for, or an offer is answered.
    case order(OrderRequest)
    /// Another court asks for footage, or is answered.
    case courtRequest(CourtRequestOrder)
    /// How long footage is kept.
    case retention(RetentionRequest)
    /// What is missing of field tasks.
    case completeness(CompletenessScope)
    /// Why it is missing.
    case explain(finding: String, why: String)
    /// Who may sign in.
    case people(PeopleRequest)
    /// Who may see a case.
    case access(AccessRequest)
    /// A schedule of cases and duties is taken in.
    case importSchedule(path: String, zone: String?)
    /// One case is taken in, by the members that a schedule in JSON would give it.
    case addCase([String: JSONValue])

    package var json: JSONValue {
        switch self {
        case .ingest(
            let paths, let recorder, let officer, let zone, let isNotarys, let clockOffset):
            var members: [String: JSONValue] = [
                "request": "ingest", "paths": .array(paths.map(JSONValue.string)),
            ]
            members.set("recorder", recorder)
            members.set("officer", officer)
            members.set("zone", zone)
            if isNotarys { members["notary"] = true }
            members.set("clockOffset", clockOffset)
            return .object(members)
        case .describe(let items):
            return ["request": "describe", "items": .array(items.map(JSONValue.string))]
        case .disclose(let items, let how, let why):
            var members: [String: JSONValue] = [
                "request": "disclose", "items": .array(items.map(JSONValue.string)),
                "how": .string(how),
            ]
            members.set("why", why)
            return .object(members)
        case .repair(let items):
            return ["request": "repair", "items": .array(items.map(JSONValue.string))]
        case .addVolume(let path, let role):
            return [
                "request": "add-volume", "path": .string(path), "role": .string(role.rawValue),
            ]
        case .rebuildIndex: return ["request": "rebuild-index"]
        case .docks(let clearable):
            return ["request": "docks", "clearable": .bool(clearable)]
        case .timeStamp: return ["request": "time-stamp"]
        case .carryOut(let note, let wantsStamps):
            return [
                "request": "carry-out", "note": .string(Base64.encode(note)),
                "stamps": .bool(wantsStamps),
            ]
        case .carryIn(let files):
            return [
                "request": "carry-in",
                "files": .object(files.mapValues { .string(Base64.encode($0)) }),
            ]
        case .anchor: return ["request": "anchor"]
        case .register(let recorder, let step, let officer, let from):
            var members: [String: JSONValue] = [
                "request": "register", "recorder": .string(recorder),
                "step": .string(step.rawValue),
            ]
            members.set("officer", officer)
            members.set("from", from?.description)
            return .object(members)
        case .attribute(let names, let officer, let why):
            return [
                "request": "attribute", "names": .array(names.map(JSONValue.string)),
                "officer": .string(officer), "why": .string(why),
            ]
        case .importSchedule(let path, let zone):
            var members: [String: JSONValue] = [
                "request": "import-schedule", "path": .string(path),
            ]
            members.set("zone", zone)
            return .object(members)
        case .addCase(let told): return ["request": "add-case", "case": .object(told)]
        case .assign(let order): return order.json
        case .measureClock(let order): return order.json
        case .order(let request): return request.json
        case .courtRequest(let order): return order.json
        case .retention(let request): return request.json
        case .people(let request): return request.json
        case .access(let request): return request.json
        case .completeness(let scope):
            return ["request": "completeness", "scope": scope.json]
        case .explain(let finding, let why):
            return [
                "request": "explain", "finding": .string(finding), "why": .string(why),
            ]
        case .certify(let order):
            var members: [String: JSONValue] = [
                "request": "certify", "path": .string(order.path), "number": .string(order.number),
                "items": .array(order.items.map(JSONValue.string)),
            ]
            members.set("office", order.office)
            members.set("issued", order.issued)
            members.set("case", order.caseNumber)
            return .object(members)
        case .scrub(let items):
            return ["request": "scrub", "items": .array(items.map(JSONValue.string))]
        case .releaseHold(let why): return ["request": "release-hold", "why": .string(why)]
        }
    }

    /// Nil where the line is no request of ours.
    package init?(json: JSONValue) {
        func strings(_ key: String) -> [String] {
            json[key: key]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        switch json[key: "request"]?.stringValue {
        case "ingest":
            self = .ingest(
                paths: strings("paths"), recorder: json[key: "recorder"]?.stringValue,
                officer: json[key: "officer"]?.stringValue, zone: json[key: "zone"]?.stringValue,
                isNotarys: json[key: "notary"]?.boolValue ?? false,
                clockOffset: json[key: "clockOffset"]?.integerValue)
        case "describe": self = .describe(items: strings("items"))
        case "disclose":
            guard let how = json[key: "how"]?.stringValue else { return nil }
            self = .disclose(items: strings("items"), how: how, why: json[key: "why"]?.stringValue)
        case "repair": self = .repair(items: strings("items"))
        case "add-volume":
            guard let path = json[key: "path"]?.stringValue,
                let role = json[key: "role"]?.stringValue.flatMap(VolumeRole.init(rawValue:)),
                role != .first
            else { return nil }
            self = .addVolume(path: path, role: role)
        case "rebuild-index": self = .rebuildIndex
        case "docks": self = .docks(clearable: json[key: "clearable"]?.boolValue ?? false)
        case "time-stamp": self = .timeStamp
        case "carry-out":
            guard let note = json[key: "note"]?.stringValue.flatMap({ Base64.decode($0) }) else {
                return nil
            }
            self = .carryOut(
                note: note, wantsStamps: json[key: "stamps"]?.boolValue ?? false)
        case "carry-in":
            guard let files = json[key: "files"]?.objectValue else { return nil }
            self = .carryIn(
                files: files.compactMapValues { $0.stringValue.flatMap { Base64.decode($0) } })
        case "scrub": self = .scrub(items: strings("items"))
        case "anchor": self = .anchor
        case "register":
            guard let recorder = json[key: "recorder"]?.stringValue,
                let step = json[key: "step"]?.stringValue.flatMap(RecorderIssueRow.Step.init)
            else { return nil }
            let from = json[key: "from"]?.stringValue
            guard from == nil || from.flatMap({ Timestamp($0) }) != nil else { return nil }
            self = .register(
                recorder: recorder, step: step, officer: json[key: "officer"]?.stringValue,
                from: from.flatMap { Timestamp($0) })
        case "attribute":
            guard let officer = json[key: "officer"]?.stringValue,
                let why = json[key: "why"]?.stringValue
            else { return nil }
            self = .attribute(names: strings("names"), officer: officer, why: why)
        case "measure-clock":
            guard let order = ClockOrder(json: json) else { return nil }
            self = .measureClock(order)
        case "assign":
            guard let order = AssignmentOrder(json: json) else { return nil }
            self = .assign(order)
        case "order":
            guard let request = OrderRequest(json: json) else { return nil }
            self = .order(request)
        case "court-request":
            guard let order = CourtRequestOrder(json: json) else { return nil }
            self = .courtRequest(order)
        case "retention":
            guard let request = RetentionRequest(json: json) else { return nil }
            self = .retention(request)
        case "people":
            guard let request = PeopleRequest(json: json) else { return nil }
            self = .people(request)
        case "access":
            guard let request = AccessRequest(json: json) else { return nil }
            self = .access(request)
        case "completeness":
            guard let scope = CompletenessScope(json: json[key: "scope"]) else { return nil }
            self = .completeness(scope)
        case "explain":
            guard let finding = json[key: "finding"]?.stringValue,
                let why = json[key: "why"]?.stringValue
            else { return nil }
            self = .explain(finding: finding, why: why)
        case "import-schedule":
            guard let path = json[key: "path"]?.stringValue, path.hasPrefix("/") else { return nil }
            self = .importSchedule(path: path, zone: json[key: "zone"]?.stringValue)
        case "add-case":
            guard let told = json[key: "case"]?.objectValue else { return nil }
            self = .addCase(told)
        case "certify":
            guard let path = json[key: "path"]?.stringValue, path.hasPrefix("/"),
                let number = json[key: "number"]?.stringValue
            else { return nil }
            self = .certify(
                CertificateOrder(
                    path: path, number: number, office: json[key: "office"]?.stringValue,
                    issued: json[key: "issued"]?.stringValue, items: strings("items"),
                    caseNumber: json[key: "case"]?.stringValue))
        case "release-hold":
            guard let why = json[key: "why"]?.stringValue else { return nil }
            self = .releaseHold(why: why)
        default: return nil
        }
    }
}

/// One line of an answer: output, a failure, or the end.
package enum Answer: Sendable {
    /// A line of machine output, as `--json` prints it.
    case line(JSONValue)
    case failure(code: String, problem: Bilingual, nextStep: Bilingual)
    case end(ExitStatus)

    package init(failure error: any Error) {
        if let failure = error as? any Failure {
            self = .failure(
                code: failure.code, problem: failure.problem, nextStep: failure.nextStep)
        } else {
            self = .failure(
                code: "unexpected",
                problem: Bilingual("An unexpected fault: \(error)", "出现意外故障：\(error)"),
                nextStep: Bilingual("Please report it.", "请反馈给维护人员。"))
        }
    }

    package var json: JSONValue {
        switch self {
        case .line(let value): ["line": value]
        case .failure(let code, let problem, let nextStep):
            [
                "failure": .string(code),
                "problem": [.string(problem.english), .string(problem.chinese)],
                "nextStep": [.string(nextStep.english), .string(nextStep.chinese)],
            ]
        case .end(let status): ["exit": .integer(Int64(status.rawValue))]
        }
    }

    package init?(json: JSONValue) {
        func bilingual(_ key: String) -> Bilingual {
            let texts = json[key: key]?.arrayValue?.compactMap(\.stringValue) ?? []
            return Bilingual(texts.first ?? "", texts.last ?? "")
        }
        if let line = json[key: "line"] {
            self = .line(line)
        } else if let code = json[key: "failure"]?.stringValue {
            self = .failure(
                code: code, problem: bilingual("problem"), nextStep: bilingual("nextStep"))
        } else if let status = json[key: "exit"]?.integerValue.flatMap({
            ExitStatus(rawValue: Int32(truncatingIfNeeded: $0))
        }) {
            self = .end(status)
        } else {
            return nil
        }
    }
}
