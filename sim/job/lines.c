#include "sim/job/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/mem.h"

enum {
    CHUNK_BYTES = 256 << 10,
    TAIL_BYTES = 8 << 10, /* read at a time, where the last line of a part goes on behind it */
    HELD_BYTES = LINES_MAX_BYTES + 1, /* and a carriage return */
};

enum err_code lines_open(int *fd, uint64_t *bytes, const char *path, struct err *e)
{
    /* O_NONBLOCK: opening a FIFO must not wait for someone to write to it. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return err_sys(e, path);
    *bytes = (uint64_t)st.st_size;
    if (S_ISREG(st.st_mode))
        return ERR_OK;
    if (S_ISDIR(st.st_mode))
        return err_set(e, ERR_IO, "%s: a directory, not a file of rows", path);
    err_set(e, ERR_IO, "%s: not a regular file", path);
    return err_fix(e, "rows are read more than once; write them to a file first");
}

void lines_init(struct lines *r, int fd, const char *path, uint64_t start, uint64_t end)
{
    r->fd = fd;
    r->path = path;
    r->inside = start > 0;
    r->offset = start - r->inside; /* a newline there, and the part begins with a line */
    r->end = end;
    r->from = 0;
    r->len = 0;
    r->eof = false;
    r->stream = false;
    r->head = 0;
}

void lines_init_head(struct lines *r, int fd, const char *path, uint64_t bytes)
{
    lines_init(r, fd, path, 0, UINT64_MAX);
    r->head = bytes;
}

void lines_init_stream(struct lines *r, int fd, const char *path)
{
    lines_init(r, fd, path, 0, UINT64_MAX);
    r->stream = true;
}

uint64_t lines_offset(const struct lines *r)
{
    return r->offset + r->from;
}

void lines_release(struct lines *r)
{
    free(r->at);
    *r = (struct lines){0};
}

/* Bytes that are of the part, or may be of its last line; what stands behind that is another's. */
static uint64_t wanted(const struct lines *r)
{
    uint64_t at = r->offset + r->len;
    return r->end > at + TAIL_BYTES ? r->end - at : TAIL_BYTES;
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
        r->room = r->room ? r->room * 2 : r->chunk ? r->chunk : CHUNK_BYTES;
        if (r->room > HELD_BYTES + CHUNK_BYTES) /* lines_next() lets go of a longer line */
            r->room = HELD_BYTES + CHUNK_BYTES;
        r->at = mem_grow(r->at, r->room, 1);
    }
    size_t most = r->room - r->len;
    if (most > CHUNK_BYTES) /* a long line before has left room; what is passed over needs none */
        most = CHUNK_BYTES;
    if (most > wanted(r))
        most = wanted(r);
    if (r->head && most > r->head - (r->offset + r->len))
        most = r->head - (r->offset + r->len);
    ssize_t n = 0;
    do {
        n = r->stream ? read(r->fd, r->at + r->len, most)
                      : pread(r->fd, r->at + r->len, most, (off_t)(r->offset + r->len));
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_sys(e, r->path);
    r->eof = n == 0;
    r->len += (size_t)n;
    return ERR_OK;
}

/* Where the next newline is, from `searched` bytes on; reads what it needs. NULL: there is none
 * before the end of the file, or before the line is too long to be held. */
static enum err_code find_newline(struct lines *r, size_t *searched, char **newline, struct err *e)
{
    *newline = NULL;
    for (;;) {
        size_t waiting = r->len - r->from;
        if (waiting > *searched)
            *newline = memchr(r->at + r->from + *searched, '\n', waiting - *searched);
        if (*newline || r->eof || waiting > HELD_BYTES)
            return ERR_OK;
        *searched = waiting;
        enum err_code rc = fill(r, e);
        if (rc)
            return rc;
    }
}

/* Pass over what is left of the line, holding none of it, but no further than the end of the part:
 * what begins behind it is another's. True in `*ended` if there was a newline. */
static enum err_code pass_over(struct lines *r, uint64_t end, bool *ended, struct err *e)
{
    for (;;) {
        char *newline = r->from < r->len ? memchr(r->at + r->from, '\n', r->len - r->from) : NULL;
        *ended = newline != NULL;
        r->from = newline ? (size_t)(newline - r->at) + 1 : r->len;
        if (newline || r->eof || (r->len && r->offset + r->from >= end))
            return ERR_OK;
        enum err_code rc = fill(r, e);
        if (rc)
            return rc;
    }
}

static void strip_mark(struct line *line)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t n = sizeof(mark) - 1;
    line->marked = line->offset == 0 && line->len >= n && memcmp(line->text, mark, n) == 0;
    if (line->marked) {
        line->text += n;
        line->len -= n;
        line->offset += n;
    }
}

static bool is_blank(const struct line *line)
{
    size_t i = 0;
    while (i < line->len &&
           (line->text[i] == ' ' || line->text[i] == '\t' || line->text[i] == '\r'))
        i++;
    return i == line->len;
}

static void take(struct lines *r, size_t len, bool ended, struct line *out)
{
    *out = (struct line){r->at + r->from, len, lines_offset(r), .ended = ended};
    r->from += len + ended;
    out->returned = out->len && out->text[out->len - 1] == '\r';
    out->len -= out->returned;
    if (out->len > LINES_MAX_BYTES) {
        out->len = 0;
        out->too_long = true;
        return;
    }
    strip_mark(out);
    out->blank = is_blank(out);
}

static enum err_code take_too_long(struct lines *r, struct line *out, struct err *e)
{
    *out = (struct line){.text = "", .offset = lines_offset(r), .too_long = true};
    return pass_over(r, UINT64_MAX, &out->ended, e);
}

enum err_code lines_next(struct lines *r, struct line *out, bool *have, struct err *e)
{
    *have = false;
    if (r->inside) {
        bool ended = false;
        enum err_code rc = pass_over(r, r->end, &ended, e);
        if (rc)
            return rc;
        r->inside = false;
        if (!ended)
            r->end = 0; /* no line begins in this part */
    }
    if (lines_offset(r) >= r->end)
        return ERR_OK;
    size_t searched = 0;
    char *newline = NULL;
    enum err_code rc = find_newline(r, &searched, &newline, e);
    size_t waiting = r->len - r->from;
    if (rc || (!newline && r->eof && !waiting))
        return rc;
    *have = true;
    if (!newline && !r->eof)
        return take_too_long(r, out, e);
    take(r, newline ? (size_t)(newline - r->at) - r->from : waiting, newline != NULL, out);
    return ERR_OK;
}
