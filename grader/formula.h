/* The formula of a multi grader, `calculate_output`.
 *
 *     sum     := product ( ("+" | "-") product )*
 *     product := unary ( ("*" | "/") unary )*
 *     unary   := ("-" | "+") unary | power
 *     power   := primary [ "^" unary ]                       right to left, so -2^2 is -4
 *     primary := number | name | function "(" sum ( "," sum )* ")" | "(" sum ")"
 *
 * Functions: min and max of one or more, abs floor ceil exp sqrt log of one; log is natural. A word
 * before "(" is a function, any other word is a name: [A-Za-z_][A-Za-z0-9_]*, case counts.
 * Compiled once, in postfix order, for a machine with a small stack; evaluating allocates nothing.
 * An operation whose result is not a finite number ends the evaluation, also where what is around
 * it would swallow the infinity (1 / (1 / 0)): a reward that hides a mistake helps nobody.
 * Source: MU-4 (operators, functions), GAP-31 (what MU-5 leaves open).
 * Threads: a parsed formula is constant; evaluating is pure.
 */
#ifndef GRADER_FORMULA_H
#define GRADER_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/cc.h"

enum {
    FORMULA_MAX_BYTES = 4096,
    FORMULA_MAX_DEPTH = 64, /* brackets, signs and powers within one another */
    FORMULA_STACK =
        4 * FORMULA_MAX_DEPTH + 4, /* a level holds a sum, a product, a power, a least */
};

enum formula_kind {
    FORMULA_NUMBER,
    FORMULA_NAME,
    FORMULA_ADD,
    FORMULA_SUBTRACT,
    FORMULA_MULTIPLY,
    FORMULA_DIVIDE,
    FORMULA_POWER,
    FORMULA_MIN, /* of the two values on top; min(a, b, c) is two of them */
    FORMULA_MAX,
    FORMULA_NEGATE,
    FORMULA_ABS,
    FORMULA_FLOOR,
    FORMULA_CEIL,
    FORMULA_EXP,
    FORMULA_SQRT,
    FORMULA_LOG,
};

struct formula_op {
    enum formula_kind kind;
    unsigned at;   /* offset in the text, for what goes wrong here */
    unsigned name; /* NAME: index into the names given to formula_parse */
    unsigned len;  /* NAME: bytes of it */
    double number; /* NUMBER */
};

struct formula {
    struct formula_op *ops; /* owned; postfix */
    size_t n_ops;
};

/* What is wrong, and with which bytes of the text. */
struct formula_fault {
    size_t at, len;
    char why[160];
    char fix[160]; /* empty if it was worked out and not parsed */
};

/* In formula_parse.c. Parse text[0..len); `names` are all there are. On success `*out` is the
 * caller's; on false `fault` is filled. */
NODISCARD bool formula_parse(struct formula **out, const char *text, size_t len,
                             const char *const *names, size_t n_names, struct formula_fault *fault);
void formula_free(struct formula *f); /* NULL is fine */

/* With values[i] for names[i]. On false some result was not a finite number: `fault` has its
 * operator or function in `at` and the reason in `why`. */
NODISCARD bool formula_eval(double *out, const struct formula *f, const double *values,
                            struct formula_fault *fault);

/* In formula_bounds.c. Between what the formula's results are if names[i] is lows[i]..highs[i],
 * each on its own; never narrower than what can be, and wider where a name stands twice (a - a). */
void formula_bounds(const struct formula *f, const double *lows, const double *highs, double *low,
                    double *high);

/* Append the text that `f` was parsed from with values[i] in the place of names[i], those below 0
 * in brackets. */
void formula_show(struct buf *out, const struct formula *f, const char *text, const double *values);

bool formula_uses(const struct formula *f, size_t name);

/* Whether text[0..len) could be a name, and whether it is a function's. */
bool formula_is_name(const char *text, size_t len);
bool formula_is_function(const char *text, size_t len);

#endif
