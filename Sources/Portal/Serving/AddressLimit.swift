import NIOCore
import Synchronization

/// Connections by the address that they come from: nobody alone takes all that there are.
///
/// This machine itself is not counted, nor is a socket: behind a proxy everybody comes from there.
final class AddressCounts: Sendable {
    private let limit: Int
    private let counts = Mutex<[String: Int]>([:])

    init(limit: Int) { self.limit = limit }

    /// - Returns: whether there may be one more.
    fileprivate func enter(_ address: String) -> Bool {
        counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < limit else { return false }
            counts[address] = count + 1
            return true
        }
    }

    fileprivate func leave(_ address: String) {
        counts.withLock { counts in
            let count = counts[address, default: 1] - 1
            counts[address] = count > 0 ? count : nil
        }
    }

    var isEmpty: Bool { counts.withLock { $0.isEmpty } }
}

/// Closes a connection at once where its address has too many.
final class AddressLimit: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let counts: AddressCounts
    /// Where it was counted.
    private var address: String?

    init(_ counts: AddressCounts) { self.counts = counts }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let address = context.channel.remoteAddress?.ipAddress,
            !AddressList.loopback.contains(address)
        else { return }
        guard counts.enter(address) else { return context.close(promise: nil) }
        self.address = address
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func leave() {
        if let address { counts.leave(address) }
        address = nil
    }
}
