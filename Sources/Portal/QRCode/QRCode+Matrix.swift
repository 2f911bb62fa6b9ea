extension QRCode {
    /// The modules of a symbol while it is drawn.
    struct Matrix {
        private let size: Int
        private(set) var dark: [Bool]
        /// Which modules belong to function patterns, format or version information: not masked.
        private var isReserved: [Bool]

        /// The function patterns (6.3) and the version information (7.10), with the place of the
        /// format information reserved.
        init(_ layout: Layout) {
            size = layout.size
            dark = Array(repeating: false, count: size * size)
            isReserved = dark
            for index in 0..<size {
                reserve(index, 6, dark: index.isMultiple(of: 2))
                reserve(6, index, dark: index.isMultiple(of: 2))
            }
            // A finder pattern and its separator: rings around a centre, two of them light.
            for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
                square(x, y, radius: 4) { $0 != 2 && $0 != 4 }
            }
            let centres = layout.alignmentCentres
            for x in centres {
                for y in centres where !isInFinder(x, y) { square(x, y, radius: 2) { $0 != 1 } }
            }
            drawFormat(0)
            if layout.version >= 7 { drawVersion(layout.version) }
        }

        private func isInFinder(_ x: Int, _ y: Int) -> Bool {
            x < 8 && y < 8 || x < 8 && y >= size - 8 || x >= size - 8 && y < 8
        }

        private mutating func reserve(_ x: Int, _ y: Int, dark isDark: Bool) {
            dark[y * size + x] = isDark
            isReserved[y * size + x] = true
        }

        private mutating func square(
            _ x: Int, _ y: Int, radius: Int, isDark: (_ ring: Int) -> Bool
        ) {
            let inside = 0..<size
            for v in (y - radius)...(y + radius) where inside.contains(v) {
                for u in (x - radius)...(x + radius) where inside.contains(u) {
                    reserve(u, v, dark: isDark(max(abs(u - x), abs(v - y))))
                }
            }
        }

        /// 15 bits beside the finder patterns, twice, and the one module always dark (7.9.1).
        private mutating func drawFormat(_ bits: Int) {
            for bit in 0..<15 {
                let isDark = bits >> bit & 1 == 1
                switch bit {
                case ..<6: reserve(8, bit, dark: isDark)
                case 6, 7: reserve(8, bit + 1, dark: isDark)
                case 8: reserve(7, 8, dark: isDark)
                default: reserve(14 - bit, 8, dark: isDark)
                }
                if bit < 8 {
                    reserve(size - 1 - bit, 8, dark: isDark)
                } else {
                    reserve(8, size - 15 + bit, dark: isDark)
                }
            }
            reserve(8, size - 8, dark: true)
        }

        /// 18 bits beside two finder patterns (7.10, Annex D).
        private mutating func drawVersion(_ version: Int) {
            let bits = Self.coded(version, generator: 0x1f25, degree: 12)
            for bit in 0..<18 {
                let isDark = bits >> bit & 1 == 1
                reserve(size - 11 + bit % 3, bit / 3, dark: isDark)
                reserve(bit / 3, size - 11 + bit % 3, dark: isDark)
            }
        }

        /// The value and, after it, the remainder that makes of it a word of a BCH code (Annex C).
        private static func coded(_ value: Int, generator: Int, degree: Int) -> Int {
            let remainder = (0..<degree).reduce(value) { remainder, _ in
                (remainder << 1) ^ (remainder >> (degree - 1)) * generator
            }
            return value << degree | remainder
        }

        /// The codewords, the most significant bit first, in columns two modules wide from the
        /// right, upward and downward in turn (7.7.3); modules that remain stay light.
        mutating func place(_ codewords: [UInt8]) {
            var bit = 0
            for column in 0..<(size / 2) {
                // The vertical timing pattern takes a column of its own.
                let right = size - 1 - 2 * column
                let x = right > 6 ? right : right - 1
                for step in 0..<size {
                    let y = column.isMultiple(of: 2) ? size - 1 - step : step
                    for place in [y * size + x, y * size + x - 1] where !isReserved[place] {
                        guard bit < 8 * codewords.count else { return }
                        dark[place] = codewords[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
                        bit += 1
                    }
                }
            }
        }

        /// The symbol with that mask on its encoding region (7.8.2) and the format information that
        /// tells of it (7.9.1).
        func masked(by mask: Int, level: Level) -> Matrix {
            var result = self
            for place in dark.indices where !isReserved[place] {
                result.dark[place] =
                    dark[place] != Self.flips(mask, row: place / size, column: place % size)
            }
            let indicator = level == .low ? 0b01 : 0b00
            let format = Self.coded(indicator << 3 | mask, generator: 0x537, degree: 10)
            result.drawFormat(format ^ 0x5412)
            return result
        }

        /// Table 10.
        private static func flips(_ mask: Int, row i: Int, column j: Int) -> Bool {
            switch mask {
            case 0: (i + j) % 2 == 0
            case 1: i % 2 == 0
            case 2: j % 3 == 0
            case 3: (i + j) % 3 == 0
            case 4: (i / 2 + j / 3) % 2 == 0
            case 5: i * j % 2 + i * j % 3 == 0
            case 6: (i * j % 2 + i * j % 3) % 2 == 0
            default: ((i + j) % 2 + i * j % 3) % 2 == 0
            }
        }

        /// What tells against the mask (7.8.3.1), the quiet zone counted as a light area.
        var penalty: Int {
            var points = 0
            for index in 0..<size {
                points += Self.penalty(ofLine: (0..<size).map { dark[index * size + $0] })
                points += Self.penalty(ofLine: (0..<size).map { dark[$0 * size + index] })
            }
            for y in 1..<size {
                for x in 1..<size {
                    let place = y * size + x
                    let isBlock =
                        dark[place] == dark[place - 1] && dark[place] == dark[place - size]
                        && dark[place] == dark[place - size - 1]
                    points += isBlock ? 3 : 0
                }
            }
            let percentTimesTotal = 100 * dark.count { $0 }
            let deviation = abs(percentTimesTotal - 50 * dark.count)
            return points + deviation / (5 * dark.count) * 10
        }

        /// For each run of five modules 3 and for each module more 1; for each 1 : 1 : 3 : 1 : 1
        /// that four light modules precede or follow, 40.
        private static func penalty(ofLine line: [Bool]) -> Int {
            var points = 0
            var run = 0
            var last: Bool?
            for module in line {
                run = module == last ? run + 1 : 1
                points += run == 5 ? 3 : run > 5 ? 1 : 0
                last = module
            }
            // The last 15 modules: four, the seven of the pattern, four.
            var window = 0
            for module in line + [false, false, false, false] {
                window = (window << 1 | (module ? 1 : 0)) & 0x7fff
                let isPattern = window >> 4 & 0x7f == 0b101_1101
                points += isPattern && (window & 15 == 0 || window >> 11 == 0) ? 40 : 0
            }
            return points
        }
    }
}
