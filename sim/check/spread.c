#include "sim/check/spread.h"

void spread_add(struct spread *s, uint64_t value)
{
    if (!s->hist.n || value < s->least)
        s->least = value;
    if (value > s->most)
        s->most = value;
    hist_add(&s->hist, (int64_t)value);
}

void spread_join(struct spread *into, struct spread *from)
{
    if (from->hist.n && (!into->hist.n || from->least < into->least))
        into->least = from->least;
    if (from->most > into->most)
        into->most = from->most;
    hist_merge(&into->hist, &from->hist);
    spread_release(from);
}

void spread_release(struct spread *s)
{
    hist_release(&s->hist);
    *s = (struct spread){0};
}

uint64_t spread_quantile(const struct spread *s, double q)
{
    uint64_t value = (uint64_t)hist_quantile(&s->hist, q);
    return value < s->least ? s->least : value > s->most ? s->most : value;
}
