#include "CLinuxSM3.h"

#include <string.h>

// One body of the rounds serves words of one stream (uint32_t) and of eight (vectors of eight
// words): the macros below need nothing but the operators of C. A rotation is written as two
// shifts; the compiler makes it one instruction where there is one.

#define ROTATE(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define P0(x) ((x) ^ ROTATE(x, 9) ^ ROTATE(x, 17))
#define P1(x) ((x) ^ ROTATE(x, 15) ^ ROTATE(x, 23))
#define FF0(x, y, z) ((x) ^ (y) ^ (z))
#define GG0(x, y, z) ((x) ^ (y) ^ (z))
#define FF1(x, y, z) (((x) & (y)) | (((x) | (y)) & (z)))
#define GG1(x, y, z) ((((y) ^ (z)) & (x)) ^ (z))

// T_j rotated left by j mod 32.
#define T0(j) ROTATE32(0x79cc4519u, (j) & 31)
#define T1(j) ROTATE32(0x7a879d8au, (j) & 31)
#define ROTATE32(x, n) (((x) << (n)) | ((x) >> ((32 - (n)) & 31)))

#define ROUND(WORD, j, T, FF, GG)                                                                  \
    do {                                                                                           \
        WORD a12 = ROTATE(a, 12);                                                                  \
        WORD ss1 = a12 + e + T(j);                                                                 \
        ss1 = ROTATE(ss1, 7);                                                                      \
        WORD tt1 = FF(a, b, c) + d + (ss1 ^ a12) + (w[(j) & 15] ^ w[((j) + 4) & 15]);              \
        WORD tt2 = GG(e, f, g) + h + ss1 + w[(j) & 15];                                            \
        d = c;                                                                                     \
        c = ROTATE(b, 9);                                                                          \
        b = a;                                                                                     \
        a = tt1;                                                                                   \
        h = g;                                                                                     \
        g = ROTATE(f, 19);                                                                         \
        f = e;                                                                                     \
        e = P0(tt2);                                                                               \
    } while (0)

// W_(j+4), made just before round j needs it, in place of W_(j-12).
#define EXPAND(WORD, j)                                                                            \
    do {                                                                                           \
        WORD x = w[((j) + 4) & 15] ^ w[((j) + 11) & 15] ^ ROTATE(w[((j) + 1) & 15], 15);           \
        w[((j) + 4) & 15] = P1(x) ^ ROTATE(w[((j) + 7) & 15], 7) ^ w[((j) + 14) & 15];             \
    } while (0)

#define FOUR(M, WORD, j) M(WORD, j) M(WORD, (j) + 1) M(WORD, (j) + 2) M(WORD, (j) + 3)
#define SIXTEEN(M, WORD, j)                                                                        \
    FOUR(M, WORD, j) FOUR(M, WORD, (j) + 4) FOUR(M, WORD, (j) + 8) FOUR(M, WORD, (j) + 12)
#define FIRST(WORD, j) ROUND(WORD, j, T0, FF0, GG0);
#define FIRST_EXPANDING(WORD, j) EXPAND(WORD, j); ROUND(WORD, j, T0, FF0, GG0);
#define LATER(WORD, j) EXPAND(WORD, j); ROUND(WORD, j, T1, FF1, GG1);

// The 64 rounds over the block in w; the chaining value is mixed in by the caller.
#define ROUNDS(WORD)                                                                               \
    do {                                                                                           \
        FOUR(FIRST, WORD, 0)                                                                       \
        FOUR(FIRST, WORD, 4)                                                                       \
        FOUR(FIRST, WORD, 8)                                                                       \
        FOUR(FIRST_EXPANDING, WORD, 12)                                                            \
        SIXTEEN(LATER, WORD, 16)                                                                   \
        SIXTEEN(LATER, WORD, 32)                                                                   \
        SIXTEEN(LATER, WORD, 48)                                                                   \
    } while (0)

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE uint32_t load32(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return __builtin_bswap32(word);
}

ALWAYS_INLINE void store32(uint8_t *bytes, uint32_t word) {
    word = __builtin_bswap32(word);
    memcpy(bytes, &word, sizeof word);
}

static void compress(uint32_t chain[8], const uint8_t *bytes, size_t blocks) {
    for (; blocks > 0; blocks--, bytes += 64) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++) w[i] = load32(bytes + 4 * i);
        uint32_t a = chain[0], b = chain[1], c = chain[2], d = chain[3];
        uint32_t e = chain[4], f = chain[5], g = chain[6], h = chain[7];
        ROUNDS(uint32_t);
        chain[0] ^= a, chain[1] ^= b, chain[2] ^= c, chain[3] ^= d;
        chain[4] ^= e, chain[5] ^= f, chain[6] ^= g, chain[7] ^= h;
    }
}

