import Evidence
import Fixity
import Glibc
import TimeStamping
import TransparencyLog

@testable import SealedBags

/// What is fuzzed: the value of `EVIDOCK_FUZZ`.
enum Parser: String, CaseIterable {
    case note, proof, policy, bundle, leaf, record, manifest, token, request, answer, json

    static let chosen: Parser = {
        guard let value = getenv("EVIDOCK_FUZZ"),
            let parser = Parser(rawValue: String(cString: value))
        else {
            fatalError("EVIDOCK_FUZZ: one of \(allCases.map(\.rawValue))")
        }
        return parser
    }()

    /// Parses, and where that succeeds demands what must hold of whatever was parsed.
    func run(_ bytes: [UInt8]) {
        switch self {
        case .note:
            guard let note = try? SignedNote(parsing: bytes) else { return }
            precondition(note.bytes == bytes, "a note is not written as it was read")
            if let checkpoint = try? Checkpoint(parsing: note.text) {
                precondition(
                    checkpoint.text == note.text, "a checkpoint is not written as it was read")
            }
            _ = try? TrustPolicy.sample.judge(note)
        case .proof:
            guard let proof = try? TlogProof(parsing: bytes) else { return }
            precondition(proof.bytes == bytes, "a proof is not written as it was read")
            _ = try? proof.judge(entry: [1], under: .sample)
        case .policy:
            guard let policy = try? TrustPolicy(parsing: bytes) else { return }
            _ = policy.isQuorumMet(by: Set(policy.witnesses.map(\.name)))
        case .bundle:
            for width in [1, 2, 255, 256] {
                guard let entries = try? EntryBundle.parse(bytes, width: width) else { continue }
                precondition(try! EntryBundle.encode(entries) == bytes, "a bundle differs")
            }
        case .leaf:
            guard let leaf = try? Leaf(entry: bytes) else { return }
            _ = try? leaf.encoded()
        case .record:
            guard let json = try? JSONReader.value(of: bytes) else { return }
            _ = try? RecordHeader(json: json)
            guard let row = try? RecordRow(json: json) else { return }
            _ = try? FileRow(row)
            _ = try? DescriptionRow(row)
            _ = try? FindingRow(row)
            _ = try? QuarantineRow(row)
            _ = try? VisitRow(row)
        case .manifest:
            guard let manifest = try? BagManifest(parsing: bytes) else { return }
            let again = try? BagManifest(parsing: manifest.bytes)
            precondition(again?.digests == manifest.digests, "a manifest differs")
        case .token:
            let reply = TimeStampReply(der: bytes)
            for imprint in StampImprint.allCases {
                _ = try? reply.verify(
                    over: [1, 2, 3], imprint: imprint, nonce: nil, trust: Self.trust,
                    at: Timestamp(milliseconds: 0),
                    within: Timestamp(milliseconds: 0)...Timestamp(milliseconds: .max / 2))
            }
        case .request: _ = try? WitnessRequest(parsing: bytes)
        case .answer: _ = try? WitnessAnswer(file: bytes)
        case .json:
            guard let value = try? JSONReader.value(of: bytes) else { return }
            guard let canonical = try? JSONWriter.canonical(value) else { return }
            let again = try? JSONReader.value(of: canonical)
            precondition(again == value, "JSON is not read as it was written")
        }
    }

    /// Whom the seeds are by.
    private static let trust = try! TimeStampTrust(pem: seedFile("EVIDOCK_FUZZ_CA"))
}

/// A file that the environment names.
func seedFile(_ variable: String) -> [UInt8] {
    guard let path = getenv(variable).map({ String(cString: $0) }), let file = fopen(path, "r")
    else { fatalError("\(variable): a file is wanted") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
}

extension TrustPolicy {
    /// The log and the witness of the seeds.
    static let sample = try! TrustPolicy(parsing: seedFile("EVIDOCK_FUZZ_POLICY"))
}

/// libFuzzer's own driver (FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The name that the build system gives to an executable's `main`.
@_cdecl("Fuzzer_main")
public func fuzzerMain(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { data, count in
        Parser.chosen.run(Array(UnsafeBufferPointer(start: data, count: count)))
        return 0
    }
}
