#include "sim/policy/lexicon.h"

#include <ctype.h>
#include <stdlib.h>

#include "sim/base/mem.h"

static void add(struct lexicon *x, struct lexicon_list *list, const char *text, size_t len)
{
    if (!len || list->n == LEXICON_MAX)
        return;
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->at = mem_grow(list->at, list->room, sizeof(*list->at));
    }
    list->at[list->n++] = (struct lexicon_text){x->text.len, len};
    buf_add(&x->text, text, len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_mark(char c)
{
    return ispunct((unsigned char)c) != 0;
}

/* The words of a text, without the punctuation around them. */
static void add_words(struct lexicon *x, struct lexicon_list *list, const char *text, size_t len)
{
    for (size_t at = 0; at < len && list->n < LEXICON_MAX;) {
        while (at < len && (is_space(text[at]) || is_mark(text[at])))
            at++;
        size_t end = at;
        while (end < len && !is_space(text[end]))
            end++;
        size_t next = end;
        while (end > at && is_mark(text[end - 1]))
            end--;
        if (end - at <= LEXICON_VALUE_BYTES)
            add(x, list, text + at, end - at);
        at = next;
    }
}

static void add_string_words(struct lexicon *x, const struct tape *t, size_t v)
{
    struct buf text = {0};
    if (tape_kind(t, v) != TAPE_STRING)
        return;
    tape_string(t, v, &text);
    add_words(x, &x->words, buf_text(&text), text.len);
    buf_release(&text);
}

/* The content of a message: a text, or parts that have one. */
static void add_content(struct lexicon *x, const struct tape *t, size_t content)
{
    add_string_words(x, t, content);
    if (tape_kind(t, content) != TAPE_ARRAY)
        return;
    for (size_t part = content + 1; part < t->at[content].next; part = t->at[part].next)
        add_string_words(x, t, tape_get(t, part, "text"));
}

static void add_messages(struct lexicon *x, const struct tape *row)
{
    size_t messages = tape_get(row, 0, "messages");
    if (tape_kind(row, messages) != TAPE_ARRAY)
        return;
    for (size_t v = messages + 1; v < row->at[messages].next; v = row->at[v].next)
        add_content(x, row, tape_get(row, v, "content"));
}

static void add_scalar(struct lexicon *x, const struct tape *t, size_t v)
{
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    if (len > LEXICON_VALUE_BYTES)
        return;
    if (tape_kind(t, v) == TAPE_NUMBER) {
        add(x, &x->values, text, len);
    } else if (tape_kind(t, v) == TAPE_STRING) {
        struct buf plain = {0};
        tape_string(t, v, &plain);
        add(x, &x->values, buf_text(&plain), plain.len);
        buf_release(&plain);
    }
}

/* Every string and number within; keys are none. A tape's depth is bounded (TAPE_MAX_DEPTH). */
static void add_values(struct lexicon *x, const struct tape *t, size_t v)
{
    enum tape_kind kind = tape_kind(t, v);
    size_t end = t->at[v].next;
    if (kind == TAPE_ARRAY) {
        for (size_t i = v + 1; i < end && x->values.n < LEXICON_MAX; i = t->at[i].next)
            add_values(x, t, i);
    } else if (kind == TAPE_OBJECT) {
        for (size_t k = v + 1; k < end && x->values.n < LEXICON_MAX; k = t->at[k + 1].next)
            add_values(x, t, k + 1);
    } else {
        add_scalar(x, t, v);
    }
}

static void add_output(struct lexicon *x, const struct policy_call *call)
{
    struct tape_fault fault;
    const char *text = call->output ? call->output : "";
    if (tape_scan(&x->scratch, text, call->output_len, &fault))
        add_values(x, &x->scratch, 0);
    else
        add_words(x, &x->values, text, call->output_len);
}

void lexicon_fill(struct lexicon *x, const struct policy_view *view)
{
    buf_clear(&x->text);
    x->words.n = 0;
    x->values.n = 0;
    add_messages(x, view->item);
    for (size_t i = 0; i < view->n_calls; i++)
        add_output(x, &view->calls[i]);
}

void lexicon_phrase(const struct lexicon *x, struct rng *rng, struct buf *out)
{
    if (!x->words.n)
        return;
    size_t at = rng_below(rng, x->words.n);
    size_t n = 1 + rng_below(rng, LEXICON_PHRASE);
    for (size_t i = at; i < at + n && i < x->words.n; i++) {
        if (i > at)
            buf_char(out, ' ');
        buf_add(out, buf_text(&x->text) + x->words.at[i].from, x->words.at[i].len);
    }
}

void lexicon_text(const struct lexicon *x, struct rng *rng, struct buf *out)
{
    bool phrase = rng_below(rng, 2) == 0;
    if (!x->values.n || (phrase && x->words.n)) {
        lexicon_phrase(x, rng, out);
        return;
    }
    const struct lexicon_text *value = &x->values.at[rng_below(rng, x->values.n)];
    buf_add(out, buf_text(&x->text) + value->from, value->len);
}

void lexicon_release(struct lexicon *x)
{
    buf_release(&x->text);
    free(x->words.at);
    free(x->values.at);
    tape_release(&x->scratch);
    *x = (struct lexicon){0};
}
