import CaseIndex
import Custody
import Evidence
import Fixity
import Ingest
import Logging
import ServiceLifecycle
import TimeStamping
import TransparencyLog

/// Enters `sm3-anchor` events: one at a time, each from where the last one ended.
actor AnchorDesk {
    private let stages: Stages
    private var anchor = EntryAnchor()

    init(stages: Stages) { self.stages = stages }

    /// Anchors everything that is published; in the ledger when it returns.
    func enter() async throws -> (row: SM3AnchorRow, leaf: Int64) {
        let (reader, before) = (stages.reader, anchor)
        let (anchor, row) = try await offPool {
            var anchor = before
            let size = try reader.size()
            let (sm3, bytes) = try anchor.digest(ofFirst: size, reader)
            return (anchor, SM3AnchorRow(treeSize: size, bytes: bytes, sm3: sm3))
        }
        self.anchor = anchor
        let receipts = try await stages.ledger.enter([
            NewCustodyEvent(kind: .sm3Anchor, time: stages.now(), rows: [row.row])
        ])
        return (row, receipts.first?.index ?? 0)
    }

    /// Anchors where the last anchor is a day old, or there is none, and something came since.
    func enterWhenDue() async throws {
        guard let last = try stages.index.lastEvent(of: .sm3Anchor) else {
            if try stages.reader.size() > 0 { _ = try await enter() }
            return
        }
        let age = stages.now().milliseconds - last.time.milliseconds
        guard age >= 86_400_000, try stages.reader.size() > last.leaf + 1 else { return }
        _ = try await enter()
    }
}

/// Anchors once a day.
struct AnchorService: Service {
    let desk: AnchorDesk
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(600))
                guard !Task.isCancelled else { return }
                do { try await desk.enterWhenDue() } catch {
                    log.error(
                        "the entries could not be anchored by SM3",
                        metadata: [
                            "problem": "\((error as? any Failure)?.problem.english ?? "")"
                        ])
                }
            }
        }
    }
}

extension Operations {
    func anchor(_ answer: @Sendable (Answer) -> Void) async throws -> ExitStatus {
        let (row, leaf) = try await station.anchors.enter()
        try await station.stages.feeder.catchUp()
        answer(
            .line([
                "leaf": .integer(leaf), "treeSize": .integer(row.treeSize),
                "bytes": .integer(row.bytes), "sm3": .string(row.sm3.hex),
            ]))
        return .done
    }
}

/// What an audit asks of anchors and time stamps: that they still say what the ledger says they said.
struct VouchingCheck {
    let ledger: LedgerReader
    let index: IndexReader
    let trust: TimeStampTrust?
    private static let limit = 1_000_000

    /// Every anchor, computed again from the entries as they are.
    func anchors(_ tell: (Finding) -> Void) throws {
        var anchor = EntryAnchor()
        for leaf in try index.leaves(of: .sm3Anchor, from: 0, limit: Self.limit) {
            for row in try ledger.event(leaf).rows.compactMap({ try? SM3AnchorRow($0) }) {
                let found = try anchor.digest(ofFirst: row.treeSize, ledger)
                guard found.sm3 != row.sm3 || found.bytes != row.bytes else { continue }
                tell(
                    Finding(
                        code: "anchor-differs", subject: "leaf \(leaf)",
                        message: Bilingual(
                            "The SM3 of the entries is not the anchored one.", "条目的 SM3 与锚定值不符。"),
                        expected: row.sm3.hex, found: found.sm3.hex))
            }
        }
    }

    /// Every token that the ledger commits to: there, byte for byte, and good when it was entered.
    func tokens(_ tell: (Finding) -> Void) throws {
        for leaf in try index.leaves(of: .timeStamp, from: 0, limit: Self.limit) {
            let event = try ledger.event(leaf)
            for row in event.rows where row.kind == TimeStampRow.kind {
                guard let size = row.members["treeSize"]?.integerValue,
                    let imprint = row.members["imprint"]?.stringValue.flatMap({
                        StampImprint(rawValue: $0)
                    }), let digest = row.members["token"]?.stringValue
                else { continue }
                if let finding = try check(size, imprint, digest, at: event.leaf.time) {
                    tell(finding)
                }
            }
        }
    }

    private func check(
        _ size: Int64, _ imprint: StampImprint, _ digest: String, at time: Timestamp
    ) throws -> Finding? {
        let place = "log/stamped/\(size)/\(imprint.rawValue).tsr"
        guard let frozen = try ledger.frozen(size),
            let token = frozen.files[imprint.rawValue + ".tsr"]
        else {
            return Finding(
                code: "token-missing", subject: place,
                message: Bilingual("The time stamp is missing.", "可信时间戳缺失。"), expected: digest)
        }
        let found = SHA256Digest.of(token).hex
        guard found == digest else {
            return Finding(
                code: "token-differs", subject: place,
                message: Bilingual(
                    "Not the time stamp that the ledger commits to.", "不是存证日志所载的可信时间戳。"),
                expected: digest, found: found)
        }
        guard let trust else { return nil }
        let nonce = frozen.files[imprint.rawValue + ".tsq"].flatMap {
            TimeStampQuery(der: $0)?.nonce
        }
        do throws(TimeStampFailure) {
            _ = try TimeStampReply(der: token).verify(
                over: frozen.note, imprint: imprint, nonce: nonce, trust: trust, at: time,
                within: Timestamp(
                    milliseconds: 0)...Timestamp(milliseconds: time.milliseconds + 600_000))
            return nil
        } catch { return Finding(code: error.code, subject: place, message: error.problem) }
    }
}
