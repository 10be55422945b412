/* What of a job must not be shown. */
#ifndef SIM_JOB_JOB_MASK_H
#define SIM_JOB_JOB_MASK_H

#include "sim/job/doc.h"

/* Give every header value of the document to secret_add: whatever stands under a key `headers`,
 * anywhere but in a response_format, whose schema may have a property of that name. A header that
 * is nothing but ${NAME:-default}, and got the default, holds no secret. */
void job_hide_headers(const struct doc *doc);

struct job;

/* The job as it may be shown (job_masked_yaml), as a document. The caller's. */
json_t *job_masked(const struct job *job);

#endif
