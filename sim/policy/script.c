#include "sim/policy/script.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

/* What compiling a spec needs at hand. */
struct compiler {
    const struct doc *doc;
    struct diags *list;
};

static struct diag *fault(const struct compiler *c, enum diag_code code, const char *pointer,
                          const char *text)
{
    return doc_fault(c->doc, c->list, DIAG_ERROR, code, pointer, "%s", text);
}

static void add_text(const struct compiler *c, struct script_text *t, const json_t *value,
                     const char *pointer)
{
    script_text_string(t, c->doc, c->list, json_string_value(value), json_string_length(value),
                       pointer, false);
}

static bool check_keys(const struct compiler *c, const json_t *spec, const char *pointer,
                       const char *const *known)
{
    return doc_check_keys(c->doc, c->list, spec, pointer, known, "");
}

/* Add a call to `name`, with the arguments of `spec`. */
static void add_script_call(const struct compiler *c, struct script_turn *turn, const char *name,
                            const json_t *spec, const char *pointer)
{
    turn->calls = mem_grow(turn->calls, turn->n_calls + 1, sizeof(*turn->calls));
    struct script_call *call = &turn->calls[turn->n_calls++];
    *call = (struct script_call){.name = mem_text(name)};

    const json_t *arguments = json_object_get(spec, "arguments");
    char *at = mem_printf("%s/arguments", pointer);
    if (!arguments)
        script_text_literal(&call->arguments, "{}");
    else if (json_is_string(arguments))
        add_text(c, &call->arguments, arguments, at);
    else if (json_is_object(arguments))
        script_text_json(&call->arguments, c->doc, c->list, arguments, at);
    else
        diag_fix(fault(c, DIAG_J004, at, "arguments are an object, or one text sent as it is"),
                 "put what is no object in quotes");
    free(at);
}

static void compile_call(const struct compiler *c, struct script_turn *turn, const json_t *spec,
                         const char *pointer)
{
    const char *name = json_string_value(json_object_get(spec, "call"));
    if (name && *name) {
        add_script_call(c, turn, name, spec, pointer);
        return;
    }
    diag_fix(fault(c, DIAG_J007, pointer, "a turn is a call, a list of calls, or an answer"),
             "write {call: TOOL, arguments: {...}}, {calls: [...]}, {recipient: TEXT, arguments: "
             "...} or {answer: TEXT}");
}

/* A recipient as it stands, even an empty one. "all" is how the service's model marks its answer
 * (contract 6.6), for which a script has a word of its own. */
static void compile_recipient(const struct compiler *c, struct script_turn *turn,
                              const json_t *spec, const char *pointer)
{
    const json_t *recipient = json_object_get(spec, "recipient");
    const char *text = json_string_value(recipient);
    char *at = mem_printf("%s/recipient", pointer);
    turn->kind = POLICY_MESSAGE;
    if (json_object_get(spec, "call"))
        diag_fix(fault(c, DIAG_J007, at, "a turn has a call or a recipient, not both"),
                 "call: NAME is the same as recipient: functions.NAME; leave one away");
    else if (!text || strlen(text) != json_string_length(recipient))
        diag_fix(fault(c, DIAG_J004, at, "a recipient is a text, without NUL"),
                 "write what the model would: functions.NAME, multi_tool_use.parallel, or a "
                 "wrong one");
    else if (strcmp(text, "all") == 0)
        diag_fix(fault(c, DIAG_J007, at, "a message to 'all' is the answer"),
                 "write {answer: TEXT}");
    else
        add_script_call(c, turn, text, spec, pointer);
    free(at);
}

/* A message has one recipient, so one in a list is a mix-up with what stands in a batch. */
static void refuse_recipient(const struct compiler *c, const char *pointer)
{
    char *at = mem_printf("%s/recipient#", pointer);
    diag_fix(fault(c, DIAG_J002, at, "a recipient is a turn of its own, not one of 'calls'"),
             "write {recipient: multi_tool_use.parallel, arguments: {tool_uses: [...]}}");
    free(at);
}

