/* Where a job's tools are said to be: URLs and headers that would not work when the service calls
 * them, or that show a secret. What stands in a ${VARIABLE} is taken as set for this machine, so an
 * address that only this machine can reach is no fault there.
 * Source: contract 3.1, EV-13.
 */
#ifndef SIM_CHECK_PLACES_H
#define SIM_CHECK_PLACES_H

#include <stdbool.h>

#include "sim/job/job.h"

enum place_kind {
    PLACE_PUBLIC,
    PLACE_LOOPBACK, /* this machine */
    PLACE_PRIVATE,  /* this network: RFC 1918 and the like, names without a dot, .local */
    PLACE_RESERVED, /* nobody's: example.com, .test, .invalid */
};

/* Of a host as a URL has it. Pure. */
enum place_kind place_kind(const char *host);

/* The part of a text that was meant to be replaced ("<your-key>", "changeme"), and its length; NULL
 * if there is none. Pure. */
const char *place_placeholder(const char *text, size_t *len);

/* Faults go to `list`: J010 to J015. */
void places_check(const struct job *job, struct diags *list);

#endif
