#include "grader/text/rouge.h"

#include <stdlib.h>

#include "grader/text/intern.h"
#include "grader/text/lcs.h"
#include "grader/text/ngram.h"
#include "grader/text/stem.h"
#include "grader/text/unicode.h"
#include "sim/base/mem.h"

static void add_word(struct seq *out, struct seq *word, enum rouge_stems stems, struct intern *in)
{
    if (word->n > 3 && stems == ROUGE_STEMMED)
        stem(word);
    if (word->n)
        seq_push(out, intern_number(in, seq_span(word)));
    word->n = 0;
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool rouge_sees(struct span text)
{
    size_t i = 0;
    while (i < text.n && !is_letter(unicode_lower(text.at[i])))
        i++;
    return i < text.n;
}

static void number_words(struct seq *out, struct span text, enum rouge_stems stems,
                         struct intern *in)
{
    struct seq word = {0};
    for (size_t i = 0; i < text.n; i++) {
        uint32_t c = unicode_lower(text.at[i]);
        if (is_letter(c))
            seq_push(&word, c);
        else
            add_word(out, &word, stems, in);
    }
    add_word(out, &word, stems, in);
    seq_release(&word);
}

static struct rouge_score score(size_t matches, size_t in_input, size_t in_reference)
{
    struct rouge_score s = {0};
    if (!matches)
        return s;
    s.precision = (double)matches / (double)in_input;
    s.recall = (double)matches / (double)in_reference;
    s.f1 = 2 * s.precision * s.recall / (s.precision + s.recall);
    return s;
}

struct rouge_score rouge_n(size_t order, enum rouge_stems stems, struct span input,
                           struct span reference)
{
    struct intern in = {0};
    struct seq a = {0};
    struct seq b = {0};
    number_words(&a, input, stems, &in);
    number_words(&b, reference, stems, &in);
    struct ngram_count *counts = mem_array(order, sizeof(*counts));
    ngram_count(counts, order, seq_span(&a), seq_span(&b));
    const struct ngram_count *c = &counts[order - 1];
    struct rouge_score s = score(c->matches, c->in_a, c->in_b);
    free(counts);
    seq_release(&a);
    seq_release(&b);
    intern_release(&in);
    return s;
}

struct rouge_score rouge_l(enum rouge_stems stems, struct span input, struct span reference)
{
    struct intern in = {0};
    struct seq a = {0};
    struct seq b = {0};
    number_words(&a, input, stems, &in);
    number_words(&b, reference, stems, &in);
    struct rouge_score s = score(lcs_length(seq_span(&a), seq_span(&b)), a.n, b.n);
    seq_release(&a);
    seq_release(&b);
    intern_release(&in);
    return s;
}
