#include "sim/stats/interval.h"

#include <assert.h>
#include <float.h>

#include "sim/stats/student.h"

const char *interval_words(enum interval_state state)
{
    switch (state) {
    case INTERVAL_OK:
        return "ok";
    case INTERVAL_EMPTY:
        return "nothing to estimate";
    case INTERVAL_FEW:
        return "too few for an interval";
    case INTERVAL_FLAT:
        return "no spread to make an interval of";
    }
    return "?";
}

struct interval interval_none(enum interval_state state, size_t n, double estimate)
{
    return (struct interval){
        .state = state, .n = n, .estimate = estimate, .low = estimate, .high = estimate};
}

struct interval interval_student(size_t n, double estimate, double error, double scale, double df,
                                 double level)
{
    assert(level > 0 && level < 1);
    if (error <= 8 * DBL_EPSILON * scale)
        return interval_none(INTERVAL_FLAT, n, estimate);
    double reach = error * student_quantile((1 + level) / 2, df);
    return (struct interval){.n = n,
                             .estimate = estimate,
                             .error = error,
                             .low = estimate - reach,
                             .high = estimate + reach};
}
