#include "sim/view/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "sim/base/clock.h"

enum { STILL_S = 3 };

void progress_init(struct progress *p, bool wanted)
{
    *p = (struct progress){.on = wanted && isatty(STDERR_FILENO), .from_ns = clock_ns()};
}

/* How long nothing has moved: an endpoint that hangs looks like this for ten minutes. */
static long still_seconds(struct progress *p, const struct run_progress *now)
{
    uint64_t moved = now->n_calls + now->n_done;
    int64_t now_ns = clock_ns();
    if (moved != p->moved || !p->moved_ns) {
        p->moved = moved;
        p->moved_ns = now_ns;
    }
    return (long)((now_ns - p->moved_ns) / 1000000000);
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
    long still_s = still_seconds(p, now);
    if (still_s >= STILL_S)
        fprintf(stderr, "; no call has ended for %ld s", still_s);
    fflush(stderr);
    p->shown = true;
}

void progress_hide(struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}
