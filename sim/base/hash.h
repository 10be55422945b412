/* A 64-bit hash of bytes, for telling texts apart: fast, and no defence against an adversary.
 *
 * Of a million different texts two have the same hash once in some forty million cases. Words are
 * folded by a 64 x 64 to 128 bit multiplication, as in wyhash (Wang Yi, public domain); the values
 * are those of this machine's byte order and are never stored, but for hash_fnv's.
 */
#ifndef SIM_BASE_HASH_H
#define SIM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_A 0x9e3779b97f4a7c15u
#define HASH_B 0xe7037ed1a0b428dbu

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_bytes(const void *bytes, size_t n);

/* FNV-1a, byte by byte: the same on every machine, so its values may be stored. `h` is HASH_FNV at
 * first, then what came of the bytes before. */
#define HASH_FNV 0xcbf29ce484222325u
uint64_t hash_fnv(uint64_t h, const void *bytes, size_t n);

#endif
