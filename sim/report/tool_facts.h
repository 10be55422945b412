/* What came of the calls to each tool, by phase.
 *
 * Of a result file the counts are worked out step by step from successful calls and error rate
 * (EV-8); of a step in which every call failed no number follows, so n_failed is then the least
 * there can be.
 */
#ifndef SIM_REPORT_TOOL_FACTS_H
#define SIM_REPORT_TOOL_FACTS_H

#include "sim/report/history.h"

enum tool_basis { TOOL_UNKNOWN, TOOL_COUNTED, TOOL_WORKED_OUT };

struct tool_fact {
    const char *name; /* borrowed from the history; "" stands for no tool of the job */
    enum wave_phase phase;
    enum tool_basis basis;
    uint64_t n_ok;
    uint64_t n_failed;
    bool failed_is_least; /* see above */
    int64_t n_requests;   /* -1 if it is not known */
    double error_rate;    /* NAN if there was no call */
    double mean_s;        /* NAN if it is not known */
    double p50_s, p95_s, p99_s;
    double output;         /* mean of a call; NAN if it is not known */
    bool output_is_tokens; /* else bytes */
    uint64_t n_violations; /* of n_failed, those that break the contract */
    const uint64_t *kinds; /* borrowed; by enum tool_kind; NULL if they are not known */
    int worst_kind;        /* enum tool_kind, the most frequent failure; -1 */
    int worst_step;        /* of the highest error rate; -1 if it is not known by step */
    double worst_rate;
    size_t first_failed; /* rollout; SIZE_MAX */
};

struct tool_facts {
    struct tool_fact *at; /* owned; tool by tool, of each the phases in which it was called */
    size_t n;
    uint64_t n_calls; /* of all tools and phases */
};

void tool_facts_make(struct tool_facts *out, const struct history *h);
void tool_facts_release(struct tool_facts *t); /* fine on a zeroed one */

#endif
