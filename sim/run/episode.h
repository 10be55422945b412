/* A rollout in flight: the state machine, the row it works on and its calls on the wire.
 *
 * Threads: the worker's.
 */
#ifndef SIM_RUN_EPISODE_H
#define SIM_RUN_EPISODE_H

#include "grader/grader.h"
#include "sim/base/rng.h"
#include "sim/run/rollout.h"
#include "sim/run/worker.h"

/* A row that several rollouts of a worker use at once. */
struct shared_row {
    struct row row;
    size_t n_users;
};

struct episode {
    struct worker *worker;
    struct shared_row *row;
    size_t number; /* in the wave */
    struct rollout rollout;
    char trace_id[TOOL_ID_ROOM];
    struct rng draws;   /* the policy's stream: the same in every run of the seed */
    struct rng ids;     /* the stream that names its calls; another in every run */
    struct call *calls; /* owned; those of the turn on the wire, never moved while one is */
    size_t room;        /* of calls, with their buffers kept from turn to turn */
    struct call_record *records; /* owned; every call that was settled, by index in rollout.calls */
    struct attempt_record *attempts; /* owned; see run.h; if ends are told */
    size_t n_attempts;
    size_t attempts_room;
    int64_t started_ns; /* if its end is told */
    bool held; /* a turn, calls or a grade are being started or expired: who does that goes on */
    struct timer deadline; /* of the whole rollout */
    struct playing playing;
    struct grading grading;
    const struct recorded_episode *scored; /* whose score it gets; NULL: the grader's */
    char *sample;                          /* owned; what is graded, if it is to be kept */
    json_t *told; /* owned; how the grade comes about, if it is to be told */
    struct episode *next, *prev;
};

/* Ready to go; the memory of the episode before it is used again. */
void episode_start(struct episode *ep, struct worker *w, struct shared_row *row, size_t number);

/* Go on until it waits for the wire or has ended. True if it has ended. */
bool episode_advance(struct episode *ep);

void episode_cancel(struct episode *ep); /* stops its calls and ends it */

/* Move what came of it to `out`. Once, after it has ended. */
void episode_end(struct episode *ep, struct rollout_end *out);
void episode_release(struct episode *ep);

/* worker.c: a call or a grade came back and its episode has ended with that. */
void worker_ended(struct worker *w, struct episode *ep);

#endif
