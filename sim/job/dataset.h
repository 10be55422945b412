/* The rows of a JSONL file, by number, without holding them.
 *
 * dataset_open() streams the file once, checks every line and remembers where each row stands (32
 * bytes a row); dataset_row() reads one row when it is needed. Memory does not grow with the size
 * of the file, only with its largest row. UTF-8 with LF or CRLF; a byte order mark, blank lines and
 * a missing last newline are accepted and said as warnings.
 * Checked here is what a row must be to be rolled out (D001..D009); what is merely unwise is not.
 * Source: contract section 1 (DS-1..DS-8), GAP-42, 1.4 for what becomes of a row.
 * Threads: open is one thread's; dataset_row may be called from any (it uses pread).
 */
#ifndef SIM_JOB_DATASET_H
#define SIM_JOB_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/job/diag.h"
#include "sim/job/lines.h"

enum {
    DATASET_MAX_ROW_BYTES = LINES_MAX_BYTES,
    DATASET_MAX_FAULTY = 100, /* rows whose faults are told */
};

struct dataset;

struct row {
    size_t number; /* from 0 */
    size_t line;   /* in the file, from 1 */
    char *item;    /* owned: the row as graders and tools see it (contract 1.4) */
    size_t item_len;
    struct tape tape; /* over `item` */
};

/* Check the whole file. On success `*out` is the caller's and `list` holds warnings at most. On
 * failure `list` holds the faults, of the first DATASET_MAX_FAULTY rows that have any, and `e`
 * counts the rows (ERR_DATA); or `e` alone says why the file could not be read (ERR_IO). The file
 * stays open: replacing it by name later changes nothing. */
NODISCARD enum err_code dataset_open(struct dataset **out, const char *path, struct diags *list,
                                     struct err *e);
void dataset_free(struct dataset *d); /* NULL is fine */

size_t dataset_count(const struct dataset *d);
const char *dataset_path(const struct dataset *d);
size_t dataset_line(const struct dataset *d, size_t number); /* file line of a row, from 1 */

/* The number of the row on a line. False if there is none, behind the last or on a blank line. */
bool dataset_find(const struct dataset *d, size_t line, size_t *number);

/* Read row `number` into `out`, normalised. `out` may be zeroed or released; release it with
 * row_release. On failure it is released.
 * Errors: ERR_IO, and ERR_DATA when the row's bytes are no longer those that were checked. */
NODISCARD enum err_code dataset_row(const struct dataset *d, size_t number, struct row *out,
                                    struct err *e);
void row_release(struct row *row);

/* Append one scanned row to `out` as the service passes it on (contract 1.4), in this order:
 *
 *     messages              each with "name" first, null if it has none; then its own members
 *     tools                 each function with "strict":false as its last member, unless it has
 *                           strict; null if the row has no tools
 *     parallel_tool_calls   true if the row does not say
 *     the row's other keys  in file order
 *
 * Everything is the row's own bytes, with what must be added spliced in; a row on one line stays
 * on one line. Of a key given twice the last counts. What is not of the form that the checks want
 * is passed on as it stands. Pure. */
void row_normalise(const struct tape *raw, struct buf *out);

#endif
