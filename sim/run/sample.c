#include "sim/run/sample.h"

#include <string.h>

/* Append the value at `v` as Python's json.dumps writes it: ", " and ": " between, else nothing. */
static void add_spaced(const struct tape *t, size_t v, struct buf *out)
{
    enum tape_kind kind = tape_kind(t, v);
    if (kind != TAPE_ARRAY && kind != TAPE_OBJECT) {
        tape_compact(t, v, out);
        return;
    }
    const char *between = "";
    buf_char(out, kind == TAPE_ARRAY ? '[' : '{');
    for (size_t i = v + 1; i < t->at[v].next; i = t->at[i].next) {
        buf_text_add(out, between);
        if (kind == TAPE_OBJECT) {
            tape_compact(t, i, out);
            buf_text_add(out, ": ");
            i = t->at[i].next;
        }
        add_spaced(t, i, out);
        between = ", ";
    }
    buf_char(out, kind == TAPE_ARRAY ? ']' : '}');
}

static void add_arguments(const struct policy_call *c, bool respace, struct tape *scratch,
                          struct buf *out)
{
    struct tape_fault fault;
    if (!respace || !tape_scan(scratch, c->arguments, c->arguments_len, &fault)) {
        buf_json(out, c->arguments, c->arguments_len);
        return;
    }
    struct buf spaced = {0};
    add_spaced(scratch, 0, &spaced);
    buf_json(out, spaced.at, spaced.len);
    buf_release(&spaced);
}

static void add_tool_calls(const struct rollout *r, struct tape *scratch, struct buf *out)
{
    size_t n = r->n_calls - r->turn_from;
    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct policy_call *c = &r->calls[r->turn_from + i];
        if (i)
            buf_char(out, ',');
        if (n > 1)
            buf_printf(out, "{\"id\":\"%zu\"", i);
        else
            buf_text_add(out, "{\"id\":\"\"");
        buf_text_add(out, ",\"type\":\"function\",\"function\":{\"name\":");
        struct buf name = {0};
        buf_text_add(&name, n > 1 ? "functions." : "");
        buf_text_add(&name, c->name);
        buf_json(out, name.at, name.len);
        buf_release(&name);
        buf_text_add(out, ",\"arguments\":");
        add_arguments(c, n > 1, scratch, out);
        buf_text_add(out, "}}");
    }
    buf_char(out, ']');
}

static void add_json(const struct rollout *r, bool parse, struct tape *scratch, struct buf *out)
{
    struct tape_fault fault;
    if (parse && tape_scan(scratch, buf_text(&r->answer), r->answer.len, &fault))
        tape_compact(scratch, 0, out);
    else
        buf_text_add(out, "null");
}

void sample_build(const struct rollout *r, bool parse, struct tape *scratch, struct buf *out)
{
    buf_text_add(out, "{\"output_text\":");
    buf_json(out, buf_text(&r->answer), r->answer.len);
    buf_text_add(out, ",\"output_json\":");
    add_json(r, parse, scratch, out);
    buf_text_add(out, ",\"output_tools\":");
    size_t from = out->len;
    add_tool_calls(r, scratch, out);
    struct buf calls = {0}; /* the same list stands in choices; `out` may move while it grows */
    buf_add(&calls, out->at + from, out->len - from);
    buf_text_add(out,
                 ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":");
    buf_json(out, buf_text(&r->answer), r->answer.len);
    buf_text_add(out, ",\"tool_calls\":");
    buf_add(out, calls.at, calls.len);
    buf_text_add(out, "},\"finish_reason\":\"stop\"}],\"output_reasoning_summary\":null}");
    buf_release(&calls);
}
