#include "grader/metric.h"

#include <string.h>

#include "grader/text/bleu.h"
#include "grader/text/fuzzy.h"
#include "grader/text/gleu.h"
#include "grader/text/intern.h"
#include "grader/text/meteor.h"
#include "grader/text/nltkwords.h"
#include "grader/text/rouge.h"
#include "grader/text/tokens13a.h"
#include "grader/text/unicode.h"
#include "sim/base/cc.h"

struct metric {
    const char *name;
    enum reading_switch readings;
    void (*measure)(struct similarity *out, const struct metric *m, const struct wordnet *wordnet,
                    struct span a, struct span b);
    size_t order; /* of rouge_N; 0 for rouge_l */
};

static bool is_blank(struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (!unicode_is_space(text.at[i]))
            return false;
    }
    return true;
}

static void fuzzy_match(struct similarity *out, const struct metric *m,
                        const struct wordnet *wordnet, struct span a, struct span b)
{
    (void)m;
    (void)wordnet;
    struct seq x = {0};
    struct seq y = {0};
    fuzzy_process(&x, a);
    fuzzy_process(&y, b);
    out->at[0] = fuzzy_weighted(seq_span(&x), seq_span(&y));
    out->at[1] = fuzzy_ratio(a, b);
    out->unseen = (!x.n && !is_blank(a)) || (!y.n && !is_blank(b));
    seq_release(&x);
    seq_release(&y);
}

/* The words of two texts as numbers. */
struct numbered {
    struct intern in;
    struct seq a, b;
};

static void number_words(struct seq *out, struct span text, struct intern *in)
{
    struct wordlist words = {0};
    wordlist_split(&words, text);
    intern_words(in, out, &words);
    wordlist_release(&words);
}

typedef void tokenize_t(struct seq *out, struct span text);

/* `tokenize` puts white space between words first; NULL: it is there. */
static void number_both(struct numbered *n, tokenize_t *tokenize, struct span a, struct span b)
{
    struct seq x = {0};
    struct seq y = {0};
    *n = (struct numbered){0};
    if (tokenize) {
        tokenize(&x, a);
        tokenize(&y, b);
        a = seq_span(&x);
        b = seq_span(&y);
    }
    number_words(&n->a, a, &n->in);
    number_words(&n->b, b, &n->in);
    seq_release(&x);
    seq_release(&y);
}

static void numbered_release(struct numbered *n)
{
    seq_release(&n->a);
    seq_release(&n->b);
    intern_release(&n->in);
}

static void of_bleu(struct similarity *out, const struct metric *m, const struct wordnet *wordnet,
                    struct span a, struct span b)
{
    (void)m;
    (void)wordnet;
    struct numbered n;
    number_both(&n, tokens13a, a, b);
    out->at[0] = bleu_sacre(seq_span(&n.a), seq_span(&n.b));
    numbered_release(&n);
    number_both(&n, NULL, a, b);
    out->at[1] = bleu_nltk(BLEU_NONE, seq_span(&n.a), seq_span(&n.b));
    out->at[2] = bleu_nltk(BLEU_EPSILON, seq_span(&n.a), seq_span(&n.b));
    numbered_release(&n);
}

static void of_gleu(struct similarity *out, const struct metric *m, const struct wordnet *wordnet,
                    struct span a, struct span b)
{
    (void)m;
    (void)wordnet;
    static tokenize_t *const tokenizers[] = {NULL, nltkwords};
    for (size_t i = 0; i < COUNT_OF(tokenizers); i++) {
        struct numbered n;
        number_both(&n, tokenizers[i], a, b);
        out->at[i] = gleu(seq_span(&n.a), seq_span(&n.b));
        numbered_release(&n);
    }
}

static void of_meteor(struct similarity *out, const struct metric *m, const struct wordnet *wordnet,
                      struct span a, struct span b)
{
    (void)m;
    out->at[0] = meteor(wordnet, a, b);
    out->at[1] = wordnet ? meteor(NULL, a, b) : out->at[0];
}

static struct rouge_score score(const struct metric *m, enum rouge_stems stems, struct span a,
                                struct span b)
{
    return m->order ? rouge_n(m->order, stems, a, b) : rouge_l(stems, a, b);
}

static void of_rouge(struct similarity *out, const struct metric *m, const struct wordnet *wordnet,
                     struct span a, struct span b)
{
    (void)wordnet;
    struct rouge_score plain = score(m, ROUGE_PLAIN, a, b);
    out->at[0] = plain.f1;
    out->at[1] = score(m, ROUGE_STEMMED, a, b).f1;
    out->at[2] = plain.precision;
    out->at[3] = plain.recall;
    out->unseen = (!rouge_sees(a) && !is_blank(a)) || (!rouge_sees(b) && !is_blank(b));
}

static const struct metric metrics[] = {
    {"fuzzy_match", READING_FUZZY_MATCH, fuzzy_match, 0},
    {"bleu", READING_BLEU, of_bleu, 0},
    {"gleu", READING_GLEU, of_gleu, 0},
    {"meteor", READING_METEOR, of_meteor, 0},
    {"rouge_1", READING_ROUGE, of_rouge, 1},
    {"rouge_2", READING_ROUGE, of_rouge, 2},
    {"rouge_3", READING_ROUGE, of_rouge, 3},
    {"rouge_4", READING_ROUGE, of_rouge, 4},
    {"rouge_5", READING_ROUGE, of_rouge, 5},
    {"rouge_l", READING_ROUGE, of_rouge, 0},
};

const char *const metric_names[] = {"fuzzy_match", "bleu",    "gleu",    "meteor",
                                    "rouge_1",     "rouge_2", "rouge_3", "rouge_4",
                                    "rouge_5",     "rouge_l", NULL};

const struct metric *metric_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(metrics); i++) {
        if (strcmp(name, metrics[i].name) == 0)
            return &metrics[i];
    }
    return NULL;
}

enum reading_switch metric_switch(const struct metric *m)
{
    return m->readings;
}

struct similarity metric_measure(const struct metric *m, const struct wordnet *wordnet,
                                 struct span input, struct span reference)
{
    struct similarity out = {0};
    m->measure(&out, m, wordnet, input, reference);
    for (size_t i = 0; i < READING_WORDS; i++)
        out.at[i] = out.at[i] < 1 ? out.at[i] : 1; /* a rounding above 1 is 1 */
    return out;
}

static double cells(struct span a, struct span b)
{
    return (double)a.n * (double)b.n;
}

/* In words of 64 cells (lcs.h), of which a thread does more than a thousand million a second, as it
 * does two thousand million cells of a window's table; `make bench-text` has both. */
bool metric_is_bounded(const struct metric *m, struct span input, struct span reference)
{
    static const double most = 2e9;
    double words = cells(input, reference) / 64;
    if (m->measure == of_rouge && !m->order) /* with a space, a word has two characters at least */
        return words / 4 * 2 <= most;        /* without stems, and with them */
    if (m->measure != fuzzy_match)
        return true;
    struct span a = fuzzy_trim(input);
    struct span b = fuzzy_trim(reference);
    double longer = (double)(a.n > b.n ? a.n : b.n);
    bool windows = longer * longer >= 1.5 * cells(a, b);
    return words + cells(a, b) * (windows ? 1 : 3.0 / 64) <= most;
}
