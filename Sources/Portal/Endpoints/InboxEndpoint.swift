import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// An officer's inbox: what he brought that is linked to no case, with the field tasks that it may
/// be of and why.
struct InboxEndpoint: Endpoint {
    let pages: PageShelf
    let footage: any FootageDesk
    let inbox: any InboxDesk
    let register: DisclosureRegister

    func add(to router: Routes) {
        router.get("inbox") { request, context in
            let me = try Rights.require(.workInbox, context)
            // The head of it shows nothing of it.
            guard request.method == .get else { return Response(status: .ok) }
            return try await page(
                [:], me, docking: request.query("docking"), after: request.query("after"),
                context)
        }
        router.post("inbox") { request, context in
            let form = try await Form(request)
            try form.require(context)
            let me = try Rights.require(.workInbox, context)
            return try await work(form, me, context)
        }
    }

    /// Does what the form says, and shows the inbox with what came of it.
    private func work(
        _ form: Form, _ me: Account, _ context: PortalContext
    ) async throws -> Response {
        var done: [String] = []
        do {
            if let choice = form["link"] {
                // The item and the case, as the button has them.
                let parts = choice.split(separator: " ", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw HTTPError(.badRequest) }
                try await link(parts[0], to: parts[1], me)
                done = [parts[0]]
            } else if form["do"] == "mine" {
                done = [try await claim(form, me)]
            } else {
                try await workPicked(form, me, context, &done)
            }
        } catch let problem as PortalProblem where problem.status == .unprocessableContent {
            return try await page(
                values(problem, done, context), me, docking: form["docking"], after: nil, context)
        } catch let failure as any Failure where failure.disposition == .quarantine {
            return try await page(
                values(PortalProblem(failure), done, context), me, docking: form["docking"],
                after: nil, context)
        }
        return try await page(
            values(nil, done, context), me, docking: form["docking"], after: nil, context)
    }

    private func workPicked(
        _ form: Form, _ me: Account, _ context: PortalContext, _ done: inout [String]
    ) async throws {
        let picked = form.names.filter { $0.hasPrefix("pick-") }
            .map { String($0.dropFirst(5)) }.sorted()
        guard !picked.isEmpty else { throw Self.refused("nothing-picked", "pickFirst") }
        for item in picked { try await requireOwn(item, me) }
        let said = form["text"].flatMap(Purposes.checked)
        switch form["do"] {
        case "link":
            guard let number = form["case"] else { throw Self.refused("no-case", "caseWanted") }
            for item in picked {
                try await link(item, to: number, me)
                done.append(item)
            }
        case "private", "test":
            let why = Texts.all.text(
                form["do"] == "test" ? "whyTest" : "whyPrivate", in: context.language)
            for item in picked {
                try await inbox.setAside(item, why: why, by: me.by)
                done.append(item)
            }
        case "note":
            guard let said else { throw Self.refused("no-text", "textWanted") }
            try await inbox.note(picked, text: said, mark: nil, by: me.by)
            done = picked
        case "important":
            try await inbox.note(picked, text: said, mark: "important", by: me.by)
            done = picked
        case "notMine":
            guard let said else { throw Self.refused("no-text", "textWanted") }
            try await inbox.claim(
                picked.map {
                    ClaimRow(
                        item: $0, account: me.name, isMine: false, state: .open, why: said,
                        by: me.by)
                })
            done = picked
        default: throw HTTPError(.badRequest)
        }
    }

    /// Somebody says that footage which is not in his inbox is his. He learns nothing of it before a
    /// second person says so, too; not even whether there is such an item.
    private func claim(_ form: Form, _ me: Account) async throws -> String {
        guard let item = form["item"], let name = LedgerName(item) else {
            throw Self.refused("no-item", "itemWanted")
        }
        guard let why = form["text"].flatMap(Purposes.checked) else {
            throw Self.refused("no-text", "textWanted")
        }
        let isOwn = try await footage.ownership(of: name.description)?.officer == me.name
        if !isOwn, try await inbox.isKnown(name.description) {
            try await inbox.claim([
                ClaimRow(
                    item: name.description, account: me.name, isMine: true, state: .open,
                    why: why, by: me.by)
            ])
        }
        return name.description
    }

