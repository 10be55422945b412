#include "sim/report/graded.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/mem.h"

bool graded_is(const struct history_rollout *r)
{
    return outcome_is_graded((enum outcome)r->outcome) && isfinite(r->reward);
}

static void add(struct score *list, size_t *n, const struct history *h,
                const struct history_wave *w)
{
    for (size_t i = w->from; i < w->from + w->n; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (graded_is(r))
            list[(*n)++] = (struct score){r->row, r->reward};
    }
}

void graded_of_wave(struct scores *out, const struct history *h, size_t wave)
{
    size_t n = 0;
    struct score *list = mem_array(h->waves[wave].n, sizeof(*list));
    add(list, &n, h, &h->waves[wave]);
    scores_init(out, list, n);
    free(list);
}

void graded_of_phase(struct scores *out, const struct history *h, enum wave_phase phase)
{
    size_t n = 0;
    struct score *list = mem_array(h->n_rollouts, sizeof(*list));
    for (size_t i = 0; i < h->n_waves; i++) {
        if (h->waves[i].phase == phase)
            add(list, &n, h, &h->waves[i]);
    }
    scores_init(out, list, n);
    free(list);
}

static bool has_grade(const struct history *h, const struct history_wave *w)
{
    for (size_t i = w->from; i < w->from + w->n; i++) {
        if (graded_is(&h->rollouts[i]))
            return true;
    }
    return false;
}

size_t graded_first_wave(const struct history *h, enum wave_phase phase)
{
    for (size_t i = 0; i < h->n_waves; i++) {
        if (h->waves[i].phase == phase && has_grade(h, &h->waves[i]))
            return i;
    }
    return SIZE_MAX;
}

size_t graded_last_wave(const struct history *h, enum wave_phase phase)
{
    size_t broken = SIZE_MAX;
    for (size_t i = h->n_waves; i-- > 0;) {
        if (h->waves[i].phase != phase || !has_grade(h, &h->waves[i]))
            continue;
        if (h->waves[i].complete)
            return i;
        if (broken == SIZE_MAX)
            broken = i;
    }
    return broken;
}
