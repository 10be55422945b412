#include "sim/policy/table.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

/* Where the key stands, or would. */
static size_t place_of(const struct table *t, uint64_t key)
{
    size_t from = 0;
    size_t to = t->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (t->keys[middle] < key)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

const double *table_find(const struct table *t, uint64_t key)
{
    size_t i = place_of(t, key);
    return i < t->n && t->keys[i] == key ? &t->values[i * t->width] : NULL;
}

static void insert(struct table *t, size_t i, uint64_t key)
{
    size_t w = t->width;
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 16;
        t->keys = mem_grow(t->keys, t->room, sizeof(*t->keys));
        t->values = mem_grow(t->values, t->room, w * sizeof(*t->values));
    }
    memmove(&t->keys[i + 1], &t->keys[i], (t->n - i) * sizeof(*t->keys));
    memmove(&t->values[(i + 1) * w], &t->values[i * w], (t->n - i) * w * sizeof(*t->values));
    memset(&t->values[i * w], 0, w * sizeof(*t->values));
    t->keys[i] = key;
    t->n++;
}

double *table_at(struct table *t, uint64_t key)
{
    size_t i = place_of(t, key);
    if (i == t->n || t->keys[i] != key)
        insert(t, i, key);
    return &t->values[i * t->width];
}

void table_release(struct table *t)
{
    free(t->keys);
    free(t->values);
    *t = (struct table){0};
}
