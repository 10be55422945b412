#include "sim/base/hash.h"

#include <string.h>

static inline uint64_t word(const unsigned char *at)
{
    uint64_t w;
    memcpy(&w, at, sizeof(w));
    return w;
}

/* Fewer than 16 bytes, as two words that overlap. */
static uint64_t tail(const unsigned char *at, size_t n, uint64_t h)
{
    uint64_t a = 0;
    uint64_t b = 0;
    if (n >= 8) {
        a = word(at);
        b = word(at + n - 8);
    } else {
        for (size_t i = 0; i < n; i++)
            a = a << 8 | at[i];
    }
    return hash_mix(a ^ HASH_A, b ^ h);
}

/* 64 bytes a step, in four lanes, since each step waits for the one before. The lanes are four
 * variables, not an array: compilers leave that in memory, which is half as fast. */
static uint64_t blocks(const unsigned char **at, size_t *n, uint64_t h)
{
    const unsigned char *from = *at;
    uint64_t a = h;
    uint64_t b = h ^ HASH_A;
    uint64_t c = h ^ HASH_B;
    uint64_t d = ~h;
    for (; *n >= 64; from += 64, *n -= 64) {
        a = hash_mix(word(from) ^ HASH_A, word(from + 8) ^ a);
        b = hash_mix(word(from + 16) ^ HASH_A, word(from + 24) ^ b);
        c = hash_mix(word(from + 32) ^ HASH_A, word(from + 40) ^ c);
        d = hash_mix(word(from + 48) ^ HASH_A, word(from + 56) ^ d);
    }
    *at = from;
    return hash_mix(a ^ HASH_A, b ^ HASH_B) ^ hash_mix(c ^ HASH_B, d ^ HASH_A);
}

uint64_t hash_bytes(const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint64_t h = hash_mix(n ^ HASH_A, HASH_B);
    if (n >= 64)
        h = blocks(&at, &n, h);
    for (; n >= 16; at += 16, n -= 16)
        h = hash_mix(word(at) ^ HASH_A, word(at + 8) ^ h);
    return hash_mix(tail(at, n, h), HASH_B);
}

uint64_t hash_fnv(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ at[i]) * 0x100000001b3u;
    return h;
}
