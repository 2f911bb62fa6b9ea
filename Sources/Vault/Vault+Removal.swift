import DurableFiles
package import Evidence
import Synchronization

extension Vault {
    /// How long a content that was taken may wait to be entered in the ledger.
    private static let memory: Duration = .seconds(3600)

    func remember(_ taken: [SHA256Digest]) {
        let now = ContinuousClock.now
        recent.withLock { recent in
            recent = recent.filter { now - $0.value < Self.memory }
            for sha256 in taken { recent[sha256] = now }
        }
    }

    /// The content is gone from every volume and the second copy, durably. Its deletion stands in
    /// the ledger by then.
    ///
    /// - Returns: whether anything was there; nil where it was taken once more within the last hour, and
    ///   is left.
    package func remove(_ sha256: SHA256Digest) throws -> Bool? {
        // Nobody copies or names it meanwhile.
        try carrying.withLock { _ in
            try naming.withLock { _ in
                let now = ContinuousClock.now
                guard recent.withLock({ $0[sha256].map { now - $0 >= Self.memory } }) ?? true else {
                    return nil
                }
                var wasThere = false
                for disk in volumes + [copies?.root].compactMap({ $0 }) {
                    for kind in VaultReader.kinds {
                        let place = VaultReader.place(sha256, kind: kind)
                        guard try disk.exists(place) else { continue }
                        try disk.remove(place)
                        wasThere = true
                    }
                    // What was put aside of it as damaged is its content, too.
                    let aside = "vault/damaged"
                    guard try disk.exists(aside) else { continue }
                    for name in try disk.names(in: aside) where name.hasPrefix(sha256.hex) {
                        try disk.remove(aside + "/" + name)
                        wasThere = true
                    }
                }
                return wasThere
            }
        }
    }
}
