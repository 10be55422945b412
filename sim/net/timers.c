#include "sim/net/timers.h"

#include <stdlib.h>

#include "sim/base/mem.h"

static void put(struct timers *t, size_t i, struct timer *one)
{
    t->heap[i] = one;
    one->slot = i + 1;
}

static void sift_up(struct timers *t, size_t i)
{
    struct timer *one = t->heap[i];
    for (; i > 0 && t->heap[(i - 1) / 2]->at_ns > one->at_ns; i = (i - 1) / 2)
        put(t, i, t->heap[(i - 1) / 2]);
    put(t, i, one);
}

static void sift_down(struct timers *t, size_t i)
{
    struct timer *one = t->heap[i];
    for (size_t kid = 2 * i + 1; kid < t->n; kid = 2 * i + 1) {
        if (kid + 1 < t->n && t->heap[kid + 1]->at_ns < t->heap[kid]->at_ns)
            kid++;
        if (t->heap[kid]->at_ns >= one->at_ns)
            break;
        put(t, i, t->heap[kid]);
        i = kid;
    }
    put(t, i, one);
}

void timers_set(struct timers *t, struct timer *one, int64_t at_ns)
{
    timers_cancel(t, one);
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 16;
        t->heap = mem_grow(t->heap, t->room, sizeof(struct timer *));
    }
    one->at_ns = at_ns;
    t->heap[t->n++] = one;
    sift_up(t, t->n - 1);
}

void timers_cancel(struct timers *t, struct timer *one)
{
    if (!one->slot)
        return;
    size_t i = one->slot - 1;
    one->slot = 0;
    struct timer *last = t->heap[--t->n];
    if (last == one)
        return;
    put(t, i, last);
    sift_up(t, i);
    sift_down(t, last->slot - 1);
}

int64_t timers_next_ns(const struct timers *t)
{
    return t->n ? t->heap[0]->at_ns : INT64_MAX;
}

struct timer *timers_due(struct timers *t, int64_t now_ns)
{
    if (!t->n || t->heap[0]->at_ns > now_ns)
        return NULL;
    struct timer *one = t->heap[0];
    timers_cancel(t, one);
    return one;
}

void timers_release(struct timers *t)
{
    free(t->heap);
    *t = (struct timers){0};
}
