extension QRCode {
    /// A version at a level of error correction: how many codewords there are and in which blocks.
    struct Layout {
        let version: Int
        let level: Level

        /// The lowest version whose data codewords hold so many bytes.
        init?(smallestFor count: Int, level: Level) {
            let fitting = (1...20).lazy.map { Layout(version: $0, level: level) }
                .first { $0.dataCount >= $0.headerCount + count }
            guard let fitting else { return nil }
            self = fitting
        }

        private init(version: Int, level: Level) { (self.version, self.level) = (version, level) }

        var size: Int { 17 + 4 * version }

        /// Where the alignment patterns' centres lie, along either axis (Annex E): at 6, and from
        /// the far side in equal even steps, the least that leave the gap next to 6 no wider.
        var alignmentCentres: [Int] {
            guard version > 1 else { return [] }
            let gaps = version / 7 + 1
            let step = (size - 13 + 2 * gaps - 1) / (2 * gaps) * 2
            return [6] + (0..<gaps).reversed().map { size - 7 - $0 * step }
        }

        /// All codewords that the encoding region has room for (Table 1).
        private var codewordCount: Int {
            let centres = alignmentCentres.count
            let finders = 3 * 64
            let alignments =
                centres == 0 ? 0 : 25 * (centres * centres - 3) - 5 * 2 * (centres - 2)
            let timing = 2 * (size - 16)
            let formatAndVersion = 31 + (version < 7 ? 0 : 36)
            return (size * size - finders - alignments - timing - formatAndVersion) / 8
        }

        /// Error correction codewords in each block (Table 9).
        private var correctionCount: Int {
            switch level {
            case .low:
                [
                    7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
                ][version - 1]
            case .medium:
                [
                    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
                ][version - 1]
            }
        }

        /// Error correction blocks (Table 9).
        private var blockCount: Int {
            switch level {
            case .low:
                [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8][version - 1]
            case .medium:
                [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16][version - 1]
            }
        }

        private var dataCount: Int { codewordCount - blockCount * correctionCount }

        /// Codewords that the mode indicator, the count and the terminator take: half a codeword,
        /// one or (from version 10) two, and half a codeword (7.4.1, Table 3).
        private var headerCount: Int { version < 10 ? 2 : 3 }

        /// The final sequence of codewords (7.6) for bytes that fit.
        func codewords(of bytes: [UInt8]) -> [UInt8] {
            let generator = Self.generator(degree: correctionCount)
            let data = dataCodewords(of: bytes)
            var blocks: [ArraySlice<UInt8>] = []
            for index in 0..<blockCount {
                // The blocks of the second group hold one data codeword more than the first's.
                let isLonger = index >= blockCount - dataCount % blockCount
                let length = dataCount / blockCount + (isLonger ? 1 : 0)
                blocks.append(data[(blocks.last?.endIndex ?? 0)...].prefix(length))
            }
            let corrections = blocks.map { Self.correction(of: $0, generator)[...] }
            return Self.interleaved(blocks) + Self.interleaved(corrections)
        }

        /// Mode indicator, count, bytes, terminator and padding (7.4.1, 7.4.5, 7.4.9, 7.4.10).
        private func dataCodewords(of bytes: [UInt8]) -> [UInt8] {
            let count = UInt16(bytes.count)
            let head =
                (version < 10 ? [] : [UInt8(count >> 8)]) + [UInt8(truncatingIfNeeded: count)]
            // Each codeword is two halves, of which the mode indicator is the first.
            var codewords: [UInt8] = []
            var half: UInt8 = 0b0100
            for byte in head + bytes {
                codewords.append(half << 4 | byte >> 4)
                half = byte & 15
            }
            codewords.append(half << 4)
            for index in 0..<(dataCount - codewords.count) {
                codewords.append(index.isMultiple(of: 2) ? 0xec : 0x11)
            }
            return codewords
        }

        private static func interleaved(_ blocks: [ArraySlice<UInt8>]) -> [UInt8] {
            (0..<(blocks.map(\.count).max() ?? 0)).flatMap { index in
                blocks.compactMap { $0.dropFirst(index).first }
            }
        }

        /// The remainder of the data, times x to the generator's degree, by the generator (7.5.2).
        private static func correction(
            of data: ArraySlice<UInt8>, _ generator: [UInt8]
        ) -> [UInt8] {
            var remainder = [UInt8](repeating: 0, count: generator.count)
            for codeword in data {
                let factor = codeword ^ remainder.removeFirst()
                remainder.append(0)
                for index in generator.indices {
                    remainder[index] ^= product(generator[index], factor)
                }
            }
            return remainder
        }

        /// (x - 2⁰)(x - 2¹)… of that degree, without its leading 1 (Annex A).
        private static func generator(degree: Int) -> [UInt8] {
            var polynomial: [UInt8] = [1]
            var root: UInt8 = 1
            for _ in 0..<degree {
                let scaled = [0] + polynomial.map { product($0, root) }
                polynomial = zip(polynomial + [0], scaled).map { $0 ^ $1 }
                root = product(root, 2)
            }
            return Array(polynomial.dropFirst())
        }

        /// The product in GF(2⁸), modulo x⁸ + x⁴ + x³ + x² + 1 (7.5.2).
        private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
            (0..<8).reversed().reduce(UInt8(0)) { sum, bit in
                (sum << 1) ^ (sum >> 7) &* 0x1d ^ (b >> UInt8(bit) & 1) &* a
            }
        }
    }
}
