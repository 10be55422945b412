/* scripted: a list of turns, written by hand, the same for every row but for its templates.
 *
 *     type: scripted
 *     turns:
 *       - {call: search, arguments: {query: "{{item.query}}", top_k: 3}}
 *       - calls: [{call: a, arguments: {}}, {call: b, arguments: {}}]      several in one turn
 *       - {recipient: multi_tool_use.parallel, arguments: "{\"tool_uses\": [...]}"}
 *       - {answer: "{{calls[0].output.items[0].sku}}"}
 *
 * `call` addresses the tool as it should be. `recipient` is what a model literally writes, right or
 * wrong, and is taken as the service takes it (3.7): functions.NAME is the call of a tool.
 *
 * Arguments are an object whose strings are templates, or one text that is sent as it comes out
 * (so that arguments that are no JSON can be rehearsed). A string that is one template and nothing
 * else keeps the value's JSON type. A template that resolves nowhere fails the rollout, by name.
 */
#include "sim/policy/kinds.h"
#include "sim/policy/script.h"

struct scripted {
    struct script script;
    struct script_room room;
};

static enum err_code scripted_open(void *self, const struct policy_spec *spec, struct diags *list,
                                   struct err *e)
{
    struct scripted *s = self;
    size_t errors = list->n_errors;
    script_read(&s->script, spec, list);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy's script has faults", spec->doc->path);
    return ERR_OK;
}

static void scripted_turn(void *self, const struct policy_view *view, struct policy_turn *turn)
{
    struct scripted *s = self;
    if (view->turn >= s->script.n_turns) {
        policy_turn_fail(turn, "the script has %zu turn%s and no answer in the last",
                         s->script.n_turns, s->script.n_turns == 1 ? "" : "s");
        return;
    }
    (void)!script_turn_take(&s->script.turns[view->turn], view, &s->room, turn);
}

static void scripted_templates(const void *self, template_visit *visit, void *arg)
{
    const struct scripted *s = self;
    for (size_t i = 0; i < s->script.n_turns; i++)
        script_turn_visit(&s->script.turns[i], visit, arg);
}

static void scripted_close(void *self)
{
    struct scripted *s = self;
    script_release(&s->script);
    script_room_release(&s->room);
}

const struct policy_ops policy_scripted = {
    .type = "scripted",
    .size = sizeof(struct scripted),
    .open = scripted_open,
    .turn = scripted_turn,
    .templates = scripted_templates,
    .close = scripted_close,
};
