/* Faults on request: TOOL:KIND@RATE, decided by a seed and a count, not by chance.
 *
 *     search_catalog:503@0.1      one in ten calls of that tool is answered 503
 *     *:latency=200@0.5           half of all calls wait 200 ms first
 *     search_catalog:oversize@0.05    the answer is larger than the service takes (contract 3.4)
 *     get_by_id:malformed@0.01    200 with JSON that breaks off
 *
 * The n-th request of a tool meets the same faults in every run with the same seed and rules, so a
 * client that sends one request at a time sees the same answers again.
 * Threads: pure functions; a `struct faults` is constant once its rules are in.
 */
#ifndef TOOLS_DEMO_FAULT_H
#define TOOLS_DEMO_FAULT_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

enum fault_kind {
    FAULT_NONE,
    FAULT_STATUS,    /* any status from 400 to 599 in place of the answer */
    FAULT_LATENCY,   /* wait, then the answer (or another fault) */
    FAULT_OVERSIZE,  /* a good answer of more than FAULT_OVERSIZE_BYTES */
    FAULT_MALFORMED, /* status 200, no JSON */
};

enum { FAULT_OVERSIZE_BYTES = 1048576, FAULT_LATENCY_MAX_MS = 600000 };

#define FAULT_ANY_TOOL SIZE_MAX

struct fault_rule {
    size_t tool; /* index, or FAULT_ANY_TOOL for "*" */
    enum fault_kind kind;
    unsigned value; /* the status, or the milliseconds */
    double rate;    /* 0..1 of that tool's requests */
};

struct faults {
    struct fault_rule *at; /* owned */
    size_t n;
    uint64_t seed;
};

struct fault_verdict {
    enum fault_kind kind; /* of the answer: never FAULT_LATENCY */
    unsigned status;      /* with FAULT_STATUS */
    unsigned latency_ms;  /* before it; 0 for none */
};

/* Add a rule; `tools` are the names it may stand for, NULL ends them. Errors: ERR_USAGE. */
NODISCARD enum err_code faults_add(struct faults *f, const char *spec, const char *const *tools,
                                   struct err *e);
void faults_release(struct faults *f);

/* What the n-th request (from 0) of a tool meets. Latencies add up; of the rules that change the
 * answer the first one that fires counts. */
struct fault_verdict faults_decide(const struct faults *f, size_t tool, uint64_t n);

#endif
