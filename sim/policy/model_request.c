#include "sim/policy/model_request.h"

#include <assert.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/response_format.h"
#include "sim/model/answer.h"
#include "sim/policy/episode.h"

static bool is_chat(const struct model_request *r)
{
    return r->spec->api == JOB_API_CHAT;
}

/* --- What is the same of every request */

/* {"type": "json_schema", ...}; the APIs differ in where name, strict and schema stand. */
static void add_schema(const struct response_format *f, bool chat, struct buf *out)
{
    buf_text_add(out, "{\"type\":\"json_schema\",");
    buf_text_add(out, chat ? "\"json_schema\":{\"name\":" : "\"name\":");
    buf_json(out, f->name, strlen(f->name));
    buf_printf(out, ",\"strict\":%s,\"schema\":%s%s}", f->strict ? "true" : "false", f->text,
               chat ? "}" : "");
}

/* Without a schema: {"type": "json_object"}, say. */
static void add_type(const struct job *job, struct buf *out)
{
    const json_t *type = doc_value(job->doc->root, "/method/reinforcement/response_format/type");
    const char *text = json_string_value(type);
    buf_text_add(out, "{\"type\":");
    buf_json(out, text ? text : "text", text ? strlen(text) : 4);
    buf_char(out, '}');
}

void model_request_init(struct model_request *r, const struct job *job,
                        const struct model_spec *spec)
{
    r->job = job;
    r->spec = spec;
    if (!job->has_response_format || !(spec->ours & MODEL_OUR_FORMAT))
        return;
    buf_text_add(&r->format, is_chat(r) ? ",\"response_format\":" : ",\"text\":{\"format\":");
    if (job->format)
        add_schema(job->format, is_chat(r), &r->format);
    else
        add_type(job, &r->format);
    buf_text_add(&r->format, is_chat(r) ? "" : "}");
}

void model_request_release(struct model_request *r)
{
    buf_release(&r->format);
    tape_release(&r->scratch);
    buf_release(&r->built);
}

/* --- Values */

static void add_value(const struct tape *t, size_t v, struct buf *out)
{
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    buf_add(out, text, len);
}

/* A value, or what stands in for none. */
static void add_or(const struct tape *t, size_t v, const char *none, struct buf *out)
{
    if (v == TAPE_NONE)
        buf_text_add(out, none);
    else
        add_value(t, v, out);
}

static void add_comma(struct buf *out)
{
    char last = out->at[out->len - 1];
    if (last != '[' && last != '{')
        buf_char(out, ',');
}

/* --- The row's messages */

static bool is_developer(const struct model_request *r, const struct tape *t, size_t role)
{
    return r->spec->developer_role && tape_is(t, role, "developer");
}

static void add_role(const struct model_request *r, const struct tape *t, size_t role,
                     struct buf *out)
{
    if (is_developer(r, t, role))
        buf_text_add(out, "\"system\"");
    else
        add_or(t, role, "\"user\"", out);
}

/* A message with its members as they stand. */
static void add_chat_message(const struct model_request *r, const struct tape *t, size_t message,
                             struct buf *out)
{
    buf_char(out, '{');
    for (size_t k = message + 1; k < t->at[message].next; k = t->at[k + 1].next) {
        size_t v = k + 1;
        if (tape_is(t, k, "name") && tape_kind(t, v) == TAPE_NULL)
            continue;
        add_comma(out);
        add_value(t, k, out);
        buf_char(out, ':');
        if (tape_is(t, k, "role"))
            add_role(r, t, v, out);
        else
            add_value(t, v, out);
    }
    buf_char(out, '}');
}

