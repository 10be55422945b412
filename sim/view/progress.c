#include "sim/view/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "sim/base/clock.h"

void progress_init(struct progress *p, bool wanted)
{
    *p = (struct progress){.on = wanted && isatty(STDERR_FILENO), .from_ns = clock_ns()};
}

void progress_show(struct progress *p, enum wave_phase phase, int step, int total_steps,
                   const struct run_progress *now)
{
    if (!p->on)
        return;
    double seconds = (double)(clock_ns() - p->from_ns) * 1e-9;
    double rate = seconds > 0 ? (double)now->n_calls / seconds : 0;
    fprintf(stderr, "\r\033[K%s step %d/%d: %zu of %zu rollouts, %llu calls, %.0f a second",
            phase == WAVE_TRAIN ? "training," : "evaluation,", step, total_steps, now->n_done,
            now->n_total, (unsigned long long)now->n_calls, rate);
    fflush(stderr);
    p->shown = true;
}

void progress_hide(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
