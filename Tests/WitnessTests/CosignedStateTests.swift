import Dispatch
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Synchronization
import Testing
import TransparencyLog

@testable import Witness

@Suite("What was cosigned is never forgotten")
struct CosignedStateTests {
    private let bench = WitnessBench()

    @Test("Killed at any write or sync: no promise is lost, and the next run goes on")
    func killedAnywhere() throws {
        bench.log.grow(0, to: 12)
        // What a run does: it takes the log on, and is asked three times.
        let sizes = [4, 9, 12]
        for last in 1... {
            let bench = WitnessBench()
            bench.log = self.bench.log
            let mortal = MortalCalls(last: last)
            var promised = 0
            if let witness = try? bench.witness(mortal.calls) {
                for size in sizes {
                    let request = try bench.log.request(0, from: promised, to: size)
                    let decision = witness.decide(request.bytes)
                    guard decision.answer.status == 200 else {
                        #expect(decision.answer.status == 500 && decision.failure != nil)
                        break
                    }
                    #expect(!mortal.isDead, "an answer after the end")
                    promised = size
                }
            }
            // A kill leaves what was under way, too.
            bench.directory.write([1], at: "staging/1-1")
            // Started again: what it knows is what it promised, or one step more that nobody saw.
            let again = try bench.witness()
            let known = Int(try bench.newest(again)?.size ?? 0)
            let next = sizes.first { $0 > promised } ?? 12
            #expect([promised, next].contains(known), "call \(last)")
            let request = try bench.log.request(0, from: known, to: 12)
            #expect(again.decide(request.bytes).answer.status == 200, "call \(last)")
            #expect(try bench.root().names(in: "staging") == [])
            if !mortal.isDead { break }
        }
    }

    @Test("The answer is on the disk before it is given, and every sync came before")
    func durableFirst() throws {
        bench.log.grow(0, to: 5)
        let events = Mutex<[String]>([])
        var calls = DiskCalls.kernel
        calls.write = { descriptor, bytes, offset in
            events.withLock { $0.append("write") }
            return DiskCalls.kernel.write(descriptor, bytes, offset)
        }
        calls.sync = { descriptor in
            events.withLock { $0.append("sync") }
            return DiskCalls.kernel.sync(descriptor)
        }
        let witness = try bench.witness(calls)
        _ = witness.decide(try bench.log.request(0, from: 0, to: 2).bytes)
        events.withLock { $0 = [] }
        let decision = witness.decide(try bench.log.request(0, from: 2, to: 5).bytes)
        let stored = try bench.root().read(bench.places.checkpoint, limit: 9999)
        #expect(stored.suffix(decision.answer.body.count).elementsEqual(decision.answer.body))
        // The file, then the directory that has its name.
        #expect(events.withLock { $0 } == ["write", "sync", "sync"])
    }

