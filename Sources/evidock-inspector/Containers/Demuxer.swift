import CLibAV
import Glibc

/// libavformat, held on a short lead: one demuxer that we chose, one file that it reads through
/// us, nothing that it may open itself.
struct Demuxer {
    enum Refusal: Error {
        /// libav's error number.
        case failed(CInt)
        case noSuchDemuxer
    }

    /// Loads and starts what is otherwise loaded with the first file.
    static func prepare() {
        evidock_av_silence()
        var state: UnsafeMutableRawPointer?
        while av_demuxer_iterate(&state) != nil {}
        for codec in [AV_CODEC_ID_AAC, AV_CODEC_ID_AC3, AV_CODEC_ID_MP2, AV_CODEC_ID_MP3] {
            // A decoder builds its tables when it is first opened.
            var context = avcodec_alloc_context3(avcodec_find_decoder(codec))
            context?.pointee.thread_count = 1
            if let opened = context { avcodec_open2(opened, nil, nil) }
            avcodec_free_context(&context)
        }
    }

    static var versions: String {
        func text(_ number: UInt32) -> String {
            "\(number >> 16).\(number >> 8 & 0xff).\(number & 0xff)"
        }
        return "libavformat \(text(avformat_version())), libavcodec \(text(avcodec_version())), "
            + "libavutil \(text(avutil_version()))"
    }

    /// The name of the demuxer that libav itself would take for these bytes, and how sure it is
    /// (0 to 100).
    static func guess(_ start: [UInt8]) -> (name: String, score: Int)? {
        var padded = start + [UInt8](repeating: 0, count: Int(AVPROBE_PADDING_SIZE))
        var score: CInt = 0
        let found = padded.withUnsafeMutableBufferPointer { buffer in
            var data = AVProbeData()
            data.buf = buffer.baseAddress
            data.buf_size = CInt(start.count)
            return av_probe_input_format3(&data, 1, &score)
        }
        guard let found, let name = found.pointee.name else { return nil }
        return (String(cString: name), Int(score))
    }

    private static let ioBufferSize = 32_768

    /// Of sound and subtitles alone: no picture is ever decoded.
    private static let decoders =
        "aac,aac_latm,ac3,eac3,mp2float,mp2,mp3float,mp3,dca,amrnb,amrwb,opus,vorbis,flac,pgssub"

