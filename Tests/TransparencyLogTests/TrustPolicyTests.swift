import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("Trust policies")
struct TrustPolicyTests {
    private let log = try! CosignedLog()

    /// The line at which a policy is refused; nil where it is taken.
    private func line(_ lines: [String]) -> Int? {
        do throws(LogFailure) {
            _ = try TrustPolicy(lines: lines)
            return nil
        } catch {
            #expect(error.kind == .malformedPolicy)
            return error.line
        }
    }

    @Test("The example of the specification says what it says")
    func example() throws {
        let keys = (0..<6).map { _ in SigningKey.generate() }
        let names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
        var lines = ["# who cosigns", "", "log \(try VerifierKey(name: "l", of: log.logKey))"]
        for (name, key) in zip(names, keys) {
            lines.append("\twitness  \(name)\t\(try CosignerKey(name: name, of: key)) ")
        }
        lines += [
            "group X-witnesses 2 X1 X2 X3", "  # inner", "group Y-witnesses any Y1 Y2 Y3",
            "group X-and-Y all X-witnesses Y-witnesses", "quorum X-and-Y",
        ]
        let policy = try TrustPolicy(lines: lines)
        #expect(policy.logs.map(\.origin) == ["l"])
        #expect(policy.witnesses.map(\.name.description) == names)
        #expect(policy.groups.map(\.threshold) == [2, 1, 2])
        for mask in 0..<64 {
            let cosigned = names.indices.filter { mask >> $0 & 1 == 1 }
            let isMet =
                cosigned.count { $0 < 3 } >= 2 && cosigned.contains { $0 >= 3 }
            #expect(policy.isQuorumMet(by: Set(cosigned.map { PolicyName(names[$0]) })) == isMet)
        }
        // A group is not a witness that somebody could claim to be.
        #expect(!policy.isQuorumMet(by: [PolicyName("X-and-Y"), PolicyName("stranger")]))
    }

    @Test("No quorum at all is a policy; no line that says so is none")
    func none() throws {
        let policy = try TrustPolicy(lines: ["quorum none"])
        #expect(policy.isQuorumMet(by: []))
        #expect(policy.logs.isEmpty)
        #expect(line([]) == 1)
        #expect(line(["# quorum none"]) == 2)
    }

    @Test("Every line left out, doubled, or exchanged with the next: the refusal names the line")
    func everyLine() throws {
        let lines = try log.policyLines()
        #expect(line(lines) == nil)
        // Without its log the policy reads well, and accepts no checkpoint (judged elsewhere).
        let without = (1...7).map { line(LineFault.removed($0).done(to: lines)) }
        #expect(without == [nil, 4, 4, 5, 5, 6, 7])
        let doubled = (1...7).map { line(LineFault.doubled($0).done(to: lines)) }
        #expect(doubled == [2, 3, 4, 5, 6, 7, 8])
        // The order of logs and witnesses says nothing.
        let swapped = (1...6).map { line(LineFault.swapped($0).done(to: lines)) }
        #expect(swapped == [nil, nil, nil, nil, 5, 6])
    }

