/* Random numbers that depend on names, never on time or order.
 *
 * A stream is a 64-bit state seeded by mixing what it stands for, one number at a time:
 *     struct rng r = rng_seed(seed); rng_mix(&r, step); rng_mix(&r, row);
 * Source: splitmix64, Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
 * generators", with the constants of variant 13 of Stafford's mixers.
 */
#ifndef SIM_BASE_RNG_H
#define SIM_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

struct rng rng_seed(uint64_t seed);
void rng_mix(struct rng *r, uint64_t name); /* make this the stream of `name` within r */
uint64_t rng_u64(struct rng *r);
double rng_unit(struct rng *r);            /* 0 <= x < 1 */
size_t rng_below(struct rng *r, size_t n); /* 0..n-1; n is at least 1, at most 2^32 */

/* From the system's entropy, for what must differ between runs (trace ids). */
uint64_t rng_entropy(void);

#endif
