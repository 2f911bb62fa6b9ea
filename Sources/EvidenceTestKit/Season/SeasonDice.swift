/// What a ``Season`` is thrown with: for each theme a generator of its own, so that another rate of
/// one fault leaves the rest of a season as it was.
struct SeasonDice {
    private var generator: SeededGenerator

    init(seed: UInt64, theme: UInt64) {
        generator = SeededGenerator(seed: seed &* 0x2545_f491_4f6c_dd1d &+ theme)
    }

    mutating func chance(_ rate: Double) -> Bool {
        Double(generator.next() >> 11) / Double(1 << 53) < rate
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &generator)
    }

    mutating func minutes(_ range: ClosedRange<Int>) -> Int64 {
        Int64(number(range)) * SeasonTime.minute
    }

    mutating func seconds(_ range: ClosedRange<Int>) -> Int64 { Int64(number(range)) * 1000 }

    mutating func pick<T>(_ choices: [T]) -> T { choices[number(0...choices.count - 1)] }

    mutating func shuffled<T>(_ items: [T]) -> [T] { items.shuffled(using: &generator) }

    mutating func words() -> (UInt64, UInt64, UInt64, UInt64) {
        (generator.next(), generator.next(), generator.next(), generator.next())
    }
}

/// Milliseconds.
package enum SeasonTime {
    package static let minute: Int64 = 60_000
    package static let hour: Int64 = 3_600_000
    package static let day: Int64 = 86_400_000
    /// Midnight of Monday, 2026-03-02, +08:00.
    package static let begins: Int64 = 1_772_380_800_000

    /// The midnight of a working day, from 0.
    package static func midnight(_ workday: Int) -> Int64 {
        begins + Int64(workday / 5 * 7 + workday % 5) * day
    }
}
