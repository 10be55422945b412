#include "sim/base/secret.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret_shape.h"

enum { SEARCHED_BYTES = 4 }; /* shorter values would hide more than they protect */

struct secret {
    char *value;
    char *shown;
    size_t len; /* of value */
};

/* Written before the second thread starts, constant from then on. */
static struct {
    struct secret *at; /* owned; longest value first */
    size_t n;
    bool first[256]; /* some searched value begins with this byte */
} known;

static void add(const char *value, const char *shown)
{
    size_t len = strlen(value);
    if (len == 0)
        return;
    size_t place = known.n;
    for (size_t i = 0; i < known.n; i++) {
        if (strcmp(known.at[i].value, value) == 0)
            return;
        if (place == known.n && known.at[i].len < len)
            place = i;
    }
    known.at = mem_grow(known.at, known.n + 1, sizeof(*known.at));
    memmove(&known.at[place + 1], &known.at[place], (known.n - place) * sizeof(*known.at));
    known.at[place] = (struct secret){mem_text(value), mem_text(shown), len};
    known.n++;
    if (len >= SEARCHED_BYTES)
        known.first[(unsigned char)*value] = true;
}

/* A value may be shown inside a JSON string, and that string inside another (a call's arguments).
 */
void secret_add(const char *value, const char *shown)
{
    enum { NESTED_STRINGS = 2 };
    char *form = mem_text(value);
    add(form, shown);
    for (int i = 0; i < NESTED_STRINGS; i++) {
        struct buf quoted = {0};
        buf_json(&quoted, form, strlen(form));
        free(form);
        form = mem_slice(quoted.at + 1, quoted.len - 2);
        buf_release(&quoted);
        add(form, shown);
    }
    free(form);
}

/* The longest known value that `text` begins with, or NULL. */
static const struct secret *secret_at(const char *text, size_t len)
{
    if (!known.first[(unsigned char)*text])
        return NULL;
    for (size_t i = 0; i < known.n && known.at[i].len >= SEARCHED_BYTES; i++) {
        const struct secret *s = &known.at[i];
        if (s->len <= len && memcmp(s->value, text, s->len) == 0)
            return s;
    }
    return NULL;
}

/* The first place from `i` on where a value may begin, or `len`. */
static size_t skip(const char *text, size_t len, size_t i)
{
    while (i < len && !known.first[(unsigned char)text[i]])
        i++;
    return i;
}

void secret_mask(struct buf *out, const char *text, size_t len)
{
    size_t from = 0; /* first byte not yet copied */
    for (size_t i = skip(text, len, 0); i < len; i = skip(text, len, i)) {
        const struct secret *s = secret_at(text + i, len - i);
        if (!s) {
            i++;
            continue;
        }
        buf_add(out, text + from, i - from);
        buf_text_add(out, s->shown);
        i += s->len;
        from = i;
    }
    buf_add(out, text + from, len - from);
}

/* How many bytes of the text stand before the next '"' that no backslash escapes. */
static size_t to_quote(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
    return i < len ? i : len;
}

void secret_mask_strings(struct buf *out, const char *text, size_t len)
{
    bool in_string = false;
    for (size_t from = 0; from < len; in_string = !in_string) {
        size_t n = to_quote(text + from, len - from);
        if (in_string)
            secret_mask(out, text + from, n);
        else
            buf_add(out, text + from, n);
        from += n;
        if (from < len)
            buf_char(out, text[from++]);
    }
}

/* The length of what is to be hidden at text[i], or 0. */
static size_t hidden_at(const char *text, size_t len, size_t i)
{
    size_t n = 0;
    const struct secret *s = secret_at(text + i, len - i);
    if (s)
        return s->len;
    return strchr("-ASeghs", text[i]) && text[i] && secret_shape(text, len, i, &n) ? n : 0;
}

void secret_blot(char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t n = hidden_at(text, len, i);
        memset(text + i, '*', n);
        i += n ? n : 1;
    }
}

void secret_forget(void)
{
    for (size_t i = 0; i < known.n; i++) {
        free(known.at[i].value);
        free(known.at[i].shown);
    }
    free(known.at);
    memset(&known, 0, sizeof(known));
}
