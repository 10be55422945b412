#include "sim/check/message.h"

#include "sim/check/splice.h"

bool message_is(const struct tape *t, size_t v, const char *role)
{
    return tape_is(t, tape_get(t, v, "role"), role);
}

size_t message_calls(const struct tape *t, size_t v)
{
    size_t calls = tape_get(t, v, "tool_calls");
    bool none = tape_kind(t, calls) == TAPE_NULL ||
                (tape_kind(t, calls) == TAPE_ARRAY && !tape_count(t, calls));
    return none ? TAPE_NONE : calls;
}

bool message_text(const struct tape *t, size_t v, struct buf *out)
{
    size_t content = tape_get(t, v, "content");
    if (tape_kind(t, content) == TAPE_STRING) {
        tape_string(t, content, out);
        return true;
    }
    if (tape_kind(t, content) != TAPE_ARRAY || !tape_count(t, content))
        return false;
    for (size_t part = content + 1; part < t->at[content].next; part = t->at[part].next) {
        size_t text = tape_get(t, part, "text");
        if (!tape_is(t, tape_get(t, part, "type"), "text") || tape_kind(t, text) != TAPE_STRING)
            return false;
        tape_string(t, text, out);
    }
    return true;
}

bool message_mend_roles(struct splice *s, size_t v, size_t end)
{
    bool mended = false;
    for (; v < end; v = s->tape->at[v].next) {
        if (!message_is(s->tape, v, "system"))
            continue;
        splice_replace(s, tape_get(s->tape, v, "role"), "\"developer\"");
        mended = true;
    }
    return mended;
}