static void compile_calls(const struct compiler *c, struct script_turn *turn, const json_t *calls,
                          const char *pointer)
{
    static const char *const known[] = {"call", "arguments", NULL};
    size_t i = 0;
    const json_t *spec = NULL;
    turn->batch = true;
    if (!json_array_size(calls))
        fault(c, DIAG_J004, pointer, "calls is a list of at least one call");
    json_array_foreach(calls, i, spec)
    {
        char *at = mem_printf("%s/calls/%zu", pointer, i);
        if (json_object_get(spec, "recipient"))
            refuse_recipient(c, at);
        else if (check_keys(c, spec, at, known))
            compile_call(c, turn, spec, at);
        free(at);
    }
}

static void compile_turn(const struct compiler *c, struct script_turn *turn, const json_t *spec,
                         const char *pointer)
{
    const json_t *calls = json_object_get(spec, "calls");
    const json_t *answer = json_object_get(spec, "answer");
    if (calls) {
        static const char *const known[] = {"calls", NULL};
        check_keys(c, spec, pointer, known);
        compile_calls(c, turn, calls, pointer);
    } else if (json_object_get(spec, "recipient")) {
        static const char *const known[] = {"recipient", "call", "arguments", NULL};
        if (check_keys(c, spec, pointer, known))
            compile_recipient(c, turn, spec, pointer);
    } else if (answer) {
        static const char *const known[] = {"answer", NULL};
        check_keys(c, spec, pointer, known);
        turn->kind = POLICY_ANSWER;
        char *at = mem_printf("%s/answer", pointer);
        if (json_is_string(answer))
            add_text(c, &turn->answer, answer, at);
        else
            fault(c, DIAG_J004, at, "an answer is a text");
        free(at);
    } else {
        static const char *const known[] = {"call",   "arguments", "calls",
                                            "answer", "recipient", NULL};
        if (check_keys(c, spec, pointer, known))
            compile_call(c, turn, spec, pointer);
    }
}

void script_turn_read(struct script_turn *turn, const struct policy_spec *spec, struct diags *list,
                      const json_t *json, const char *pointer)
{
    compile_turn(&(struct compiler){spec->doc, list}, turn, json, pointer);
}

bool script_turn_take(const struct script_turn *turn, const struct policy_view *view,
                      struct script_room *room, struct policy_turn *out)
{
    out->kind = turn->kind;
    out->batch = turn->batch;
    if (!turn->n_calls)
        return script_text_render(&turn->answer, view, room, out);
    for (size_t i = 0; i < turn->n_calls; i++) {
        size_t from = out->text.len;
        if (!script_text_render(&turn->calls[i].arguments, view, room, out))
            return false;
        policy_turn_call(out, turn->calls[i].name, from);
    }
    return true;
}

void script_turn_visit(const struct script_turn *turn, template_visit *visit, void *arg)
{
    for (size_t i = 0; i < turn->n_calls; i++)
        script_text_visit(&turn->calls[i].arguments, visit, arg);
    script_text_visit(&turn->answer, visit, arg);
}

void script_turn_release(struct script_turn *turn)
{
    for (size_t i = 0; i < turn->n_calls; i++) {
        free(turn->calls[i].name);
        script_text_release(&turn->calls[i].arguments);
    }
    free(turn->calls);
    script_text_release(&turn->answer);
}

void script_read(struct script *s, const struct policy_spec *spec, struct diags *list)
{
    static const char *const known[] = {"type", "turns", NULL};
    struct compiler c = {spec->doc, list};
    const json_t *turns = json_object_get(spec->json, "turns");
    struct buf at = {0};
    check_keys(&c, spec->json, spec->pointer, known);
    buf_printf(&at, "%s/turns", spec->pointer);
    if (!json_array_size(turns))
        diag_fix(fault(&c, DIAG_J003, buf_text(&at), "a script needs turns"),
                 "write turns: [{call: TOOL, arguments: {...}}, {answer: TEXT}]");
    s->n_turns = json_array_size(turns);
    s->turns = mem_array(s->n_turns, sizeof(*s->turns));
    for (size_t i = 0; i < s->n_turns; i++) {
        size_t up = at.len;
        doc_pointer_index(&at, i);
        compile_turn(&c, &s->turns[i], json_array_get(turns, i), buf_text(&at));
        buf_cut(&at, up);
    }
    buf_release(&at);
}

void script_release(struct script *s)
{
    for (size_t i = 0; i < s->n_turns; i++)
        script_turn_release(&s->turns[i]);
    free(s->turns);
}
