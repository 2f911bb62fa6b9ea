package import Evidence
package import TimeStamping

/// When a station asks for a time stamp though nothing is new: the newest one will soon say nothing any
/// more. Every stamp is over a checkpoint whose entries commit to all earlier tokens: so one new stamp
/// renews them all.
package enum StampRenewal {
    private static let day: Int64 = 86_400_000

    /// Whether the newest stamp is more than a year old, or its authority's certificate ends within
    /// thirty days, or has ended. One that is not a day old is never renewed.
    ///
    /// - Parameter note: the frozen checkpoint that the token is over.
    package static func isDue(
        token: [UInt8], imprint: StampImprint, note: [UInt8], trust: TimeStampTrust, now: Timestamp
    ) -> Bool {
        let bounds =
            Timestamp(
                milliseconds: 0)...Timestamp(milliseconds: max(0, now.milliseconds) + day)
        do throws(TimeStampFailure) {
            switch try TimeStampReply(der: token).verify(
                over: note, imprint: imprint, nonce: nil, trust: trust, at: now, within: bounds)
            {
            case .notChecked: return false
            case .holds(let stamp):
                let age = now.milliseconds - stamp.time.milliseconds
                guard age > day else { return false }
                let left = stamp.certificateEnds.map { $0.milliseconds - now.milliseconds }
                return age > 365 * day || left.map { $0 < 30 * day } ?? false
            }
        } catch {
            // Its certificate has ended, or its authority is no longer trusted.
            return error.kind == .untrusted
        }
    }
}
