#include "sim/policy/fill.h"

#include "sim/job/usual.h"

/* The first value under `key` in the value at `v`, its own members first; TAPE_NONE. */
static size_t find_under(const struct tape *t, size_t v, const struct buf *key)
{
    size_t found = tape_key(t, v, buf_text(key), key->len);
    bool object = tape_kind(t, v) == TAPE_OBJECT;
    if (found != TAPE_NONE || (!object && tape_kind(t, v) != TAPE_ARRAY))
        return found;
    for (size_t i = v + 1; i < t->at[v].next && found == TAPE_NONE; i = t->at[i].next) {
        i += object; /* over the key */
        found = find_under(t, i, key);
    }
    return found;
}

/* From the latest output that has it. False: none has. */
static bool add_from_outputs(const struct policy_view *view, const struct buf *key,
                             struct tape *scratch, struct buf *out)
{
    for (size_t i = view->n_calls; scratch && i-- > 0;) {
        struct tape_fault fault;
        const struct policy_call *call = &view->calls[i];
        if (!call->output || !tape_scan(scratch, call->output, call->output_len, &fault))
            continue;
        size_t v = find_under(scratch, 0, key);
        if (v != TAPE_NONE) {
            tape_compact(scratch, v, out);
            return true;
        }
    }
    return false;
}

static bool add_value(const struct policy_view *view, const struct buf *key, struct tape *scratch,
                      struct buf *out)
{
    size_t v = tape_key(view->item, 0, buf_text(key), key->len);
    if (v == TAPE_NONE)
        return add_from_outputs(view, key, scratch, out);
    tape_compact(view->item, v, out);
    return true;
}

void fill_arguments(const struct policy_view *view, const char *tool, struct tape *scratch,
                    struct buf *out)
{
    const struct tape *row = view->item;
    size_t properties = tape_get(row, usual_tool_schema(row, tool), "properties");
    const char *before = "";
    struct buf key = {0};
    buf_char(out, '{');
    for (size_t k = properties + 1;
         tape_kind(row, properties) == TAPE_OBJECT && k < row->at[properties].next;
         k = row->at[k + 1].next) {
        size_t from = out->len;
        buf_clear(&key);
        tape_string(row, k, &key);
        buf_text_add(out, before);
        buf_json(out, buf_text(&key), key.len);
        buf_char(out, ':');
        if (add_value(view, &key, scratch, out))
            before = ",";
        else
            buf_cut(out, from);
    }
    buf_char(out, '}');
    buf_release(&key);
}
