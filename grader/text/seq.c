#include "grader/text/seq.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

static void reserve(struct seq *s, size_t more)
{
    if (s->room - s->n >= more)
        return;
    size_t room = s->room ? s->room : 32;
    while (room - s->n < more)
        room *= 2;
    s->at = mem_grow(s->at, room, sizeof(*s->at));
    s->room = room;
}

void seq_grow(struct seq *s)
{
    reserve(s, 1);
}

void seq_add(struct seq *s, struct span symbols)
{
    if (!symbols.n)
        return;
    reserve(s, symbols.n);
    memcpy(s->at + s->n, symbols.at, symbols.n * sizeof(*s->at));
    s->n += symbols.n;
}

void seq_release(struct seq *s)
{
    free(s->at);
    *s = (struct seq){0};
}

struct span seq_span(const struct seq *s)
{
    return (struct span){s->at, s->n};
}

bool span_equal(struct span a, struct span b)
{
    return a.n == b.n && (!a.n || memcmp(a.at, b.at, a.n * sizeof(*a.at)) == 0);
}

int span_compare(struct span a, struct span b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        if (a.at[i] != b.at[i])
            return a.at[i] < b.at[i] ? -1 : 1;
    }
    return (a.n > b.n) - (a.n < b.n);
}
