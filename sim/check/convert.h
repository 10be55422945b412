/* Rows for supervised fine-tuning, with the answers in them, as rows for reinforcement.
 *
 * A row there teaches decisions: each turn of the assistant is one, calls or an answer. A row here
 * ends in the user's message (DS-4), and what was decided goes into fields for the grader:
 *
 *     expected_calls     [{"name": ..., "arguments": {...}}, ...], [] if it was an answer
 *     reference_answer   its text; no such field if there was none
 *
 * So a decision that follows a user's message becomes a row: the messages before it, `system`
 * called `developer`, tools in the form {"type", "function"}, every other field as it is. One that
 * follows a tool's result cannot: its row would end in that result. There are three ways:
 *
 *     by default   it is left out, and counted. Right where calls are only graded (DS-20)
 *     whole        it is a later turn of the rollout that the user's message began: its calls are
 *                  added to those of that row, and the last turn's text is the answer. Right where
 *                  tools are called, for then the model makes all those turns in one rollout
 *     go_on        it is a row of its own, with the calls and results in its messages (DS-5) and
 *                  behind them one more message of the user, which says go_on
 *
 * Pure but for `put`.
 */
#ifndef SIM_CHECK_CONVERT_H
#define SIM_CHECK_CONVERT_H

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/job/diag.h"
#include "sim/job/lines.h"

enum { CONVERT_MOST_EACH = 5, CONVERT_MAX_ROWS = 1000 /* made of one row */ };

/* Why a decision is not converted: id, words */
#define CONVERT_LEFT(X)                                                             \
    X(AFTER_TOOL, "follows a tool's result, and a row must end in the user's text") \
    X(NOT_AFTER_USER, "follows neither the user's text nor a tool's result")        \
    X(UNTRAINED, "has weight 0")                                                    \
    X(SAYS_NOTHING, "has neither calls nor text")                                   \
    X(TOO_MANY, "is one of more than 1000 in its row")

enum convert_left {
#define X(id, ...) CONVERT_##id,
    CONVERT_LEFT(X)
#undef X
        CONVERT_N_LEFT,
};

const char *convert_left_words(enum convert_left why);

struct convert {
    /* set by the caller */
    const char *path; /* borrowed; for messages */
    bool whole;
    const char *go_on;                                                     /* borrowed; NULL */
    enum err_code (*put)(void *arg, const struct buf *row, struct err *e); /* a row, newline too */
    void *arg;

    /* what was done */
    struct diags found;
    size_t n_lines;
    size_t n_rows;       /* read, faulty ones included */
    size_t n_faulty;     /* left out as they are */
    size_t n_answerless; /* rows without a decision */
    size_t n_decisions;
    size_t n_converted; /* decisions */
    size_t n_made;      /* rows */
    struct {
        size_t n; /* decisions */
        size_t first;
    } left[CONVERT_N_LEFT];

    struct tape tape; /* of the row */
    struct tape call; /* of a call's arguments */
    struct buf text;
    struct buf row;
};

/* Convert one more line. Errors: what `put` fails with. */
NODISCARD enum err_code convert_line(struct convert *c, const struct line *line, struct err *e);
void convert_release(struct convert *c);

#endif
