/* Numbers as a report says them. */
#ifndef SIM_REPORT_SAY_H
#define SIM_REPORT_SAY_H

#include <stdint.h>

#include "sim/report/history.h"

enum { SAY_ROOM = 32 };

/* A share of 0..1 as "8.3 %"; never 0 or 100 % unless it is. Returns `out`. */
const char *say_share(char out[SAY_ROOM], double share);

/* A reward with as many digits as are worth reading: "0.4297", "12.5"; "-" for NAN. */
const char *say_reward(char out[SAY_ROOM], double reward);

/* "train.jsonl:17" without the folders before it; the caller's. */
char *say_place(const struct history *h, size_t rollout);

/* "s" unless it is one. */
const char *say_plural(uint64_t n);

#endif
