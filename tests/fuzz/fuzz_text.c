/* Any bytes as two texts, parted by the first NUL: every metric is a number from 0 to 1, and the
 * fast algorithms find what plain ones find. */
#include <math.h>
#include <string.h>

#include "grader/text/bleu.h"
#include "grader/text/fuzzy.h"
#include "grader/text/gleu.h"
#include "grader/text/intern.h"
#include "grader/text/lcs.h"
#include "grader/text/levenshtein.h"
#include "grader/text/meteor.h"
#include "grader/text/nltkwords.h"
#include "grader/text/rouge.h"
#include "grader/text/tokens13a.h"
#include "grader/text/unicode.h"
#include "grader/text/wordnet.h"
#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static void must_be_score(double score, const char *what)
{
    must(score >= 0 && score <= 1 + 1e-9, what); /* and is no NaN */
}

/* Both in one plain program: the distance without replacements gives the subsequence. */
static size_t plain_distance(struct span a, struct span b, size_t replacement)
{
    size_t *row = mem_array(b.n + 1, sizeof(*row));
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 0; i < a.n; i++) {
        size_t corner = row[0]++;
        for (size_t j = 0; j < b.n; j++) {
            size_t best = corner + (a.at[i] == b.at[j] ? 0 : replacement);
            corner = row[j + 1];
            best = corner + 1 < best ? corner + 1 : best;
            row[j + 1] = row[j] + 1 < best ? row[j] + 1 : best;
        }
    }
    size_t found = row[b.n];
    free(row);
    return found;
}

static void check_chars(struct span a, struct span b)
{
    static double (*const fuzzy[])(struct span a, struct span b) = {
        fuzzy_ratio,     fuzzy_quick, fuzzy_partial,       fuzzy_token_sort,
        fuzzy_token_set, fuzzy_token, fuzzy_partial_token, fuzzy_weighted,
    };
    must(2 * lcs_length(a, b) == a.n + b.n - plain_distance(a, b, 2), "the subsequence's length");
    must(levenshtein_distance(a, b) == plain_distance(a, b, 1), "the distance");
    for (size_t i = 0; i < COUNT_OF(fuzzy); i++)
        must_be_score(fuzzy[i](a, b), "a fuzzy score");
    must(fabs(fuzzy_weighted(a, b) - fuzzy_weighted(b, a)) < 1e-12, "a weighted score's symmetry");
    static const enum rouge_stems stems[] = {ROUGE_PLAIN, ROUGE_STEMMED};
    for (size_t i = 0; i < COUNT_OF(stems); i++) {
        must_be_score(rouge_n(2, stems[i], a, b).f1, "rouge_2");
        must_be_score(rouge_l(stems[i], a, b).f1, "rouge_l");
    }
}

static void check_words(struct span a_text, struct span b_text)
{
    struct wordlist words = {0};
    struct intern in = {0};
    struct seq a = {0};
    struct seq b = {0};
    wordlist_split(&words, a_text);
    intern_words(&in, &a, &words);
    words.n = 0;
    wordlist_split(&words, b_text);
    intern_words(&in, &b, &words);
    must_be_score(gleu(seq_span(&a), seq_span(&b)), "gleu");
    must_be_score(bleu_sacre(seq_span(&a), seq_span(&b)), "bleu");
    must_be_score(bleu_nltk(BLEU_HALVES, seq_span(&a), seq_span(&b)), "NLTK's bleu");
    seq_release(&a);
    seq_release(&b);
    intern_release(&in);
    wordlist_release(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wordnet *wordnet;
    if (!wordnet)
        wordnet = wordnet_open();
    const uint8_t *nul = memchr(data, 0, size);
    size_t n = nul ? (size_t)(nul - data) : size;
    struct seq a = {0};
    struct seq b = {0};
    unicode_decode(&a, (const char *)data, n);
    if (nul)
        unicode_decode(&b, (const char *)nul + 1, size - n - 1);
    check_chars(seq_span(&a), seq_span(&b));
    must_be_score(meteor(wordnet, seq_span(&a), seq_span(&b)), "meteor");
    struct seq a_tokens = {0};
    struct seq b_tokens = {0};
    tokens13a(&a_tokens, seq_span(&a));
    tokens13a(&b_tokens, seq_span(&b));
    check_words(seq_span(&a_tokens), seq_span(&b_tokens));
    a_tokens.n = b_tokens.n = 0;
    nltkwords(&a_tokens, seq_span(&a));
    nltkwords(&b_tokens, seq_span(&b));
    check_words(seq_span(&a_tokens), seq_span(&b_tokens));
    seq_release(&a);
    seq_release(&b);
    seq_release(&a_tokens);
    seq_release(&b_tokens);
    return 0;
}
