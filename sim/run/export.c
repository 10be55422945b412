#include "sim/run/export.h"

#include <stdlib.h>

static const char blocked[] =
    "This model sample has been blocked because it violates OpenAI's safety policies.";

bool export_item_read(struct export_item *x, const struct tape *t, size_t v)
{
    size_t row = tape_get(t, v, "datasource_item");
    size_t sample = tape_get(t, v, "sample");
    bool download = row == TAPE_NONE;
    if (download)
        row = tape_get(t, v, "item");
    size_t scores = tape_get(t, v, download ? "grades" : "results");
    enum tape_kind kind = download ? TAPE_OBJECT : TAPE_ARRAY;
    *x = (struct export_item){
        .t = t,
        .id = tape_get(t, v, "id"),
        .index = tape_get(t, v, "data_source_idx"),
        .row = row,
        .messages = tape_get(t, sample, download ? "outputs" : "output"),
        .spans = tape_get(t, tape_get(t, row, "trace"), "spans"),
        .scores = scores,
        .n_scores = tape_kind(t, scores) == kind ? tape_count(t, scores) : 0,
        .status = tape_get(t, v, "status"),
        .passes = tape_get(t, v, "passes"),
    };
    return row != TAPE_NONE;
}

static enum export_verdict verdict_of(bool known, bool passed)
{
    return !known ? EXPORT_UNKNOWN : passed ? EXPORT_PASSED : EXPORT_FAILED;
}

/* A result of the API's export; its verdict is the item's. */
static struct export_score result_at(const struct export_item *x, size_t i)
{
    const struct tape *t = x->t;
    size_t one = tape_index(t, x->scores, i);
    bool passed = tape_is(t, x->status, "pass");
    return (struct export_score){tape_get(t, one, "name"), tape_get(t, one, "score"),
                                 verdict_of(passed || tape_is(t, x->status, "fail"), passed)};
}

struct export_score export_score_at(const struct export_item *x, size_t i)
{
    const struct tape *t = x->t;
    if (tape_kind(t, x->scores) == TAPE_ARRAY)
        return result_at(x, i);
    size_t key = x->scores + 1;
    for (; i; i--)
        key = t->at[key + 1].next;
    char *name = export_text(t, key);
    size_t pass = name ? tape_get(t, x->passes, name) : TAPE_NONE;
    free(name);
    return (struct export_score){key, key + 1,
                                 verdict_of(pass != TAPE_NONE, tape_kind(t, pass) == TAPE_TRUE)};
}

size_t export_message(const struct export_item *x)
{
    size_t n = tape_kind(x->t, x->messages) == TAPE_ARRAY ? tape_count(x->t, x->messages) : 0;
    return n ? tape_index(x->t, x->messages, n - 1) : TAPE_NONE;
}

bool export_is_blocked(const struct export_item *x)
{
    return tape_is(x->t, tape_get(x->t, export_message(x), "content"), blocked);
}

void export_add_row(const struct export_item *x, struct buf *out)
{
    const struct tape *t = x->t;
    buf_char(out, '{');
    size_t start = out->len;
    for (size_t key = x->row + 1; key < t->at[x->row].next; key = t->at[key + 1].next) {
        size_t len = 0;
        if (tape_is(t, key, "trace"))
            continue;
        if (out->len > start)
            buf_char(out, ',');
        const char *text = tape_text(t, key, &len);
        buf_add(out, text, len);
        buf_char(out, ':');
        text = tape_text(t, key + 1, &len);
        buf_add(out, text, len);
    }
    buf_char(out, '}');
}

char *export_text(const struct tape *t, size_t v)
{
    struct buf text = {0};
    if (tape_kind(t, v) != TAPE_STRING)
        return NULL;
    tape_string(t, v, &text);
    if (text.len)
        return buf_take(&text);
    buf_release(&text);
    return NULL;
}
