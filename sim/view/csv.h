/* results.csv: the service's result file, its columns in its order (EV-4..EV-11).
 *
 * A cell is blank where we have no value: a stub policy has no tokens, so no token column is ever
 * filled. A multi has the columns of a grader, and so has each of its parts, after it (MU-9; that
 * the multi stands among them, and the order, are ours: no file of one is published). Numbers are
 * written as the service writes them (num_shortest). One row a step, flushed as it is written.
 */
#ifndef SIM_VIEW_CSV_H
#define SIM_VIEW_CSV_H

#include <stdio.h>

#include "sim/base/clock.h"
#include "sim/train/trainer.h"

struct csv {
    FILE *file;       /* owned */
    const char *path; /* borrowed, for messages */
    const struct job *job;
    const struct grader *grader; /* borrowed */
    size_t n_graders;            /* it and its parts, by grader_at() */
    char **names;                /* owned; of the columns, but for the last, "timestamp" */
    size_t n;
    double *values; /* owned; of the last step, by column; NAN for a blank cell */
    char stamp[CLOCK_STAMP_ROOM];
};

/* Find out the columns. Nothing is written. */
void csv_init(struct csv *c, const char *path, const struct job *job, const struct grader *grader);

/* Append the header, and a row, as they stand in the file. */
void csv_header(const struct csv *c, struct buf *out);
void csv_row(const struct csv *c, struct buf *out, const char *stamp, const double *values);

/* Create the file, which must not exist, with its header; or go on with one, which then holds this
 * text and nothing else. Errors: ERR_IO. */
NODISCARD enum err_code csv_create(struct csv *c, struct err *e);
NODISCARD enum err_code csv_go_on(struct csv *c, const struct buf *text, struct err *e);
NODISCARD enum err_code csv_step(struct csv *c, const struct step_report *r, struct err *e);
void csv_close(struct csv *c); /* fine on a zeroed one */

#endif
