/* The known name that a misspelled word most likely meant.
 *
 *     struct nearest near = {.word = "sed"};
 *     for (...)
 *         nearest_try(&near, known[i]);
 *     near.name is "seed", or NULL if nothing is near
 *
 * Near means: up to two edits (one for words of three letters or fewer), where an edit inserts,
 * drops or replaces a letter or swaps two neighbours; or one begins with the other ("batch" for
 * "batch_size"); or the name holds the word ("url" for "server_url"). Case does not count. Of
 * equally near names the first tried wins. Source: the distance is Damerau's in its restricted form
 * (optimal string alignment).
 */
#ifndef SIM_BASE_NEAREST_H
#define SIM_BASE_NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word; /* borrowed */
    const char *name; /* borrowed from the caller of nearest_try; NULL if none is near */
    size_t edits;     /* of `name` */
};

void nearest_try(struct nearest *n, const char *name);

/* The distance itself; words of more than 63 bytes are infinitely far from everything. */
size_t nearest_edits(const char *a, const char *b);

#endif
