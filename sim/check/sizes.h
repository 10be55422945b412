/* How many rows a file has and how large it is, against what the service takes (D014..D017).
 *
 * Source: DS-30..DS-36, GAP-43.
 */
#ifndef SIM_CHECK_SIZES_H
#define SIM_CHECK_SIZES_H

#include <stdint.h>

#include "sim/job/diag.h"

enum {
    SIZES_MIN_ROWS = 10,
    SIZES_MAX_TRAIN_ROWS = 50000,
    SIZES_MAX_VALID_ROWS = 1000,
    SIZES_LARGE_BYTES = 100000000, /* DS-36 */
    SIZES_MAX_BYTES = 512000000,   /* DS-34; the smaller reading of 512 MB */
};

struct sizes {
    const char *path;
    bool validation;
    bool allow_small; /* the user knows */
    size_t n_rows;
    uint64_t bytes; /* of the file */
};

void sizes_check(const struct sizes *s, struct diags *found);

#endif
