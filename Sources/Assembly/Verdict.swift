import CaseIndex
import Custody
package import Evidence
import Glibc
package import Logging
import Vault

/// What `verify` says of one file.
package struct Verdict: Sendable {
    package enum Answer: String, Sendable {
        case known, unknown, matches, differs
    }

    package let answer: Answer
    package let sha256: SHA256Digest
    package let sm3: SM3Digest
    package let size: Int64
    /// The items with this content.
    package let items: [String]
    /// What it was compared with, where a reference was given.
    package let reference: VerifyReference?

    package var isGood: Bool { answer == .known || answer == .matches }

    package var words: Bilingual {
        switch answer {
        case .known: Bilingual("Known: entered in the custody log", "已有存证记录")
        case .unknown: Bilingual("No record found", "未查到存证记录")
        case .matches: Bilingual("Matches the record", "核验一致")
        case .differs: Bilingual("Differs from the record", "核验不一致")
        }
    }

    package func json(path: String) -> JSONValue {
        var members: [String: JSONValue] = [
            "path": .string(SafeText.of(path)), "result": .string(answer.rawValue),
            "sha256": .string(sha256.hex), "sm3": .string(sm3.hex), "size": .integer(size),
        ]
        members.set("items", items)
        if let reference {
            var against: [String: JSONValue] = ["sha256": .string(reference.sha256.hex)]
            against.set("item", reference.item)
            members["against"] = .object(against)
        }
        return .object(members)
    }
}

/// What a file is compared with.
package struct VerifyReference: Hashable, Sendable {
    package let item: String?
    package let sha256: SHA256Digest
}

extension StationReader {
    /// What `--against` names: an item, the beginning of a digest, a leaf's number.
    package func reference(_ name: String?, log: Logger) async throws -> VerifyReference? {
        guard let name else { return nil }
        if let leaf = Int64(name), name.utf8.count < 16 {
            let size = try ledger.size()
            guard leaf >= 0, leaf < size else {
                throw AssemblyFailure(.noSuchLeaf, subject: name)
            }
            let event = try ledger.event(leaf)
            let inRow = event.rows.lazy.compactMap { $0.members["sha256"]?.stringValue }
                .compactMap { SHA256Digest(hex: $0) }.first
            guard let sha256 = event.leaf.sha256 ?? inRow else {
                throw AssemblyFailure(.noSuchItem, subject: name)
            }
            return VerifyReference(item: nil, sha256: sha256)
        }
        let item = try ItemLookup.one(name, in: try await index(log: log))
        return VerifyReference(item: item.name, sha256: item.sha256)
    }

    /// Digests one file and looks it up. The same name with other bytes is never called altered.
    package func verify(
        _ path: String, against reference: VerifyReference?, log: Logger
    ) async throws -> Verdict {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw AssemblyFailure(.unreadableFile, subject: path) }
        defer { close(descriptor) }
        guard FileFacts(of: descriptor)?.kind == S_IFREG else {
            throw AssemblyFailure(.unreadableFile, subject: path)
        }
        let found = try await StreamDigest.of(descriptor)
        let items = try await index(log: log).items(withSHA256: found.sha256)
            .map(\.item)
        let answer: Verdict.Answer
        if let reference {
            answer = reference.sha256 == found.sha256 ? .matches : .differs
        } else {
            answer = items.isEmpty ? .unknown : .known
        }
        return Verdict(
            answer: answer, sha256: found.sha256, sm3: found.sm3, size: found.size, items: items,
            reference: reference)
    }
}
