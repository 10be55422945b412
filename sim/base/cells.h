/* A CSV text, line after line as cells.
 *
 * RFC 4180, strictly: a cell with a comma, a quote or a line break in it stands in quotes, and a
 * quote in it is doubled. LF or CRLF ends a line, the last need not be ended; a byte order mark at
 * the start is passed over, and so are empty lines.
 * Threads: pure; a reader belongs to one.
 */
#ifndef SIM_BASE_CELLS_H
#define SIM_BASE_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"

/* One cell, without its quotes. */
struct cell {
    size_t from; /* in `plain`, with a NUL behind it */
    size_t len;
    size_t offset; /* of its first byte in the text */
};

struct cells {
    const char *text; /* borrowed */
    size_t len;
    size_t next;      /* where the next line begins */
    struct buf plain; /* owned; what `at` points into */
    struct cell *at;  /* owned; the line's cells */
    size_t n;         /* at least 1 */
    size_t room;
};

/* Where and why a text is not CSV. */
struct cells_fault {
    size_t offset;
    const char *what; /* static storage */
};

void cells_init(struct cells *c, const char *text, size_t len);
void cells_release(struct cells *c);

/* The next line, or `*have` false after the last. On false `f` is filled, and reading is over. */
NODISCARD bool cells_next(struct cells *c, bool *have, struct cells_fault *f);

/* The cell's text up to its NUL; it holds no other. Borrowed until the next line. */
const char *cells_text(const struct cells *c, size_t i);

#endif