    /// What the container tells of itself and its streams; the streams themselves are looked into
    /// only where it does not tell (`AVFormatContext.probesize`, bounded).
    static func read(
        _ footage: Footage, demuxer name: String, into reading: inout Reading
    ) throws(Refusal) {
        guard let format = av_find_input_format(name) else { throw .noSuchDemuxer }
        guard let buffer = av_malloc(ioBufferSize) else { throw .failed(evidock_av_error(ENOMEM)) }
        let source = Source(footage)
        let made = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), CInt(ioBufferSize), 0,
            Unmanaged.passUnretained(source).toOpaque(), Source.read, nil, Source.seek)
        guard let io = made else {
            av_free(buffer)
            throw .failed(evidock_av_error(ENOMEM))
        }
        defer {
            av_freep(&io.pointee.buffer)
            var ended: UnsafeMutablePointer<AVIOContext>? = io
            avio_context_free(&ended)
        }
        var context = avformat_alloc_context()
        guard let opening = context else { throw .failed(evidock_av_error(ENOMEM)) }
        opening.pointee.pb = io
        evidock_av_confine(opening)
        opening.pointee.probesize = 2 << 20
        opening.pointee.max_analyze_duration = 5_000_000
        opening.pointee.max_streams = 128
        opening.pointee.format_probesize = 1 << 16
        var options: OpaquePointer?
        av_dict_set(&options, "protocol_whitelist", "none", 0)
        av_dict_set(&options, "codec_whitelist", decoders, 0)
        av_dict_set(&options, "format_whitelist", format.pointee.name, 0)
        let opened = avformat_open_input(&context, nil, format, &options)
        av_dict_free(&options)
        guard opened == 0, let container = context else { throw .failed(opened) }
        defer { avformat_close_input(&context) }
        if isWanting(container, demuxer: name) { avformat_find_stream_info(container, nil) }
        fill(&reading, from: container)
        withExtendedLifetime(source) {}
    }

    /// Whether facts are missing that only the streams can tell.
    private static func isWanting(
        _ container: UnsafeMutablePointer<AVFormatContext>, demuxer: String
    ) -> Bool {
        if ["mpegts", "mpeg", "mp3", "aac", "flv"].contains(demuxer) { return true }
        for stream in streams(of: container) {
            guard let parameters = stream.pointee.codecpar else { continue }
            switch parameters.pointee.codec_type {
            case AVMEDIA_TYPE_VIDEO:
                if parameters.pointee.width <= 0 || parameters.pointee.codec_id == AV_CODEC_ID_NONE
                {
                    return true
                }
            case AVMEDIA_TYPE_AUDIO:
                if parameters.pointee.sample_rate <= 0 || evidock_av_channels(parameters) <= 0 {
                    return true
                }
            default: break
            }
        }
        return false
    }

    private static func streams(
        of container: UnsafeMutablePointer<AVFormatContext>
    ) -> [UnsafeMutablePointer<AVStream>] {
        (0..<Int(min(container.pointee.nb_streams, 64))).compactMap {
            container.pointee.streams[$0]
        }
    }

    private static func fill(
        _ reading: inout Reading, from container: UnsafeMutablePointer<AVFormatContext>
    ) {
        reading.container = container.pointee.iformat.map { String(cString: $0.pointee.name) }
        if reading.durationMicroseconds == nil {
            reading.durationMicroseconds = duration(of: container)
        }
        append(container.pointee.metadata, to: &reading.tags)
        let found = streams(of: container)
        let probes = PictureProbe.read(container, streams: found)
        for (number, stream) in found.enumerated() {
            var told = read(stream)
            if let probe = probes[number] { told.fill(from: probe) }
            reading.streams.append(told)
        }
    }

    /// Microseconds: the container's, or its longest stream's. Bounded, since libav repeats lies
    /// such as 1099511627776 s.
    private static func duration(
        of container: UnsafeMutablePointer<AVFormatContext>
    ) -> Int64? {
        var longest = container.pointee.duration
        if longest <= 0 {
            for stream in streams(of: container) where stream.pointee.duration > 0 {
                let base = stream.pointee.time_base
                guard base.num > 0, base.den > 0 else { continue }
                let scaled = av_rescale_q(
                    stream.pointee.duration, base, AVRational(num: 1, den: 1_000_000))
                longest = max(longest, scaled)
            }
        }
        return longest > 0 && longest <= DurationField.longest ? longest : nil
    }

    private static func read(_ stream: UnsafeMutablePointer<AVStream>) -> Reading.Stream {
        guard let parameters = stream.pointee.codecpar else { return Reading.Stream(type: "data") }
        var found = Reading.Stream(type: type(of: parameters.pointee.codec_type))
        if parameters.pointee.codec_id != AV_CODEC_ID_NONE {
            found.codec = String(cString: avcodec_get_name(parameters.pointee.codec_id))
        }
        found.width = Int64(parameters.pointee.width)
        found.height = Int64(parameters.pointee.height)
        found.sampleRate = Int64(parameters.pointee.sample_rate)
        found.channels = Int64(evidock_av_channels(parameters))
        if found.type == "video" {
            let rate = stream.pointee.avg_frame_rate
            found.frameRate = Fraction(Int64(rate.num), Int64(rate.den))
            found.rotation = Int64(evidock_av_rotation(stream))
        }
        append(stream.pointee.metadata, to: &found.tags)
        return found
    }

    private static func type(of media: AVMediaType) -> String {
        switch media {
        case AVMEDIA_TYPE_VIDEO: "video"
        case AVMEDIA_TYPE_AUDIO: "audio"
        case AVMEDIA_TYPE_SUBTITLE: "subtitle"
        case AVMEDIA_TYPE_ATTACHMENT: "attachment"
        default: "data"
        }
    }

    private static func append(_ dictionary: OpaquePointer?, to tags: inout TagList) {
        var entry: UnsafeMutablePointer<AVDictionaryEntry>?
        while let next = av_dict_get(dictionary, "", entry, AV_DICT_IGNORE_SUFFIX) {
            entry = next
            tags.append(
                SafeText.shown(bytes(next.pointee.key), limit: 64),
                SafeText.shown(bytes(next.pointee.value), limit: 256))
        }
    }

    private static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text else { return [] }
        return (0..<strnlen(text, 1024)).map { UInt8(bitPattern: text[$0]) }
    }
}

/// The file as libav reads it: the position is ours, the bytes come by pread(2).
private final class Source {
    let footage: Footage
    var position: Int64 = 0

    init(_ footage: Footage) { self.footage = footage }

    static let read:
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, CInt) -> CInt = {
            opaque, buffer, count in
            guard let opaque, let buffer, count > 0 else { return evidock_av_end_of_file }
            let source = Unmanaged<Source>.fromOpaque(opaque).takeUnretainedValue()
            let came = source.footage.read(
                into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)),
                at: source.position)
            source.position += Int64(came)
            return came > 0 ? CInt(came) : evidock_av_end_of_file
        }

    static let seek: @convention(c) (UnsafeMutableRawPointer?, Int64, CInt) -> Int64 = {
        opaque, offset, whence in
        guard let opaque else { return -1 }
        let source = Unmanaged<Source>.fromOpaque(opaque).takeUnretainedValue()
        let base: Int64
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return source.footage.size
        case SEEK_SET: base = 0
        case SEEK_CUR: base = source.position
        case SEEK_END: base = source.footage.size
        default: return Int64(evidock_av_error(EINVAL))
        }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Int64(evidock_av_error(EINVAL)) }
        source.position = target
        return target
    }
}
