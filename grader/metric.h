/* The metrics of text_similarity: what each says of two texts, under every reading that the service
 * leaves open (sim/job/reading.h).
 *
 * Time: linear, but n * m / 64 steps for rouge_l and fuzzy_match, and n * m for fuzzy_match if one
 * text is half as long again as the other or longer. Memory is linear.
 * Source: contract 4.4; GAP-32, GAP-33, GAP-34.
 * Threads: pure.
 */
#ifndef GRADER_METRIC_H
#define GRADER_METRIC_H

#include <stdbool.h>
#include <stddef.h>

#include "grader/text/seq.h"
#include "sim/job/reading.h"

struct wordnet;
struct metric;

extern const char *const metric_names[]; /* "fuzzy_match", ..., NULL */

const struct metric *metric_find(const char *name); /* NULL if there is none of that name */
enum reading_switch metric_switch(const struct metric *m);

/* What comes of two texts. */
struct similarity {
    double at[READING_WORDS]; /* 0..1, by the words of the metric's switch */
    bool unseen;              /* one of them has something in it, and the metric sees nothing */
};

/* `wordnet` is for meteor; without it (NULL) both its readings are exact_stem. */
struct similarity metric_measure(const struct metric *m, const struct wordnet *wordnet,
                                 struct span input, struct span reference);

/* Whether measuring two texts so long takes no more than a second or two. It would hold up all else
 * that a thread does. */
bool metric_is_bounded(const struct metric *m, struct span input, struct span reference);

#endif
