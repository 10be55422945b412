/* What a learner can do: a list of named turns.
 *
 * An action is a turn as a script has it (script.h), or {fill: TOOL}: the call of a tool whose
 * arguments are found by their names (fill.h). Threads: read once, then constant.
 */
#ifndef SIM_POLICY_ACTIONS_H
#define SIM_POLICY_ACTIONS_H

#include "sim/policy/script.h"

enum { ACTIONS_DERIVED_MAX = 60 }; /* a longer list is cut, and it is said */

struct action {
    char *name;
    char *fill;              /* the tool; NULL: the turn is */
    struct script_turn turn; /* of a fill empty */
};

struct actions {
    struct action *at; /* owned */
    size_t n;
};

/* Compile a list that stands at `pointer` into zeroed `actions`; faults go to `list`. */
void actions_read(struct actions *actions, const struct policy_spec *spec, struct diags *list,
                  const json_t *json, const char *pointer);

/* Take one. What resolves nowhere is left empty. */
void action_take(const struct action *action, const struct policy_view *view,
                 struct script_room *room, struct policy_turn *out);

void actions_release(struct actions *actions);

/* A list made of the job: each of its tools, filled; each text of the first training row as an
 * answer; the last output, and the one before. `note` gets what it is. The caller's. */
json_t *actions_derive(const struct job *job, struct buf *note);

#endif
