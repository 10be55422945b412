#include "grader/text/meteor.h"

#include <stdlib.h>

#include "grader/text/intern.h"
#include "grader/text/stem.h"
#include "grader/text/unicode.h"
#include "grader/text/wordnet.h"
#include "sim/base/mem.h"

static const size_t none = SIZE_MAX;

/* One text: its words and their numbers, first as they are, then as stems. */
struct side {
    struct seq text;
    struct wordlist words;
    struct seq numbers;
};

struct align {
    struct intern in;
    struct side input;
    struct side reference;
    size_t *partner; /* of each word of the input, its place in the reference, or none */
    bool *taken;     /* of each word of the reference */
    size_t *last;    /* by number, the last free place in the reference, or none */
    size_t *before;  /* of each place, the one before it with the same number, or none */
};

static void number_words(struct side *s, struct intern *in)
{
    s->words.n = 0;
    wordlist_split(&s->words, seq_span(&s->text));
    s->numbers.n = 0;
    intern_words(in, &s->numbers, &s->words);
}

static void stem_words(struct side *s, struct intern *in)
{
    struct seq stems = {0};
    struct seq word = {0};
    for (size_t i = 0; i < s->words.n; i++) {
        word.n = 0;
        seq_add(&word, s->words.at[i]);
        stem(&word);
        seq_add(&stems, seq_span(&word));
        seq_push(&stems, ' ');
    }
    seq_release(&word);
    seq_release(&s->text);
    s->text = stems;
    number_words(s, in);
}

/* File the reference's free words by their numbers. */
static void shelve(struct align *a)
{
    const struct seq *numbers = &a->reference.numbers;
    free(a->last);
    a->last = mem_array((size_t)a->in.n + 1, sizeof(*a->last));
    for (size_t i = 0; i <= a->in.n; i++)
        a->last[i] = none;
    for (size_t j = 0; j < numbers->n; j++) {
        if (a->taken[j])
            continue;
        a->before[j] = a->last[numbers->at[j]];
        a->last[numbers->at[j]] = j;
    }
}

static void join(struct align *a, size_t i, size_t j)
{
    a->partner[i] = j;
    a->taken[j] = true;
    a->last[a->reference.numbers.at[j]] = a->before[j];
}

static void match_equal(struct align *a)
{
    shelve(a);
    for (size_t i = a->input.numbers.n; i-- > 0;) {
        if (a->partner[i] != none)
            continue;
        size_t j = a->last[a->input.numbers.at[i]];
        if (j != none)
            join(a, i, j);
    }
}

/* The last free word of the reference that is a synonym of the word at i, or none. */
static size_t find_synonym(const struct align *a, const struct wordnet *wordnet, size_t i)
{
    struct seq text = {0};
    struct wordlist synonyms = {0};
    wordnet_synonyms(wordnet, a->input.words.at[i], &text);
    wordlist_split(&synonyms, seq_span(&text));
    size_t best = none;
    for (size_t k = 0; k < synonyms.n; k++) {
        uint32_t number = intern_find(&a->in, synonyms.at[k]);
        size_t j = number == INTERN_NONE ? none : a->last[number];
        if (j != none && (best == none || j > best))
            best = j;
    }
    wordlist_release(&synonyms);
    seq_release(&text);
    return best;
}

static void match_synonyms(struct align *a, const struct wordnet *wordnet)
{
    shelve(a);
    for (size_t i = a->input.numbers.n; i-- > 0;) {
        size_t j = a->partner[i] == none ? find_synonym(a, wordnet, i) : none;
        if (j != none)
            join(a, i, j);
    }
}

static double score(const struct align *a)
{
    size_t n = a->input.numbers.n;
    size_t matches = 0;
    size_t chunks = 0;
    for (size_t i = 0; i < n; i++) {
        if (a->partner[i] == none)
            continue;
        matches++;
        chunks += !i || a->partner[i - 1] == none || a->partner[i - 1] + 1 != a->partner[i];
    }
    if (!matches)
        return 0;
    double precision = (double)matches / (double)n;
    double recall = (double)matches / (double)a->reference.numbers.n;
    double f = precision * recall / (0.9 * precision + 0.1 * recall);
    double apart = (double)chunks / (double)matches;
    return (1 - 0.5 * apart * apart * apart) * f;
}

static void side_init(struct side *s, struct span text, struct intern *in)
{
    seq_add(&s->text, text);
    unicode_lower_all(&s->text);
    number_words(s, in);
}

static void side_release(struct side *s)
{
    seq_release(&s->text);
    wordlist_release(&s->words);
    seq_release(&s->numbers);
}

double meteor(const struct wordnet *wordnet, struct span input, struct span reference)
{
    struct align a = {0};
    side_init(&a.input, input, &a.in);
    side_init(&a.reference, reference, &a.in);
    a.partner = mem_array(a.input.numbers.n + 1, sizeof(*a.partner));
    a.taken = mem_array(a.reference.numbers.n + 1, sizeof(*a.taken));
    a.before = mem_array(a.reference.numbers.n + 1, sizeof(*a.before));
    for (size_t i = 0; i < a.input.numbers.n; i++)
        a.partner[i] = none;
    match_equal(&a);
    stem_words(&a.input, &a.in);
    stem_words(&a.reference, &a.in);
    match_equal(&a);
    if (wordnet)
        match_synonyms(&a, wordnet);
    double found = score(&a);
    free(a.partner);
    free(a.taken);
    free(a.before);
    free(a.last);
    side_release(&a.input);
    side_release(&a.reference);
    intern_release(&a.in);
    return found;
}
