/* events.jsonl: the job's events as the service sends them (contract 6.1, 7), a line each.
 *
 * Oldest first, as a file grows (the service's list is newest first). The frame of messages is the
 * service's own; where it says something that did not happen here (GPUs, upload), it is left out.
 */
#ifndef SIM_VIEW_EVENTS_H
#define SIM_VIEW_EVENTS_H

#include <stdio.h>

#include "sim/base/rng.h"
#include "sim/store/store.h"
#include "sim/train/trainer.h"

struct events {
    FILE *file;                  /* owned */
    const char *path;            /* borrowed, for messages */
    const struct grader *grader; /* borrowed */
    size_t n_graders;            /* it and its parts, by grader_at() */
    struct rng ids;
    struct store *store; /* borrowed, set by the caller: is told of every line; NULL for none */
    bool more;           /* set by the caller: what is told next is committed with this */
};

/* Create the file, which must not exist. Errors: ERR_IO. */
NODISCARD enum err_code events_open(struct events *v, const char *path, const struct grader *grader,
                                    struct err *e);

/* Go on with a file, which then holds `text` and nothing else. Errors: ERR_IO. */
NODISCARD enum err_code events_go_on(struct events *v, const char *path,
                                     const struct grader *grader, const struct buf *text,
                                     struct err *e);

/* A plain message. `level` is "info", "warn" or "error". */
NODISCARD enum err_code events_message(struct events *v, const char *level, const char *message,
                                       struct err *e);

/* A step's metrics. */
NODISCARD enum err_code events_step(struct events *v, const struct step_report *r, struct err *e);
void events_close(struct events *v); /* fine on a zeroed one */

#endif
