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

uint64_t hash_bytes(const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint64_t h = hash_mix(n ^ HASH_A, HASH_B);
    if (n >= 64) {
        uint64_t lanes[4] = {h, h ^ HASH_A, h ^ HASH_B, ~h};
        for (; n >= 64; at += 64, n -= 64) {
            for (size_t i = 0; i < 4; i++)
                lanes[i] = hash_mix(word(at + 16 * i) ^ HASH_A, word(at + 16 * i + 8) ^ lanes[i]);
        }
        h = hash_mix(lanes[0] ^ HASH_A, lanes[1] ^ HASH_B) ^
            hash_mix(lanes[2] ^ HASH_B, lanes[3] ^ HASH_A);
    }
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
