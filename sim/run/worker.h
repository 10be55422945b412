/* One engine thread and its rollouts. Shares nothing with the others but what struct run says. */
#ifndef SIM_RUN_WORKER_H
#define SIM_RUN_WORKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "sim/policy/policy.h"
#include "sim/run/call.h"
#include "sim/run/run.h"

struct episode;
struct shared_row;

struct worker {
    /* constant after worker_init */
    struct run *run;
    pthread_t thread;
    size_t number; /* among the run's */
    size_t share;  /* rollouts it may have in flight */
    bool started;

    /* the thread's own */
    struct grader *grader;
    struct policy *policy;
    struct wire wire;
    struct call_context context; /* of tool calls */
    struct wave *wave;           /* NULL between waves */
    uint64_t wave_seen;          /* the number of the wave last heard of */
    struct shared_row **rows;    /* by place in the wave; NULL while no rollout here uses it */
    struct episode *live;        /* in flight */
    struct episode *spare;       /* memory for the next ones */
    size_t n_live;
    struct policy_turn turn; /* one that is taken at once */
    struct worker_sample {   /* the sample being graded, and under the other reading (GAP-28) */
        struct buf text;
        struct tape tape;
    } sample, other_sample;
};

struct run {
    /* constant after run_new */
    struct run_config config;
    struct hosts hosts; /* of tools, graders and the policy */
    struct targets targets;
    struct share *share;
    struct worker *workers;
    size_t n_workers;
    uint64_t nonce;                    /* differs from run to run, for trace ids only */
    size_t descriptors;                /* of grader and policy, in each thread */
    unsigned spares;                   /* enum policy_spares */
    bool parse_output;                 /* the job has a response_format */
    struct grader_spent *spent_before; /* owned; by grader_at()'s number; NULL: nothing */
    size_t n_spent_before;

    /* any thread */
    atomic_bool cancelled;
    atomic_size_t next; /* number of the next rollout to start */
    atomic_size_t n_done;
    atomic_uint_fast64_t n_calls;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    struct wave *wave;
    uint64_t n_waves; /* so far */
    size_t n_busy;    /* workers that have not finished the wave */
    bool stopping;
    struct err failure; /* the first */
};

/* Make what the thread needs and start it. */
NODISCARD enum err_code worker_init(struct worker *w, struct run *run, size_t n_rollouts,
                                    size_t n_transfers, struct diags *list, struct err *e);
void worker_release(struct worker *w); /* joins the thread; fine on a zeroed worker */

/* run.c: remember the first failure and cancel the wave. */
void run_fail(struct run *r, const struct err *e);

#endif
