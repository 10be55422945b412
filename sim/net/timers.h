/* Timers of one thread: a heap of deadlines. Pure; the clock is the caller's. */
#ifndef SIM_NET_TIMERS_H
#define SIM_NET_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t at_ns; /* on the caller's clock */
    void (*fire)(struct timer *t);
    size_t slot; /* the heap's: its place from 1, 0 while not set */
};

struct timers {
    struct timer **heap; /* owned array of borrowed timers, earliest first */
    size_t n;
    size_t room;
};

void timers_set(struct timers *t, struct timer *one, int64_t at_ns); /* moves one already set */
void timers_cancel(struct timers *t, struct timer *one);             /* fine if it is not set */
int64_t timers_next_ns(const struct timers *t); /* INT64_MAX if there is none */

/* Take out the earliest timer that is due at `now_ns`, or NULL. The caller fires it. */
struct timer *timers_due(struct timers *t, int64_t now_ns);
void timers_release(struct timers *t);

#endif
