/* The rows of a JSONL file, by number, without holding them.
 *
 * dataset_open() streams the file once, checks every line and remembers where each row stands (16
 * bytes a row); dataset_row() reads one row when it is needed. Memory does not grow with the size
 * of the rows. UTF-8 with LF or CRLF; a byte order mark, blank lines and a missing last newline are
 * accepted and said as warnings.
 * Source: contract section 1 (DS-1..DS-8), 1.4 for what becomes of a row.
 * Threads: open is one thread's; dataset_row may be called from any (it uses pread).
 */
#ifndef SIM_JOB_DATASET_H
#define SIM_JOB_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/job/diag.h"

enum { DATASET_MAX_ROW_BYTES = 64 << 20 };

struct dataset;

struct row {
    size_t number; /* from 0 */
    size_t line;   /* in the file, from 1 */
    char *item;    /* owned: the row as graders and tools see it (contract 1.4) */
    size_t item_len;
    struct tape tape; /* over `item` */
};

/* Check the whole file. On success `*out` is the caller's and `list` holds warnings at most. On
 * failure `list` holds the faults (the first 100 rows with faults, the rest counted in `e`) with
 * ERR_DATA, or `e` alone says why the file could not be read (ERR_IO). */
NODISCARD enum err_code dataset_open(struct dataset **out, const char *path, struct diags *list,
                                     struct err *e);
void dataset_free(struct dataset *d); /* NULL is fine */

size_t dataset_count(const struct dataset *d);
const char *dataset_path(const struct dataset *d);
size_t dataset_line(const struct dataset *d, size_t number); /* file line of a row, from 1 */

/* Read row `number` into `out`, normalised as the service does: messages with name first, tools
 * with strict, parallel_tool_calls, then the rest in file order, each as its own bytes. `out` may
 * be zeroed or released; release it with row_release.
 * Errors: ERR_IO, and ERR_DATA when the file has changed since dataset_open. */
NODISCARD enum err_code dataset_row(const struct dataset *d, size_t number, struct row *out,
                                    struct err *e);
void row_release(struct row *row);

/* Append the normalised form of one scanned row to `out` (pure; used by dataset_row). */
void row_normalise(const struct tape *raw, struct buf *out);

#endif
