/* The job's tools made ready to be called: full URL, header list. Constant during a run, but for
 * what struct host says. */
#ifndef SIM_RUN_TARGET_H
#define SIM_RUN_TARGET_H

#include <stddef.h>

#include "sim/base/err.h"
#include "sim/job/job.h"
#include "sim/run/host.h"

struct curl_slist;
struct share;

struct target {
    const char *name;           /* borrowed from the job */
    char *url;                  /* owned */
    struct curl_slist *headers; /* owned: ours, then the job's, which win (GAP-49) */
    size_t host;                /* index into hosts */
};

struct targets {
    struct target *at; /* in the job's order */
    size_t n;
    struct host *hosts; /* owned */
    size_t n_hosts;
};

void targets_init(struct targets *t, const struct job *job);
void targets_release(struct targets *t);

const struct target *targets_find(const struct targets *t, const char *name); /* NULL: none */

/* Make a connection to every distinct host, sending nothing. Errors: ERR_NET, with a fault (N001)
 * for each host in `list`. */
NODISCARD enum err_code targets_reach(const struct targets *t, const struct job *job,
                                      struct share *share, struct diags *list, struct err *e);

#endif
