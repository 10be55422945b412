/* The steps of a run, made from its waves: what its results.csv says, and what that leaves out. */
#ifndef SIM_REPORT_RUN_STEPS_H
#define SIM_REPORT_RUN_STEPS_H

#include <sqlite3.h>

#include "sim/report/history.h"

/* Calls of one tool in one wave. */
struct run_calls {
    uint64_t n_ok, n_failed, n_sent;
    double latency_s;
};

struct run_steps {
    size_t n_tools;
    struct run_calls *at; /* owned; at[wave * n_tools + tool] */
};

/* Once waves and tools are known. */
void run_steps_init(struct run_steps *s, const struct history *h);
void run_steps_release(struct run_steps *s); /* fine on a zeroed one */

/* `latency_ns` is -1 of a call that was not sent. */
void run_steps_add_call(struct run_steps *s, size_t wave, size_t tool, bool fine,
                        int64_t latency_ns);

/* Fill h->steps, once rollouts and calls are there. Errors: as query_close. */
NODISCARD enum err_code run_steps_read(const struct run_steps *s, struct history *h, sqlite3 *db,
                                       struct err *e);

#endif
