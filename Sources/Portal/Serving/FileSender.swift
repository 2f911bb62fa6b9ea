import NIOCore
import NIOHTTP1

/// Sends bytes of open files past the memory (sendfile(2)), as a part of the body of an answer whose
/// length was told. A connection that is encrypted has none.
///
/// The framework's writer takes buffers only; what goes beside it keeps its order, since both pass the
/// connection's event loop.
final class FileSender: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = NIOAny

    private struct Part: Sendable {
        let region: FileRegion
    }

    /// They are on their way when this returns, and the file may be closed. Where the task is cancelled,
    /// the connection ends: whoever reads slowly, or not at all, keeps nothing from stopping.
    ///
    /// - Returns: false where nothing was sent, since the connection has no such sender.
    static func send(
        _ file: NIOFileHandle, _ range: Range<Int64>, on channel: any Channel
    ) async throws -> Bool {
        let region = FileRegion(
            fileHandle: file, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
        do {
            try await withTaskCancellationHandler {
                try await channel.triggerUserOutboundEvent(Part(region: region)).get()
            } onCancel: {
                channel.close(promise: nil)
            }
            return true
        } catch ChannelError.operationUnsupported {
            return false
        }
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let part = event as? Part,
            // What it would write is beyond it, towards the socket.
            let encoder = try? context.pipeline.syncOperations.context(
                handlerType: HTTPResponseEncoder.self)
        else { return context.triggerUserOutboundEvent(event, promise: promise) }
        encoder.writeAndFlush(NIOAny(IOData.fileRegion(part.region)), promise: promise)
    }
}
