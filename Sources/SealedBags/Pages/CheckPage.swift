import Evidence

/// `verify.html`: checks the bag in any browser, without a network. The same bytes in every bag.
enum CheckPage {
    static let html: String = {
        let page = String(decoding: PackageResources.verify_html, as: UTF8.self)
        let script = String(decoding: PackageResources.verify_js, as: UTF8.self)
        return page.replacing("/*SCRIPT*/", with: script)
    }()
}
