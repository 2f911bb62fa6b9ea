import Evidence
import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
import TransparencyLog
package import Witness

/// A witness over HTTP (C2SP tlog-witness v1.0.0): `POST /add-checkpoint` for logs, and
/// `GET /<SHA-256 of the origin>/checkpoint` for everybody.
package struct WitnessEndpoint: Endpoint {
    private let witness: LogWitness
    private let decide: @Sendable ([UInt8]) -> WitnessDecision
    private let log: Logger

    /// - Parameter decide: how a body is answered; the witness's own way, or that of a mirror.
    package init(
        _ witness: LogWitness, log: Logger,
        decide: @escaping @Sendable ([UInt8]) -> WitnessDecision
    ) {
        (self.witness, self.log, self.decide) = (witness, log, decide)
    }

    package func add(to router: Routes) {
        router.post("add-checkpoint") { request, _ in
            let body: ByteBuffer
            do {
                body = try await request.bytes(upTo: WitnessRequest.byteLimit)
            } catch is NIOTooManyBytesError {
                return Response.refused(.contentTooLarge)
            } catch let problem as PortalProblem { return .refused(problem.status) }
            return try await offPool { answer(decide(Array(body.readableBytesView))) }
        }
        router.get(":origin/checkpoint") { _, context in
            let hash = try context.parameters.require("origin")
            do {
                return try await offPool {
                    try witness.newest(ofOriginHash: hash).map {
                        Response(.ok, $0, type: Response.plainText)
                    }
                } ?? Response.refused(.notFound)
            } catch {
                log.error("a cosigned checkpoint could not be read")
                return .refused(.serviceUnavailable)
            }
        }
    }

    private func answer(_ decision: WitnessDecision) -> Response {
        WitnessLog.tell(decision, log)
        let answer = decision.answer
        return Response(
            HTTPResponse.Status(code: answer.status), answer.body, type: answer.contentType)
    }
}

/// What a witness's own people should hear of a decision.
package enum WitnessLog {
    package static func tell(_ decision: WitnessDecision, _ log: Logger) {
        let origin = decision.origin ?? "-"
        for finding in decision.findings {
            log.error(
                "\(finding.message.english)",
                metadata: [
                    "log": "\(origin)", "code": "\(finding.code)", "kept": "\(finding.subject)",
                    "cosigned": "\(finding.expected ?? "")", "offered": "\(finding.found ?? "")",
                ])
        }
        if let failure = decision.failure {
            log.error("\(failure.problem.english)", metadata: ["log": "\(origin)"])
        }
        log.info(
            "add-checkpoint", metadata: ["log": "\(origin)", "status": "\(decision.answer.status)"])
    }
}
