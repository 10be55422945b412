/* A script, as scripted.c plays it: turns whose texts are compiled to literal pieces and templates.
 *
 * Faults are collected with their places in the job file.
 */
#ifndef SIM_POLICY_SCRIPT_H
#define SIM_POLICY_SCRIPT_H

#include "sim/base/template.h"
#include "sim/policy/policy.h"

/* A text made of pieces, each literal bytes, or a template with how it is put in. */
struct script_piece {
    enum { SCRIPT_LITERAL, SCRIPT_TEXT, SCRIPT_JSON_TEXT, SCRIPT_JSON_VALUE } kind;
    struct buf literal;        /* SCRIPT_LITERAL */
    struct template *template; /* the others: raw, inside a JSON string, as a JSON value */
    char *pointer;             /* where it stands in the job file */
};

struct script_text {
    struct script_piece *pieces; /* owned */
    size_t n;
};

struct script_call {
    char *name;
    struct script_text arguments;
};

struct script_turn {
    enum policy_turn_kind kind;
    bool batch;                /* `calls`, of one too */
    struct script_call *calls; /* owned; none if this turn is the answer; a MESSAGE's recipient */
    size_t n_calls;
    struct script_text answer;
};

struct script {
    struct script_turn *turns; /* owned */
    size_t n_turns;
};

/* Compile the spec at JOB_POLICY_POINTER into `s`, a zeroed script; faults go to `list`. */
void script_read(struct script *s, const struct job *job, struct diags *list);
void script_release(struct script *s); /* also of what a script with faults left */

#endif
