/* Single rollouts in the report page: which of them, and what the map says of each. */
#ifndef SIM_VIEW_HTML_ROLLOUTS_H
#define SIM_VIEW_HTML_ROLLOUTS_H

#include <jansson.h>

#include "sim/report/verdict.h"

struct html_rollouts {
    size_t *at; /* owned; indexes into the history's, ascending */
    size_t n;
    size_t n_left;      /* rollouts that are left out */
    size_t n_rows_left; /* rows with such */
};

/* All, or else whole rows up to `most`: those that figures point to, then those of the lowest mean
 * (rows without any reward first). */
void html_rollouts_pick(struct html_rollouts *out, const struct facts *f, const struct verdict *v,
                        size_t most);
void html_rollouts_release(struct html_rollouts *r);

/* Put them into `data` as columns, with their waves, rows and reasons. `block` says in which block
 * the transcript of each is, -1 if in none. */
void html_rollouts_set(json_t *data, const struct html_rollouts *r, const struct history *h,
                       const int *block);

/* Rollouts that figures point to: picks, what the verdict rests on, the first of each outcome.
 * Indexes into the history, some maybe twice; the caller's to free(). */
size_t *html_rollouts_named(const struct facts *f, const struct verdict *v, size_t *n);

#endif
