#include "sim/base/rng.h"

#include <sys/random.h>
#include <unistd.h>

#include "sim/base/clock.h"

static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct rng rng_seed(uint64_t seed)
{
    return (struct rng){mixed(seed + 0x9e3779b97f4a7c15u)};
}

void rng_mix(struct rng *r, uint64_t name)
{
    r->state = mixed(r->state ^ mixed(name + 0x9e3779b97f4a7c15u));
}

uint64_t rng_u64(struct rng *r)
{
    r->state += 0x9e3779b97f4a7c15u;
    return mixed(r->state);
}

double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

size_t rng_below(struct rng *r, size_t n)
{
    return (size_t)(rng_unit(r) * (double)n);
}

uint64_t rng_entropy(void)
{
    uint64_t x = 0;
    if (getrandom(&x, sizeof(x), 0) != (ssize_t)sizeof(x))
        x = (uint64_t)clock_unix_ns() ^ (uint64_t)getpid() << 32;
    return x;
}
