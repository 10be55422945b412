/* The two clocks: one to measure with, one to date things with. */
#ifndef SIM_BASE_CLOCK_H
#define SIM_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/cc.h"

int64_t clock_ns(void);      /* monotonic; zero is arbitrary */
int64_t clock_unix_ns(void); /* since 1970, UTC */

enum { CLOCK_STAMP_ROOM = 40 };

/* "2026-04-17T15:43:14.2520000Z": UTC with seven decimals, as in the service's result file
 * (EV-11). Returns `out`. */
char *clock_stamp(char out[CLOCK_STAMP_ROOM], int64_t unix_ns);

/* Read all of `text` as such a stamp, of 1970 to 2200, with any number of decimals and with "Z" or
 * an offset ("+02:00"). False if it is none. */
NODISCARD bool clock_read(int64_t *unix_ns, const char *text);

#endif
