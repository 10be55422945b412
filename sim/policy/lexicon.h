/* What can be said by who understands nothing: the words of a row's messages, and the values in
 * what the tools have answered. Of the row a model sees its messages alone, so the fields that the
 * grader reads are not among it.
 *
 * Threads: a lexicon belongs to one.
 */
#ifndef SIM_POLICY_LEXICON_H
#define SIM_POLICY_LEXICON_H

#include "sim/base/rng.h"
#include "sim/policy/policy.h"

enum {
    LEXICON_MAX = 4096,        /* words, and values; more are not looked at */
    LEXICON_VALUE_BYTES = 200, /* a longer value is left out */
    LEXICON_PHRASE = 3,        /* words of a phrase, at most */
};

struct lexicon_list {
    struct lexicon_text {
        size_t from; /* in `text` */
        size_t len;
    } * at; /* owned */
    size_t n;
    size_t room;
};

struct lexicon {
    struct buf text; /* of all, one after another */
    struct lexicon_list words;
    struct lexicon_list values; /* strings and numbers of outputs that are JSON; others' words */
    struct tape scratch;
};

/* Collect anew; memory is kept. */
void lexicon_fill(struct lexicon *x, const struct policy_view *view);

/* Append one to three words that follow one another. A text: a value as often as a phrase, where
 * there are both. Nothing if there is nothing. */
void lexicon_phrase(const struct lexicon *x, struct rng *rng, struct buf *out);
void lexicon_text(const struct lexicon *x, struct rng *rng, struct buf *out);

void lexicon_release(struct lexicon *x);

#endif
