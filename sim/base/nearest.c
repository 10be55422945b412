#include "sim/base/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum {
    WORD_MAX = 63,
    SHARED_MIN = 3,   /* letters that two words must share to be near without being alike */
    PREFIX_EDITS = 3, /* a shared beginning ranks behind every spelling mistake */
    INSIDE_EDITS = 4, /* and a shared part behind that */
};

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nearest_edits(const char *a, const char *b)
{
    size_t a_len = strlen(a);
    size_t b_len = strlen(b);
    if (a_len > WORD_MAX || b_len > WORD_MAX)
        return SIZE_MAX;

    size_t at[WORD_MAX + 1][WORD_MAX + 1]; /* at[i][j]: from the first i of a to the first j of b */
    for (size_t j = 0; j <= b_len; j++)
        at[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        at[i][0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t edits = at[i - 1][j - 1] + !same(a[i - 1], b[j - 1]);
            edits = least(edits, 1 + least(at[i - 1][j], at[i][j - 1]));
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                edits = least(edits, at[i - 2][j - 2] + 1);
            at[i][j] = edits;
        }
    }
    return at[a_len][b_len];
}

/* How near two words are that are not alike but share a part; SIZE_MAX if they are not. */
static size_t shared_part(const char *word, const char *name)
{
    size_t shared = least(strlen(word), strlen(name));
    if (shared < SHARED_MIN)
        return SIZE_MAX;
    if (strncasecmp(word, name, shared) == 0)
        return PREFIX_EDITS;
    return strcasestr(name, word) ? INSIDE_EDITS : SIZE_MAX;
}

void nearest_try(struct nearest *n, const char *name)
{
    size_t edits = nearest_edits(n->word, name);
    if (edits > (strlen(n->word) <= 3 ? 1 : 2))
        edits = shared_part(n->word, name);
    if (edits < SIZE_MAX && (!n->name || edits < n->edits)) {
        n->name = name;
        n->edits = edits;
    }
}
