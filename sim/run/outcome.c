#include "sim/run/outcome.h"

#include <string.h>

static const struct {
    const char *name;
    const char *words;
    bool graded;
} rows[] = {
#define X(name, id, graded, words) [OUTCOME_##name] = {id, words, graded},
    OUTCOMES(X)
#undef X
};

const char *outcome_name(enum outcome o)
{
    return rows[o].name;
}

const char *outcome_words(enum outcome o)
{
    return rows[o].words;
}

bool outcome_find(enum outcome *out, const char *name)
{
    for (int i = 0; i < OUTCOME_N; i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        *out = (enum outcome)i;
        return true;
    }
    return false;
}

bool outcome_is_graded(enum outcome o)
{
    return rows[o].graded;
}
