/* The job's tools made ready to be called: full URL, header list. Constant during a run. */
#ifndef SIM_RUN_TARGET_H
#define SIM_RUN_TARGET_H

#include <stddef.h>
#include <stdint.h>

#include "sim/job/job.h"
#include "sim/net/hosts.h"

struct curl_slist;

struct target {
    const char *name;           /* borrowed from the job */
    char *url;                  /* owned */
    struct curl_slist *headers; /* owned: ours, then the job's, which win (GAP-49) */
    uint32_t host;              /* index into the run's hosts */
};

struct targets {
    struct target *at; /* in the job's order */
    size_t n;
};

/* Their hosts are added to `hosts`. */
void targets_init(struct targets *t, const struct job *job, struct hosts *hosts);
void targets_release(struct targets *t);

const struct target *targets_find(const struct targets *t, const char *name); /* NULL: none */

#endif
