import Evidence
import HTTPTypes
import Hummingbird

/// What the pages need besides: styles, scripts, the mark; and what programs need to know of the
/// rest.
struct AssetsEndpoint: Endpoint {
    private static let all: [String: (bytes: [UInt8], type: String)] = [
        "style.css": (PackageResources.style_css, "text/css; charset=utf-8"),
        "digest-worker.js": (PackageResources.digest_worker_js, "text/javascript; charset=utf-8"),
        "verify.js": (PackageResources.verify_js, "text/javascript; charset=utf-8"),
        "dock.css": (PackageResources.dock_css, "text/css; charset=utf-8"),
        "dock.js": (PackageResources.dock_js, "text/javascript; charset=utf-8"),
        "mark.svg": (PackageResources.mark_svg, "image/svg+xml"),
    ]

    func add(to router: Routes) {
        router.get("api/openapi.json") { _, _ in
            Response(.ok, PackageResources.openapi_json, type: "application/json")
        }
        router.get("assets/:name") { _, context in
            guard let asset = Self.all[try context.parameters.require("name")] else {
                throw PortalProblem.notFound
            }
            return Response(.ok, asset.bytes, type: asset.type)
        }
    }
}
