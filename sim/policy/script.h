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

/* Compile one turn, which stands at `pointer` of the spec's document, into a zeroed one. */
void script_turn_read(struct script_turn *turn, const struct policy_spec *spec, struct diags *list,
                      const json_t *json, const char *pointer);

/* Take it: on false `out` is a POLICY_FAILED that says which template resolves nowhere. */
NODISCARD bool script_turn_take(const struct script_turn *turn, const struct policy_view *view,
                                struct script_room *room, struct policy_turn *out);
void script_turn_visit(const struct script_turn *turn, template_visit *visit, void *arg);
void script_turn_release(struct script_turn *turn);

/* Compile the spec into `s`, a zeroed script; faults go to `list`. */
void script_read(struct script *s, const struct policy_spec *spec, struct diags *list);
void script_release(struct script *s); /* also of what a script with faults left */

#endif
