/* Rows of numbers, found by a 64-bit key and kept in its order.
 *
 * Made for some thousand rows that are looked up often and added seldom. Threads: looking up is
 * pure.
 */
#ifndef SIM_POLICY_TABLE_H
#define SIM_POLICY_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table {
    size_t width;   /* numbers in a row; set before the first one is added */
    uint64_t *keys; /* owned; ascending */
    double *values; /* owned; n rows of `width` */
    size_t n;
    size_t room;
};

/* The row of a key, borrowed until one is added; NULL: there is none. */
const double *table_find(const struct table *t, uint64_t key);

/* The same; a row that is not there is added, all zero. */
double *table_at(struct table *t, uint64_t key);

void table_release(struct table *t);

#endif