#if defined(__x86_64__)

// Eight words, one of each stream.
typedef uint32_t lanes __attribute__((vector_size(32)));
typedef uint8_t lane_bytes __attribute__((vector_size(32)));

// Eight rows of eight words, turned over: row i becomes column i. The words are big-endian in
// memory, and come out as numbers.
#define TRANSPOSE(out, in)                                                                         \
    do {                                                                                           \
        lanes s[8], t[8];                                                                          \
        for (int i = 0; i < 4; i++) {                                                              \
            s[2 * i] =                                                                             \
                __builtin_shufflevector(in[2 * i], in[2 * i + 1], 0, 8, 1, 9, 4, 12, 5, 13);       \
            s[2 * i + 1] =                                                                         \
                __builtin_shufflevector(in[2 * i], in[2 * i + 1], 2, 10, 3, 11, 6, 14, 7, 15);     \
        }                                                                                          \
        for (int i = 0; i < 8; i += 4) {                                                           \
            t[i] = __builtin_shufflevector(s[i], s[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);              \
            t[i + 1] = __builtin_shufflevector(s[i], s[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);        \
            t[i + 2] = __builtin_shufflevector(s[i + 1], s[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);      \
            t[i + 3] = __builtin_shufflevector(s[i + 1], s[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);    \
        }                                                                                          \
        for (int i = 0; i < 4; i++) {                                                              \
            (out)[i] = __builtin_shufflevector(t[i], t[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);          \
            (out)[i + 4] = __builtin_shufflevector(t[i], t[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);    \
        }                                                                                          \
    } while (0)

#define SWAP_BYTES(x)                                                                              \
    ((lanes)__builtin_shufflevector((lane_bytes)(x), (lane_bytes)(x), 3, 2, 1, 0, 7, 6, 5, 4,      \
                                    11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22,          \
                                    21, 20, 27, 26, 25, 24, 31, 30, 29, 28))

// Chaining values: chain[lane][word].
ALWAYS_INLINE void compress_lanes_body(uint32_t chain[8][8], const uint8_t *const *bytes,
                                       size_t blocks) {
    lanes rows[8], v[8];
    memcpy(rows, chain, sizeof rows);
    TRANSPOSE(v, rows);
    for (size_t block = 0; block < blocks; block++) {
        lanes w[16];
        for (int half = 0; half < 2; half++) {
            for (int lane = 0; lane < 8; lane++) {
                memcpy(&rows[lane], bytes[lane] + 64 * block + 32 * half, 32);
                rows[lane] = SWAP_BYTES(rows[lane]);
            }
            TRANSPOSE(w + 8 * half, rows);
        }
        lanes a = v[0], b = v[1], c = v[2], d = v[3], e = v[4], f = v[5], g = v[6], h = v[7];
        ROUNDS(lanes);
        v[0] ^= a, v[1] ^= b, v[2] ^= c, v[3] ^= d;
        v[4] ^= e, v[5] ^= f, v[6] ^= g, v[7] ^= h;
    }
    TRANSPOSE(rows, v);
    memcpy(chain, rows, sizeof rows);
}

__attribute__((target("avx2,bmi2"))) static void compress_lanes_avx2(uint32_t chain[8][8],
                                                                    const uint8_t *const *bytes,
                                                                    size_t blocks) {
    compress_lanes_body(chain, bytes, blocks);
}

// The same eight lanes where the processor rotates a vector in one instruction.
__attribute__((target("avx2,bmi2,avx512f,avx512vl,avx512bw"))) static void
compress_lanes_avx512(uint32_t chain[8][8], const uint8_t *const *bytes, size_t blocks) {
    compress_lanes_body(chain, bytes, blocks);
}

int evidock_sm3_best_kind(void) {
    int is_wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (!is_wide) return EVIDOCK_SM3_PLAIN;
    int rotates = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512bw");
    return rotates ? EVIDOCK_SM3_AVX512 : EVIDOCK_SM3_AVX2;
}

static void compress_lanes(int kind, uint32_t chain[8][8], const uint8_t *const *bytes,
                           size_t blocks) {
    if (kind == EVIDOCK_SM3_AVX512) {
        compress_lanes_avx512(chain, bytes, blocks);
    } else {
        compress_lanes_avx2(chain, bytes, blocks);
    }
}

#else

int evidock_sm3_best_kind(void) { return EVIDOCK_SM3_PLAIN; }

static void compress_lanes(int kind, uint32_t chain[8][8], const uint8_t *const *bytes,
                           size_t blocks) {
    (void)kind;
    for (int lane = 0; lane < 8; lane++) compress(chain[lane], bytes[lane], blocks);
}

#endif

void evidock_sm3_begin(struct evidock_sm3 *stream) {
    static const uint32_t start[8] = {0x7380166fu, 0x4914b2b9u, 0x172442d7u, 0xda8a0600u,
                                      0xa96f30bcu, 0x163138aau, 0xe38dee4du, 0xb0fb0e4eu};
    memset(stream, 0, sizeof *stream);
    memcpy(stream->chain, start, sizeof start);
}

// Completes the partial block as far as the bytes reach; gives how many were taken.
static size_t fill_partial(struct evidock_sm3 *stream, const uint8_t *bytes, size_t size) {
    size_t held = stream->total % 64;
    if (held == 0) return 0;
    size_t taken = size < 64 - held ? size : 64 - held;
    if (taken == 0) return 0;
    memcpy(stream->partial + held, bytes, taken);
    stream->total += taken;
    if (held + taken == 64) compress(stream->chain, stream->partial, 1);
    return taken;
}

void evidock_sm3_update(struct evidock_sm3 *stream, const void *bytes, size_t size) {
    if (size == 0) return;
    const uint8_t *next = bytes;
    size_t taken = fill_partial(stream, next, size);
    next += taken, size -= taken;
    compress(stream->chain, next, size / 64);
    stream->total += size;
    if (size % 64 != 0) memcpy(stream->partial, next + size / 64 * 64, size % 64);
}

void evidock_sm3_digest(const struct evidock_sm3 *stream, uint8_t out[32]) {
    uint32_t chain[8];
    memcpy(chain, stream->chain, sizeof chain);
    uint8_t tail[128] = {0};
    size_t held = stream->total % 64;
    memcpy(tail, stream->partial, held);
    tail[held] = 0x80;
    size_t blocks = held < 56 ? 1 : 2;
    uint64_t bits = stream->total * 8;
    store32(tail + blocks * 64 - 8, (uint32_t)(bits >> 32));
    store32(tail + blocks * 64 - 4, (uint32_t)bits);
    compress(chain, tail, blocks);
    for (int i = 0; i < 8; i++) store32(out + 4 * i, chain[i]);
}

// With fewer streams than this the lanes, most of them idle, are slower than one after the other.
enum { WORTHWHILE = 3 };

void evidock_sm3_update_lanes(int kind, struct evidock_sm3 *streams, const void *const *bytes,
                              const size_t *sizes, int count) {
    const uint8_t *next[EVIDOCK_SM3_LANES];
    size_t left[EVIDOCK_SM3_LANES];
    if (count > EVIDOCK_SM3_LANES) count = EVIDOCK_SM3_LANES;
    int best = evidock_sm3_best_kind();
    if (kind < 0 || kind > best) kind = best;
    for (int i = 0; i < count; i++) {
        next[i] = bytes[i], left[i] = sizes[i];
        size_t taken = fill_partial(&streams[i], next[i], left[i]);
        if (taken > 0) next[i] += taken, left[i] -= taken;
    }
    while (kind != EVIDOCK_SM3_PLAIN) {
        int active[EVIDOCK_SM3_LANES];
        int lanes_in_use = 0;
        size_t blocks = SIZE_MAX;
        for (int i = 0; i < count; i++) {
            if (left[i] < 64) continue;
            active[lanes_in_use++] = i;
            if (left[i] / 64 < blocks) blocks = left[i] / 64;
        }
        if (lanes_in_use < WORTHWHILE) break;
        uint32_t chain[8][8];
        const uint8_t *data[8];
        for (int lane = 0; lane < 8; lane++) {
            // An idle lane repeats the first one; what comes out of it is dropped.
            int i = active[lane < lanes_in_use ? lane : 0];
            memcpy(chain[lane], streams[i].chain, sizeof chain[lane]);
            data[lane] = next[i];
        }
        compress_lanes(kind, chain, data, blocks);
        for (int lane = 0; lane < lanes_in_use; lane++) {
            int i = active[lane];
            memcpy(streams[i].chain, chain[lane], sizeof chain[lane]);
            streams[i].total += 64 * blocks;
            next[i] += 64 * blocks, left[i] -= 64 * blocks;
        }
    }
    for (int i = 0; i < count; i++) evidock_sm3_update(&streams[i], next[i], left[i]);
}
