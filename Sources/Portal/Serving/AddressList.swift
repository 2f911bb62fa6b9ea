import Glibc

/// Addresses, and nets of them (CIDR, RFC 4632 and RFC 4291): `10.1.0.0/16`, `fd00::/8`,
/// `127.0.0.1`.
package struct AddressList: Hashable, Sendable {
    private struct Net: Hashable, Sendable {
        let bytes: [UInt8]
        let bits: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return (0..<bits).allSatisfy { bit in
                (address[bit / 8] ^ bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
            }
        }
    }

    private let nets: [Net]

    /// This machine alone.
    package static let loopback = AddressList(
        nets: [
            Net(bytes: [127, 0, 0, 0], bits: 8),
            Net(bytes: [UInt8](repeating: 0, count: 15) + [1], bits: 128),
        ])

    private init(nets: [Net]) { self.nets = nets }

    /// Nil where one of them is no address and no net.
    package init?(_ texts: [String]) {
        var nets: [Net] = []
        for text in texts {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let bytes = Self.bytes(String(parts[0])) else { return nil }
            var bits = bytes.count * 8
            if parts.count == 2 {
                guard let number = UInt8(parts[1]), number <= bits, parts[1].count <= 3 else {
                    return nil
                }
                bits = Int(number)
            }
            nets.append(Net(bytes: bytes, bits: bits))
        }
        self.init(nets: nets)
    }

    /// Whether an address is one of them; an IPv4 address may be written as an IPv6 one.
    package func contains(_ address: String) -> Bool {
        guard var bytes = Self.bytes(address) else { return false }
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
        if bytes.count == 16, bytes.starts(with: mapped) { bytes = Array(bytes.dropFirst(12)) }
        return nets.contains { $0.contains(bytes) }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var small = in_addr()
        if inet_pton(AF_INET, text, &small) == 1 {
            return withUnsafeBytes(of: &small) { Array($0) }
        }
        var large = in6_addr()
        if inet_pton(AF_INET6, text, &large) == 1 {
            return withUnsafeBytes(of: &large) { Array($0) }
        }
        return nil
    }
}
