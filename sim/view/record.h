/* The run folder: what is kept of a run.
 *
 *     results.csv    the service's result file (csv.h)
 *     events.jsonl   the service's events (events.h)
 *     job.yaml       the job as it ran, variables and header values masked
 *     summary.json   the closing summary (json.h), also of a run that was stopped
 *
 * Nothing is ever overwritten: the folder is made anew, and each file in it is created once.
 */
#ifndef SIM_VIEW_RECORD_H
#define SIM_VIEW_RECORD_H

#include "sim/view/csv.h"
#include "sim/view/events.h"

struct record {
    char *folder; /* owned */
    char *csv_path;
    char *events_path;
    struct csv csv;
    struct events events;
};

/* Make the folder and its files. `folder` NULL: runs/JOB-DATE-TIME, the first that is free.
 * Errors: ERR_IO; ERR_USAGE if `folder` is there already. Release it in any case. */
NODISCARD enum err_code record_open(struct record *r, const char *folder, const struct job *job,
                                    const struct grader *grader, struct err *e);
NODISCARD enum err_code record_step(struct record *r, const struct step_report *s, struct err *e);

/* The last words: `summary` (JSON, masked here) and an event for how it ended. */
NODISCARD enum err_code record_end(struct record *r, const struct buf *summary, enum err_code how,
                                   struct err *e);
void record_release(struct record *r); /* fine on a zeroed one */

#endif
