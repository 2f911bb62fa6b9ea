import CLibAV

/// What a video stream's own headers say of its pictures, where the container is silent: read by
/// libav's parsers, which decode no picture.
struct PictureProbe {
    private(set) var width: Int64 = 0
    private(set) var height: Int64 = 0
    private(set) var frameRate: Fraction?

    private static let packetLimit = 512

    /// Looks into the first packets. Gives what was found by the stream's number.
    static func read(
        _ container: UnsafeMutablePointer<AVFormatContext>,
        streams: [UnsafeMutablePointer<AVStream>]
    ) -> [Int: PictureProbe] {
        var parsers: [Int: Parser] = [:]
        for (number, stream) in streams.enumerated() {
            guard let parameters = stream.pointee.codecpar,
                parameters.pointee.codec_type == AVMEDIA_TYPE_VIDEO, parameters.pointee.width <= 0
            else { continue }
            parsers[number] = Parser(parameters)
        }
        var found: [Int: PictureProbe] = [:]
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        guard let packet, !parsers.isEmpty else { return [:] }
        for _ in 0..<packetLimit where found.count < parsers.count {
            guard av_read_frame(container, packet) >= 0 else { break }
            defer { av_packet_unref(packet) }
            let number = Int(packet.pointee.stream_index)
            guard found[number] == nil, let parser = parsers[number] else { continue }
            if let probe = parser.take(packet) { found[number] = probe }
        }
        return found
    }

    private final class Parser {
        private let parser: UnsafeMutablePointer<AVCodecParserContext>
        private let codec: UnsafeMutablePointer<AVCodecContext>

        init?(_ parameters: UnsafeMutablePointer<AVCodecParameters>) {
            guard let parser = av_parser_init(CInt(parameters.pointee.codec_id.rawValue)) else {
                return nil
            }
            guard let codec = avcodec_alloc_context3(nil) else {
                av_parser_close(parser)
                return nil
            }
            avcodec_parameters_to_context(codec, parameters)
            // Its clock counts fields (ITU-T H.264, E.2.1); an open decoder would say so.
            if parameters.pointee.codec_id == AV_CODEC_ID_H264 { codec.pointee.ticks_per_frame = 2 }
            parser.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
            (self.parser, self.codec) = (parser, codec)
        }

        deinit {
            av_parser_close(parser)
            var ended: UnsafeMutablePointer<AVCodecContext>? = codec
            avcodec_free_context(&ended)
        }

        /// Nil until a header has come by.
        func take(_ packet: UnsafeMutablePointer<AVPacket>) -> PictureProbe? {
            var out: UnsafeMutablePointer<UInt8>?
            var count: CInt = 0
            av_parser_parse2(
                parser, codec, &out, &count, packet.pointee.data, packet.pointee.size,
                packet.pointee.pts, packet.pointee.dts, packet.pointee.pos)
            var probe = PictureProbe()
            probe.width = Int64(max(parser.pointee.width, codec.pointee.width))
            probe.height = Int64(max(parser.pointee.height, codec.pointee.height))
            let rate = codec.pointee.framerate
            probe.frameRate = Fraction(Int64(rate.num), Int64(rate.den))
            return probe.width > 0 && probe.height > 0 ? probe : nil
        }
    }
}

extension Reading.Stream {
    /// Fills in what the container did not tell. A rate by time stamps that is twice the headers'
    /// counts fields, not pictures.
    mutating func fill(from probe: PictureProbe) {
        (width, height) = (probe.width, probe.height)
        guard let own = probe.frameRate else { return }
        guard let counted = frameRate else {
            frameRate = own
            return
        }
        if abs(counted.value / own.value - 2) < 0.04 { frameRate = own }
    }
}