    @Test("What no sync confirmed is not shown, and a power cut may take it back")
    func unconfirmed() throws {
        bench.log.grow(0, to: 8)
        let fork = bench.log.fork(0, at: 5)
        bench.log.grow(fork, to: 9)
        let isFailing = Mutex(false)
        let count = Mutex(0)
        var calls = DiskCalls.kernel
        calls.sync = { descriptor in
            // The file's own sync is good, that of its directory is not, nor any later.
            let number = count.withLock { count in
                count += 1
                return count
            }
            return isFailing.withLock({ $0 }) && number > 1
                ? -EIO : DiskCalls.kernel.sync(descriptor)
        }
        let witness = try bench.witness(calls)
        #expect(witness.decide(try bench.log.request(0, from: 0, to: 5).bytes).answer.status == 200)
        let before = try bench.root().read(bench.places.checkpoint, limit: 9999)
        _ = try witness.newest(ofOriginHash: bench.places.hash)
        count.withLock { $0 = 0 }
        isFailing.withLock { $0 = true }
        #expect(witness.decide(try bench.log.request(0, from: 5, to: 8).bytes).answer.status == 500)
        #expect(throws: (any Error).self) { try witness.newest(ofOriginHash: bench.places.hash) }
        #expect(witness.decide(try bench.log.request(0, from: 8, to: 8).bytes).answer.status == 500)
        // The power goes, and the old file is back: nobody saw a word on the other history.
        try bench.root().replace(before, at: bench.places.checkpoint)
        let again = try bench.witness()
        #expect(
            again.decide(try bench.log.request(fork, from: 5, to: 9).bytes).answer.status == 200)
    }

    @Test("A log that was taken on and whose file is gone is not begun anew")
    func missing() throws {
        bench.log.grow(0, to: 5)
        let witness = try bench.witness()
        let request = try bench.log.request(0, from: 0, to: 5).bytes
        #expect(witness.decide(request).answer.status == 200)
        try bench.root().remove(bench.places.checkpoint)
        let decision = witness.decide(request)
        #expect(decision.answer.status == 500)
        #expect((decision.failure as? WitnessFailure)?.kind == .stateMissing)
        #expect(throws: WitnessFailure(.stateMissing, bench.places.checkpoint)) {
            try bench.witness()
        }
    }

    @Test("Any byte of the file spoiled, and any cut, stops the log and no other")
    func damaged() throws {
        bench.log.grow(0, to: 5)
        var other = LyingLog("other.example")
        other.grow(0, to: 3)
        let logs = [bench.log.verifierKey, other.verifierKey]
        let witness = try bench.witness(logs: logs)
        _ = witness.decide(try bench.log.request(0, from: 0, to: 5).bytes)
        let good = try bench.root().read(bench.places.checkpoint, limit: 9999)
        let request = try bench.log.request(0, from: 5, to: 5).bytes
        var hostile = stride(from: 0, to: good.count, by: 7).map { Array(good[..<$0]) }
        for place in stride(from: 0, to: good.count, by: 3) {
            var bytes = good
            bytes[place] ^= 1 << UInt8(place % 8)
            hostile.append(bytes)
        }
        hostile.append(good + good)
        for bytes in hostile {
            bench.directory.write(bytes, at: bench.places.checkpoint)
            let decision = witness.decide(request)
            // A line whose name is spoiled is a stranger's; the other vouches for the text.
            if decision.answer.status == 200 {
                #expect(try bench.newest(witness)?.root == bench.log.root(0, 5))
            } else {
                #expect((decision.failure as? WitnessFailure)?.kind == .stateDamaged)
            }
        }
        #expect(witness.decide(try other.request(0, from: 0, to: 3).bytes).answer.status == 200)
    }

    @Test("Of many requests at once for one log each sees what the others left")
    func concurrent() throws {
        bench.log.grow(0, to: 64)
        let witness = try bench.witness()
        let requests = try (1...16).map { try bench.log.request(0, from: 0, to: $0 * 4).bytes }
        let statuses = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 16) { place in
            let status = witness.decide(requests[place]).answer.status
            statuses.withLock { $0.append(status) }
        }
        #expect(statuses.withLock { $0.sorted() } == [200] + [Int](repeating: 409, count: 15))
    }

    @Test(
        "Whatever a log with its own key tries, killed again and again: no two words contradict",
        arguments: 0..<12)
    func neverInconsistent(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        bench.log.grow(0, to: 8)
        var witness = try bench.witness()
        var mortal: MortalCalls?
        // What anybody ever saw cosigned: branch and size.
        var seen: [(branch: Int, size: Int)] = []
        for _ in 0..<120 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let branch = Int.random(in: bench.log.branches.indices, using: &random)
                let size = Int.random(in: 0...bench.log.branches[branch].count, using: &random)
                let fork = bench.log.fork(branch, at: size)
                bench.log.grow(fork, to: size + Int.random(in: 1...6, using: &random))
            case 1...3:
                let branch = Int.random(in: bench.log.branches.indices, using: &random)
                let size = bench.log.branches[branch].count
                bench.log.grow(branch, to: size + Int.random(in: 1...9, using: &random))
            case 4:
                mortal = MortalCalls(last: Int.random(in: 1...9, using: &random))
                if let calls = mortal?.calls, let one = try? bench.witness(calls) { witness = one }
            default: break
            }
            if mortal?.isDead == true || Int.random(in: 0..<15, using: &random) == 0 {
                (witness, mortal) = (try bench.witness(), nil)
            }
            let known = Int((try? bench.newest(witness))??.size ?? 0)
            // Mostly the history that was cosigned last, so that it comes to many words.
            let branch =
                Int.random(in: 0..<3, using: &random) > 0
                ? seen.last?.branch ?? 0
                : Int.random(in: bench.log.branches.indices, using: &random)
            let count = bench.log.branches[branch].count
            let size = Int.random(in: min(known, count)...count, using: &random)
            let old =
                Int.random(in: 0..<4, using: &random) == 0
                ? Int.random(in: 0...size, using: &random) : min(known, size)
            var request = try bench.log.request(branch, from: old, to: size)
            if Int.random(in: 0..<8, using: &random) == 0 {
                // Some other proof between the same sizes.
                let other = Int.random(in: bench.log.branches.indices, using: &random)
                if bench.log.branches[other].count >= size {
                    request = try WitnessRequest(
                        oldSize: Int64(old), hashes: bench.log.proof(other, from: old, to: size),
                        note: request.note)
                }
            }
            bench.clock.now += 1
            let answer = witness.decide(request.bytes).answer
            if answer.status == 200 {
                #expect(try bench.times(answer, over: request).count == 1)
                seen.append((branch, size))
            }
        }
        #expect(seen.count > 15)
        for (place, later) in seen.enumerated() {
            for earlier in seen[..<place] {
                // Never smaller again, and always with the same beginning.
                #expect(earlier.size <= later.size)
                #expect(
                    bench.log.root(earlier.branch, earlier.size)
                        == bench.log.root(later.branch, min(earlier.size, later.size)))
            }
        }
    }
}
