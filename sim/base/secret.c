#include "sim/base/secret.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

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

static bool add(const char *value, const char *shown)
{
    size_t len = strlen(value);
    if (len == 0)
        return false;
    size_t place = known.n;
    for (size_t i = 0; i < known.n; i++) {
        if (strcmp(known.at[i].value, value) == 0)
            return false;
        if (place == known.n && known.at[i].len < len)
            place = i;
    }
    known.at = mem_grow(known.at, known.n + 1, sizeof(*known.at));
    memmove(&known.at[place + 1], &known.at[place], (known.n - place) * sizeof(*known.at));
    known.at[place] = (struct secret){mem_text(value), mem_text(shown), len};
    known.n++;
    if (len >= SEARCHED_BYTES)
        known.first[(unsigned char)*value] = true;
    return true;
}

/* The value as it stands in a JSON string; the caller's to free(). */
static char *escaped(const char *value)
{
    struct buf json = {0};
    buf_json(&json, value, strlen(value));
    buf_cut(&json, json.len - 1); /* the quotes */
    char *text = mem_text(json.at + 1);
    buf_release(&json);
    return text;
}

void secret_add(const char *value, const char *shown)
{
    if (!add(value, shown) || strlen(value) < SEARCHED_BYTES)
        return;
    char *once = escaped(value);
    char *twice = escaped(once); /* arguments, in a line of JSON */
    add(once, shown);
    add(twice, shown);
    free(once);
    free(twice);
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

void secret_mask(struct buf *out, const char *text, size_t len)
{
    size_t from = 0; /* first byte not yet copied */
    for (size_t i = 0; i < len;) {
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

void secret_blot(char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        const struct secret *s = secret_at(text + i, len - i);
        if (s)
            memset(text + i, '*', s->len);
        i += s ? s->len : 1;
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
