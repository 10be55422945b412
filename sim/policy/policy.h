/* A policy stands in for the model: shown an episode so far, it takes the next turn.
 *
 * A turn is one or several tool calls, a message as a model writes it, or a final answer. Most
 * policies take theirs there and then, do no I/O and keep nothing between turns: everything they
 * may know is in the view. Those that ask somebody outside (a program, a model) take their time,
 * and many of their turns are under way at once. Each kind is one file that fills one `struct
 * policy_ops` and is listed in policy.c.
 *
 * Threads: a policy belongs to one thread, that of its engine; every engine thread makes its own.
 */
#ifndef SIM_POLICY_POLICY_H
#define SIM_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/base/rng.h"
#include "sim/base/tape.h"
#include "sim/base/template.h"
#include "sim/job/job.h"

struct recorded_call;
struct recorded_episode;
struct recordings;

/* A call that was made earlier in the episode, with what the model was shown of it. The texts are
 * owned by the rollout. A batch that was refused as a whole is one call, of
 * "multi_tool_use.parallel". */
struct policy_call {
    const char *name;    /* "search"; behind the arguments, and so is the next one */
    const char *address; /* "functions.search", as the model wrote it */
    char *arguments;     /* as written, JSON or not; those of a batch are respaced (4.2) */
    size_t arguments_len;
    char *output; /* NULL while it has none */
    size_t output_len;
    const struct recorded_call *recorded; /* what became of it then; NULL: it is not known */
    bool played;                          /* now too: it is not made (`plays`, below) */
};

/* A turn that was taken: which calls are its own. */
struct policy_past {
    size_t from; /* index of the first */
    size_t n_calls;
    bool batch;     /* they came in one message to multi_tool_use.parallel (GAP-23) */
    uint8_t choice; /* policy_turn.choice */
    char *said;     /* owned by the rollout: policy_turn.said; NULL if that was empty */
    size_t said_len;
    char *beside; /* likewise */
    size_t beside_len;
};

/* What a turn has used, in the words of whoever served it. */
struct policy_tokens {
    bool told;           /* it was said at all: a stub has none */
    bool reasoning_told; /* and how many of the completion were for reasoning */
    int64_t prompt;
    int64_t completion;
    int64_t reasoning;
};

/* Which rollout it is: the same for the same one in every run of a job. */
struct policy_place {
    int phase;     /* enum wave_phase */
    int step;      /* 0: the evaluation before the first */
    size_t row;    /* number in the file of the phase */
    size_t sample; /* among the row's in this step */
};

/* Borrowed while a turn is being begun: what is needed later is copied. */
struct policy_view {
    const struct tape *item; /* the row, normalised (contract 1.4) */
    struct policy_place place;
    const struct policy_call *calls;
    size_t n_calls;
    const struct policy_past *turns; /* those taken, `turn` of them */
    size_t turn;                     /* from 0 */
    /* The rollout's stream, named by the run's seed, the phase, the step and the rollout's number:
     * the same at each of its turns. Who draws takes a copy and mixes in what is drawn. */
    struct rng rng;
};

struct engine;
struct hosts;
struct wire;

/* What policies work with besides their spec. Copied; what it points to is borrowed until
 * policy_free. */
struct policy_context {
    struct learned *learned; /* what a learner is to draw from; NULL: what it is made with */
    struct engine *engine; /* for those that take their time; NULL: read and checked, never used */
    struct hosts *hosts;   /* told of every host that will be called; NULL: nobody minds */
    struct wire *wire;     /* with an engine: what requests go over, once it is made ready */
    /* With an engine: no turn can be taken any more, in any rollout, so the run is to end, and why.
     * Turns on their way stay that until they are stopped, so that no rollout ends for it. On the
     * engine's thread, also from within policy_start(). */
    void (*hopeless)(void *arg, const struct err *why);
    void *arg;
    const struct recordings *recordings; /* that policies of the job play; NULL: none was read */
};

/* Where a policy's spec stands: in the job, in the spec of another, or in a file of its own.
 * Borrowed for open(). */
struct policy_spec {
    const struct job *job;
    const struct doc *doc; /* that it stands in, for faults; the job's, of the job's own */
    const json_t *json;
    const char *pointer; /* JOB_POLICY_POINTER, of the job's own */
    const struct policy_context *context;
};

/* CALLS are addressed as they should be; a MESSAGE is one call as a model literally writes it, its
 * recipient in calls[0].name and yet to be read (tools/address.h). */
enum policy_turn_kind { POLICY_CALLS, POLICY_MESSAGE, POLICY_ANSWER, POLICY_FAILED };

/* What a turn says, all in one text so that a turn costs no allocation once warm. */
struct policy_turn {
    enum policy_turn_kind kind;
    bool batch;      /* CALLS: in one message to multi_tool_use.parallel; several always are */
    bool truncated;  /* ANSWER: cut off at the model's token limit (GAP-48) */
    uint8_t choice;  /* 1 + the number of the action that a learner took; 0: it is none's */
    struct buf text; /* owned: the answer, or the arguments one after another, or why it failed */
    struct policy_turn_call {
        const char *name; /* borrowed from the policy */
        size_t from;      /* its arguments in `text` */
        size_t len;
    } * calls; /* owned */
    size_t n_calls;
    size_t room;
    struct buf note; /* owned; ANSWER: what is to be known of it, told with the outcome; or empty */
    struct buf said; /* owned; calls: what its policy wants to find in the view; or empty */
    struct buf beside; /* owned; calls: a text that was said beside them; or empty */
    struct policy_tokens tokens;

