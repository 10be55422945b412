#include "grader/text/intern.h"

#include <stdlib.h>

#include "sim/base/mem.h"

struct intern_entry {
    size_t from; /* into the pool */
    size_t n;
    uint64_t hash;
    uint32_t number_plus_1; /* 0: free */
};

static uint64_t hash_of(struct span run)
{
    uint64_t hash = run.n;
    for (size_t i = 0; i < run.n; i++) {
        hash = (hash ^ run.at[i]) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 29;
    }
    return hash ^ hash >> 32;
}

static struct intern_entry *place(const struct intern *in, struct span run, uint64_t hash)
{
    size_t i = hash & (in->room - 1);
    for (;; i = (i + 1) & (in->room - 1)) {
        struct intern_entry *entry = &in->at[i];
        if (!entry->number_plus_1)
            return entry;
        struct span known = {in->pool.at + entry->from, entry->n};
        if (entry->hash == hash && span_equal(known, run))
            return entry;
    }
}

/* At most half of the table is used. */
static void make_room(struct intern *in)
{
    if ((size_t)in->n * 2 < in->room)
        return;
    struct intern_entry *old = in->at;
    size_t old_room = in->room;
    in->room = old_room ? old_room * 2 : 64;
    in->at = mem_array(in->room, sizeof(*in->at));
    for (size_t i = 0; i < old_room; i++) {
        struct span run = {in->pool.at + old[i].from, old[i].n};
        if (old[i].number_plus_1)
            *place(in, run, old[i].hash) = old[i];
    }
    free(old);
}

uint32_t intern_number(struct intern *in, struct span run)
{
    make_room(in);
    uint64_t hash = hash_of(run);
    struct intern_entry *entry = place(in, run, hash);
    if (!entry->number_plus_1) {
        *entry = (struct intern_entry){in->pool.n, run.n, hash, ++in->n};
        seq_add(&in->pool, run);
    }
    return entry->number_plus_1 - 1;
}

uint32_t intern_find(const struct intern *in, struct span run)
{
    /* A free place has number 0, and 0 - 1 is INTERN_NONE. */
    return in->room ? place(in, run, hash_of(run))->number_plus_1 - 1 : INTERN_NONE;
}

void intern_words(struct intern *in, struct seq *out, const struct wordlist *w)
{
    for (size_t i = 0; i < w->n; i++)
        seq_push(out, intern_number(in, w->at[i]));
}

void intern_release(struct intern *in)
{
    free(in->at);
    seq_release(&in->pool);
    *in = (struct intern){0};
}
