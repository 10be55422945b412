#include "sim/policy/recordings.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

void recordings_add(struct recordings *all, const char *from, const char *field,
                    struct recording *recording)
{
    all->at = mem_grow(all->at, all->n + 1, sizeof(*all->at));
    all->at[all->n++] = (struct recorded_source){mem_text(from), mem_text(field), recording};
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

const struct recording *recordings_find(const struct recordings *all, const char *from,
                                        const char *field)
{
    for (size_t i = 0; all && i < all->n; i++) {
        if (is_same(all->at[i].from, from) && is_same(all->at[i].field, field))
            return all->at[i].recording;
    }
    return NULL;
}

void recordings_release(struct recordings *all)
{
    for (size_t i = 0; i < all->n; i++) {
        free(all->at[i].from);
        free(all->at[i].field);
        recording_free(all->at[i].recording);
    }
    free(all->at);
    *all = (struct recordings){0};
}
