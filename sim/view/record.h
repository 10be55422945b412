/* The run folder: what is kept of a run.
 *
 *     results.csv    the service's result file (csv.h)
 *     events.jsonl   the service's events (events.h)
 *     run.db         every rollout, call and grade, and what the files below are written from
 *                    (sim/store); run.lock beside it says who works on it
 *     checkpoints/   what a policy had learned at its best evaluations, at most three (2.7);
 *                    policy.json is what it had learned in the end
 *     job.yaml       the job as it ran, variables and header values masked
 *     drift.jsonl    of a replay: answers that are not the recorded ones (drift.h)
 *     summary.json   the closing summary (json.h), also of a run that was stopped
 *
 * Nothing of another run is ever overwritten: the folder is made anew. When a run goes on, the
 * files that are told as it goes are written anew from run.db, and what was learned is learned
 * again from the rollouts in it.
 */
#ifndef SIM_VIEW_RECORD_H
#define SIM_VIEW_RECORD_H

#include "sim/store/store.h"
#include "sim/view/csv.h"
#include "sim/view/events.h"

struct record {
    char *folder; /* owned */
    char *csv_path;
    char *events_path;
    struct csv csv;
    struct events events;
    struct store *store; /* owned; NULL if none is kept */
    struct run *run;     /* borrowed */
    bool goes_on;        /* another process worked on it before */
    int steps_before;    /* steps that were recorded before this process */
    int checkpoint;      /* the last step whose policy was kept; set by the caller */
};

struct record_how {
    bool no_store;
    bool durable;    /* run.db outlives a power loss */
    struct run *run; /* borrowed until record_release: its threads record rollouts */
};

/* Make the folder and its files. `folder` NULL: runs/JOB-DATE-TIME, the first that is free. `run`
 * is borrowed for the call; its metrics need not be set, here and below.
 * Errors: ERR_IO; ERR_DATA; ERR_USAGE if `folder` is there already. Release it in any case. */
NODISCARD enum err_code record_open(struct record *r, const char *folder,
                                    const struct store_run *run, const struct record_how *how,
                                    struct err *e);

/* Go on with a run; `store` is taken, whatever comes of it. results.csv and events.jsonl are
 * written anew from it. Errors: those of store_match(); ERR_IO. Likewise. */
NODISCARD enum err_code record_go_on(struct record *r, const char *folder, struct store *store,
                                     const struct store_run *run, const struct record_how *how,
                                     struct err *e);

/* A wave has ended. */
NODISCARD enum err_code record_wave(struct record *r, const struct wave *w, struct err *e);

/* A step has ended. One that was recorded before is not told again. */
NODISCARD enum err_code record_step(struct record *r, const struct step_report *s, struct err *e);

/* The last words: `summary` (JSON, masked here; NULL if there is none), an event for how it ended,
 * and its state. */
NODISCARD enum err_code record_end(struct record *r, const struct buf *summary,
                                   const struct err *how, struct err *e);
const char *record_state(enum err_code how); /* "done", "stopped", "failed" */
void record_release(struct record *r);       /* fine on a zeroed one */

#endif
