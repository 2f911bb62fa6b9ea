/// One entry of GoPro's metadata format (GPMF, github.com/gopro/gpmf-parser): a four-character key,
/// the type of its values, and `count` of them with `size` bytes each.
struct KeyLengthValue {
    let key: FourCharacters
    /// A letter, or 0 for entries inside.
    let type: UInt8
    let size: Int
    let count: Int
    let payload: Range<Int>

    /// The entries of a range, in their order, as far as they fit it.
    static func entries(in range: Range<Int>, of index: IndexBytes) -> [KeyLengthValue] {
        var found: [KeyLengthValue] = []
        var offset = range.lowerBound
        while offset <= range.upperBound - 8, found.count < 4096 {
            guard let key = index.big32(offset), let shape = index.big32(offset + 4) else { break }
            let (size, count) = (Int(shape >> 16 & 0xff), Int(shape & 0xffff))
            let start = offset + 8
            guard size * count <= range.upperBound - start else { break }
            found.append(
                KeyLengthValue(
                    key: FourCharacters(code: key), type: UInt8(shape >> 24), size: size,
                    count: count, payload: start..<start + size * count))
            // Each begins at a multiple of four.
            offset = start + (size * count + 3) / 4 * 4
        }
        return found
    }

    /// Where the value of that number stands.
    func place(_ number: Int) -> Int { payload.lowerBound + number * size }
}
