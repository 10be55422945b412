/* Faults found in what the user wrote, collected so that one look shows all of them.
 *
 *     train.jsonl:17:42: error[D006]: the last message must have role "user", found "assistant"
 *        17 | {"messages":[{"role":"developer",...
 *           |                       ^~~~~~~~~~~
 *       why: the service samples the answer itself
 *       fix: drop the assistant turn
 *
 * Codes are those of sim/job/codes.h. A list belongs to one thread.
 */
#ifndef SIM_JOB_DIAG_H
#define SIM_JOB_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/base/cc.h"
#include "sim/job/codes.h"

enum diag_code {
#define X(code, ...) DIAG_##code,
    DIAG_MAP(X)
#undef X
        DIAG_N_CODES,
};

enum diag_severity { DIAG_WARNING, DIAG_ERROR };

/* What is known of a code: static storage. */
struct diag_code_row {
    const char *name;            /* "D003" */
    enum diag_severity severity; /* the usual one */
    const char *title;           /* "key given twice" */
    const char *rule;            /* "DS-2", of the contract */
    const char *why;
    const char *fix;
};

const struct diag_code_row *diag_code_row(enum diag_code code);
const char *diag_name(enum diag_code code);                  /* "D003" */
const char *diag_severity_name(enum diag_severity severity); /* "error" */

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
    char *why;     /* NULL: what the code says in general */
    char *fix;     /* likewise */
};

struct diags {
    struct diag *at; /* owned */
    size_t n;
    size_t room;
    size_t n_errors;
    size_t most_each;            /* set by the caller: keep so many of a code; 0: all */
    bool unknown_pass;           /* set by the caller: unknown keys are warnings (GAP-41, Azure) */
    size_t counts[DIAG_N_CODES]; /* of each code, also those that were not kept */
    struct diag *spare;          /* owned: for those to be filled all the same */
};

/* Add a fault and return it, to be filled further; borrowed until the next diag_add. Of a code that
 * has most_each already it is counted, and what is returned goes nowhere. */
struct diag *diag_add(struct diags *list, enum diag_severity severity, enum diag_code code,
                      const char *file, size_t line, size_t col, const char *fmt, ...) PRINTF(7, 8);
/* Whether one more of a code would be kept, and not only counted. */
bool diags_keeps(const struct diags *list, enum diag_code code);
void diag_fix(struct diag *d, const char *fmt, ...) PRINTF(2, 3);
void diag_why(struct diag *d, const char *fmt, ...) PRINTF(2, 3);
void diag_pointer(struct diag *d, const char *fmt, ...) PRINTF(2, 3);

/* Why it matters and what to do: as it knows itself, or as its code does. */
const char *diag_why_of(const struct diag *d);
const char *diag_fix_of(const struct diag *d);

/* Keep the part of `line` (its bytes, no newline) around d->col that fits a screen; control
 * characters and broken UTF-8 are shown as '?'. */
void diag_excerpt(struct diag *d, const char *line, size_t len);

/* Write them in order, at most `most` (the rest is counted in a line), in the form above: why and
 * fix with the first of a code, and again where it is another. After a long place the text stands
 * on a line of its own. The caller masks. */
struct buf;
void diags_write(const struct diags *list, size_t most, struct buf *to);

/* All of them, those of a code together, in the order in which codes first occur; of those that say
 * the same only the places; then how many more of the code were counted only. */
void diags_write_grouped(const struct diags *list, struct buf *to);

/* Make errors of the warnings of a code that came since the list had `n` faults, and `counted` of
 * that code. */
void diags_raise(struct diags *list, enum diag_code code, size_t n, size_t counted);

/* Forget all after the first `n`. Not for a list with most_each. */
void diags_cut(struct diags *list, size_t n);

/* Move all faults of `from` to the end of `into`, `n_lines` lines further down; `from` is then
 * empty. */
void diags_move(struct diags *into, struct diags *from, size_t n_lines);

void diags_release(struct diags *list);

#endif
