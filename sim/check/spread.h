/* How some values are spread: quantiles right to 1.6 %, both ends exact. */
#ifndef SIM_CHECK_SPREAD_H
#define SIM_CHECK_SPREAD_H

#include "sim/base/hist.h"

struct spread {
    struct hist hist;
    uint64_t least; /* 0 while empty */
    uint64_t most;
};

void spread_add(struct spread *s, uint64_t value);
void spread_join(struct spread *into, struct spread *from); /* `from` is then empty */
void spread_release(struct spread *s);

/* The value below which a share `q`, 0..1, lies; never outside what there was. */
uint64_t spread_quantile(const struct spread *s, double q);

#endif
