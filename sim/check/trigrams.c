#include "sim/check/trigrams.h"

#include <stdbool.h>
#include <string.h>
#ifdef __x86_64__
#include <tmmintrin.h>
#endif

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
/* The sets that each of sixteen bytes may belong to. */
__attribute__((target("ssse3"))) static inline __m128i sets_of(const char *at, __m128i low,
                                                               __m128i high)
{
    const __m128i half = _mm_set1_epi8(15);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i l = _mm_shuffle_epi8(low, _mm_and_si128(bytes, half));
    __m128i h = _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16(bytes, 4), half));
    return _mm_and_si128(l, h);
}

__attribute__((target("ssse3"))) static size_t find_fast(const struct trigrams *t, const char *text,
                                                         size_t len, size_t *from, uint32_t *places,
                                                         size_t room)
{
    __m128i low[3];
    __m128i high[3];
    for (int i = 0; i < 3; i++) {
        low[i] = _mm_loadu_si128((const __m128i *)(const void *)t->low[i]);
        high[i] = _mm_loadu_si128((const __m128i *)(const void *)t->high[i]);
    }
    size_t n = 0;
    size_t i = *from;
    for (; i + 18 <= len && n + 16 <= room; i += 16) {
        __m128i sets = _mm_and_si128(sets_of(text + i, low[0], high[0]),
                                     _mm_and_si128(sets_of(text + i + 1, low[1], high[1]),
                                                   sets_of(text + i + 2, low[2], high[2])));
        unsigned none = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(sets, _mm_setzero_si128()));
        for (unsigned some = ~none & 0xffff; some; some &= some - 1) {
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
    if (__builtin_cpu_supports("ssse3"))
        n = find_fast(t, text, len, from, places, room);
    if (*from + 18 <= len && n)
        return n;
#endif
    return n + find_slowly(t, text, len, from, places + n, room - n);
}
