/* One line on a terminal, rewritten while a wave runs. Nothing where stderr is no terminal. */
#ifndef SIM_VIEW_PROGRESS_H
#define SIM_VIEW_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/run/run.h"

struct progress {
    bool on;
    bool shown; /* there is a line to take away */
    int64_t from_ns;
    int64_t moved_ns; /* when a call or a rollout ended last */
    uint64_t moved;   /* how many had by then */
};

void progress_init(struct progress *p, bool wanted); /* off unless stderr is a terminal */
void progress_show(struct progress *p, enum wave_phase phase, int step, int total_steps,
                   const struct run_progress *now);
void progress_hide(struct progress *p);

#endif
