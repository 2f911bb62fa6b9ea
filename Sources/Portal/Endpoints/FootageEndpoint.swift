import Accounts
import Evidence
import HTTPTypes
import Hummingbird

/// The bytes of footage, as they were on the recorder, by parts where that is asked for (RFC 9110
/// section 14). Every block is found to be what was taken before a byte of it leaves, and again after
/// a minute; who sees it stands in the custody log before the first.
struct FootageEndpoint: Endpoint {
    let footage: any FootageDesk
    let register: DisclosureRegister
    let purposes: Purposes

    func add(to router: Routes) {
        router.get("footage/:item") { request, context in
            try await withTaskExecutorPreference(LoopExecutor(context.channel)) {
                try await answer(request, context)
            }
        }
        router.head("footage/:item", use: answer)
    }

    @Sendable private func answer(
        _ request: Request, _ context: PortalContext
    ) async throws -> Response {
        let me = try Rights.require(.watch, context, scope: .footage)
        let name = try context.parameters.require("item")
        guard let ownership = try await footage.ownership(of: name),
            Rights.may(me, .watch, on: ownership),
            let object = try await footage.object(of: name)
        else { throw PortalProblem.notFound }
        let tag = "\"" + object.sha256.hex + "\""
        var headers: HTTPFields = [
            .eTag: tag, .acceptRanges: "bytes", .cacheControl: "private, no-store",
            .contentType: object.type, .xContentTypeOptions: "nosniff",
        ]
        if let digest = HTTPField.Name("Repr-Digest") {
            headers[digest] = "sha-256=:\(Base64.encode(object.sha256.bytes)):"
        }
        if let disposition = HTTPField.Name("Content-Disposition") {
            headers[disposition] = "inline; filename=\"\(object.fileName)\""
        }
        if let known = request.headers[.ifNoneMatch], known == "*" || known.contains(tag) {
            return Response(status: .notModified, headers: headers)
        }
        // A part is worth nothing to who has another whole.
        var field = request.headers[.range]
        if let other = request.headers[.ifRange], other != tag { field = nil }
        var (first, last) = (Int64(0), object.size - 1)
        var status = HTTPResponse.Status.ok
        switch ByteRange(field, size: object.size) {
        case .whole: break
        case .part(let from, let to):
            (first, last, status) = (from, to, .partialContent)
            headers[.contentRange] = "bytes \(from)-\(to)/\(object.size)"
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(object.size)"
            headers[.contentType] = nil
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        let length = Int(last - first + 1)
        if request.method == .head {
            headers[.contentLength] = String(length)
            return Response(
                status: status, headers: headers,
                body: ResponseBody(contentLength: length) { try await $0.finish(nil) })
        }
        let session = context.token ?? ""
        var (why, number): (String?, CaseNumber?) = (nil, nil)
        if !Rights.isOwn(me, ownership), let standing = Rights.caseOfView(me, ownership) {
            number = standing.number
            why = try await purposes.require(standing.number, session, request)
        }
        try await register.enter(
            [name], .view, by: me, session: session, why: why, for: number)
        return Response(
            status: status, headers: headers,
            body: ResponseBody(contentLength: length) { [first, last] writer in
                try await withTaskExecutorPreference(LoopExecutor(context.channel)) {
                    try await object.send(first, last, to: &writer, on: context.channel)
                    try await writer.finish(nil)
                }
            })
    }
}
