/* Numbers as a report says them. */
#ifndef SIM_REPORT_WORDS_H
#define SIM_REPORT_WORDS_H

#include <stdint.h>

enum { WORDS_ROOM = 32 };

/* A share of 0..1 as "8.3 %"; never 0 or 100 % unless it is. Returns `out`. */
const char *words_share(char out[WORDS_ROOM], double share);

/* A reward with as many digits as are worth reading: "0.4297", "12.5"; "-" for NAN. */
const char *words_reward(char out[WORDS_ROOM], double reward);

/* "s" unless it is one. */
const char *words_plural(uint64_t n);

#endif
