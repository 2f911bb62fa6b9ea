@testable import Portal
import Evidence
import Testing

struct SampleTests {
    private static let pool = (1...1000).map { "0602-\($0)" }

    @Test("A sample depends on the seed and the names alone, not on their order")
    func repeatable() {
        let sample = Sample.draw(10, of: Self.pool, seed: "seed")
        #expect(sample.count == 10)
        #expect(Set(sample).count == 10)
        #expect(Sample.draw(10, of: Self.pool.reversed(), seed: "seed") == sample)
        #expect(Sample.draw(20, of: Self.pool, seed: "seed").prefix(10) == sample[...])
        #expect(Sample.draw(10, of: Self.pool, seed: "another") != sample)
        #expect(Sample.draw(10, of: Array(Self.pool.prefix(3)), seed: "seed").count == 3)
    }

    @Test("It is drawn as sha256sum has it")
    func bySHA256() {
        // printf '%s\n%s' seed 0602-1 | sha256sum, and so on, for 1 to 5.
        let order = Sample.draw(5, of: Array(Self.pool.prefix(5)), seed: "seed")
        #expect(order == Self.known)
    }

    /// By coreutils' sha256sum and sort.
    private static let known = ["0602-3", "0602-2", "0602-1", "0602-4", "0602-5"]
}
