#include "sim/net/meter.h"

static const int64_t second_ns = 1000000000;
static const int64_t apart_ns = second_ns / 30; /* at least; so the ring spans a second */

static struct meter_sample *sample_at(struct meter *m, size_t i)
{
    return &m->samples[(m->first + i) % METER_SAMPLES];
}

static void drop_first(struct meter *m)
{
    m->first = (m->first + 1) % METER_SAMPLES;
    m->n--;
}

static void remember(struct meter *m, int64_t now_ns, uint64_t total)
{
    if (m->n && now_ns - sample_at(m, m->n - 1)->at_ns < apart_ns)
        return;
    if (m->n == METER_SAMPLES)
        drop_first(m);
    *sample_at(m, m->n++) = (struct meter_sample){now_ns, total};
}

void meter_start(struct meter *m, int64_t now_ns, uint64_t total)
{
    m->last_ns = now_ns;
    remember(m, now_ns, total);
}

void meter_sample(struct meter *m, int64_t now_ns, uint64_t total)
{
    m->active_ns += now_ns - m->last_ns;
    m->last_ns = now_ns;
    m->total = total;
    /* Keep one sample that is a second old or more: the window reaches back to it. */
    while (m->n > 1 && now_ns - sample_at(m, 1)->at_ns >= second_ns)
        drop_first(m);
    int64_t window_ns = now_ns - sample_at(m, 0)->at_ns;
    uint64_t before = sample_at(m, 0)->total;
    double n = total > before ? (double)(total - before) : 0; /* a request may be taken back */
    if (window_ns > second_ns)
        n *= (double)second_ns / (double)window_ns;
    if (n > m->peak)
        m->peak = n;
    remember(m, now_ns, total);
}

double meter_mean(const struct meter *m)
{
    return m->active_ns > 0 ? (double)m->total * (double)second_ns / (double)m->active_ns : 0;
}
