/* What a job says of the policy `model`: whom to ask, how, and how often.
 *
 * Faults are collected with their places in the job file.
 */
#ifndef SIM_POLICY_MODEL_SPEC_H
#define SIM_POLICY_MODEL_SPEC_H

#include "sim/job/job_headers.h"
#include "sim/policy/policy.h"

/* Members of a request that are ours, unless the spec's parameters have them, if only as null. */
enum model_ours {
    MODEL_OUR_SEED = 1 << 0,     /* chat completions alone has one */
    MODEL_OUR_PARALLEL = 1 << 1, /* parallel_tool_calls, as the row has it */
    MODEL_OUR_FORMAT = 1 << 2,   /* response_format, as the job has it */
};

struct model_spec {
    const char *written; /* the URL as it stands in the spec; borrowed from its document */
    char *url;           /* owned: where requests go */
    int api;             /* enum job_model_api */
    char *model;         /* owned */
    char *api_key;       /* owned; a secret; NULL if none is sent */
    struct job_headers headers;
    struct buf parameters; /* as members of a request, each behind a comma */
    unsigned ours;         /* enum model_ours */
    int developer_role;    /* 0: as it is; 1: sent as "system" */
    int attempts;          /* requests a turn may make in all */
    int backoff_ms;        /* before the second; doubled before each further one */
    int timeout_ms;        /* of one attempt */
    double max_qps;        /* 0: no limit of its own */
};

/* Read the spec into `s`, zeroed; faults go to `list`. */
void model_spec_read(struct model_spec *s, const struct policy_spec *spec, struct diags *list);
void model_spec_release(struct model_spec *s); /* also of what a spec with faults left */

#endif