/* Parts of chat completions are of the type "text"; Responses names them by who speaks. */
static void add_parts(const struct tape *t, size_t content, bool assistant, struct buf *out)
{
    buf_char(out, '[');
    for (size_t i = 0; i < tape_count(t, content); i++) {
        size_t part = tape_index(t, content, i);
        add_comma(out);
        if (!tape_is(t, tape_get(t, part, "type"), "text")) {
            add_value(t, part, out);
            continue;
        }
        buf_printf(out, "{\"type\":\"%s\",\"text\":", assistant ? "output_text" : "input_text");
        add_or(t, tape_get(t, part, "text"), "\"\"", out);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void add_item(const struct model_request *r, const struct tape *t, size_t message,
                     struct buf *out)
{
    size_t role = tape_get(t, message, "role");
    size_t content = tape_get(t, message, "content");
    add_comma(out);
    buf_text_add(out, "{\"role\":");
    add_role(r, t, role, out);
    buf_text_add(out, ",\"content\":");
    if (tape_kind(t, content) == TAPE_ARRAY)
        add_parts(t, content, tape_is(t, role, "assistant"), out);
    else if (tape_kind(t, content) == TAPE_NULL)
        buf_text_add(out, "\"\"");
    else
        add_value(t, content, out);
    buf_char(out, '}');
}

/* A call that stands in the row. */
static void add_call_item(const struct tape *t, size_t call, struct buf *out)
{
    size_t function = tape_get(t, call, "function");
    add_comma(out);
    buf_text_add(out, "{\"type\":\"function_call\",\"call_id\":");
    add_or(t, tape_get(t, call, "id"), "\"\"", out);
    buf_text_add(out, ",\"name\":");
    add_or(t, tape_get(t, function, "name"), "\"\"", out);
    buf_text_add(out, ",\"arguments\":");
    add_or(t, tape_get(t, function, "arguments"), "\"\"", out);
    buf_char(out, '}');
}

/* One message of the row as items: a tool's is an output, an assistant's calls are items too. */
static void add_items(const struct model_request *r, const struct tape *t, size_t message,
                      struct buf *out)
{
    size_t calls = tape_get(t, message, "tool_calls");
    size_t content = tape_get(t, message, "content");
    if (tape_is(t, tape_get(t, message, "role"), "tool")) {
        struct buf text = {0};
        model_content(t, content, "text", &text);
        add_comma(out);
        buf_text_add(out, "{\"type\":\"function_call_output\",\"call_id\":");
        add_or(t, tape_get(t, message, "tool_call_id"), "\"\"", out);
        buf_text_add(out, ",\"output\":");
        buf_json(out, buf_text(&text), text.len);
        buf_char(out, '}');
        buf_release(&text);
        return;
    }
    if (!tape_count(t, calls) || tape_kind(t, content) != TAPE_NULL)
        add_item(r, t, message, out);
    for (size_t i = 0; i < tape_count(t, calls); i++)
        add_call_item(t, tape_index(t, calls, i), out);
}

static void add_messages(const struct model_request *r, const struct tape *t, struct buf *out)
{
    size_t messages = tape_get(t, 0, "messages");
    for (size_t i = 0; i < tape_count(t, messages); i++) {
        size_t message = tape_index(t, messages, i);
        if (is_chat(r)) {
            add_comma(out);
            add_chat_message(r, t, message, out);
        } else {
            add_items(r, t, message, out);
        }
    }
}

/* --- What happened since */

static void add_output(bool chat, const struct tape *t, size_t id, const char *text, size_t len,
                       struct buf *out)
{
    buf_text_add(out, chat ? ",{\"role\":\"tool\",\"tool_call_id\":"
                           : ",{\"type\":\"function_call_output\",\"call_id\":");
    add_value(t, id, out);
    buf_text_add(out, chat ? ",\"content\":" : ",\"output\":");
    buf_json(out, text, len);
    buf_char(out, '}');
}

/* What stands between the brackets of the list on the tape. */
static void add_elements(const struct tape *t, struct buf *out)
{
    add_comma(out);
    buf_add(out, t->text + t->at[0].start + 1, t->at[0].end - t->at[0].start - 2);
}

/* The id of a turn's call number i, of those that the model made; TAPE_NONE behind the last. In
 * Responses other items stand between them. `*from` is where to look on. */
static size_t next_id(bool chat, const struct tape *t, size_t *from)
{
    size_t calls = chat ? tape_get(t, 0, "tool_calls") : 0;
    while (*from < tape_count(t, calls)) {
        size_t call = tape_index(t, calls, (*from)++);
        if (chat || tape_is(t, tape_get(t, call, "type"), "function_call"))
            return tape_get(t, call, chat ? "id" : "call_id");
    }
    return TAPE_NONE;
}

/* A turn that made calls: what the model said, then what each of its calls brought. A batch that it
 * put into one call (3.7) has one output. */
static void add_turn(struct model_request *r, const struct policy_view *view,
                     const struct policy_past *turn, struct buf *out)
{
    struct tape *t = &r->scratch;
    struct tape_fault fault;
    bool chat = is_chat(r);
    bool scanned = tape_scan(t, turn->said, turn->said_len, &fault);
    assert(scanned); /* model_turn.c wrote it */
    (void)scanned;
    if (chat) {
        add_comma(out);
        buf_add(out, turn->said, turn->said_len);
    } else {
        add_elements(t, out);
    }
    size_t n_ids = 0;
    size_t from = 0;
    while (next_id(chat, t, &from) != TAPE_NONE)
        n_ids++;
    from = 0;
    if (turn->batch && n_ids == 1) {
        struct tape scratch = {0};
        episode_batch_output(view, turn, &scratch, &r->built);
        add_output(chat, t, next_id(chat, t, &from), buf_text(&r->built), r->built.len, out);
        tape_release(&scratch);
        return;
    }
    assert(n_ids == turn->n_calls);
    for (size_t i = 0; i < turn->n_calls; i++) {
        const struct policy_call *call = &view->calls[turn->from + i];
        add_output(chat, t, next_id(chat, t, &from), call->output, call->output_len, out);
    }
}

/* --- Tools */

static bool job_has_tool(const struct job *job, const struct tape *t, size_t name)
{
    for (size_t i = 0; i < job->n_tools; i++) {
        if (tape_is(t, name, job->tools[i].name))
            return true;
    }
    return false;
}

/* The members of a tool's function, in either form of it: all but "type". */
static void add_function(const struct tape *t, size_t function, struct buf *out)
{
    for (size_t k = function + 1; k < t->at[function].next; k = t->at[k + 1].next) {
        if (tape_is(t, k, "type"))
            continue;
        add_comma(out);
        add_value(t, k, out);
        buf_char(out, ':');
        add_value(t, k + 1, out);
    }
}

/* Chat completions has them under "function", Responses beside the tool's type. */
static void add_row_tool(bool chat, const struct tape *t, size_t function, struct buf *out)
{
    add_comma(out);
    buf_text_add(out, chat ? "{\"type\":\"function\",\"function\":{" : "{\"type\":\"function\"");
    add_function(t, function, out);
    buf_text_add(out, chat ? "}}" : "}");
}

static void add_bare_tool(bool chat, const char *name, struct buf *out)
{
    add_comma(out);
    buf_text_add(out, chat ? "{\"type\":\"function\",\"function\":{\"name\":"
                           : "{\"type\":\"function\",\"name\":");
    buf_json(out, name, strlen(name));
    buf_text_add(out, ",\"parameters\":{\"type\":\"object\",\"properties\":{},"
                      "\"additionalProperties\":true}");
    buf_text_add(out, chat ? "}}" : ",\"strict\":false}");
}

/* Those that the model is offered, as a member; true if there are any. */
static bool add_tools(const struct model_request *r, const struct tape *t, struct buf *out)
{
    size_t before = out->len;
    size_t tools = tape_get(t, 0, "tools");
    bool bare = tape_kind(t, tools) != TAPE_ARRAY;
    buf_text_add(out, ",\"tools\":[");
    size_t empty = out->len;
    for (size_t i = 0; i < tape_count(t, tools); i++) {
        size_t tool = tape_index(t, tools, i);
        size_t function = tape_get(t, tool, "function");
        if (tape_kind(t, function) != TAPE_OBJECT)
            function = tool;
        if (job_has_tool(r->job, t, tape_get(t, function, "name")))
            add_row_tool(is_chat(r), t, function, out);
    }
    for (size_t i = 0; bare && i < r->job->n_tools; i++)
        add_bare_tool(is_chat(r), r->job->tools[i].name, out);
    if (out->len == empty) {
        buf_cut(out, before);
        return false;
    }
    buf_char(out, ']');
    return true;
}

/* --- The whole */

static void add_ours(const struct model_request *r, const struct policy_view *view, bool tools,
                     struct buf *out)
{
    unsigned ours = r->spec->ours;
    size_t parallel = tape_get(view->item, 0, "parallel_tool_calls");
    /* true is what the APIs take it for, and models that take no such parameter refuse it */
    if (tools && (ours & MODEL_OUR_PARALLEL) && tape_kind(view->item, parallel) == TAPE_FALSE)
        buf_text_add(out, ",\"parallel_tool_calls\":false");
    if (is_chat(r) && (ours & MODEL_OUR_SEED)) {
        struct rng rng = view->rng;
        rng_mix(&rng, view->turn + 1);
        buf_printf(out, ",\"seed\":%zu", rng_below(&rng, (size_t)1 << 31));
    }
    buf_add(out, r->format.at, r->format.len);
}

void model_request_write(struct model_request *r, const struct policy_view *view, struct buf *out)
{
    const char *model = r->spec->model;
    buf_text_add(out, "{\"model\":");
    buf_json(out, model, strlen(model));
    buf_text_add(out, is_chat(r) ? ",\"messages\":[" : ",\"input\":[");
    add_messages(r, view->item, out);
    for (size_t i = 0; i < view->turn; i++)
        add_turn(r, view, &view->turns[i], out);
    buf_char(out, ']');
    bool tools = add_tools(r, view->item, out);
    add_ours(r, view, tools, out);
    buf_add(out, r->spec->parameters.at, r->spec->parameters.len);
    buf_char(out, '}');
}
