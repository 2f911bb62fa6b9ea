package import Custody
package import Notarization
import Synchronization
import TransparencyLog

/// How the station stands with its witnesses now: for `docks` and whoever else asks.
package final class CosigningBoard: Sendable {
    package struct State: Sendable {
        /// In the policy's order, those that can be reached by network.
        package var standings: [(witness: String, standing: WitnessStanding)] = []
        /// The size of the newest checkpoint that the quorum has cosigned; nil where there is none.
        package var cosigned: Int64?
        /// Why nothing is signed for now.
        package var hold: SigningHold?
    }

    private let state = Mutex(State())

    package init() {}

    package var now: State { state.withLock { $0 } }

    func set(_ desk: CosigningDesk) {
        state.withLock {
            $0.standings = desk.standings.map { ($0.witness.description, $0.standing) }
            $0.cosigned = desk.cosigned
        }
    }

    package func set(_ hold: SigningHold?) { state.withLock { $0.hold = hold } }
}
