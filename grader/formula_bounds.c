/* Between what a formula's results are: interval arithmetic. What has no result (a division by 0,
 * the root of a negative number) bounds nothing. */
#include <assert.h>
#include <math.h>

#include "grader/formula.h"

struct interval {
    double low, high; /* may be infinite */
};

static const struct interval anything = {-INFINITY, INFINITY};

/* The least interval that holds what `op` makes of the ends; 0 times infinity is 0 here, since the
 * infinity stands for numbers that are finite. */
static struct interval of_ends(double (*op)(double, double), struct interval a, struct interval b)
{
    const double ends[] = {op(a.low, b.low), op(a.low, b.high), op(a.high, b.low),
                           op(a.high, b.high)};
    struct interval out = {INFINITY, -INFINITY};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        double end = isnan(ends[i]) ? 0 : ends[i];
        out.low = fmin(out.low, end);
        out.high = fmax(out.high, end);
    }
    return out;
}

static double times(double a, double b)
{
    return a * b;
}

static double over(double a, double b)
{
    return a / b;
}

static struct interval power(struct interval a, struct interval b)
{
    if (a.low >= 0)
        return of_ends(pow, a, b);
    if (b.low != b.high || b.low < 0 || b.low != floor(b.low))
        return anything;
    struct interval out = of_ends(pow, a, b);
    if (fmod(b.low, 2) == 0 && a.high >= 0)
        out.low = b.low == 0 ? 1 : 0;
    return out;
}

static struct interval of_two(enum formula_kind kind, struct interval a, struct interval b)
{
    switch (kind) {
    case FORMULA_ADD:
        return (struct interval){a.low + b.low, a.high + b.high};
    case FORMULA_SUBTRACT:
        return (struct interval){a.low - b.high, a.high - b.low};
    case FORMULA_MULTIPLY:
        return of_ends(times, a, b);
    case FORMULA_DIVIDE:
        return b.low <= 0 && b.high >= 0 ? anything : of_ends(over, a, b);
    case FORMULA_POWER:
        return power(a, b);
    case FORMULA_MIN:
        return (struct interval){fmin(a.low, b.low), fmin(a.high, b.high)};
    case FORMULA_MAX:
        return (struct interval){fmax(a.low, b.low), fmax(a.high, b.high)};
    case FORMULA_NUMBER:
    case FORMULA_NAME:
    case FORMULA_NEGATE:
    case FORMULA_ABS:
    case FORMULA_FLOOR:
    case FORMULA_CEIL:
    case FORMULA_EXP:
    case FORMULA_SQRT:
    case FORMULA_LOG:
        break;
    }
    return anything;
}

static struct interval magnitude(struct interval a)
{
    double low = fabs(a.low);
    double high = fabs(a.high);
    bool holds_zero = a.low <= 0 && a.high >= 0;
    return (struct interval){holds_zero ? 0 : fmin(low, high), fmax(low, high)};
}

static struct interval of_one(enum formula_kind kind, struct interval a)
{
    switch (kind) {
    case FORMULA_NEGATE:
        return (struct interval){-a.high, -a.low};
    case FORMULA_ABS:
        return magnitude(a);
    case FORMULA_FLOOR:
        return (struct interval){floor(a.low), floor(a.high)};
    case FORMULA_CEIL:
        return (struct interval){ceil(a.low), ceil(a.high)};
    case FORMULA_EXP:
        return (struct interval){exp(a.low), exp(a.high)};
    case FORMULA_SQRT:
        return (struct interval){sqrt(fmax(a.low, 0)), sqrt(fmax(a.high, 0))};
    case FORMULA_LOG:
        return (struct interval){log(fmax(a.low, 0)), log(fmax(a.high, 0))};
    case FORMULA_NUMBER:
    case FORMULA_NAME:
    case FORMULA_ADD:
    case FORMULA_SUBTRACT:
    case FORMULA_MULTIPLY:
    case FORMULA_DIVIDE:
    case FORMULA_POWER:
    case FORMULA_MIN:
    case FORMULA_MAX:
        break;
    }
    return anything;
}

void formula_bounds(const struct formula *f, const double *lows, const double *highs, double *low,
                    double *high)
{
    struct interval stack[FORMULA_STACK];
    size_t n = 0;
    for (const struct formula_op *op = f->ops; op < f->ops + f->n_ops; op++) {
        if (op->kind == FORMULA_NUMBER) {
            stack[n++] = (struct interval){op->number, op->number};
        } else if (op->kind == FORMULA_NAME) {
            stack[n++] = (struct interval){lows[op->name], highs[op->name]};
        } else if (op->kind < FORMULA_NEGATE) {
            assert(n >= 2);
            n--;
            stack[n - 1] = of_two(op->kind, stack[n - 1], stack[n]);
        } else {
            assert(n >= 1);
            stack[n - 1] = of_one(op->kind, stack[n - 1]);
        }
    }
    assert(n == 1);
    *low = stack[0].low;
    *high = stack[0].high;
}
