/* An item of an exported evaluation: one finished sample with its row, its trace and its scores.
 *
 *     of the API's export    {id, status, results: [{name, score}], sample: {output: [message]},
 *                             datasource_item}                                      (6.6 a)
 *     of the download        {data_source_idx, item, sample: {outputs: [message]}, grades: {name:
 *                             score}, passes: {name: bool}}                         (6.6 b)
 *
 * Values are places on the tape that the item was read from, TAPE_NONE if they are not there.
 * Threads: pure.
 */
#ifndef SIM_RUN_EXPORT_H
#define SIM_RUN_EXPORT_H

#include <stdbool.h>

#include "sim/base/buf.h"
#include "sim/base/tape.h"

enum export_verdict { EXPORT_UNKNOWN, EXPORT_FAILED, EXPORT_PASSED };

struct export_item {
    const struct tape *t; /* borrowed */
    size_t id;
    size_t index;    /* data_source_idx: the sample's number in the evaluation */
    size_t row;      /* with the service's trace in it */
    size_t messages; /* the sample's output */
    size_t spans;    /* of the trace */
    size_t scores;   /* a list of results, or an object of grades */
    size_t n_scores;
    size_t status; /* "pass" or "fail" of all of it */
    size_t passes; /* an object */
};

/* What a criterion said. */
struct export_score {
    size_t name; /* "<grader>-<uuid>" (6.5) */
    size_t score;
    enum export_verdict verdict;
};

/* False: the object at `v` is no such item. */
bool export_item_read(struct export_item *x, const struct tape *t, size_t v);

/* Score number i < n_scores. */
struct export_score export_score_at(const struct export_item *x, size_t i);

/* The last message, or TAPE_NONE; and whether the service has put a notice in the place of its
 * text (6.6, Safety). */
size_t export_message(const struct export_item *x);
bool export_is_blocked(const struct export_item *x);

/* Append the row, an object, less its trace, which is the service's. */
void export_add_row(const struct export_item *x, struct buf *out);

/* The string at `v`, the caller's; NULL for an empty one and for anything else. */
char *export_text(const struct tape *t, size_t v);

#endif
