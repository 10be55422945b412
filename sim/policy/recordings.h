/* The records that the policies of a job play, by where they come from.
 *
 * Threads: filled by one caller; then constant.
 */
#ifndef SIM_POLICY_RECORDINGS_H
#define SIM_POLICY_RECORDINGS_H

#include "sim/policy/recording.h"

struct recordings {
    struct recorded_source {
        char *from;                  /* owned; a path; NULL: the rows themselves */
        char *field;                 /* owned; of the rows; NULL of a path */
        struct recording *recording; /* owned */
    } * at;                          /* owned */
    size_t n;
};

/* `recording` is taken. */
void recordings_add(struct recordings *all, const char *from, const char *field,
                    struct recording *recording);
/* NULL if there is none; so does it of no `all`. */
const struct recording *recordings_find(const struct recordings *all, const char *from,
                                        const char *field);
void recordings_release(struct recordings *all); /* fine on a zeroed one */

#endif
