#include "sim/run/sample.h"

#include <string.h>

#include "sim/job/reading.h"

/* The calls of one turn, in the form that it had. */
static void add_turn(const struct policy_call *calls, size_t n, bool batch, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct policy_call *c = &calls[i];
        if (out->at[out->len - 1] != '[')
            buf_char(out, ',');
        if (batch)
            buf_printf(out, "{\"id\":\"%zu\"", i);
        else
            buf_text_add(out, "{\"id\":\"\"");
        buf_text_add(out, ",\"type\":\"function\",\"function\":{\"name\":");
        const char *name = batch ? c->address : c->name;
        buf_json(out, name, strlen(name));
        buf_text_add(out, ",\"arguments\":");
        buf_json(out, c->arguments, c->arguments_len);
        buf_text_add(out, "}}");
    }
}

static void add_tool_calls(const struct rollout *r, int output_tools, struct buf *out)
{
    buf_char(out, '[');
    size_t done = 0;
    if (output_tools == READING_LAST_TURN) /* a turn without calls is none */
        add_turn(r->calls + r->turn_from, r->n_calls - r->turn_from, r->batch, out);
    else
        for (const struct policy_past *turn = r->turns; done < r->n_calls; turn++) {
            add_turn(r->calls + turn->from, turn->n_calls, turn->batch, out);
            done = turn->from + turn->n_calls;
        }
    buf_char(out, ']');
}

bool sample_has_readings(const struct rollout *r)
{
    return r->turn_from > 0;
}

static void add_json(const char *answer, size_t len, bool parse, struct tape *scratch,
                     struct buf *out)
{
    struct tape_fault fault;
    if (parse && tape_scan(scratch, answer, len, &fault))
        tape_compact(scratch, 0, out);
    else
        buf_text_add(out, "null");
}

/* `calls` is the list of tool calls as JSON. */
static void put(const struct buf *answer, const struct buf *calls, const char *finish, bool parse,
                struct tape *scratch, struct buf *out)
{
    const char *text = buf_text(answer);
    buf_text_add(out, "{\"output_text\":");
    buf_json(out, text, answer->len);
    buf_text_add(out, ",\"output_json\":");
    add_json(text, answer->len, parse, scratch, out);
    buf_text_add(out, ",\"output_tools\":");
    buf_add(out, buf_text(calls), calls->len);
    buf_text_add(out,
                 ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
    buf_json(out, text, answer->len);
    buf_text_add(out, ",\"tool_calls\":");
    buf_add(out, buf_text(calls), calls->len);
    buf_printf(out, "},\"finish_reason\":\"%s\"}],\"output_reasoning_summary\":null}", finish);
}

void sample_build(const struct rollout *r, bool parse, int output_tools, struct tape *scratch,
                  struct buf *out)
{
    struct buf calls = {0};
    add_tool_calls(r, output_tools, &calls);
    put(&r->answer, &calls, r->truncated ? "length" : "stop", parse, scratch, out);
    buf_release(&calls);
}

void sample_of_answer(const char *answer, size_t len, bool parse, struct tape *scratch,
                      struct buf *out)
{
    struct rollout r = {0};
    buf_add(&r.answer, answer, len);
    sample_build(&r, parse, READING_LAST_TURN, scratch, out);
    buf_release(&r.answer);
}

void sample_of_message(const struct tape *t, size_t message, bool parse, struct tape *scratch,
                       struct buf *out)
{
    struct buf answer = {0};
    struct buf calls = {0};
    size_t content = tape_get(t, message, "content");
    if (tape_kind(t, content) == TAPE_STRING)
        tape_string(t, content, &answer);
    size_t list = tape_get(t, message, "tool_calls");
    if (tape_kind(t, list) == TAPE_ARRAY)
        tape_compact(t, list, &calls);
    else
        buf_text_add(&calls, "[]");
    put(&answer, &calls, "stop", parse, scratch, out);
    buf_release(&answer);
    buf_release(&calls);
}
