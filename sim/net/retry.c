#include "sim/net/retry.h"

int64_t retry_wait_ms(const struct retry_policy *p, int made)
{
    if (made >= p->attempts)
        return RETRY_STOP;
    return (int64_t)p->first_wait_ms << (made - 1);
}
