import Assembly
import Evidence
import Synchronization

/// What a disclosure that was just entered allows: which bytes may leave.
final class Disclosed: Sendable {
    struct Grant: Sendable {
        let item: String
        let sha256: SHA256Digest
        let size: Int64
        let leaf: Int64
    }

    private let entered = Mutex<Grant?>(nil)

    var grant: Grant? { entered.withLock { $0 } }

    func take(_ value: JSONValue) {
        guard let item = value[key: "item"]?.stringValue,
            let sha256 = value[key: "sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) }),
            let size = value[key: "size"]?.integerValue,
            let leaf = value[key: "leaf"]?.integerValue
        else { return }
        entered.withLock { $0 = Grant(item: item, sha256: sha256, size: size, leaf: leaf) }
    }
}
