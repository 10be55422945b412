/* Conditions on a run that a CI job sets: each is met, missed, or cannot be told and then is
 * missed.
 */
#ifndef SIM_REPORT_GATES_H
#define SIM_REPORT_GATES_H

#include "sim/base/buf.h"
#include "sim/report/verdict.h"

struct gates {
    double fail_under;    /* the validation mean is at least this; NAN: not asked */
    double max_discarded; /* the share of rollouts thrown away is at most this; NAN likewise */
    bool strict;          /* no warning either */
};

enum { GATES_MOST = 3 };

struct gate {
    const char *name; /* "verdict", "fail_under", "max_discarded" */
    bool met;
    double limit; /* NAN of the verdict */
    double value; /* NAN likewise, or if it cannot be told */
    char *text;   /* owned; "the validation mean 0.42 is under 0.5" */
};

struct gates_result {
    struct gate at[GATES_MOST];
    size_t n;
    size_t n_missed;
};

/* The verdict is always a gate: a fatal line misses it. */
void gates_look(struct gates_result *out, const struct gates *g, const struct facts *f,
                const struct verdict *v);
void gates_release(struct gates_result *r); /* fine on a zeroed one */

/* ERR_NO with the texts of those that were missed. */
NODISCARD enum err_code gates_check(const struct gates_result *r, struct err *e);

#endif
