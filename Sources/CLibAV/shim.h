#pragma once
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>

// What Swift cannot see of libav: macros, and callbacks with a va_list or a nullable context.

static const int64_t evidock_av_no_time = INT64_C(-9223372036854775807) - 1;
static const int evidock_av_end_of_file = AVERROR_EOF;
static inline int evidock_av_error(int number) { return AVERROR(number); }

// Says nothing at all: what libav would print holds text out of the file.
static inline void evidock_av_say_nothing(void *a, int level, const char *format, va_list list) {
    (void)a, (void)level, (void)format, (void)list;
}
static inline void evidock_av_silence(void) { av_log_set_callback(evidock_av_say_nothing); }

// A demuxer that follows a reference out of its file gets nothing.
static inline int evidock_av_refuse(
    AVFormatContext *context, AVIOContext **io, const char *url, int flags,
    AVDictionary **options) {
    (void)context, (void)url, (void)flags, (void)options;
    *io = NULL;
    return AVERROR(EPERM);
}
static inline void evidock_av_confine(AVFormatContext *context) {
    context->io_open = evidock_av_refuse;
}

// The display matrix's turn in degrees clockwise, -1 where there is none or it is none.
static inline int evidock_av_rotation(const AVStream *stream) {
    size_t size = 0;
    const uint8_t *matrix = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (matrix == NULL || size < 9 * sizeof(int32_t)) return -1;
    double turn = av_display_rotation_get((const int32_t *)matrix);
    if (!(turn >= -360 && turn <= 360)) return -1;
    int clockwise = (int)(turn < 0 ? -turn + 0.5 : 360 - turn + 0.5);
    return clockwise % 360;
}

static inline int evidock_av_channels(const AVCodecParameters *parameters) {
    return parameters->ch_layout.nb_channels;
}