    private static func refused(_ code: String, _ key: String) -> PortalProblem {
        PortalProblem(.unprocessableContent, code, Texts.both(key))
    }

    private func link(_ item: String, to number: String, _ me: Account) async throws {
        try await requireOwn(item, me)
        try await inbox.link(item, to: number, by: me.by)
    }

    /// - Throws: `not-found`, also where it is somebody else's.
    private func requireOwn(_ item: String, _ me: Account) async throws {
        guard let ownership = try await footage.ownership(of: item),
            Rights.may(me, .workInbox, on: ownership)
        else { throw PortalProblem.notFound }
    }

    // MARK: - The page

    private func values(
        _ problem: PortalProblem?, _ done: [String], _ context: PortalContext
    ) -> [String: Any] {
        var values: [String: Any] = [:]
        if !done.isEmpty {
            values["done"] = done.joined(separator: context.language == .english ? ", " : "、")
        }
        if let problem {
            values["problem"] = problem.title.text(in: context.language)
            values["next"] = problem.next?.text(in: context.language) ?? ""
        }
        return values
    }

    private func page(
        _ values: [String: Any], _ me: Account, docking: String?, after cursor: String?,
        _ context: PortalContext
    ) async throws -> Response {
        let language = context.language
        let inbox = try await inbox.inbox(of: me.name, docking: docking, after: cursor)
        try await register.enter(
            inbox.items.map(\.item), .list, by: me, session: context.token ?? "", why: "inbox")
        var values = values
        values["items"] = inbox.items.map { self.values(of: $0, language) }
        values["isEmpty"] = inbox.items.isEmpty
        values["after"] = inbox.next.map {
            "?after=\($0)" + (docking.map { "&docking=" + PathText.encoded($0) } ?? "")
        }
        values["docking"] = docking ?? ""
        values["isDocking"] = docking != nil
        values["requests"] = inbox.requests.map { request -> [String: Any] in
            [
                "case": request.caseNumber.description, "why": request.why,
                "when": LocalMoment.text(request.from, request.to),
                "due": LocalMoment.text(request.due),
            ]
        }
        values["hasRequests"] = !inbox.requests.isEmpty
        values["claims"] = inbox.claims.map { claim -> [String: Any] in
            [
                "item": claim.row.item, "why": claim.row.why,
                "what": Texts.all.text(
                    claim.row.isMine ? "claimMine" : "claimNotMine", in: language),
                "state": Texts.all.text("claim-" + claim.row.state.rawValue, in: language),
            ]
        }
        values["hasClaims"] = !inbox.claims.isEmpty
        values["guard"] = context.session?.guardToken ?? ""
        return try pages.page(
            "inbox", "inbox", values, context,
            status: values["problem"] == nil ? .ok : .unprocessableContent)
    }

    private func values(of item: InboxItem, _ language: Language) -> [String: Any] {
        func text(_ key: String) -> String { Texts.all.text(key, in: language) }
        return [
            "item": item.item, "path": item.path ?? "", "recorder": item.recorder ?? "",
            "time": item.begins.map { LocalMoment.text($0) } ?? "",
            "isTimeSure": item.isTimeSure,
            "length": item.seconds.map { FootageLine.length(Double($0)) } ?? "",
            "isImportant": item.isImportant, "isOverdue": item.isOverdue,
            "isDisowned": item.isDisowned, "notes": item.notes, "isPlayable": item.isPlayable,
            "candidates": item.candidates.map { candidate -> [String: Any] in
                [
                    "cases": candidate.caseNumbers.map { ["case": $0, "item": item.item] },
                    "what": [
                        Texts.all.action(candidate.action, in: language),
                        LocalMoment.text(candidate.begins, candidate.ends),
                        candidate.place ?? "",
                    ].filter { !$0.isEmpty }.joined(separator: " · "),
                    "reasons": candidate.reasons.map { reason in
                        [
                            "points": (reason.points > 0 ? "+" : "") + String(reason.points),
                            "words": reason.words.text(in: language),
                            "side": reason.points > 0 ? "for" : "against",
                        ]
                    },
                ]
            },
        ]
    }
}
