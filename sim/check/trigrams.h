/* Where in a text one of a few runs of three bytes may begin, found 32 bytes at a time.
 *
 * A set of three bytes each may have several values; up to eight sets are looked for at once, one
 * bit each. Two tables a position, by the low and the high half of the byte, give the sets that the
 * byte may belong to ("Teddy", Geoffrey Langdale's method for few short literals). What they let
 * pass is looked at byte by byte, so a place that is told has three bytes that the set allows.
 */
#ifndef SIM_CHECK_TRIGRAMS_H
#define SIM_CHECK_TRIGRAMS_H

#include <stddef.h>
#include <stdint.h>

enum { TRIGRAM_SETS = 8 };

struct trigrams {
    uint8_t at[3][256]; /* the sets that allow the byte at this position */
    uint8_t low[3][16];
    uint8_t high[3][16];
};

/* Add to set `bit` the three bytes' values; each a list of bytes, NULL for any. */
void trigrams_add(struct trigrams *t, unsigned bit, const char *first, const char *second,
                  const char *third);

/* Write the places from `*from` on to `places`, at most `room` of them, and move `*from` to where
 * to go on: `len` when all is searched. The number of places. */
size_t trigrams_find(const struct trigrams *t, const char *text, size_t len, size_t *from,
                     uint32_t *places, size_t room);

#endif
