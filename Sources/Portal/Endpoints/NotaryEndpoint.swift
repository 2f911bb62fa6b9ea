import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// The notary's desk: whether digests stand in the custody log, with proofs to take along, and who
/// vouches for it.
struct NotaryEndpoint: Endpoint {
    private static let byteLimit = 16 << 20
    private static let lineLimit = 100_000
    /// Lines that a page shows; all of them are in the table that can be saved.
    private static let shownLines = 500

    let pages: PageShelf
    let station: any PortalStation
    private let queue = WaitingLine()

    init(pages: PageShelf, station: any PortalStation) {
        (self.pages, self.station) = (pages, station)
    }

    func add(to router: Routes) {
        router.get("verify") { _, context in
            _ = try Rights.require(.verifyDigests, context)
            return try await page([:], context)
        }
        router.post("verify") { request, context in
            let form = try await Form(request, upTo: 1 << 20)
            try form.require(context)
            _ = try Rights.require(.verifyDigests, context)
            let list = form["list"] ?? ""
            do {
                let answers = try await answers(to: Array(list.utf8), tableIn: nil)
                return try await page(
                    values(of: answers, context).merging(["list": list]) { $1 }, context)
            } catch let failure as MalformedList {
                return try await page(
                    [
                        "list": list, "problem": failure.words(in: context.language),
                        "next": failure.nextStep.text(in: context.language),
                    ], context, status: .unprocessableContent)
            }
        }
        router.post("verify/consistency") { request, context in
            let form = try await Form(request)
            try form.require(context)
            _ = try Rights.require(.verifyDigests, context)
            do {
                let found = try await station.consistency(
                    form["first"] ?? "", form["second"] ?? "")
                return try await page(
                    [
                        "consistency": [
                            "isConsistent": found.isConsistent, "first": String(found.firstSize),
                            "second": String(found.secondSize),
                            "proof": found.proof.joined(separator: "\n"),
                            "hasProof": !found.proof.isEmpty,
                        ] as [String: Any], "first": form["first"] ?? "",
                        "second": form["second"] ?? "",
                    ], context)
            } catch let failure as any Failure where failure.disposition == .quarantine {
                return try await page(
                    [
                        "problem": failure.words(in: context.language),
                        "first": form["first"] ?? "", "second": form["second"] ?? "",
                    ], context, status: .unprocessableContent)
            }
        }
        router.post("verify/sign-off") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.signOff, context)
            guard let text = form["text"].flatMap(Purposes.checked) else {
                return try await page(
                    ["problem": Texts.all.text("textWanted", in: context.language)], context,
                    status: .unprocessableContent)
            }
            // What he saw, not what came since.
            guard let size = form["size"].flatMap({ Int64($0) }),
                try await station.signOff(
                    text, size: size, root: form["root"] ?? "", by: me.by)
            else { throw PortalProblem.forged }
            return try await page(["signed": true], context)
        }
        router.post("api/v1/verify") { request, context in
            _ = try Rights.require(.verifyDigests, context)
            try Form.require(guardOf: request, context)
            let body = try await request.bytes(upTo: Self.byteLimit)
            let wantsTable = request.headers[.accept]?.contains("text/csv") == true
            let answers = try await answers(
                to: Array(body.readableBytesView), tableIn: wantsTable ? context.language : nil)
            if wantsTable {
                let table = answers.table.joined(separator: "\n")
                return Response(
                    .ok, Array(("\u{feff}" + table + "\n").utf8),
                    type: "text/csv; charset=utf-8", caching: "no-store")
            }
            return Response(json: [
                "lines": .array(answers.lines.map { line($0, context.language) }),
                "summary": .array(
                    answers.summary.map { .string($0.text(in: context.language)) }),
            ])
        }
        router.get("api/v1/proofs/:leaf") { _, context in
            _ = try Rights.require(.verifyDigests, context)
            return try await proof(context) { $0.proof }
        }
        router.get("api/v1/entries/:leaf") { _, context in
            _ = try Rights.require(.verifyDigests, context)
            return try await proof(context) { $0.entry }
        }
    }

    /// One list at a time: an answer is much larger than what was asked.
    ///
    /// - Throws: `too-large` beyond a hundred thousand lines; ``MalformedList``.
    private func answers(
        to list: [UInt8], tableIn language: Language?
    ) async throws -> DigestAnswers {
        guard list.count(where: { $0 == 0x0a }) <= Self.lineLimit else {
            throw PortalProblem.tooLarge
        }
        return try await queue.take { [station] in
            try await station.verify(list, tableIn: language)
        }
    }

    private func proof(
        _ context: PortalContext, _ part: ((entry: [UInt8], proof: [UInt8])) -> [UInt8]
    ) async throws -> Response {
        guard let leaf = Int64(try context.parameters.require("leaf")),
            let found = try await station.proof(of: leaf)
        else { throw PortalProblem.notFound }
        return Response(
            .ok, part(found), type: "application/octet-stream", caching: "no-store")
    }

    // MARK: - Pages

    private func page(
        _ values: [String: Any], _ context: PortalContext, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let vouching = try await station.vouching()
        let state = try await station.state()
        let (language, texts) = (context.language, Texts.all.texts(in: context.language))
        func text(_ key: String) -> String { texts[key] ?? key }
        var values = values
        var cosigners = vouching.cosigners.map { cosigner -> String in
            [cosigner.name, cosigner.time.map { Self.shown($0.description) } ?? ""].filter {
                !$0.isEmpty
            }
            .joined(separator: ", ")
        }
        if cosigners.isEmpty { cosigners = [text("notCosigned")] }
        let facts: [(String, String)] = [
            (text("stateCheckpoint"), String(state.entries)),
            (text("stateCosigned"), vouching.cosigned.map(String.init) ?? "–"),
            (text("cosigners"), cosigners.joined(separator: "; ")),
            (text("stateTimeStamped"), vouching.timeStamped.map(String.init) ?? "–"),
            (text("logKey"), vouching.logKey),
        ]
        values["facts"] = facts.map { ["label": $0.0, "value": $0.1] }
        values["findings"] = vouching.findings.map { $0.text(in: language) }
        values["checkpoint"] = vouching.checkpoint
        (values["size"], values["root"]) = (String(vouching.size), vouching.root)
        values["guard"] = context.session?.guardToken ?? ""
        values["maySignOff"] = context.session.map { Rights.may($0.account, .signOff) } ?? false
        values["signOffs"] = try await station.signOffs().map { signOff -> [String: Any] in
            [
                "by": PersonText.of(signOff.row.by), "time": LocalMoment.text(signOff.time),
                "size": String(signOff.row.size), "root": Base64.encode(signOff.row.root.bytes),
                "text": signOff.row.text,
            ]
        }
        let keys = [
            "matches", "differs", "known", "unknown", "malformed", "changed", "unreadable",
            "digesting", "proof", "entry", "waiting",
        ]
        let words = keys.map { ($0, JSONValue.string(text($0))) }
        values["words"] = JSONWriter.line(.object(Dictionary(uniqueKeysWithValues: words)))
        return try pages.page("verify", "verify", values, context, status: status)
    }

    private func values(of answers: DigestAnswers, _ context: PortalContext) -> [String: Any] {
        let texts = Texts.all.texts(in: context.language)
        let lines = answers.lines.prefix(Self.shownLines).map { line -> [String: Any] in
            [
                "digest": line.json[key: "digest"]?.stringValue ?? "",
                "path": line.json[key: "path"]?.stringValue ?? "",
                "result": line.result, "words": texts[line.result] ?? line.result,
                "exact": line.json[key: "time"]?.stringValue ?? "",
                "time": line.json[key: "time"]?.stringValue.map(Self.shown) ?? "",
                "leaf": line.json[key: "leaf"]?.integerValue.map(String.init) ?? "",
                "hasLeaf": line.json[key: "leaf"] != nil,
                "note": line.note?.text(in: context.language) ?? "",
            ]
        }
        return [
            "lines": lines, "hasLines": true,
            "summary": answers.summary.map { $0.text(in: context.language) },
        ]
    }

    /// A moment for the eye, to the second; in UTC, as the log has it.
    private static func shown(_ time: String) -> String {
        time.prefix(19).replacing("T", with: " ") + " UTC"
    }

    private func line(_ line: DigestAnswers.Line, _ language: Language) -> JSONValue {
        guard let note = line.note, var members = line.json.objectValue else { return line.json }
        members["noteWords"] = .string(note.text(in: language))
        return .object(members)
    }
}
