/* The lines of a file, or of a part of it, one at a time, holding little more than one.
 *
 * A part is a range of bytes: of it are the lines that begin in it, so that parts which cover a
 * file give each line once, and threads can share the work. LF or CRLF ends a line.
 * Threads: a reader belongs to one; the descriptor may be shared (it is read with pread).
 */
#ifndef SIM_JOB_LINES_H
#define SIM_JOB_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

enum {
    LINES_MAX_BYTES = 64 << 20, /* a longer line is passed over, holding none of it */
    LINES_MARK_BYTES = 3,       /* of a byte order mark */
};

struct line {
    const char *text; /* borrowed until the next one; without newline and carriage return */
    size_t len;
    uint64_t offset; /* of the text in the file */
    bool ended;      /* by a newline */
    bool returned;   /* a carriage return stood before it */
    bool marked;     /* the file starts with a byte order mark, which is no part of the text */
    bool blank;      /* white space only */
    bool too_long;   /* then `text` is empty */
};

struct lines {
    int fd;           /* borrowed */
    const char *path; /* borrowed; for messages */
    size_t chunk;     /* bytes read at first; 0: as many as suit a whole file */
    uint64_t end;     /* lines that begin here or later are another part's */
    char *at;         /* owned: room bytes, of which from..len are yet to be looked at */
    size_t room;
    size_t from;
    size_t len;
    uint64_t offset; /* in the file, of at[0] */
    uint64_t head;   /* the file is read as if it ended there; 0: to its end */
    bool eof;
    bool stream; /* cannot be read at any place: a pipe */
    bool inside; /* the part begins inside a line, which is to be passed over */
};

/* Open a file of rows for reading. Errors: ERR_IO: no such file, a directory, a FIFO, ... */
NODISCARD enum err_code lines_open(int *fd, uint64_t *bytes, const char *path, struct err *e);

/* Read the lines that begin at start..end. Memory of an earlier use is kept. */
void lines_init(struct lines *r, int fd, const char *path, uint64_t start, uint64_t end);
void lines_release(struct lines *r);

/* Read the first so many bytes as if they were all: the last line may be a part of one. */
void lines_init_head(struct lines *r, int fd, const char *path, uint64_t bytes);

/* Read all lines of what can be read only once, and be one reader's: standard input. */
void lines_init_stream(struct lines *r, int fd, const char *path);

/* Where the next line begins, in the file. */
uint64_t lines_offset(const struct lines *r);

/* The next line, or `*have` false after the last. Errors: ERR_IO. */
NODISCARD enum err_code lines_next(struct lines *r, struct line *out, bool *have, struct err *e);

#endif
