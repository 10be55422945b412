/* A script, as scripted.c plays it: turns with their texts compiled.
 *
 * Faults are collected with their places in the job file.
 */
#ifndef SIM_POLICY_SCRIPT_H
#define SIM_POLICY_SCRIPT_H

#include "sim/policy/script_text.h"

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

/* Compile the spec into `s`, a zeroed script; faults go to `list`. */
void script_read(struct script *s, const struct policy_spec *spec, struct diags *list);
void script_release(struct script *s); /* also of what a script with faults left */

#endif