    /* of a turn that was recorded; all borrowed for the run */
    const struct recorded_call *recorded; /* what became of its calls then; NULL: not known */
    size_t n_recorded;
    bool plays;                            /* that is what becomes of them now: nothing is called */
    const struct recorded_episode *scored; /* whose score the rollout gets; NULL: the grader's */
};

/* Make it a POLICY_FAILED, which this is the reason of. */
PRINTF(2, 3)
void policy_turn_fail(struct policy_turn *t, const char *fmt, ...);

/* Add a call whose arguments are what stands in turn->text behind `from`. `name` is borrowed until
 * the turn is cleared. */
void policy_turn_call(struct policy_turn *t, const char *name, size_t from);

void policy_turn_clear(struct policy_turn *t); /* before each use; keeps the memory */
void policy_turn_release(struct policy_turn *t);

/* One turn under way. The caller's memory, zeroed before its first use, then used again. */
struct playing {
    /* set by the caller */
    void (*done)(struct playing *x); /* may be called before policy_start() returns */
    void *owner;                     /* for done() to find its way home */
    struct policy_turn *room;        /* borrowed while it is begun: for a turn taken at once */

    /* set before done */
    const struct policy_turn *turn; /* borrowed until done returns */

    /* the policy's */
    struct policy *policy; /* that takes it; NULL while nothing is under way */
    void *task;            /* what its type knows of this turn */
};

/* What a run under a policy never asks anybody for. */
enum policy_spares { POLICY_SPARES_TOOLS = 1 << 0, POLICY_SPARES_GRADER = 1 << 1 };

/* A record that a policy plays (sim/policy/recordings.h). */
typedef void recording_visit(void *arg, const char *from, const char *field);

struct policy_ops {
    const char *type; /* the "type" in simulation.policy */
    size_t size;      /* bytes of private state; policy_new() gives it zeroed to open() */

    /* Read and check the spec; faults go to `list`. */
    enum err_code (*open)(void *self, const struct policy_spec *spec, struct diags *list,
                          struct err *e);

    /* Take one turn, here and now. Cannot fail but by a POLICY_FAILED turn, with its reason in
     * turn->text. NULL for a type that has `start`. */
    void (*turn)(void *self, const struct policy_view *view, struct policy_turn *turn);

    /* Begin a turn, which ends with playing_done() or is handed on to another policy with
     * playing_pass(), as the last thing that is done; and give one up, freeing its task. One that
     * hands on every turn has no `stop`. */
    void (*start)(void *self, struct playing *x, const struct policy_view *view);
    void (*stop)(void *self, struct playing *x);

    /* Tell of every template of the spec, in its order, with its pointer in the job. NULL: none. */
    void (*templates)(const void *self, template_visit *visit, void *arg);

    /* What is to be said wherever the policy is named: what it guessed, what it is made of. NULL:
     * nothing; so may it return. */
    const char *(*note)(const void *self);

    /* Descriptors that it holds open besides its connections; NULL for none. */
    size_t (*descriptors)(const void *self);

    /* Tell of the records that it plays, in the order of its spec. NULL: none. */
    void (*recordings)(const void *self, recording_visit *visit, void *arg);

    unsigned (*spares)(const void *self); /* enum policy_spares; NULL: nothing */

    void (*close)(void *self); /* must take what a failed open() left */
};

struct policy;

/* Make the policy that the job names. Errors: ERR_JOB, with the faults in `list`. */
NODISCARD enum err_code policy_new(struct policy **out, const struct job *job,
                                   const struct policy_context *context, struct diags *list,
                                   struct err *e);
/* The same of a spec that stands elsewhere. */
NODISCARD enum err_code policy_open(struct policy **out, const struct policy_spec *spec,
                                    struct diags *list, struct err *e);
void policy_free(struct policy *p); /* NULL is fine */

const char *policy_type(const struct policy *p);
const char *policy_note(const struct policy *p); /* NULL: there is nothing to say */
void policy_templates(const struct policy *p, template_visit *visit, void *arg);
size_t policy_descriptors(const struct policy *p); /* see policy_ops, here and below */
void policy_recordings(const struct policy *p, recording_visit *visit, void *arg);
unsigned policy_spares(const struct policy *p);

/* Begin a turn. It ends in one `done`, unless it is stopped. `view` is borrowed for the call. */
void policy_start(struct policy *p, struct playing *x, const struct policy_view *view);
void policy_stop(struct playing *x); /* no done will come; fine if nothing is under way */

/* For policies: a fault in what stands under a key of the spec. */
struct diag *policy_fault(const struct policy_spec *spec, struct diags *list, enum diag_code code,
                          const char *key, const char *text);

/* For policies: this is the turn; and, another one takes it. */
void playing_done(struct playing *x, const struct policy_turn *turn);
void playing_pass(struct playing *x, struct policy *to, const struct policy_view *view);

/* A turn of a policy that takes it at once. */
void policy_take_turn(struct policy *p, const struct policy_view *view, struct policy_turn *turn);

#endif
