import Custody
import DurableFiles
package import Evidence
import NotaryLink
import Notarization
import TimeStamping
import TransparencyLog
import Witness

/// What is carried between a station and its notary on a stick, from the side of whoever holds it.
package enum StickJourney {
    /// The folder that goes to the notary; it appears whole and synced, or not at all.
    ///
    /// - Parameter note: the checkpoint that ``Request/carryOut(note:wantsStamps:)`` was done for.
    package static func writeRequest(
        _ note: [UInt8], of reader: StationReader, mirrorFrom: Int64?, to path: String
    ) throws {
        let keys = try reader.keys().all
        let request = try StickRequest(
            reader: reader.ledger, keys: keys, note: note, mirrorFrom: mirrorFrom)
        let folder = try OutgoingFolder(path: path)
        try request.write { try folder.put($0, at: $1) }
        try folder.publish()
    }

    /// What a notary put on a stick, for ``Request/carryIn(files:)``.
    ///
    /// - Throws: `wrong-usage` where the folder is none.
    package static func readAnswer(_ path: String) throws -> [String: [UInt8]] {
        let folder = try ForeignFolder(path: path)
        var files: [String: [UInt8]] = [:]
        let places = [
            (StickExchange.checkpoint, SignedNote.byteLimit),
            (StickExchange.answer, WitnessAnswer.fileByteLimit),
            (StickExchange.newest, SignedNote.byteLimit),
        ]
        for (place, limit) in places { files[place] = try folder.read(place, limit: limit) }
        for name in StickExchange.stamps {
            let place = StickExchange.token(name)
            files[place] = try folder.read(place, limit: StickExchange.stampByteLimit)
        }
        return files
    }
}

/// What came of a stick at the notary's.
package struct StickOutcome: Sendable {
    package let origin: String
    package let size: Int64
    /// The status that HTTP would have had: 200 where it was cosigned.
    package let status: Int
    package let findings: [Finding]
    /// Digests whose time-stamp queries were answered.
    package let stamped: [String]
    /// Entries that the mirror holds; nil where none is kept.
    package let mirrored: Int64?
}

extension WitnessStation {
    /// Answers a station's folder, and writes the one that goes back; whole and synced, or not at all.
    /// What is cosigned is durable before.
    ///
    /// - Parameters:
    ///   - authority: where the folder's time-stamp queries are put; nil for nowhere.
    ///   - pem: certificates that the authority's TLS chain must end in; nil for the system's.
    package func answer(
        stick path: String, to target: String, authority: String?, roots: String?
    ) async throws -> StickOutcome {
        let folder = try ForeignFolder(path: path)
        let read: @Sendable (String, Int) throws -> [UInt8]? = { try folder.read($0, limit: $1) }
        let question = try StickQuestion(read)
        let (decision, files, mirrored) = try await offPool { [witness, mirrors] in
            var mirrored: Int64?
            if let mirrors {
                mirrored = try mirrors.pull(from: FolderSource(read), by: witness).0.size
            }
            let (decision, files) = try witness.answer(question)
            return (decision, files, mirrored)
        }
        var way = StickWayBack(
            question: question, answer: decision.answer, findings: decision.findings,
            files: files)
        way.mirrored = mirrored
        return try await way.write(to: target, read, authority: authority, roots: roots)
    }

    /// Brings the copy of the log at an address up, and cosigns what it then holds.
    package func mirror(_ url: String) async throws -> (
        origin: String, size: Int64, isCosigned: Bool
    ) {
        guard let mirrors else { throw AssemblyFailure(.wrongUsage, subject: "mirror") }
        let (held, decision) = try await offPool { [witness] in
            try mirrors.pull(from: url, by: witness)
        }
        var isCosigned = false
        if case .cosigned = decision?.answer { isCosigned = true }
        return (held.origin, held.size, isCosigned)
    }
}

/// What goes back on a stick, before the authority was asked.
private struct StickWayBack {
    let question: StickQuestion
    let answer: WitnessAnswer
    let findings: [Finding]
    var files: [(place: String, bytes: [UInt8])]
    var mirrored: Int64?

    /// Asks the authority about the stick's queries, and writes the folder.
    func write(
        to target: String, _ read: (String, Int) throws -> [UInt8]?, authority: String?,
        roots: String?
    ) async throws -> StickOutcome {
        var files = files
        var stamped: [String] = []
        if let authority {
            let line = try HTTPLine(roots: roots.map(PolicyFile.certificates))
            for name in StickExchange.stamps {
                guard let query = try read(StickExchange.query(name), StickExchange.stampByteLimit)
                else { continue }
                let answer = try? await line.ask(
                    authority, post: (query, TimeStampQuery.contentType),
                    limit: StickExchange.stampByteLimit, within: .seconds(60))
                guard let answer, answer.status == 200 else { continue }
                files.append((StickExchange.token(name), answer.body))
                stamped.append(name)
            }
        }
        let out = try OutgoingFolder(path: target)
        for (place, bytes) in files { try out.put(bytes, at: place) }
        try out.publish()
        return StickOutcome(
            origin: question.checkpoint.origin, size: question.checkpoint.size,
            status: answer.status, findings: findings, stamped: stamped, mirrored: mirrored)
    }
}

/// The witness that serves at this moment: a stick is answered by it, over HTTP, since the root is its
/// own.
package struct RunningWitness: Sendable {
    private let url: String

    /// Nil where no daemon says that it holds that root.
    package init?(root: String) {
        guard let note = RootLock.note(rootPath: root), note.hasPrefix("http://") else {
            return nil
        }
        url = note
    }

    /// As ``WitnessStation/answer(stick:to:authority:roots:)``; what it finds odd stands in its own log.
    package func answer(
        stick path: String, to target: String, authority: String?, roots: String?
    ) async throws -> StickOutcome {
        let folder = try ForeignFolder(path: path)
        let read: @Sendable (String, Int) throws -> [UInt8]? = { try folder.read($0, limit: $1) }
        let question = try StickQuestion(read)
        let line = try HTTPLine()
        let body = try question.body(forWitnessAt: await newest(of: question, line))
        let found = try await line.ask(
            url + "/add-checkpoint", post: (body, "text/plain; charset=utf-8"),
            limit: WitnessAnswer.byteLimit, within: .seconds(60))
        let answer = try WitnessAnswer(
            status: found.status, contentType: found.contentType, body: found.body)
        let way = StickWayBack(
            question: question, answer: answer, findings: [],
            files: question.files(answer, newest: try await newest(of: question, line)))
        return try await way.write(to: target, read, authority: authority, roots: roots)
    }

    private func newest(of question: StickQuestion, _ line: HTTPLine) async throws -> [UInt8]? {
        let shown = try await line.ask(
            url + "/" + WitnessAddress.newest(ofOrigin: question.checkpoint.origin),
            limit: SignedNote.byteLimit, within: .seconds(30))
        return shown.status == 200 ? shown.body : nil
    }
}
