/* One rollout: one row worked through with the policy, from first turn to outcome.
 *
 *          +---- every call has its output ----+
 *          v                                   |
 *       POLICY ---- calls ----------------> TOOLS ---- a call was lost ----+
 *          |                                                               |
 *          +-- an answer, or calls in the last turn,                       |
 *              or a call addressed wrongly -----------> GRADE --> ENDED <--+
 *
 * The machine does no I/O and reads no clock: `state` says what it waits for, rollout_feed()
 * tells it what came. sim/run/episode.c joins it to the engine; tests feed it by hand.
 *
 * A turn that is a message is read here: a tool's call, a batch, or addressed wrongly. The last is
 * not executed; the rollout ends with an empty answer and is graded (GAP-52).
 *
 * Turns, not calls, are counted against max_episode_steps (GAP-12): calls in the last turn are
 * dropped, the rollout ends with an empty answer and is graded all the same. When a call is lost
 * the other calls of its turn still come in before the rollout ends, so that what is counted does
 * not hang on which came first.
 * Threads: a rollout belongs to the thread that made it.
 */
#ifndef SIM_RUN_ROLLOUT_H
#define SIM_RUN_ROLLOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/policy/policy.h"
#include "sim/run/outcome.h"
#include "sim/run/tokens.h"
#include "tools/kind.h"

#define ROLLOUT_STATES(X)               \
    X(POLICY, "waiting for the policy") \
    X(TOOLS, "waiting for tools")       \
    X(GRADE, "waiting for the grader")  \
    X(ENDED, "ended")

enum rollout_state {
#define X(name, words) ROLLOUT_##name,
    ROLLOUT_STATES(X)
#undef X
};

/* What came for a rollout. */
struct rollout_event {
    enum {
        ROLLOUT_TURN,       /* POLICY: the policy's turn */
        ROLLOUT_OUTPUT,     /* TOOLS: call number `call` has `text` for its output */
        ROLLOUT_LOST,       /* TOOLS: call number `call` failed for good; `text` says how */
        ROLLOUT_GRADED,     /* GRADE: `reward` */
        ROLLOUT_GRADE_LOST, /* GRADE: the grader failed for good; `text` says how */
        ROLLOUT_CANCEL,     /* any state but ENDED */
    } kind;
    const struct policy_turn *turn; /* borrowed for the call */
    size_t call;                    /* index into rollout.calls */
    const char *text;               /* borrowed for the call */
    size_t text_len;
    double reward;
};

struct rollout {
    enum rollout_state state;
    enum outcome outcome;      /* in ENDED */
    struct policy_call *calls; /* owned, with their texts: every call made, in order */
    size_t n_calls;
    size_t room;
    struct policy_past *turns; /* owned; every turn taken */
    size_t turns_room;
    size_t turn_from; /* the first call of the last turn that made any */
    bool batch;       /* that turn's calls came in one message (GAP-23) */
    enum tool_kind
        refusal;        /* FINE: that turn's calls are to be made; else its one call is refused */
    struct buf refused; /* with this text for its output */
    size_t n_waiting;   /* calls of that turn with neither output nor loss */
    size_t lost;        /* the lowest call lost, or SIZE_MAX */
    int n_turns;        /* turns taken so far */
    int max_turns;      /* at least 1 */
    bool cut;           /* the last turn's calls were dropped (GAP-12) */
    bool misaddressed;  /* the last call went nowhere; `why` says so (GAP-52) */
    bool truncated;     /* the answer was cut off at the model's token limit (GAP-48) */
    struct buf answer;  /* the final text; empty if there is none */
    char *why;          /* owned; NULL for a rollout that was graded with nothing to note */
    double reward;      /* meaningful in a graded outcome only */

    struct tokens tokens; /* that its turns so far have used */
};

void rollout_init(struct rollout *r, int max_turns);

/* Give the rollout what it was waiting for. Errors: ERR_BUG if it was not waiting for this; the
 * rollout is then unchanged. */
NODISCARD enum err_code rollout_feed(struct rollout *r, const struct rollout_event *in,
                                     struct err *e);

/* Free what it owns. Fine on a zeroed rollout. */
void rollout_release(struct rollout *r);

const char *rollout_state_words(enum rollout_state state); /* static storage */

#endif
