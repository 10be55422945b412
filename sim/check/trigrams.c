#include "sim/check/trigrams.h"

#include <stdbool.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { WIDTH = 32 }; /* bytes at a time */

static void allow(struct trigrams *t, int position, unsigned bit, unsigned char c)
{
    t->at[position][c] |= (uint8_t)(1u << bit);
    t->low[position][c & 15] |= (uint8_t)(1u << bit);
    t->high[position][c >> 4] |= (uint8_t)(1u << bit);
}

void trigrams_add(struct trigrams *t, unsigned bit, const char *first, const char *second,
                  const char *third)
{
    const char *const lists[] = {first, second, third};
    for (int i = 0; i < 3; i++) {
        for (const char *c = lists[i]; c && *c; c++)
            allow(t, i, bit, (unsigned char)*c);
        for (int c = 0; !lists[i] && c < 256; c++)
            allow(t, i, bit, (unsigned char)c);
    }
}

static inline bool is_place(const struct trigrams *t, const char *at)
{
    return t->at[0][(unsigned char)at[0]] & t->at[1][(unsigned char)at[1]] &
           t->at[2][(unsigned char)at[2]];
}

/* Byte by byte, for the last few and for machines without the instructions. */
static size_t find_slowly(const struct trigrams *t, const char *text, size_t len, size_t *from,
                          uint32_t *places, size_t room)
{
    size_t n = 0;
    size_t i = *from;
    for (; i + 2 < len && n < room; i++) {
        if (is_place(t, text + i))
            places[n++] = (uint32_t)i;
    }
    *from = i + 2 < len ? i : len;
    return n;
}

#ifdef __x86_64__
#define FAST __attribute__((target("avx2")))

/* The sets that each of 32 bytes may belong to. */
FAST static inline __m256i sets_of(const char *at, __m256i low, __m256i high)
{
    const __m256i half = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i l = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half));
    __m256i h = _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half));
    return _mm256_and_si256(l, h);
}

FAST static inline __m256i table_of(const uint8_t half[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)half));
}

FAST static size_t find_fast(const struct trigrams *t, const char *text, size_t len, size_t *from,
                             uint32_t *places, size_t room)
{
    const __m256i low[3] = {table_of(t->low[0]), table_of(t->low[1]), table_of(t->low[2])};
    const __m256i high[3] = {table_of(t->high[0]), table_of(t->high[1]), table_of(t->high[2])};
    size_t n = 0;
    size_t i = *from;
    for (; i + WIDTH + 2 <= len && n + WIDTH <= room; i += WIDTH) {
        __m256i sets = _mm256_and_si256(sets_of(text + i, low[0], high[0]),
                                        _mm256_and_si256(sets_of(text + i + 1, low[1], high[1]),
                                                         sets_of(text + i + 2, low[2], high[2])));
        unsigned none =
            (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(sets, _mm256_setzero_si256()));
        for (unsigned some = ~none; some; some &= some - 1) {
            size_t place = i + (unsigned)__builtin_ctz(some);
            places[n] = (uint32_t)place;
            n += is_place(t, text + place);
        }
    }
    *from = i;
    return n;
}
#endif

size_t trigrams_find(const struct trigrams *t, const char *text, size_t len, size_t *from,
                     uint32_t *places, size_t room)
{
    size_t n = 0;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        n = find_fast(t, text, len, from, places, room);
    if (*from + WIDTH + 2 <= len && n)
        return n;
#endif
    return n + find_slowly(t, text, len, from, places + n, room - n);
}
