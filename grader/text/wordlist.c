#include "grader/text/wordlist.h"

#include <stdlib.h>

#include "grader/text/unicode.h"
#include "sim/base/mem.h"

void wordlist_push(struct wordlist *w, struct span word)
{
    if (w->n == w->room) {
        w->room = w->room ? w->room * 2 : 16;
        w->at = mem_grow(w->at, w->room, sizeof(*w->at));
    }
    w->at[w->n++] = word;
}

void wordlist_split(struct wordlist *w, struct span text)
{
    size_t i = 0;
    while (i < text.n) {
        while (i < text.n && unicode_is_space(text.at[i]))
            i++;
        size_t from = i;
        while (i < text.n && !unicode_is_space(text.at[i]))
            i++;
        if (i > from)
            wordlist_push(w, (struct span){text.at + from, i - from});
    }
}

void wordlist_release(struct wordlist *w)
{
    free(w->at);
    *w = (struct wordlist){0};
}

static int compare(const void *x, const void *y)
{
    return span_compare(*(const struct span *)x, *(const struct span *)y);
}

void wordlist_sort(struct wordlist *w)
{
    if (w->n)
        qsort(w->at, w->n, sizeof(*w->at), compare);
}

void wordlist_unique(struct wordlist *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (!n || !span_equal(w->at[n - 1], w->at[i]))
            w->at[n++] = w->at[i];
    }
    w->n = n;
}

void wordlist_join(struct seq *out, const struct wordlist *w)
{
    for (size_t i = 0; i < w->n; i++) {
        if (i)
            seq_push(out, ' ');
        seq_add(out, w->at[i]);
    }
}