    @Test("Every bit of a policy turned over: a refusal at a line, or another policy")
    func everyBit() throws {
        let good = try log.policy()
        let bytes = LineFault.bytes(of: try log.policyLines())
        for bit in 0..<bytes.count * 8 {
            var spoiled = bytes
            spoiled[bit / 8] ^= 1 << (bit % 8)
            do throws(LogFailure) {
                let other = try TrustPolicy(parsing: spoiled)
                let isCapital = bit % 8 == 5 && other == good
                #expect(other != good || isCapital, "bit \(bit)")
            } catch {
                #expect(error.kind == .malformedPolicy)
                #expect((1...8).contains(error.line), "bit \(bit)")
            }
        }
        for count in 0..<bytes.count {
            #expect(throws: LogFailure.self, "cut at \(count)") {
                try TrustPolicy(parsing: Array(bytes[..<count]))
            }
        }
    }

    @Test("A malformed line is refused where it stands")
    func hostileLines() throws {
        let lines = try log.policyLines()
        let spare = try CosignerKey(name: "spare", of: .generate())
        let logKey = try VerifierKey(name: "other", of: .generate())
        // The same key under another name is the same key.
        let sameLog = try VerifierKey(name: "other", publicKey: log.logKey.publicKey)
        let sameWitness = try CosignerKey(name: "other", of: log.witnessKeys[0])
        let hostile = [
            "Log \(logKey)", "log", "log \(logKey) a b", "log \(spare)", "log \(sameLog)",
            "log \(logKey)A", "log example.com", "witness", "witness Z", "witness Z \(spare) a b",
            "witness Z \(logKey)", "witness Z \(sameWitness)", "witness none \(spare)",
            "witness X \(spare)", "witness both \(spare)", "group", "group g", "group g any",
            "group g 0 Y", "group g 2 Y", "group g 01 Y", "group g -1 Y", "group g some Y",
            "group g any none", "group g any g", "group g any Z", "group g any X1",
            "group g 1 both both", "group none any both", "group X1 any both", "quorum",
            "quorum none", "quorum both", "quorum X Y", "x", "quorum\u{b}none", "#\r", "\u{7f}",
            "witness Z\u{a0}\(spare)", "\u{feff}# mark",
            "group g 9223372036854775808 both",
        ]
        for text in hostile { #expect(line(lines + [text]) == 8, "\(text.debugDescription)") }
        #expect(line(["\u{feff}quorum none"]) == 1)
        for taken in [
            "log \(logKey)", "witness Z \(spare)", "group g any both", "# 注释 \u{e9}", " \t ", "",
        ] {
            #expect(line(lines + [taken]) == nil, "\(taken)")
        }
    }

    @Test("Names are bytes: a Kelvin sign is no K, and what is not UTF-8 is a name too")
    func names() throws {
        let key = try log.cosigner(0).description
        #expect(line(["witness K \(key)", "quorum \u{212a}"]) == 2)
        #expect(line(["witness caf\u{e9} \(key)", "quorum cafe\u{301}"]) == 2)
        let bytes = Array("witness ".utf8) + [0xff] + Array(" \(key)\nquorum ".utf8) + [0xff, 0x0a]
        let policy = try TrustPolicy(parsing: bytes)
        #expect(policy.quorum == policy.witnesses[0].name)
    }

    @Test("More than can be wanted is refused: bytes, logs, witnesses, groups")
    func limits() throws {
        #expect(
            throws: LogFailure(.malformedPolicy, "more than 262144 bytes"),
            performing: {
                try TrustPolicy(parsing: [UInt8](repeating: 0x0a, count: (256 << 10) + 1))
            })
        let logs = try (0...256).map { number in
            let key = [UInt8](repeating: UInt8(number & 255), count: 31) + [UInt8(number >> 8)]
            return "log \(try VerifierKey(name: "l", publicKey: key))"
        }
        #expect(line(logs + ["quorum none"]) == 257)
        #expect(line(logs.dropLast() + ["quorum none"]) == nil)
    }

    @Test("A log's ML-DSA key is kept and checks nothing")
    func uncheckedLog() throws {
        let key = try CosignerKey(
            name: "pq", algorithm: .mlDSA44, publicKey: [UInt8](repeating: 1, count: 1312))
        let policy = try TrustPolicy(lines: ["log \(key)", "quorum none"])
        #expect(policy.logs[0].origin == "pq" && policy.logs[0].key == nil)
        let checkpoint = try Checkpoint(origin: "pq", size: 0, root: MerkleTree.emptyRoot)
        let note = try checkpoint.signed(with: .generate())
        #expect(throws: LogFailure.self) { try policy.judge(note) }
    }
}
