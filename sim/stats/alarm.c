#include "sim/stats/alarm.h"

#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/stats/summary.h"
#include "sim/stats/trend.h"

static struct alarm look(const double *step, const double *value, size_t n)
{
    size_t third = n < 3 ? n : n / 3;
    struct alarm alarm = {.first = summary_of(value, third).mean,
                          .last = summary_of(n ? &value[n - third] : NULL, third).mean,
                          .slope = trend_slope(step, value, n, INTERVAL_LEVEL)};
    if (n >= ALARM_FEWEST && alarm.slope.state != INTERVAL_EMPTY)
        alarm.state = ALARM_QUIET;
    return alarm;
}

/* A line without any scatter has no interval, and needs none: `low` is then the slope itself. */
static void decide(struct alarm *alarm, bool is_large)
{
    if (alarm->state == ALARM_QUIET && is_large && alarm->slope.low > 0)
        alarm->state = ALARM_RAISED;
}

struct alarm alarm_growth(const double *step, const double *value, size_t n)
{
    struct alarm alarm = look(step, value, n);
    decide(&alarm, alarm.last >= ALARM_GROWTH * alarm.first);
    return alarm;
}

struct alarm alarm_gap(const double *step, const double *train, const double *valid, size_t n)
{
    double *gap = mem_array(n, sizeof(*gap));
    for (size_t i = 0; i < n; i++)
        gap[i] = train[i] - valid[i];
    struct alarm alarm = look(step, gap, n);
    decide(&alarm, alarm.last - alarm.first >= ALARM_GAP);
    free(gap);
    return alarm;
}
