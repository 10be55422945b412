#include "sim/base/cells.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

void cells_init(struct cells *c, const char *text, size_t len)
{
    static const char mark[] = "\xef\xbb\xbf";
    *c = (struct cells){.text = text, .len = len};
    if (len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0)
        c->next = strlen(mark);
}

void cells_release(struct cells *c)
{
    buf_release(&c->plain);
    free(c->at);
    *c = (struct cells){0};
}

static bool fault(struct cells_fault *f, size_t offset, const char *what)
{
    *f = (struct cells_fault){offset, what};
    return false;
}

/* The bytes that end a line at `at`: 0 if it goes on. The end of the text is none. */
static size_t line_end(const struct cells *c, size_t at)
{
    if (at < c->len && c->text[at] == '\n')
        return 1;
    return at + 1 < c->len && c->text[at] == '\r' && c->text[at + 1] == '\n' ? 2 : 0;
}

static bool is_end(const struct cells *c, size_t at)
{
    return at == c->len || c->text[at] == ',' || line_end(c, at);
}

static bool add_quoted(struct cells *c, struct cells_fault *f)
{
    size_t from = c->next++;
    for (;; c->next++) {
        if (c->next == c->len)
            return fault(f, from, "a quote is not closed");
        char byte = c->text[c->next];
        if (!byte)
            return fault(f, c->next, "a NUL byte");
        if (byte == '"') {
            c->next++;
            if (c->next == c->len || c->text[c->next] != '"')
                break;
        }
        buf_char(&c->plain, byte);
    }
    return is_end(c, c->next) || fault(f, c->next, "expected ',' or the end of the line");
}

static bool add_plain(struct cells *c, struct cells_fault *f)
{
    for (; !is_end(c, c->next); c->next++) {
        char byte = c->text[c->next];
        if (!byte)
            return fault(f, c->next, "a NUL byte");
        if (byte == '"')
            return fault(f, c->next, "a quote in a cell that does not begin with one");
        if (byte == '\r')
            return fault(f, c->next, "a carriage return that no newline follows");
        buf_char(&c->plain, byte);
    }
    return true;
}

static bool add_cell(struct cells *c, struct cells_fault *f)
{
    if (c->n == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->at = mem_grow(c->at, c->room, sizeof(*c->at));
    }
    struct cell *cell = &c->at[c->n++];
    *cell = (struct cell){.from = c->plain.len, .offset = c->next};
    bool quoted = c->next < c->len && c->text[c->next] == '"';
    if (!(quoted ? add_quoted(c, f) : add_plain(c, f)))
        return false;
    cell->len = c->plain.len - cell->from;
    buf_char(&c->plain, '\0');
    return true;
}

bool cells_next(struct cells *c, bool *have, struct cells_fault *f)
{
    for (size_t n = line_end(c, c->next); n; n = line_end(c, c->next))
        c->next += n;
    c->n = 0;
    buf_clear(&c->plain);
    *have = c->next < c->len;
    if (!*have)
        return true;
    for (;;) {
        if (!add_cell(c, f))
            return false;
        if (c->next == c->len || c->text[c->next] != ',')
            break;
        c->next++;
    }
    c->next += line_end(c, c->next);
    return true;
}

const char *cells_text(const struct cells *c, size_t i)
{
    return c->plain.at + c->at[i].from;
}
