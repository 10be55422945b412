/* Recorded episodes, in the one form that `replay` plays, wherever they were recorded.
 *
 * Made once: whoever reads a record declares its rows and appends its episodes, turns and calls,
 * then closes it and binds it to the rows of the files that are to be played. From then on it is
 * constant and shared by all threads.
 *
 * An episode is found by its place. A row's own episodes are those recorded of the row with the
 * same content (sim/job/row_digest.h); else, if the record has them, of a row with the same
 * messages; else of the row with the same number, if the record's file has as many rows, and
 * nobody has that one's content or messages. Messages that rows of several contents have tell none
 * of them. An export's rows are numbered by data_source_idx: its
 * permutation is known of 10 rows alone (1.5).
 * Of a row's episodes those of the same step are played if there are any, else all of its phase,
 * else all there are; sample k plays number k of them, and from the first again behind the last.
 * Threads: made by one caller; then constant.
 */
#ifndef SIM_POLICY_RECORDING_H
#define SIM_POLICY_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/policy/policy.h"

struct dataset;

enum { RECORDING_PHASES = 2 }; /* by enum wave_phase */

/* A text of the record; `at` is NULL if there is none. Behind it stands a NUL. */
struct recorded_text {
    const char *at;
    size_t len;
};

/* What became of a call: not told in the record; it had an answer; it was lost. */
enum recorded_fate { RECORDED_UNKNOWN, RECORDED_ANSWERED, RECORDED_LOST };

struct recorded_call {
    const char *name; /* of a turn of CALLS, the tool's */
    struct recorded_text arguments;
    struct recorded_text output; /* if it had an answer */
    uint8_t fate;                /* enum recorded_fate */
    uint8_t kind;                /* enum tool_kind (tools/kind.h), unless it is not known */
    bool cut;                    /* more was answered than `output`, which is its beginning */
};

/* CALLS are each to its tool. A MESSAGE is one to `recipient` as it was written. DROPPED were calls
 * that max_episode_steps cut off; what they were was not recorded. At an END there is nothing more
 * to play, and `text` says why. */
enum recorded_turn_kind {
    RECORDED_CALLS,
    RECORDED_MESSAGE,
    RECORDED_ANSWER,
    RECORDED_DROPPED,
    RECORDED_END
};

struct recorded_turn {
    enum recorded_turn_kind kind;
    bool batch; /* CALLS: they came in one message to multi_tool_use.parallel */
    const char *recipient;
    struct recorded_text text; /* a message's arguments; an answer; why it ends */
    size_t from;               /* its calls */
    size_t n_calls;
};

struct recorded_episode {
    int phase;
    int step;      /* -1: not known */
    size_t row;    /* number in the record's file of the phase */
    size_t sample; /* among the row's in its step */
    size_t from;   /* its turns */
    size_t n_turns;
    double score;    /* NAN without one */
    const char *why; /* it has no score; NULL: not told */
};

/* How the rows of a file were found in the record. */
struct recording_count {
    size_t n; /* rows of the file */
    size_t by_content;
    size_t by_messages; /* other fields of theirs are not the recorded ones */
    size_t by_number;   /* nothing says that it is the same row */
    size_t others;      /* of these, whose messages are known to be others */
    size_t none;        /* that were not */
    size_t first_none;  /* of these the first, from 0 */
};

struct recording;

/* `name` is what the record is called in messages. */
struct recording *recording_new(const char *name);
void recording_free(struct recording *r); /* NULL is fine */
const char *recording_name(const struct recording *r);

/* --- Making it ------------------------------------------------------------------------------- */

/* The next row of a phase's file; its number, from 0. `permuted`: as in an export. */
size_t recording_add_row(struct recording *r, int phase, uint64_t digest);
/* What its messages come to (row_digest_messages). */
void recording_row_messages(struct recording *r, int phase, size_t row, uint64_t digest);
void recording_is_permuted(struct recording *r, int phase);

/* The next episode, its last turn's next call, and so on. Texts are copied. What is returned is
 * good until the next one. */
struct recorded_episode *recording_add_episode(struct recording *r, int phase, int step, size_t row,
                                               size_t sample);
struct recorded_turn *recording_add_turn(struct recording *r, enum recorded_turn_kind kind);
struct recorded_call *recording_add_call(struct recording *r);
struct recorded_text recording_text(struct recording *r, const char *text, size_t len);

/* The calls of the turn that was added last, to be changed. */
struct recorded_call *recording_own_calls(struct recording *r, const struct recorded_turn *turn);

/* All is in it: puts the episodes in order. */
void recording_close(struct recording *r);

/* Find which recorded row each row of `d` is. Errors: ERR_IO, ERR_DATA (dataset_row). */
NODISCARD enum err_code recording_bind(struct recording *r, int phase, const struct dataset *d,
                                       struct err *e);

struct recording_count recording_count(const struct recording *r, int phase);

/* How many episodes there are, and number `i` of them; NULL behind the last. */
size_t recording_episodes(const struct recording *r);
const struct recorded_episode *recording_at(const struct recording *r, size_t i);

/* --- Playing it ------------------------------------------------------------------------------ */

/* NULL: there is none of this row. */
const struct recorded_episode *recording_find(const struct recording *r,
                                              const struct policy_place *place);
/* Whether what recording_find() finds was played to other messages than the row's. */
bool recording_is_other(const struct recording *r, const struct policy_place *place);
const struct recorded_turn *recording_turn(const struct recording *r,
                                           const struct recorded_episode *ep, size_t turn);
const struct recorded_call *recording_calls(const struct recording *r,
                                            const struct recorded_turn *turn);

#endif
