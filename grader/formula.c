#include "grader/formula.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/num.h"

void formula_free(struct formula *f)
{
    if (!f)
        return;
    free(f->ops);
    free(f);
}

bool formula_uses(const struct formula *f, size_t name)
{
    for (size_t i = 0; i < f->n_ops; i++) {
        if (f->ops[i].kind == FORMULA_NAME && f->ops[i].name == name)
            return true;
    }
    return false;
}

void formula_show(struct buf *out, const struct formula *f, const char *text, const double *values)
{
    size_t done = 0; /* bytes of the text */
    for (const struct formula_op *op = f->ops; op < f->ops + f->n_ops; op++) {
        if (op->kind != FORMULA_NAME) /* postfix order keeps names in the order of the text */
            continue;
        char number[NUM_ROOM];
        bool below = values[op->name] < 0;
        buf_add(out, text + done, op->at - done);
        buf_printf(out, below ? "(%s)" : "%s", num_json(number, values[op->name]));
        done = op->at + op->len;
    }
    buf_text_add(out, text + done);
}

static double of_two(enum formula_kind kind, double a, double b)
{
    switch (kind) {
    case FORMULA_ADD:
        return a + b;
    case FORMULA_SUBTRACT:
        return a - b;
    case FORMULA_MULTIPLY:
        return a * b;
    case FORMULA_DIVIDE:
        return b != 0 ? a / b : NAN;
    case FORMULA_POWER:
        return pow(a, b);
    case FORMULA_MIN:
        return b < a ? b : a;
    case FORMULA_MAX:
        return b > a ? b : a;
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
    return NAN;
}

static double of_one(enum formula_kind kind, double a)
{
    switch (kind) {
    case FORMULA_NEGATE:
        return -a;
    case FORMULA_ABS:
        return fabs(a);
    case FORMULA_FLOOR:
        return floor(a);
    case FORMULA_CEIL:
        return ceil(a);
    case FORMULA_EXP:
        return exp(a);
    case FORMULA_SQRT:
        return sqrt(a);
    case FORMULA_LOG:
        return log(a);
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
    return NAN;
}

/* Why the op on a (and b) gave no finite number. */
static bool not_finite(struct formula_fault *fault, const struct formula_op *op, double a, double b)
{
    const char *why = "the result is too large for a number";
    if (op->kind == FORMULA_DIVIDE && b == 0)
        why = "division by zero";
    else if (op->kind == FORMULA_POWER && a == 0)
        why = "0 to a negative power";
    else if (op->kind == FORMULA_POWER && a < 0 && b != floor(b))
        why = "a negative number to a power that is no integer";
    else if (op->kind == FORMULA_SQRT)
        why = "the square root of a negative number";
    else if (op->kind == FORMULA_LOG)
        why = a == 0 ? "the logarithm of 0" : "the logarithm of a negative number";
    else if (op->kind == FORMULA_NAME)
        why = "a reward that is no finite number";
    *fault = (struct formula_fault){.at = op->at, .len = 1};
    snprintf(fault->why, sizeof(fault->why), "%s", why);
    return false;
}

bool formula_eval(double *out, const struct formula *f, const double *values,
                  struct formula_fault *fault)
{
    double stack[FORMULA_STACK];
    size_t n = 0;
    for (const struct formula_op *op = f->ops; op < f->ops + f->n_ops; op++) {
        double a = 0;
        double b = 0;
        if (op->kind == FORMULA_NUMBER) {
            stack[n++] = op->number;
        } else if (op->kind == FORMULA_NAME) {
            stack[n++] = values[op->name];
        } else if (op->kind < FORMULA_NEGATE) {
            assert(n >= 2);
            a = stack[n - 2];
            b = stack[n - 1];
            stack[--n - 1] = of_two(op->kind, a, b);
        } else {
            assert(n >= 1);
            a = stack[n - 1];
            stack[n - 1] = of_one(op->kind, a);
        }
        if (!isfinite(stack[n - 1]))
            return not_finite(fault, op, a, b);
    }
    assert(n == 1);
    *out = stack[0] + 0.0; /* -0 is 0: nobody wants to read a reward of -0 */
    return true;
}
