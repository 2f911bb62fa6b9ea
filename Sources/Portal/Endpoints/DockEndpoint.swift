import Evidence
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The wall at the dock: a page without sign-in and without a name on it, for the screens that are
/// listed.
struct DockEndpoint: Endpoint {
    let pages: PageShelf
    let feed: WallFeed
    let addresses: AddressList

    func add(to router: Routes) {
        router.get("dock") { _, context in
            try require(context)
            let keys = [
                "bytesLeft", "files", "minutes", "needLook", "notTaken", "officer",
                "secondsLeft",
            ]
            let texts = keys.map { ($0, JSONValue.string(text($0, context))) }
            let words = JSONWriter.line(.object(Dictionary(uniqueKeysWithValues: texts)))
            return try pages.page("dock", "dockWall", ["words": words], context)
        }
        router.get("dock/events") { _, context in
            try require(context)
            let events = await feed.events()
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    // Says at once that it listens, though nothing may change for long.
                    try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
                    for await event in events.cancelOnGracefulShutdown() {
                        try await writer.write(event)
                    }
                    try await writer.finish(nil)
                })
        }
    }

    private func text(_ key: String, _ context: PortalContext) -> String {
        Texts.all.text(key, in: context.language)
    }

    private func require(_ context: PortalContext) throws {
        guard addresses.contains(context.address) else {
            throw PortalProblem(
                .forbidden, "not-from-here",
                Bilingual(
                    "The dock is shown on its own screens only.", "采集台页面仅限指定屏幕查看。"),
                next: Bilingual(
                    "The setting dockAddresses lists them.", "允许的地址由设置项 dockAddresses 指定。"))
        }
    }
}
