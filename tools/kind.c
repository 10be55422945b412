#include "tools/kind.h"

#include <string.h>

static const struct tool_kind_row rows[] = {
#define X(name, id, fate, violation, text, words, fix, rule) \
    [TOOL_KIND_##name] = {id, words, fix, rule, TOOL_##fate, TOOL_TEXT_##text, violation},
    TOOL_KINDS(X)
#undef X
};

static const struct {
    const char *id;
    const char *words;
} fates[] =
    {
#define X(name, id, words) [TOOL_##name] = {id, words},
        TOOL_FATES(X)
#undef X
},
  texts[] = {
#define X(name, id, words) [TOOL_TEXT_##name] = {id, words},
      TOOL_TEXTS(X)
#undef X
};

const struct tool_kind_row *tool_kind_row(enum tool_kind kind)
{
    return &rows[kind];
}

bool tool_kind_find(enum tool_kind *out, const char *id)
{
    for (int i = 0; i < TOOL_N_KINDS; i++) {
        if (strcmp(rows[i].id, id) != 0)
            continue;
        *out = (enum tool_kind)i;
        return true;
    }
    return false;
}

const char *tool_fate_id(enum tool_fate fate)
{
    return fates[fate].id;
}

const char *tool_fate_words(enum tool_fate fate)
{
    return fates[fate].words;
}

const char *tool_text_id(enum tool_text text)
{
    return texts[text].id;
}

const char *tool_text_words(enum tool_text text)
{
    return texts[text].words;
}

bool tool_kind_loses(enum tool_kind kind)
{
    return rows[kind].fate == TOOL_RETRIED || rows[kind].fate == TOOL_LOST;
}
