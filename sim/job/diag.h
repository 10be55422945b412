/* Faults found in what the user wrote, collected so that one look shows all of them.
 *
 *     train.jsonl:17:42: error[D006]: the last message must have role "user", found "assistant"
 *        17 | {"messages":[{"role":"developer",...
 *           |                       ^~~~~~~~~~~
 *       why: the service samples the answer itself
 *       fix: drop the assistant turn
 *
 * Codes are stable: one row of DIAG_MAP each, never renumbered. A list belongs to one thread.
 */
#ifndef SIM_JOB_DIAG_H
#define SIM_JOB_DIAG_H

#include <stddef.h>
#include <stdio.h>

#include "sim/base/cc.h"

/* code, what kind of fault it is, why it matters */
#define DIAG_MAP(X)                                                                                \
    X(J001, "not YAML or JSON", "the job file could not be read at all")                           \
    X(J002, "unknown key", "nothing reads it here, and the service refuses unknown keys (GAP-41)") \
    X(J003, "missing key", "without it there is no job")                                           \
    X(J004, "wrong type", "it cannot be read as what it has to be")                                \
    X(J005, "value out of range", "the job would be refused when it is created, or fail later")    \
    X(J006, "unset variable", "an empty value would reach your endpoint in silence")               \
    X(J007, "value not understood", "rftsim cannot rehearse what it does not know")                \
    X(J008, "given twice", "readers differ in which one they take")                                \
    X(J009, "to no effect", "what is written does less than it seems to")                          \
    X(D001, "not JSON", "the service fails the whole job at the first line it cannot parse (1.6)") \
    X(D002, "not an object", "a row is one JSON object (DS-1)")                                    \
    X(D003, "key given twice", "readers differ in which one they take")                            \
    X(D004, "bad messages", "messages is required: a list with at least one entry (DS-2)")         \
    X(D005, "bad role", "roles are developer, user, assistant and tool (DS-3, GAP-42)")            \
    X(D006, "last message is not the user's", "the service samples the answer itself (DS-4)")      \
    X(D007, "bad tools", "tools is a list of functions (DS-6)")                                    \
    X(D008, "row too large", "a row must fit in memory many times over")                           \
    X(D009, "no rows", "there is nothing to roll out")                                             \
    X(D010, "byte order mark", "the first line of some readers then fails to parse")               \
    X(D011, "blank line", "blank lines are skipped here; not every reader does")                   \
    X(D012, "no newline at the end",                                                               \
      "harmless, but a line appended later would join the last row")                               \
    X(F001, "not a fixture",                                                                       \
      "a fixture is a JSON object with a sample, its item and what to expect")                     \
    X(F002, "bad expectation", "it could never be met, or would not say what is meant")            \
    X(F003, "not a finished sample", "only what graders saw of a rollout can be graded again")     \
    X(N001, "endpoint out of reach", "every rollout would be discarded, and its hours billed")     \
    X(N002, "no WordNet",                                                                          \
      "METEOR as NLTK has it knows synonyms, so some rewards would be higher (GAP-34)")

enum diag_code {
#define X(code, title, why) DIAG_##code,
    DIAG_MAP(X)
#undef X
};

enum diag_severity { DIAG_WARNING, DIAG_ERROR };

struct diag {
    enum diag_code code;
    enum diag_severity severity;
    char *file;    /* owned, like every text here; as the user named it */
    size_t line;   /* from 1; 0 if the fault has no place in the file */
    size_t col;    /* from 1, in code points */
    size_t span;   /* columns to underline, at least 1 */
    char *text;    /* "unknown key 'sed'" */
    char *pointer; /* JSON pointer, "/messages/2/role"; may be NULL */
    char *excerpt; /* the line around the place; may be NULL */
    size_t caret;  /* column within `excerpt`, from 1 */
    char *fix;     /* may be NULL */
};

struct diags {
    struct diag *at; /* owned */
    size_t n;
    size_t room;
    size_t n_errors;
};

/* Add a fault and return it, to be filled further; borrowed until the next diag_add. */
struct diag *diag_add(struct diags *list, enum diag_severity severity, enum diag_code code,
                      const char *file, size_t line, size_t col, const char *fmt, ...) PRINTF(7, 8);
void diag_fix(struct diag *d, const char *fmt, ...) PRINTF(2, 3);
void diag_pointer(struct diag *d, const char *fmt, ...) PRINTF(2, 3);

/* Keep the part of `line` (its bytes, no newline) around d->col that fits a screen; control
 * characters and broken UTF-8 are shown as '?'. */
void diag_excerpt(struct diag *d, const char *line, size_t len);

/* Write them in order, at most `most` (the rest is counted in a line), in the form above.
 * Returns what it wrote through `to`; the caller masks. */
struct buf;
void diags_write(const struct diags *list, size_t most, struct buf *to);

/* Forget all after the first `n`. */
void diags_cut(struct diags *list, size_t n);

const char *diag_name(enum diag_code code); /* "D003" */
const char *diag_why(enum diag_code code);
void diags_release(struct diags *list);

#endif
