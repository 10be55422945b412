/* The loop of the service: an evaluation, then steps, with an evaluation every so many.
 *
 *     evaluate 0, then for each step: roll out its batch, update the policy, evaluate if it is due
 *
 * Phases follow one another, as the service's do (6.2). A policy that learns is updated from the
 * rollouts of its step alone, so a run that goes on learns again from what is recorded.
 * Source: EV-1, EV-2, EV-6, ST-5; checkpoints: contract 2.7.
 * Threads: one caller's.
 */
#ifndef SIM_TRAIN_TRAINER_H
#define SIM_TRAIN_TRAINER_H

#include <stdbool.h>

#include "sim/job/schedule.h"
#include "sim/run/run.h"
#include "sim/train/checkpoints.h"
#include "sim/train/groups.h"
#include "sim/train/tally.h"
#include "sim/train/update.h"

/* One wave that has ended, told at once. Borrowed for the call. */
struct wave_report {
    enum wave_phase phase;
    int step; /* 0 for the evaluation before the first step */
    const struct tally *tally;
    const struct wave *wave; /* its rollouts, one by one */
    struct groups groups;    /* of a training step */
    double seconds;
    bool recalled; /* it had ended before: it was told once already */
};

/* What a policy learned in one step. Borrowed for the call. */
struct learning_report {
    int step;
    const struct learned *learned; /* after it */
    const struct update *update;
    struct groups groups; /* that it learned from, but for the dead ones */
    bool recalled;        /* likewise */
};

/* An evaluation after a step: the policy as it is now may be worth keeping. */
struct checkpoint_report {
    struct checkpoint at;
    int out; /* the step whose policy is kept no longer: its own, another's, or 0 */
    const struct policy *policy; /* that learns; NULL: there is no state to keep */
};

/* What is known of a wave from before, when a run goes on. */
struct wave_past {
    double seconds; /* that it was worked on */
    bool ended;
};

/* One step with all that belongs in its row of the result file. Borrowed for the call. */
struct step_report {
    int step; /* from 1 */
    int total_steps;
    const struct tally *train;
    /* The evaluation after this step; in step 1, where there is none, the one of step 0 (EV-6).
     * NULL in all other steps. */
    const struct tally *valid;
    double sampling_s;
    double eval_s; /* 0 if there was no evaluation after this step */
    double total_s;
};

/* Where reports go. A member that fails ends the loop with its error. */
struct trainer_sink {
    /* A wave is about to be rolled out. What is known of it goes into its ends, parts and others,
     * with n_recalled, and into zeroed `past`. NULL: there is no past. */
    enum err_code (*on_begin)(void *arg, struct wave *w, struct wave_past *past, struct err *e);
    enum err_code (*on_wave)(void *arg, const struct wave_report *r, struct err *e);
    enum err_code (*on_learned)(void *arg, const struct learning_report *r, struct err *e);
    enum err_code (*on_checkpoint)(void *arg, const struct checkpoint_report *r, struct err *e);
    enum err_code (*on_step)(void *arg, const struct step_report *r, struct err *e);
    bool (*tick)(void *arg, enum wave_phase phase, int step, const struct run_progress *p);
    void *arg;
};

struct trainer {
    /* set by the caller */
    const struct job *job;
    const struct schedule *schedule;
    const struct dataset *train;
    const struct dataset *valid;
    struct run *run;
    const struct policy *policy; /* that learns, and that the run's threads share what it learns
                                    with; NULL: none does */
    int pause_at;                /* the step after which to stop; 0: none */
    struct trainer_sink sink;

    /* what came of it all, also after an error */
    struct tally train_total;
    struct tally valid_total;
    int steps_done;
    int steps_learned;             /* what the policy has learned from */
    struct checkpoint first, last; /* evaluations; their rewards NAN if nothing was graded */
    struct checkpoints best;
    int worse;          /* evaluations in a row that were not better than the best before */
    bool stopped_early; /* since there were simulation.early_stop of these (ST-8) */
    double past_s;      /* of waves, spent before this process (wave_past) */
};

/* Errors: ERR_STOPPED (the tick said so, or it is to pause), ERR_NET (in a whole wave no tool call
 * got any answer), and what run_wave and the sink return. Release the trainer's totals with
 * trainer_release. */
NODISCARD enum err_code trainer_run(struct trainer *t, struct err *e);
void trainer_release(struct trainer *t);

#endif
