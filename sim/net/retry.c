#include "sim/net/retry.h"

int64_t retry_wait_ms(const struct retry_policy *p, int made)
{
    if (made >= p->attempts)
        return RETRY_STOP;
    return (int64_t)p->first_wait_ms << (made - 1);
}

int64_t retry_waits_ms(const struct retry_policy *p)
{
    int64_t sum = 0;
    for (int made = 1; made < p->attempts; made++)
        sum += retry_wait_ms(p, made);
    return sum;
}

int64_t retry_longest_ms(const struct retry_policy *p, int64_t attempt_ms)
{
    return p->attempts * attempt_ms + retry_waits_ms(p);
}
