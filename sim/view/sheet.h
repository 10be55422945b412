/* A table on its way into a file, row by row.
 *
 * CSV is RFC 4180: a line of column names, CRLF, a cell with a comma, a quote or a line break in
 * quotes. NULL is an empty cell, an empty text is "" in quotes. Values are never changed: a text
 * that begins with = + - or @ stands as it is, although a spreadsheet takes it for a formula,
 * because every other reader would get another value than was recorded.
 * JSONL is one object a row, NULL is null, a number is a number.
 *
 * Texts are UTF-8; a byte that is none becomes U+FFFD. Numbers read back as the same double; what
 * no JSON number can say, infinity, is 1e999, which reads as infinity. Nothing is kept but the row
 * at hand.
 */
#ifndef SIM_VIEW_SHEET_H
#define SIM_VIEW_SHEET_H

#include <stdint.h>

#include "sim/base/buf.h"
#include "sim/base/stage.h"

enum sheet_format { SHEET_CSV, SHEET_JSONL };

struct sheet {
    struct stage_file file;
    enum sheet_format format;
    const char *const *columns; /* borrowed */
    size_t n_columns;
    size_t at;       /* column of the next cell */
    struct buf line; /* owned; the row as far as it is */
    struct buf text; /* owned; a cell's, valid */
};

/* Create `name`.csv or `name`.jsonl in `folder`. Errors: ERR_IO. Close `s` in any case. */
NODISCARD enum err_code sheet_open(struct sheet *s, const struct stage *folder,
                                   enum sheet_format format, const char *name,
                                   const char *const *columns, size_t n_columns, struct err *e);

/* The next cell. */
void sheet_null(struct sheet *s);
void sheet_integer(struct sheet *s, int64_t value);
void sheet_real(struct sheet *s, double value); /* NAN is NULL */
void sheet_text(struct sheet *s, const char *text, size_t len);

/* After the row's last cell. Errors: ERR_IO. */
NODISCARD enum err_code sheet_end_row(struct sheet *s, struct err *e);

/* Errors: ERR_IO. Leaves a failure that `e` holds already, and returns its code. */
NODISCARD enum err_code sheet_close(struct sheet *s, struct err *e);

#endif
