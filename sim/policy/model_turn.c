#include "sim/policy/model_turn.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/secret.h"
#include "sim/base/text.h"

static const char parallel[] = "multi_tool_use.parallel";
static const char namespace[] = "functions.";

/* The calls of an answer, whatever the API. */
struct calls {
    const struct tape *t;
    bool chat;
    size_t list; /* tool_calls, or output with other items between them */
};

static struct calls find_calls(const struct tape *t, enum job_model_api api)
{
    struct calls c = {.t = t, .chat = api == JOB_API_CHAT};
    size_t choice = tape_index(t, tape_get(t, 0, "choices"), 0);
    c.list = c.chat ? tape_get(t, tape_get(t, choice, "message"), "tool_calls")
                    : tape_get(t, 0, "output");
    return c;
}

static bool is_call(const struct calls *c, size_t item)
{
    return c->chat || tape_is(c->t, tape_get(c->t, item, "type"), "function_call");
}

/* Where name and arguments stand. */
static size_t body_of(const struct calls *c, size_t item)
{
    return c->chat ? tape_get(c->t, item, "function") : item;
}

static size_t id_of(const struct calls *c, size_t item)
{
    return tape_get(c->t, item, c->chat ? "id" : "call_id");
}

/* A text with something in it. */
static bool is_text(const struct tape *t, size_t v)
{
    return tape_kind(t, v) == TAPE_STRING && !tape_is(t, v, "");
}

/* As literally written: a string that holds them, or (of servers that do so) the object itself. */
static void add_arguments(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) == TAPE_STRING)
        tape_string(t, v, out);
    else if (tape_kind(t, v) != TAPE_NULL)
        tape_compact(t, v, out);
}

/* Names first, since they stand in one text that moves as it grows. */
static const char *read_names(struct model_turn *m, const struct calls *c, size_t *n)
{
    buf_clear(&m->names);
    *n = 0;
    for (size_t i = 0; i < tape_count(c->t, c->list); i++) {
        size_t item = tape_index(c->t, c->list, i);
        if (!is_call(c, item))
            continue;
        size_t name = tape_get(c->t, body_of(c, item), "name");
        if (!is_text(c->t, name))
            return "answered with a tool call that has no name";
        size_t from = m->names.len;
        tape_string(c->t, name, &m->names);
        if (memchr(m->names.at + from, '\0', m->names.len - from))
            return "answered with a tool call whose name holds a NUL";
        buf_char(&m->names, '\0');
        ++*n;
    }
    return NULL;
}

static const char *bare(const char *name)
{
    size_t len = sizeof(namespace) - 1;
    return strncmp(name, namespace, len) == 0 && name[len] ? name + len : name;
}

static void read_calls(struct model_turn *m, const struct calls *c, size_t n)
{
    struct policy_turn *turn = &m->turn;
    const char *name = m->names.at;
    bool message = n == 1 && strcmp(name, parallel) == 0;
    turn->kind = message ? POLICY_MESSAGE : POLICY_CALLS;
    for (size_t i = 0; i < tape_count(c->t, c->list); i++) {
        size_t item = tape_index(c->t, c->list, i);
        if (!is_call(c, item))
            continue;
        size_t from = turn->text.len;
        add_arguments(c->t, tape_get(c->t, body_of(c, item), "arguments"), &turn->text);
        policy_turn_call(turn, bare(name), from);
        name += strlen(name) + 1;
    }
}

/* --- What the model is shown of its own turn at the next ones */

static void add_value(const struct tape *t, size_t v, struct buf *out)
{
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    buf_add(out, text, len);
}

static void add_member(const struct tape *t, size_t object, const char *key, struct buf *out)
{
    size_t v = tape_get(t, object, key);
    if (!is_text(t, v))
        return;
    buf_printf(out, ",\"%s\":", key);
    add_value(t, v, out);
}

/* A call as it came; one without an id, which some servers leave away, gets one. Nine letters and
 * digits are what the strictest take. */
static void add_call(const struct calls *c, size_t item, size_t turn, size_t i, struct buf *out)
{
    size_t body = body_of(c, item);
    if (is_text(c->t, id_of(c, item))) {
        add_value(c->t, item, out);
        return;
    }
    struct buf arguments = {0};
    add_arguments(c->t, tape_get(c->t, body, "arguments"), &arguments);
    buf_printf(out,
               c->chat ? "{\"id\":\"c%04zu%04zu\",\"type\":\"function\",\"function\":{"
                       : "{\"call_id\":\"c%04zu%04zu\",\"type\":\"function_call\",",
               turn % 10000, i);
    buf_text_add(out, "\"name\":");
    add_value(c->t, tape_get(c->t, body, "name"), out);
    buf_text_add(out, ",\"arguments\":");
    buf_json(out, buf_text(&arguments), arguments.len);
    buf_text_add(out, c->chat ? "}}" : "}");
    buf_release(&arguments);
}

