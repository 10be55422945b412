/* The headers that a job gives for requests: those of a tool, and of a grader that is called. */
#ifndef SIM_JOB_JOB_HEADERS_H
#define SIM_JOB_JOB_HEADERS_H

#include <stddef.h>

#include "sim/job/doc.h"
#include "sim/net/headers.h"

struct job_headers {
    struct header *at; /* owned */
    size_t n;
};

/* Read the object at `pointer`: names to texts, none twice. Faults go to `list`, and what has one
 * is left out; no message shows a value. */
void job_headers_read(struct job_headers *out, const struct doc *doc, struct diags *list,
                      const char *pointer, json_t *value);
void job_headers_release(struct job_headers *h); /* fine on a zeroed one */

#endif
