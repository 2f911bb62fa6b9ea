import DurableFiles
import Evidence
import Fixity
import Glibc

/// One object, or the objects of one group, getting their names: durable only when ``settle()``
/// returns. A vault has one round at a time, so that nobody takes for durable what another may have
/// to take back.
struct NamingRound {
    let volume: DurableRoot
    let volumes: [DurableRoot]
    /// The syncs of a group; nil where one object's directory is synced by itself.
    let group: GroupSync?
    private var given: [String] = []
    /// Contents that whoever had them taken is about to enter.
    private(set) var taken: [SHA256Digest] = []

    init(volume: DurableRoot, volumes: [DurableRoot], group: GroupSync?) {
        (self.volume, self.volumes, self.group) = (volume, volumes, group)
    }

    /// Gives a verified copy its name. What stands there already is read and compared first: equal,
    /// the fresh copy is dropped; damaged, it is put aside and the fresh copy takes its place.
    ///
    /// - Parameter sound: a volume whose object was read before the round and found sound.
    mutating func name(_ verified: VerifiedCopy, sound: DurableRoot?) throws -> VaultedItem {
        let digests = verified.digests
        let place = VaultReader.place(digests.sha256, kind: digests.kind)
        taken.append(digests.sha256)
        var healed = false
        for other in volumes where try other.exists(place) {
            if try other === sound
                || VaultReader.isSound(digests.sha256, size: digests.size, at: other, place)
            {
                if group == nil || other !== volume { try other.settle(place) }
                return digests.item(wasThere: true, healed: healed)
            }
            try Self.putAside(digests.sha256, place, on: other)
            healed = true
        }
        let outcome =
            group == nil
            ? try volume.publish(verified.staged, at: place)
            : try volume.publishUnsynced(verified.staged, at: place)
        // Nobody else writes here: the root's lock and the round see to it.
        guard outcome == .written else { throw VaultFailure(.storeFailed, errno: EEXIST) }
        given.append(place)
        return digests.item(wasThere: false, healed: healed)
    }

    /// Every name given is durable when it returns; none of them is left where it throws.
    func settle() throws {
        do { try group?.sync() } catch {
            takeBack()
            throw error
        }
    }

    /// Nothing that this round named is left.
    func takeBack() { for place in given { volume.takeBack(place) } }

    static func putAside(_ sha256: SHA256Digest, _ place: String, on volume: DurableRoot) throws {
        var number = 1
        while try volume.exists("vault/damaged/\(sha256.hex).\(number)") { number += 1 }
        try volume.moveAside(place, to: "vault/damaged/\(sha256.hex).\(number)")
    }
}

extension SourceDigests {
    /// The folder below `vault/`: bytes with gaps never stand where whole files do.
    var kind: String { unreadable.isEmpty ? "footage" : "partial" }

    func item(wasThere: Bool, healed: Bool) -> VaultedItem {
        VaultedItem(
            sha256: sha256, sm3: sm3, size: size, blocks: blocks, probe: probe, wasThere: wasThere,
            healed: healed, unreadable: unreadable)
    }
}
