#include "sim/base/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/mem.h"

enum { CHUNK_BYTES = 256 << 10 };

static size_t longest(const struct lines *r)
{
    return r->max_bytes + 1; /* and a carriage return */
}

/* Read more behind what is there. */
static enum err_code fill(struct lines *r, struct err *e)
{
    if (r->from) {
        memmove(r->at, r->at + r->from, r->len - r->from);
        r->offset += r->from;
        r->len -= r->from;
        r->from = 0;
    }
    if (r->len == r->room) {
        r->room = r->room ? r->room * 2 : CHUNK_BYTES;
        if (r->room > longest(r) + CHUNK_BYTES) /* lines_next() lets go of a longer line */
            r->room = longest(r) + CHUNK_BYTES;
        r->at = mem_grow(r->at, r->room, 1);
    }
    ssize_t n = 0;
    do {
        n = read(r->fd, r->at + r->len, r->room - r->len);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_sys(e, r->path);
    r->eof = n == 0;
    r->len += (size_t)n;
    return ERR_OK;
}

static void take_line(struct lines *r, size_t len, bool ended, struct line *out)
{
    *out = (struct line){r->at + r->from, len, r->offset + r->from, ended, false};
    r->from += len + ended;
    if (out->len && out->text[out->len - 1] == '\r')
        out->len--;
    if (out->len > r->max_bytes) {
        out->len = 0;
        out->too_long = true;
    }
}

enum err_code lines_next(struct lines *r, struct line *out, bool *have, struct err *e)
{
    size_t searched = 0;
    bool too_long = false;
    *have = true;
    for (;;) {
        size_t waiting = r->len - r->from;
        char *newline = waiting > searched
                            ? memchr(r->at + r->from + searched, '\n', waiting - searched)
                            : NULL;
        if (newline || (r->eof && (waiting || too_long))) {
            size_t len = newline ? (size_t)(newline - r->at) - r->from : waiting;
            take_line(r, len, newline != NULL, out);
            if (too_long)
                *out = (struct line){.text = "", .ended = out->ended, .too_long = true};
            return ERR_OK;
        }
        if (r->eof) {
            *have = false;
            return ERR_OK;
        }
        searched = waiting;
        if (waiting > longest(r)) { /* read over the rest, holding none of it */
            too_long = true;
            r->from = r->len;
            searched = 0;
        }
        enum err_code rc = fill(r, e);
        if (rc != ERR_OK)
            return rc;
    }
}

void lines_release(struct lines *r)
{
    free(r->at);
    r->at = NULL;
}

bool line_is_blank(const struct line *line)
{
    for (size_t i = 0; i < line->len; i++) {
        char c = line->text[i];
        if (c != ' ' && c != '\t' && c != '\r')
            return false;
    }
    return !line->too_long;
}

bool line_strip_mark(struct line *line)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t n = sizeof(mark) - 1;
    if (line->len < n || memcmp(line->text, mark, n) != 0)
        return false;
    line->text += n;
    line->len -= n;
    line->offset += n;
    return true;
}
