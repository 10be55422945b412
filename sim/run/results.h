/* Finished samples, to be graded again: one after another out of a file.
 *
 *     our own rollouts    lines of `rftsim run --json --rollouts --samples`; the row is read from
 *                         its dataset, by file and line; lines of other types are passed over
 *     an export           {"items": [...]} or lines, of items as in sim/run/export.h
 *
 * Of an export the item is the row without `trace`, as it stands, and the sample is made anew from
 * its last message.
 * Threads: one caller's.
 */
#ifndef SIM_RUN_RESULTS_H
#define SIM_RUN_RESULTS_H

#include "sim/run/export.h"
#include "sim/run/input.h"

struct result {
    size_t place;   /* line of the file, or of an export the number of the item, from 1 */
    char *id;       /* the caller's; a trace id or an item's id; NULL if it has none */
    char *trace_id; /* the caller's; that of the rollout; NULL if it is not known */
    bool has_old;   /* it was graded */
    double old;     /* with this reward */
    enum export_verdict verdict; /* as recorded */
    const char *left_out;        /* static storage; why it cannot be graded again, or NULL */
};
void result_release(struct result *x);

struct results;

/* `parse`: an answer that is JSON is output_json too (input_parses). `grader` is the name whose
 * scores to take as the old ones where there are several. On success `*out` is the caller's.
 * Errors: ERR_IO; ERR_DATA, with the fault (F003) in `list`. */
NODISCARD enum err_code results_open(struct results **out, const char *path, const char *grader,
                                     bool parse, struct diags *list, struct err *e);
void results_close(struct results *r); /* NULL is fine */

/* The next one; `in` is filled unless it is left out. `*have` is false behind the last.
 * Errors: as above, and those of dataset_open for the file of a rollout's row. */
NODISCARD enum err_code results_next(struct results *r, struct result *x, struct input *in,
                                     bool *have, struct err *e);

bool results_is_export(const struct results *r); /* places are items, not lines */

#endif
