/// Bytes of an index held in memory, read with bounds: a number that is not there is nil.
struct IndexBytes {
    let bytes: [UInt8]

    func big16(_ offset: Int) -> UInt16? {
        guard offset >= 0, offset <= bytes.count - 2 else { return nil }
        return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    func big32(_ offset: Int) -> UInt32? {
        guard offset >= 0, offset <= bytes.count - 4 else { return nil }
        return bytes.withUnsafeBytes {
            UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
    }

    func big64(_ offset: Int) -> UInt64? {
        guard offset >= 0, offset <= bytes.count - 8 else { return nil }
        return bytes.withUnsafeBytes {
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
    }
}

/// One box of ISO/IEC 14496-12 inside such an index: its type and where its payload stands.
struct Box {
    let type: FourCharacters
    let payload: Range<Int>

    /// The boxes of a container box, in order. `complete` is false where one has a size that cannot
    /// be: below its header or beyond its container.
    static func children(
        in range: Range<Int>, of index: IndexBytes
    ) -> (boxes: [Box], complete: Bool) {
        var boxes: [Box] = []
        var offset = range.lowerBound
        while offset <= range.upperBound - 8, boxes.count < 4096 {
            guard let size = index.big32(offset), let type = index.big32(offset + 4) else {
                return (boxes, false)
            }
            // QuickTime ends a list of user data with four zeros.
            if size == 0, type == 0 { break }
            var header = 8
            var length = Int64(size)
            if size == 0 { length = Int64(range.upperBound - offset) }
            if size == 1 {
                guard let long = index.big64(offset + 8), long <= UInt64(Int32.max) else {
                    return (boxes, false)
                }
                (header, length) = (16, Int64(long))
            }
            guard length >= header, length <= range.upperBound - offset else {
                return (boxes, false)
            }
            let end = offset + Int(length)
            boxes.append(
                Box(type: FourCharacters(code: type), payload: offset + header..<end))
            offset = end
        }
        return (boxes, true)
    }
}
