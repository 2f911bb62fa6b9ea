#pragma once
#include <stddef.h>
#include <stdint.h>

// SM3 (GB/T 32905-2016), one stream or up to eight at once on one core. The digests are those of
// any other SM3: only the work is laid side by side.

// Where one stream stands. A plain value: copying it forks the stream.
struct evidock_sm3 {
    uint32_t chain[8];
    uint8_t partial[64];
    // Bytes taken in so far; the last `total % 64` of them stand in `partial`.
    uint64_t total;
};

void evidock_sm3_begin(struct evidock_sm3 *stream);
void evidock_sm3_update(struct evidock_sm3 *stream, const void *bytes, size_t size);
// The digest of all that was taken in. The stream is left as it is, and may go on.
void evidock_sm3_digest(const struct evidock_sm3 *stream, uint8_t out[32]);

enum { EVIDOCK_SM3_LANES = 8 };

// How the lanes are run: stream by stream, by AVX2, or by AVX2 with the rotations of AVX-512.
enum evidock_sm3_kind { EVIDOCK_SM3_PLAIN = 0, EVIDOCK_SM3_AVX2 = 1, EVIDOCK_SM3_AVX512 = 2 };

// The fastest kind that this processor has; it has those below too.
int evidock_sm3_best_kind(void);

// Gives each of `count` (1 to 8) streams its next bytes. The sizes may differ, and may be 0. A kind
// that this processor has not is taken for its best one.
void evidock_sm3_update_lanes(int kind, struct evidock_sm3 *streams, const void *const *bytes,
                              const size_t *sizes, int count);
