/* The lines of a file one after another, holding no more than one.
 *
 * Threads: one caller's.
 */
#ifndef SIM_BASE_LINES_H
#define SIM_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"

struct line {
    const char *text; /* borrowed until the next one; without newline and carriage return */
    size_t len;
    uint64_t offset; /* of the text in the file */
    bool ended;      /* by a newline */
    bool too_long;   /* then `text` is empty */
};

/* Zeroed but for the first three. */
struct lines {
    int fd;           /* borrowed; read from where it stands */
    const char *path; /* borrowed, for messages */
    size_t max_bytes; /* a longer line is read over, and none of it kept */
    char *at;         /* owned: room bytes, of which from..len are yet to be looked at */
    size_t room;
    size_t from;
    size_t len;
    uint64_t offset; /* in the file, of at[0] */
    bool eof;
};

/* The next line, or `*have` false at the end of the file. Errors: ERR_IO. */
NODISCARD enum err_code lines_next(struct lines *r, struct line *out, bool *have, struct err *e);
void lines_release(struct lines *r);

bool line_is_blank(const struct line *line);
bool line_strip_mark(struct line *line); /* take away a byte order mark; false if there is none */

#endif
