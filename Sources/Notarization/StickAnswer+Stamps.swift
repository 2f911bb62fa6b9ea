package import Custody
package import Evidence
package import TimeStamping
import TransparencyLog

extension StickAnswer {
    /// What the tokens of the folder are worth, by the name of their imprint: each against the query
    /// and the exact bytes that were frozen when the stick went out. Those that hold, or are not
    /// checked, are for ``CustodyLedger/freeze(_:files:)``.
    ///
    /// - Parameters:
    ///   - now: the station's clock.
    ///   - tolerance: what two clocks may differ.
    /// - Returns: nothing for a token that nobody asked for.
    package func stamps(
        reader: LedgerReader, trust: TimeStampTrust, now: Timestamp,
        tolerance: Duration = .seconds(300)
    ) throws -> [StampImprint: Result<TimeStampVerdict, TimeStampFailure>] {
        guard let frozen = try reader.frozen(signed.size) else { return [:] }
        let slack = tolerance.components.seconds * 1000
        // It cannot have been stamped before its last entry was made.
        let last =
            signed.size > 0 ? try Leaf(entry: reader.entry(signed.size - 1)).time.milliseconds : 0
        let upper = max(now.milliseconds, last) + slack
        let bounds = Timestamp(milliseconds: last - slack)...Timestamp(milliseconds: upper)
        var found: [StampImprint: Result<TimeStampVerdict, TimeStampFailure>] = [:]
        for imprint in StampImprint.allCases {
            guard let token = tokens[imprint.rawValue],
                let query = frozen.files[imprint.rawValue + ".tsq"]
                    .flatMap({ TimeStampQuery(der: $0) })
            else { continue }
            found[imprint] = Result { () throws(TimeStampFailure) in
                try TimeStampReply(der: token).verify(
                    over: frozen.note, imprint: imprint, nonce: query.nonce, trust: trust,
                    at: now, within: bounds)
            }
        }
        return found
    }
}
