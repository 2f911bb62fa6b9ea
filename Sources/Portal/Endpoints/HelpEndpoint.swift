import Accounts
import Evidence
import Hummingbird

/// What each role does here, on one page that can be printed.
struct HelpEndpoint: Endpoint {
    /// Steps of a role are texts with its name and a number, from 1 on.
    private static let mostSteps = 9

    let pages: PageShelf

    func add(to router: Routes) {
        router.get("help") { _, context in
            let me = try Rights.require(.seeState, context)
            let texts = Texts.all.texts(in: context.language)
            // Who runs the system explains it to all.
            let roles = me.roles.contains(.admin) ? Set(Role.allCases) : me.roles
            let parts = roles.sorted().map { role -> [String: Any] in
                [
                    "role": role.words.text(in: context.language),
                    "steps": (1...Self.mostSteps).compactMap {
                        texts["help-" + role.rawValue + "-\($0)"]
                    },
                ]
            }
            return try pages.page("help", "help", ["parts": parts], context)
        }
    }
}
