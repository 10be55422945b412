/* What is remembered of every row of a file to find rows that are given twice, within it or in
 * another: 24 bytes a row, and 3 for finding it again.
 *
 * Two rows are the same if they have the same keys with the same bytes as values, whatever the
 * order of the keys; white space within a value counts. Told apart by 64-bit hashes.
 */
#ifndef SIM_CHECK_LEDGER_H
#define SIM_CHECK_LEDGER_H

#include "sim/check/words.h"
#include "sim/job/diag.h"

enum {
    LEDGER_MARK_EACH = 8,        /* rows between two places that are known */
    LEDGER_MAX_ROWS = 1 << 24,   /* later ones are not compared; the service takes 50,000 */
    LEDGER_MAX_COMPARED = 20000, /* pairs of rows that are read again, run by run */
    LEDGER_MAX_TRIES = 8,        /* of a row, with rows that turn out to be others */
};

struct ledger_row {
    uint64_t row;      /* hash of all of it */
    uint64_t messages; /* hash of their bytes */
    uint32_t least[2]; /* of the runs of words in the last user message; 0: none */
};

/* Where a row begins. */
struct ledger_mark {
    uint64_t offset; /* of its line in the file */
    size_t row;      /* from 0 */
    size_t line;     /* from 1 */
};

struct ledger {
    struct ledger_row *at; /* owned; in the order of the file */
    size_t n;
    size_t room;
    struct ledger_mark *marks; /* owned; ascending, the first row is marked */
    size_t n_marks;
    size_t room_marks;
};

void ledger_add(struct ledger *l, const struct ledger_row *row, uint64_t offset, size_t line);

/* Add what a later part of the file came to, `n_before` lines further down; `block` is then empty.
 */
void ledger_join(struct ledger *whole, struct ledger *block, size_t n_before);

void ledger_release(struct ledger *l);

/* A file and what is known of its rows. */
struct ledger_file {
    const char *path;
    const struct ledger *ledger;
};

/* Rows given twice (D031), messages given twice with other fields (D032). */
void ledger_repeats(const struct ledger_file *file, struct diags *found);

/* Rows of `valid` that `train` has too (D033), or nearly has (D034); told in `found`, by the place
 * in `valid`. */
void ledger_shared(const struct ledger_file *train, const struct ledger_file *valid,
                   const struct boilerplate *b, struct diags *found);

#endif
