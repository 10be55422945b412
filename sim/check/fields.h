/* The keys of all rows of a file: how many rows have each, with values of which types, and whether
 * they differ. A reader of rows is told where the reserved keys stand, and gets hashes to tell rows
 * apart by.
 *
 * Names are held as they stand between their quotes.
 */
#ifndef SIM_CHECK_FIELDS_H
#define SIM_CHECK_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/tape.h"
#include "sim/check/spot.h"
#include "sim/check/spread.h"
#include "sim/job/diag.h"

enum { FIELDS_MOST = 256 }; /* names; rows with more are counted */

enum field_key { FIELD_FREE, FIELD_MESSAGES, FIELD_TOOLS, FIELD_PARALLEL };

struct field {
    char *name; /* owned */
    size_t len;
    uint64_t name_hash;
    enum field_key key;
    size_t n_rows;                   /* that have it */
    size_t row;                      /* the last of them, counted from 1 */
    size_t missing;                  /* line of the first row without it; 0: none yet */
    struct spot is[TAPE_OBJECT + 1]; /* by type; true and false are TAPE_FALSE */
    struct spot blank;               /* strings of white space at most */
    struct spot hollow;              /* lists and objects with nothing in them */
    uint64_t value;                  /* hash of the first row's */
    bool varies;
    struct spread bytes; /* of the values; only when asked for */
};

struct fields {
    struct field *at; /* owned; in the order they were met */
    size_t n;
    size_t room;
    size_t n_rows;
    size_t first;     /* line of the first row */
    struct spot bare; /* rows with reserved keys only */
    struct spot over; /* rows with a name for which there was no room */
    bool measure;     /* set by the caller: keep `bytes` */
};

/* What one row has, for those who look further. */
struct row_parts {
    size_t messages; /* indices into the tape, or TAPE_NONE */
    size_t tools;
    size_t parallel;
    uint64_t hash; /* of its members, whatever their order; their bytes count as they stand */
    uint64_t messages_hash;
};

/* Count one row, an object. `line` is from 1. */
void fields_row(struct fields *f, const struct tape *row, size_t line, struct row_parts *out);

/* Add what a later part of the file came to, `n_before` lines further down; `block` is then empty.
 */
void fields_join(struct fields *whole, struct fields *block, size_t n_before);

/* What holds for the file (D035..D039). `read` is all texts of the grader, or NULL: D038 is about
 * fields that it reads. */
void fields_conclude(const struct fields *f, const char *path, const char *read,
                     struct diags *found);

void fields_release(struct fields *f);

#endif
