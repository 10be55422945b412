/* A run that never was, for tests of what is shown: rewards that rise, failures of several kinds,
 * transcripts made up when they are asked for. The same spec gives the same run. */
#ifndef TESTS_BROWSER_SAMPLE_H
#define TESTS_BROWSER_SAMPLE_H

#include "sim/report/history.h"

struct sample_spec {
    size_t n_steps;
    size_t n_batch;   /* rows a step */
    size_t n_train;   /* rows */
    size_t n_samples; /* rollouts a row */
    size_t n_valid;
    size_t n_eval_samples;
    size_t eval_interval;
    bool has_parts;   /* the grader is a multi of two */
    const char *text; /* what everybody says and every name is; NULL: something sensible */
    size_t text_len;
    size_t n_noise; /* bytes in a tool's output that cannot be compressed */
};

void sample_make(struct history *h, const struct sample_spec *spec);

/* Only steps, as of a result file. */
void sample_make_results(struct history *h, size_t n_steps);

#endif
