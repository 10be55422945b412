/* What becomes of a row: contract 1.4. */
#include <string.h>

#include "sim/job/dataset.h"

static void add_value(const struct tape *t, size_t v, struct buf *out)
{
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    buf_add(out, text, len);
}

/* The members of an object with a comma before each, but for those that `skip` names. */
static void add_members(const struct tape *t, size_t object, const char *const *skip, size_t n_skip,
                        struct buf *out)
{
    for (size_t key = object + 1; key < t->at[object].next; key = t->at[key + 1].next) {
        size_t i = 0;
        while (i < n_skip && !tape_is(t, key, skip[i]))
            i++;
        if (i < n_skip)
            continue;
        buf_char(out, ',');
        buf_add(out, t->text + t->at[key].start, t->at[key + 1].end - t->at[key].start);
    }
}

static void add_message(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) != TAPE_OBJECT) {
        add_value(t, v, out);
        return;
    }
    static const char *const name = "name";
    size_t given = tape_get(t, v, name);
    buf_text_add(out, "{\"name\":");
    if (given == TAPE_NONE)
        buf_text_add(out, "null");
    else
        add_value(t, given, out);
    add_members(t, v, &name, 1, out);
    buf_char(out, '}');
}

static void add_tool(const struct tape *t, size_t v, struct buf *out)
{
    size_t function = tape_get(t, v, "function");
    if (tape_kind(t, function) != TAPE_OBJECT || tape_get(t, function, "strict") != TAPE_NONE) {
        add_value(t, v, out);
        return;
    }
    const struct tape_entry *whole = &t->at[v];
    size_t brace = t->at[function].end - 1;
    buf_add(out, t->text + whole->start, brace - whole->start);
    if (tape_count(t, function))
        buf_char(out, ',');
    buf_text_add(out, "\"strict\":false");
    buf_add(out, t->text + brace, whole->end - brace);
}

static void add_list(const struct tape *t, size_t v,
                     void (*add)(const struct tape *t, size_t v, struct buf *out), struct buf *out)
{
    if (tape_kind(t, v) != TAPE_ARRAY) {
        add_value(t, v, out);
        return;
    }
    buf_char(out, '[');
    for (size_t child = v + 1; child < t->at[v].next; child = t->at[child].next) {
        if (child > v + 1)
            buf_char(out, ',');
        add(t, child, out);
    }
    buf_char(out, ']');
}

void row_normalise(const struct tape *raw, struct buf *out)
{
    static const char *const reserved[] = {"messages", "tools", "parallel_tool_calls"};
    if (tape_kind(raw, 0) != TAPE_OBJECT) {
        add_value(raw, 0, out);
        return;
    }
    buf_reserve(out, raw->len + raw->len / 8);
    buf_char(out, '{');
    size_t messages = tape_get(raw, 0, "messages");
    if (messages != TAPE_NONE) {
        buf_text_add(out, "\"messages\":");
        add_list(raw, messages, add_message, out);
        buf_char(out, ',');
    }
    buf_text_add(out, "\"tools\":");
    size_t tools = tape_get(raw, 0, "tools");
    if (tools == TAPE_NONE)
        buf_text_add(out, "null");
    else
        add_list(raw, tools, add_tool, out);
    buf_text_add(out, ",\"parallel_tool_calls\":");
    size_t parallel = tape_get(raw, 0, "parallel_tool_calls");
    if (parallel == TAPE_NONE)
        buf_text_add(out, "true");
    else
        add_value(raw, parallel, out);
    add_members(raw, 0, reserved, sizeof(reserved) / sizeof(reserved[0]), out);
    buf_char(out, '}');
}
