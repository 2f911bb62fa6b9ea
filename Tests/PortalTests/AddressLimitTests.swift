import NIOCore
import NIOEmbedded
import Testing

@testable import Portal

@Suite struct AddressLimitTests {
    private func isLetIn(_ address: String, _ counts: AddressCounts) throws -> Bool {
        try connect(address, counts).isActive
    }

    private func connect(_ address: String, _ counts: AddressCounts) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: address, port: 8)).wait()
        try channel.pipeline.syncOperations.addHandler(AddressLimit(counts))
        return channel
    }

    @Test func oneAddressHasSoManyAndNoMore() throws {
        let counts = AddressCounts(limit: 3)
        var open = try (0..<3).map { _ in try connect("10.1.0.7", counts) }
        #expect(open.allSatisfy { $0.isActive })
        #expect(try isLetIn("10.1.0.7", counts) == false)
        #expect(try isLetIn("10.1.0.8", counts))
        _ = try open.removeLast().finish()
        let next = try connect("10.1.0.7", counts)
        #expect(next.isActive)
        #expect(try isLetIn("10.1.0.7", counts) == false)
    }

    @Test func thisMachineIsNotCounted() throws {
        let counts = AddressCounts(limit: 1)
        for _ in 0..<5 {
            #expect(try isLetIn("127.0.0.1", counts))
            #expect(try isLetIn("::1", counts))
        }
        #expect(counts.isEmpty)
    }

    @Test func whoeverGoesIsForgotten() throws {
        let counts = AddressCounts(limit: 2)
        for _ in 0..<10 { _ = try connect("fd00::5", counts).finish() }
        #expect(counts.isEmpty)
    }
}
