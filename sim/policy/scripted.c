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
#include "sim/base/mem.h"
#include "sim/policy/episode.h"
#include "sim/policy/kinds.h"
#include "sim/policy/script.h"

struct scripted {
    struct script script;
    struct tape scratch;
    struct buf built;    /* a turn's output */
    struct buf rendered; /* one template's text before it becomes a JSON string */
};

static enum err_code scripted_open(void *self, const struct job *job, struct diags *list,
                                   struct err *e)
{
    struct scripted *s = self;
    size_t errors = list->n_errors;
    script_read(&s->script, job, list);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the policy's script has faults", job->doc->path);
    return ERR_OK;
}

/* Append one piece. On false `why` is filled. */
static bool render_piece(struct scripted *s, const struct script_piece *p,
                         const struct template_scope *scope, struct buf *out,
                         struct template_fault *why)
{
    switch (p->kind) {
    case SCRIPT_LITERAL:
        buf_add(out, p->literal.at, p->literal.len);
        return true;
    case SCRIPT_TEXT:
        return template_render(p->template, scope, out, NULL, why);
    case SCRIPT_JSON_VALUE:
        return template_render_json(p->template, scope, out, why);
    case SCRIPT_JSON_TEXT:
        buf_clear(&s->rendered);
        if (!template_render(p->template, scope, &s->rendered, NULL, why))
            return false;
        buf_json(out, s->rendered.at, s->rendered.len);
        return true;
    }
    return false;
}

static bool render(struct scripted *s, const struct script_text *t, const struct policy_view *view,
                   struct policy_turn *turn)
{
    struct episode_scope episode = {view, &s->scratch, &s->built};
    struct template_scope scope = episode_scope(&episode);
    for (size_t i = 0; i < t->n; i++) {
        struct template_fault why;
        if (render_piece(s, &t->pieces[i], &scope, &turn->text, &why))
            continue;
        turn->kind = POLICY_FAILED;
        buf_clear(&turn->text);
        buf_printf(&turn->text, "{{%s}} resolves nowhere: %s (%s, turn %zu)", why.path, why.why,
                   t->pieces[i].pointer, view->turn + 1);
        return false;
    }
    return true;
}

static void add_call(struct policy_turn *turn, const char *name, size_t from)
{
    if (turn->n_calls == turn->room) {
        turn->room = turn->room ? turn->room * 2 : 4;
        turn->calls = mem_grow(turn->calls, turn->room, sizeof(*turn->calls));
    }
    turn->calls[turn->n_calls++] =
        (struct policy_turn_call){.name = name, .from = from, .len = turn->text.len - from};
}

static void scripted_turn(void *self, const struct policy_view *view, struct policy_turn *turn)
{
    struct scripted *s = self;
    if (view->turn >= s->script.n_turns) {
        turn->kind = POLICY_FAILED;
        buf_printf(&turn->text, "the script has %zu turn%s and no answer in the last",
                   s->script.n_turns, s->script.n_turns == 1 ? "" : "s");
        return;
    }
    const struct script_turn *script = &s->script.turns[view->turn];
    turn->kind = script->kind;
    turn->batch = script->batch;
    if (!script->n_calls)
        render(s, &script->answer, view, turn);
    for (size_t i = 0; i < script->n_calls; i++) {
        size_t from = turn->text.len;
        if (!render(s, &script->calls[i].arguments, view, turn))
            return;
        add_call(turn, script->calls[i].name, from);
    }
}

static void visit_text(const struct script_text *t, template_visit *visit, void *arg)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->pieces[i].template)
            visit(arg, t->pieces[i].pointer, t->pieces[i].template);
    }
}

static void scripted_templates(const void *self, template_visit *visit, void *arg)
{
    const struct scripted *s = self;
    for (size_t i = 0; i < s->script.n_turns; i++) {
        const struct script_turn *turn = &s->script.turns[i];
        for (size_t k = 0; k < turn->n_calls; k++)
            visit_text(&turn->calls[k].arguments, visit, arg);
        visit_text(&turn->answer, visit, arg);
    }
}

static void scripted_close(void *self)
{
    struct scripted *s = self;
    script_release(&s->script);
    tape_release(&s->scratch);
    buf_release(&s->built);
    buf_release(&s->rendered);
}

const struct policy_ops policy_scripted = {
    .type = "scripted",
    .size = sizeof(struct scripted),
    .open = scripted_open,
    .turn = scripted_turn,
    .templates = scripted_templates,
    .close = scripted_close,
};
