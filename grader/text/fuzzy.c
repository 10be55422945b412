#include "grader/text/fuzzy.h"

#include "grader/text/lcs.h"
#include "grader/text/unicode.h"
#include "grader/text/window.h"
#include "grader/text/wordlist.h"

struct span fuzzy_trim(struct span text)
{
    while (text.n && !unicode_is_word(text.at[text.n - 1]))
        text.n--;
    for (; text.n && !unicode_is_word(text.at[0]); text.n--)
        text.at++;
    return text;
}

void fuzzy_process(struct seq *out, struct span text)
{
    text = fuzzy_trim(text);
    for (size_t i = 0; i < text.n; i++) {
        uint32_t c = text.at[i];
        seq_push(out, unicode_is_word(c) ? unicode_lower(c) : ' ');
    }
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

double fuzzy_ratio(struct span a, struct span b)
{
    size_t both = a.n + b.n;
    return both ? 2 * (double)lcs_length(a, b) / (double)both : 1;
}

double fuzzy_quick(struct span a, struct span b)
{
    return a.n && b.n ? fuzzy_ratio(a, b) : 0;
}

double fuzzy_partial(struct span a, struct span b)
{
    if (!a.n || !b.n)
        return a.n == b.n ? 1 : 0;
    if (a.n < b.n)
        return window_best(a, b);
    if (a.n > b.n)
        return window_best(b, a);
    return larger(window_best(a, b), window_best(b, a));
}

/* The words of two texts, sorted; then the sets of those that both have and only one has. */
struct pair {
    struct wordlist a, b;
    struct wordlist both, only_a, only_b;
};

static struct wordlist unique(const struct wordlist *w)
{
    struct wordlist copy = {0};
    for (size_t i = 0; i < w->n; i++)
        wordlist_push(&copy, w->at[i]);
    wordlist_unique(&copy);
    return copy;
}

static void divide(struct pair *p)
{
    struct wordlist a = unique(&p->a);
    struct wordlist b = unique(&p->b);
    size_t i = 0;
    size_t j = 0;
    while (i < a.n || j < b.n) {
        int order = i == a.n ? 1 : j == b.n ? -1 : span_compare(a.at[i], b.at[j]);
        wordlist_push(order < 0   ? &p->only_a
                      : order > 0 ? &p->only_b
                                  : &p->both,
                      order > 0 ? b.at[j] : a.at[i]);
        i += order <= 0;
        j += order >= 0;
    }
    wordlist_release(&a);
    wordlist_release(&b);
}

static void pair_init(struct pair *p, struct span a, struct span b)
{
    *p = (struct pair){0};
    wordlist_split(&p->a, a);
    wordlist_split(&p->b, b);
    wordlist_sort(&p->a);
    wordlist_sort(&p->b);
    divide(p);
}

static void pair_release(struct pair *p)
{
    wordlist_release(&p->a);
    wordlist_release(&p->b);
    wordlist_release(&p->both);
    wordlist_release(&p->only_a);
    wordlist_release(&p->only_b);
}

typedef double measure_t(struct span a, struct span b);

/* A measure of two lists of words, each joined with spaces. */
static double joined(measure_t *measure, const struct wordlist *a, const struct wordlist *b)
{
    struct seq a_text = {0};
    struct seq b_text = {0};
    wordlist_join(&a_text, a);
    wordlist_join(&b_text, b);
    double found = measure(seq_span(&a_text), seq_span(&b_text));
    seq_release(&a_text);
    seq_release(&b_text);
    return found;
}

static size_t joined_length(const struct wordlist *w)
{
    size_t n = w->n ? w->n - 1 : 0;
    for (size_t i = 0; i < w->n; i++)
        n += w->at[i].n;
    return n;
}

static double lcs_as_number(struct span a, struct span b)
{
    return (double)lcs_length(a, b);
}

/* The three texts that are compared are: the common words; those and a's own; those and b's own.
 * Their similarities follow from the lengths, but for that of the two lists of own words. */
static double of_sets(const struct pair *p)
{
    if (!p->a.n || !p->b.n)
        return 0;
    if (p->both.n && (!p->only_a.n || !p->only_b.n))
        return 1;
    double common = (double)joined_length(&p->both);
    double space = p->both.n ? 1 : 0;
    double a = (double)joined_length(&p->only_a);
    double b = (double)joined_length(&p->only_b);
    double distance = a + b - 2 * joined(lcs_as_number, &p->only_a, &p->only_b);
    double best = 1 - distance / (2 * (common + space) + a + b);
    if (!p->both.n)
        return best;
    best = larger(best, 1 - (space + a) / (2 * common + space + a));
    return larger(best, 1 - (space + b) / (2 * common + space + b));
}

double fuzzy_token_sort(struct span a, struct span b)
{
    struct pair p;
    pair_init(&p, a, b);
    double found = joined(fuzzy_ratio, &p.a, &p.b);
    pair_release(&p);
    return found;
}

double fuzzy_token_set(struct span a, struct span b)
{
    struct pair p;
    pair_init(&p, a, b);
    double found = of_sets(&p);
    pair_release(&p);
    return found;
}

double fuzzy_token(struct span a, struct span b)
{
    struct pair p;
    pair_init(&p, a, b);
    double found = of_sets(&p);
    if (found < 1)
        found = larger(found, joined(fuzzy_ratio, &p.a, &p.b));
    pair_release(&p);
    return found;
}

double fuzzy_partial_token(struct span a, struct span b)
{
    struct pair p;
    pair_init(&p, a, b);
    double found = 1;
    if (!p.both.n) {
        found = joined(fuzzy_partial, &p.a, &p.b);
        if (p.only_a.n < p.a.n || p.only_b.n < p.b.n)
            found = larger(found, joined(fuzzy_partial, &p.only_a, &p.only_b));
    }
    pair_release(&p);
    return found;
}

/* What is worth at most `most` is not measured if it cannot be more than `best`. */
static double weighed(double best, double most, measure_t *measure, struct span a, struct span b)
{
    return best < most ? larger(best, most * measure(a, b)) : best;
}

double fuzzy_weighted(struct span a, struct span b)
{
    static const double tokens = 0.95;
    if (!a.n || !b.n)
        return 0;
    double longer = (double)(a.n > b.n ? a.n : b.n);
    double shorter = (double)(a.n > b.n ? b.n : a.n);
    double best = fuzzy_ratio(a, b);
    if (longer / shorter < 1.5)
        return weighed(best, tokens, fuzzy_token, a, b);
    double parts = longer / shorter <= 8 ? 0.9 : 0.6;
    best = weighed(best, parts, fuzzy_partial, a, b);
    return weighed(best, tokens * parts, fuzzy_partial_token, a, b);
}