/* The message: what it said beside its calls, what it thought under the names that servers take
 * back, and the calls. In Responses all that it put out, in its order. */
static void keep_said(struct model_turn *m, const struct calls *c, size_t turn)
{
    struct buf *out = &m->turn.said;
    if (c->chat) {
        size_t choice = tape_index(c->t, tape_get(c->t, 0, "choices"), 0);
        size_t message = tape_get(c->t, choice, "message");
        size_t content = tape_get(c->t, message, "content");
        buf_text_add(out, "{\"role\":\"assistant\",\"content\":");
        if (content == TAPE_NONE)
            buf_text_add(out, "null");
        else
            add_value(c->t, content, out);
        add_member(c->t, message, "reasoning_content", out);
        add_member(c->t, message, "reasoning", out);
        buf_text_add(out, ",\"tool_calls\":");
    }
    buf_char(out, '[');
    for (size_t i = 0; i < tape_count(c->t, c->list); i++) {
        size_t item = tape_index(c->t, c->list, i);
        if (i)
            buf_char(out, ',');
        if (is_call(c, item))
            add_call(c, item, turn, i, out);
        else
            add_value(c->t, item, out);
    }
    buf_text_add(out, c->chat ? "]}" : "]");
}

/* --- The turn */

static void note_refusal(struct policy_turn *turn, const struct buf *refusal)
{
    enum { SHOWN = 200 };
    struct buf masked = {0};
    buf_add(&masked, refusal->at, refusal->len);
    secret_blot(masked.at, masked.len); /* before it is cut */
    char text[SHOWN];
    snprintf(text, sizeof(text), "%s", buf_text(&masked));
    text_one_line(text);
    buf_printf(&turn->note, "the model refuses: %s", text);
    buf_release(&masked);
}

static void take_answer(struct policy_turn *turn, const struct buf *text)
{
    turn->kind = POLICY_ANSWER;
    buf_add(&turn->text, text->at, text->len);
}

static struct policy_tokens tokens_of(const struct model_tokens *t)
{
    return (struct policy_tokens){.told = t->told,
                                  .reasoning_told = t->told && t->reasoning_told,
                                  .prompt = t->prompt,
                                  .completion = t->completion,
                                  .reasoning = t->reasoning};
}

/* It said what it had to say: calls, or else the answer. */
static const char *read_said(struct model_turn *m, const struct tape *t, enum job_model_api api,
                             size_t turn)
{
    struct calls c = find_calls(t, api);
    size_t n = 0;
    const char *why = read_names(m, &c, &n);
    if (why)
        return why;
    if (n > MODEL_CALLS_MAX) {
        policy_turn_fail(&m->turn, "the model made %zu tool calls in one turn, and %d are the most",
                         n, MODEL_CALLS_MAX);
    } else if (n) {
        read_calls(m, &c, n);
        keep_said(m, &c, turn);
        buf_add(&m->turn.beside, m->answer.text.at, m->answer.text.len);
    } else {
        take_answer(&m->turn, &m->answer.text);
    }
    return NULL;
}

const char *model_turn_read(struct model_turn *m, const struct tape *answer, enum job_model_api api,
                            size_t turn)
{
    const struct model_answer *a = &m->answer;
    policy_turn_clear(&m->turn);
    model_answer_read(&m->answer, answer, api);
    m->turn.tokens = tokens_of(&a->tokens);
    switch (a->end) {
    case MODEL_SAID:
        return read_said(m, answer, api, turn);
    case MODEL_REFUSED:
        take_answer(&m->turn, &a->text);
        note_refusal(&m->turn, &a->refusal);
        return NULL;
    case MODEL_CUT:
        take_answer(&m->turn, &a->text);
        m->turn.truncated = true;
        return NULL;
    case MODEL_FILTERED:
        policy_turn_fail(&m->turn, "the server's content filter stopped the model");
        return NULL;
    case MODEL_NONE:
        return a->why;
    }
    return NULL;
}

void model_turn_release(struct model_turn *m)
{
    policy_turn_release(&m->turn);
    model_answer_release(&m->answer);
    buf_release(&m->names);
}
