/// The packets of an MPEG transport stream (ISO/IEC 13818-1), looked at to say whether it is whole.
struct TransportStream {
    private(set) var problems: [String] = []

    private static let looks: Int64 = 512

    /// `lead` bytes stand before each packet's sync byte (4 in AVCHD).
    init(_ footage: Footage, packet: Int, lead: Int) {
        let packets = footage.size / Int64(packet)
        let rest = footage.size % Int64(packet)
        if rest != 0 { problems.append("truncated: it ends \(rest) bytes into a packet") }
        let step = max(1, packets / Self.looks)
        for number in stride(from: 0, to: packets, by: Int64.Stride(step)) {
            let place = number * Int64(packet) + Int64(lead)
            guard footage.exactly(1, at: place)?.first == 0x47 else {
                problems.append("packets out of step near byte \(place)")
                break
            }
        }
        var hasTable = false
        for number in 0..<min(packets, 4096) {
            let place = number * Int64(packet) + Int64(lead)
            guard let head = footage.exactly(3, at: place) else { break }
            let identifier =
                UInt16(head[head.startIndex + 1] & 0x1f) << 8
                | UInt16(head[head.startIndex + 2])
            if identifier == 0 {
                hasTable = true
                break
            }
        }
        if !hasTable { problems.append("no program table (PAT)") }
    }
}
