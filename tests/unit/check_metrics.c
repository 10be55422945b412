/* The metrics against what rapidfuzz, NLTK, sacreBLEU and rouge-score say of 48 pairs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/text/bleu.h"
#include "grader/text/fuzzy.h"
#include "grader/text/gleu.h"
#include "grader/text/intern.h"
#include "grader/text/levenshtein.h"
#include "grader/text/meteor.h"
#include "grader/text/nltkwords.h"
#include "grader/text/rouge.h"
#include "grader/text/tokens13a.h"
#include "grader/text/unicode.h"
#include "grader/text/wordnet.h"
#include "sim/base/cc.h"
#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "tests/unit/fixture.h"
#include "tests/unit/suites.h"

static const char golden[] = "tests/data/text_similarity.jsonl";
enum { N_PAIRS = 48 };

/* A pair in every form that a metric takes. */
struct pair {
    struct seq a, b;                     /* code points */
    struct seq a_processed, b_processed; /* by fuzzy_process */
    struct seq a_words, b_words;         /* numbers of words, split at white space */
    struct seq a_13a, b_13a;             /* numbers of words by tokens13a */
    struct seq a_tokens, b_tokens;       /* code points, parted by nltkwords */
    struct seq a_nltk, b_nltk;           /* numbers of those words */
};

static void number(struct seq *out, struct span text, struct intern *in)
{
    struct wordlist words = {0};
    wordlist_split(&words, text);
    intern_words(in, out, &words);
    wordlist_release(&words);
}

static void read_side(struct seq forms[6], size_t stride, const struct tape *t, const char *key,
                      struct intern *in)
{
    struct buf text = {0};
    tape_string(t, tape_get(t, 0, key), &text);
    unicode_decode(&forms[0], buf_text(&text), text.len);
    fuzzy_process(&forms[stride], seq_span(&forms[0]));
    number(&forms[2 * stride], seq_span(&forms[0]), in);
    struct seq tokens = {0};
    tokens13a(&tokens, seq_span(&forms[0]));
    number(&forms[3 * stride], seq_span(&tokens), in);
    nltkwords(&forms[4 * stride], seq_span(&forms[0]));
    number(&forms[5 * stride], seq_span(&forms[4 * stride]), in);
    seq_release(&tokens);
    buf_release(&text);
}

static struct pair read_pair(const struct tape *t)
{
    struct seq forms[12] = {0};
    struct intern in = {0};
    read_side(forms, 2, t, "input", &in);
    read_side(forms + 1, 2, t, "reference", &in);
    intern_release(&in);
    return (struct pair){forms[0], forms[1], forms[2], forms[3], forms[4],  forms[5],
                         forms[6], forms[7], forms[8], forms[9], forms[10], forms[11]};
}

static void pair_release(struct pair *p)
{
    seq_release(&p->a);
    seq_release(&p->b);
    seq_release(&p->a_processed);
    seq_release(&p->b_processed);
    seq_release(&p->a_words);
    seq_release(&p->b_words);
    seq_release(&p->a_13a);
    seq_release(&p->b_13a);
    seq_release(&p->a_tokens);
    seq_release(&p->b_tokens);
    seq_release(&p->a_nltk);
    seq_release(&p->b_nltk);
}

static struct wordnet *wordnet; /* see wordnet_is_there */

#define CHARS       seq_span(&p->a), seq_span(&p->b)
#define PROCESSED   seq_span(&p->a_processed), seq_span(&p->b_processed)
#define WORDS       seq_span(&p->a_words), seq_span(&p->b_words)
#define TOKENS_13A  seq_span(&p->a_13a), seq_span(&p->b_13a)
#define NLTK_WORDS  seq_span(&p->a_nltk), seq_span(&p->b_nltk)
#define NLTK_TOKENS seq_span(&p->a_tokens), seq_span(&p->b_tokens)

/* Name in the file (keys parted by '/'), the expression, and what the file's unit is by ours; then
 * what docs/fidelity.md has of it: library, function, variant, reading. */
#define METRICS(X)                                                                                 \
    X("rapidfuzz/ratio", fuzzy_ratio(CHARS), 100, "rapidfuzz", "ratio", "texts as they are",       \
      "`fuzzy_match: ratio`")                                                                      \
    X("rapidfuzz/ratio_default_process", fuzzy_ratio(PROCESSED), 100, "rapidfuzz", "ratio",        \
      "default_process", "")                                                                       \
    X("rapidfuzz/partial_ratio", fuzzy_partial(CHARS), 100, "rapidfuzz", "partial_ratio",          \
      "texts as they are", "")                                                                     \
    X("rapidfuzz/partial_ratio_default_process", fuzzy_partial(PROCESSED), 100, "rapidfuzz",       \
      "partial_ratio", "default_process", "")                                                      \
    X("rapidfuzz/token_sort_ratio", fuzzy_token_sort(CHARS), 100, "rapidfuzz", "token_sort_ratio", \
      "texts as they are", "")                                                                     \
    X("rapidfuzz/token_sort_ratio_default_process", fuzzy_token_sort(PROCESSED), 100, "rapidfuzz", \
      "token_sort_ratio", "default_process", "")                                                   \
    X("rapidfuzz/token_set_ratio", fuzzy_token_set(CHARS), 100, "rapidfuzz", "token_set_ratio",    \
      "texts as they are", "")                                                                     \
    X("rapidfuzz/token_set_ratio_default_process", fuzzy_token_set(PROCESSED), 100, "rapidfuzz",   \
      "token_set_ratio", "default_process", "")                                                    \
    X("rapidfuzz/token_ratio", fuzzy_token(CHARS), 100, "rapidfuzz", "token_ratio",                \
      "texts as they are", "")                                                                     \
    X("rapidfuzz/token_ratio_default_process", fuzzy_token(PROCESSED), 100, "rapidfuzz",           \
      "token_ratio", "default_process", "")                                                        \
    X("rapidfuzz/WRatio", fuzzy_weighted(CHARS), 100, "rapidfuzz", "WRatio", "texts as they are",  \
      "")                                                                                          \
    X("rapidfuzz/WRatio_default_process", fuzzy_weighted(PROCESSED), 100, "rapidfuzz", "WRatio",   \
      "default_process", "`fuzzy_match: wratio`")                                                  \
    X("rapidfuzz/QRatio", fuzzy_quick(CHARS), 100, "rapidfuzz", "QRatio", "texts as they are", "") \
    X("rapidfuzz/QRatio_default_process", fuzzy_quick(PROCESSED), 100, "rapidfuzz", "QRatio",      \
      "default_process", "")                                                                       \
    X("rapidfuzz/levenshtein_normalized_similarity", levenshtein_similarity(CHARS), 1,             \
      "rapidfuzz", "Levenshtein", "normalized_similarity", "")                                     \
    X("rapidfuzz/indel_normalized_similarity", fuzzy_ratio(CHARS), 1, "rapidfuzz", "Indel",        \
      "normalized_similarity", "")                                                                 \
    X("nltk_split/bleu_nosmooth", bleu_nltk(BLEU_NONE, WORDS), 1, "NLTK", "sentence_bleu",         \
      "split, no smoothing", "`bleu: nltk`")                                                       \
    X("nltk_split/bleu_method1", bleu_nltk(BLEU_EPSILON, WORDS), 1, "NLTK", "sentence_bleu",       \
      "split, method1", "`bleu: nltk_method1`")                                                    \
    X("nltk_split/bleu_method2", bleu_nltk(BLEU_ADD_ONE, WORDS), 1, "NLTK", "sentence_bleu",       \
      "split, method2", "")                                                                        \
    X("nltk_split/bleu_method3", bleu_nltk(BLEU_HALVES, WORDS), 1, "NLTK", "sentence_bleu",        \
      "split, method3", "")                                                                        \
    X("nltk_split/bleu_method4", bleu_nltk(BLEU_LENGTH, WORDS), 1, "NLTK", "sentence_bleu",        \
      "split, method4", "")                                                                        \
    X("nltk_split/bleu_method5", bleu_nltk(BLEU_AVERAGE, WORDS), 1, "NLTK", "sentence_bleu",       \
      "split, method5", "")                                                                        \
    X("nltk_split/bleu_method7", bleu_nltk(BLEU_BOTH, WORDS), 1, "NLTK", "sentence_bleu",          \
      "split, method7", "")                                                                        \
    X("nltk_split/gleu", gleu(WORDS), 1, "NLTK", "sentence_gleu", "split", "`gleu: split`")        \
    X("nltk_split/meteor_wordnet", meteor(wordnet, CHARS), 1, "NLTK", "single_meteor_score",       \
      "split, WordNet", "`meteor: wordnet`")                                                       \
    X("nltk_split/meteor_exact_stem_only", meteor(NULL, CHARS), 1, "NLTK", "single_meteor_score",  \
      "split, no synonyms", "`meteor: exact_stem`")                                                \
    X("nltk_nltk_word/bleu_nosmooth", bleu_nltk(BLEU_NONE, NLTK_WORDS), 1, "NLTK",                 \
      "sentence_bleu", "word_tokenize, no smoothing", "")                                          \
    X("nltk_nltk_word/bleu_method1", bleu_nltk(BLEU_EPSILON, NLTK_WORDS), 1, "NLTK",               \
      "sentence_bleu", "word_tokenize, method1", "")                                               \
    X("nltk_nltk_word/bleu_method2", bleu_nltk(BLEU_ADD_ONE, NLTK_WORDS), 1, "NLTK",               \
      "sentence_bleu", "word_tokenize, method2", "")                                               \
    X("nltk_nltk_word/bleu_method3", bleu_nltk(BLEU_HALVES, NLTK_WORDS), 1, "NLTK",                \
      "sentence_bleu", "word_tokenize, method3", "")                                               \
    X("nltk_nltk_word/bleu_method4", bleu_nltk(BLEU_LENGTH, NLTK_WORDS), 1, "NLTK",                \
      "sentence_bleu", "word_tokenize, method4", "")                                               \
    X("nltk_nltk_word/bleu_method5", bleu_nltk(BLEU_AVERAGE, NLTK_WORDS), 1, "NLTK",               \
      "sentence_bleu", "word_tokenize, method5", "")                                               \
    X("nltk_nltk_word/bleu_method7", bleu_nltk(BLEU_BOTH, NLTK_WORDS), 1, "NLTK", "sentence_bleu", \
      "word_tokenize, method7", "")                                                                \
    X("nltk_nltk_word/gleu", gleu(NLTK_WORDS), 1, "NLTK", "sentence_gleu", "word_tokenize",        \
      "`gleu: word_tokenize`")                                                                     \
    X("nltk_nltk_word/meteor_wordnet", meteor(wordnet, NLTK_TOKENS), 1, "NLTK",                    \
      "single_meteor_score", "word_tokenize, WordNet", "")                                         \
    X("nltk_nltk_word/meteor_exact_stem_only", meteor(NULL, NLTK_TOKENS), 1, "NLTK",               \
      "single_meteor_score", "word_tokenize, no synonyms", "")                                     \
    X("sacrebleu_sentence_13a_exp", bleu_sacre(TOKENS_13A), 1, "sacreBLEU", "sentence_bleu",       \
      "13a, exp, effective order", "`bleu: sacrebleu`")

static double value(const struct pair *p, size_t metric)
{
    size_t i = 0;
#define X(name, expression, unit, ...) \
    if (i++ == metric)                 \
        return (expression) * (unit);
    METRICS(X)
#undef X
    return NAN;
}

static const struct {
    const char *name;
    double unit;
    const char *library, *function, *variant, *reading;
} metrics[] = {
#define X(name, expression, unit, ...) {name, unit, __VA_ARGS__},
    METRICS(X)
#undef X
};

static void each_pair(void (*look)(const struct tape *t, const struct pair *p, size_t line,
                                   size_t arg),
                      size_t arg)
{
    FILE *file = fopen(golden, "r");
    ck_assert_msg(file != NULL, "%s: run from the repository's root", golden);
    char *line = NULL;
    size_t room = 0;
    size_t n = 0;
    while (getline(&line, &room, file) > 0) {
        struct tape t = fixture_tape(line);
        struct pair p = read_pair(&t);
        look(&t, &p, ++n, arg);
        pair_release(&p);
        tape_release(&t);
    }
    ck_assert_uint_eq(n, N_PAIRS);
    free(line);
    fclose(file);
}

/* The value of "a/b/c". */
static double wanted(const struct tape *t, const char *path)
{
    size_t at = 0;
    while (*path) {
        size_t n = strcspn(path, "/");
        at = tape_key(t, at, path, n);
        path += n + (path[n] == '/');
    }
    ck_assert_int_eq(tape_kind(t, at), TAPE_NUMBER);
    return tape_number(t, at);
}

static void same(double got, double want, size_t line, const char *name)
{
    ck_assert_msg(fabs(got - want) <= 1e-9 * fmax(1, fabs(want)), "%s:%zu: %s is %.17g, not %.17g",
                  golden, line, name, got, want);
}

static void look_at_metric(const struct tape *t, const struct pair *p, size_t line, size_t metric)
{
    const char *name = metrics[metric].name;
    same(value(p, metric), wanted(t, name), line, name);
}

static void wordnet_is_there(void)
{
    wordnet = wordnet_open();
    ck_assert_msg(wordnet != NULL, "no %s: install wordnet-base", wordnet_folder());
}

static void wordnet_goes(void)
{
    wordnet_close(wordnet);
}

START_TEST(test_a_metric_is_what_its_library_says)
{
    each_pair(look_at_metric, (size_t)_i);
}
END_TEST

enum { ROUGES = 12 }; /* 1 to 5 and L, without stems and with */

/* `score` is of "prf"; the caller frees the name. */
static char *rouge_name(size_t row, size_t score)
{
    char which[] = {row % 6 ? (char)('0' + row % 6) : 'L', '\0'};
    return mem_printf("rouge/rouge%s%s/%c", which, row < 6 ? "" : "_stem", "prf"[score]);
}

static double rouge_value(const struct pair *p, size_t row, size_t score)
{
    size_t order = row % 6; /* 0: the longest common subsequence */
    enum rouge_stems stems = row < 6 ? ROUGE_PLAIN : ROUGE_STEMMED;
    struct rouge_score s = order ? rouge_n(order, stems, CHARS) : rouge_l(stems, CHARS);
    return score == 0 ? s.precision : score == 1 ? s.recall : s.f1;
}

static void look_at_rouge(const struct tape *t, const struct pair *p, size_t line, size_t row)
{
    for (size_t i = 0; i < 3; i++) {
        char *name = rouge_name(row, i);
        same(rouge_value(p, row, i), wanted(t, name), line, name);
        free(name);
    }
}

START_TEST(test_rouge_is_what_rouge_score_says)
{
    each_pair(look_at_rouge, (size_t)_i);
}
END_TEST

static bool is_known(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(metrics); i++) {
        if (strcmp(metrics[i].name, path) == 0)
            return true;
    }
    return strncmp(path, "rouge/", 6) == 0;
}

static void look_at_keys(const struct tape *t, size_t at, const char *path)
{
    if (tape_kind(t, at) == TAPE_NUMBER)
        ck_assert_msg(is_known(path), "nothing compares %s", path);
    if (tape_kind(t, at) != TAPE_OBJECT)
        return;
    for (size_t key = at + 1; key < t->at[at].next; key = t->at[key + 1].next) {
        struct buf name = {0};
        buf_printf(&name, "%s%s", path, *path ? "/" : "");
        tape_string(t, key, &name);
        look_at_keys(t, key + 1, buf_text(&name));
        buf_release(&name);
    }
}

static void look_at_line(const struct tape *t, const struct pair *p, size_t line, size_t arg)
{
    (void)p;
    (void)line;
    (void)arg;
    look_at_keys(t, 0, "");
}

START_TEST(test_nothing_in_the_file_is_left_out_unsaid)
{
    each_pair(look_at_line, 0);
}
END_TEST

/* The largest difference to the file of each metric, then of each ROUGE's three scores. */
static double furthest[COUNT_OF(metrics) + ROUGES];

static void note_difference(size_t i, double got, double want)
{
    furthest[i] = fmax(furthest[i], fabs(got - want));
}

static void look_for_differences(const struct tape *t, const struct pair *p, size_t line,
                                 size_t arg)
{
    (void)line;
    (void)arg;
    for (size_t i = 0; i < COUNT_OF(metrics); i++)
        note_difference(i, value(p, i) / metrics[i].unit,
                        wanted(t, metrics[i].name) / metrics[i].unit);
    for (size_t i = 0; i < (size_t)ROUGES * 3; i++) {
        char *name = rouge_name(i / 3, i % 3);
        note_difference(COUNT_OF(metrics) + i / 3, rouge_value(p, i / 3, i % 3), wanted(t, name));
        free(name);
    }
}

/* By powers of ten, so that the table holds on every machine. */
static const char *bound(double difference)
{
    return difference == 0 ? "0" : difference < 1e-12 ? "< 1e-12" : "< 1e-9";
}

static void add_row(struct buf *out, const char *library, const char *function, const char *variant,
                    const char *reading, double difference)
{
    buf_printf(out, "| %s | %s | %s | %s | %s |\n", library, function, variant, reading,
               bound(difference));
}

START_TEST(test_the_table_in_fidelity_is_so)
{
    char *text = NULL;
    size_t len = 0;
    struct err e = {0};
    struct buf table = {0};
    each_pair(look_for_differences, 0);
    for (size_t i = 0; i < COUNT_OF(metrics); i++)
        add_row(&table, metrics[i].library, metrics[i].function, metrics[i].variant,
                metrics[i].reading, furthest[i]);
    for (size_t i = 0; i < ROUGES; i++) {
        size_t row = i / 6 * 6 + (i + 1) % 6; /* L after the orders */
        char *name = rouge_name(row, 0);
        name[strcspn(name + 6, "_/") + 6] = '\0';
        add_row(&table, "rouge-score", name + 6, i < 6 ? "no stemmer" : "use_stemmer",
                i < 6 ? "`rouge: f1`, `precision`, `recall`" : "`rouge: f1_stemmed`",
                furthest[COUNT_OF(metrics) + row]);
        free(name);
    }
    ck_assert_int_eq(file_read(&text, &len, "docs/fidelity.md", 1 << 20, &e), ERR_OK);
    ck_assert_msg(strstr(text, buf_text(&table)) != NULL,
                  "docs/fidelity.md should have this table:\n%s", buf_text(&table));
    buf_release(&table);
    free(text);
}
END_TEST

static bool has_synonym(const char *word, size_t n, const char *synonym)
{
    struct seq text = {0};
    struct seq all = {0};
    struct seq want = {0};
    struct wordlist words = {0};
    unicode_decode(&text, word, n);
    unicode_decode(&want, synonym, strlen(synonym));
    wordnet_synonyms(wordnet, seq_span(&text), &all);
    unicode_lower_all(&all);
    wordlist_split(&words, seq_span(&all));
    bool found = false;
    for (size_t i = 0; i < words.n; i++)
        found |= span_equal(words.at[i], seq_span(&want));
    seq_release(&text);
    seq_release(&all);
    seq_release(&want);
    wordlist_release(&words);
    return found;
}

static const struct {
    const char *word, *synonym;
    bool is;
} synonyms[] = {
    {"car", "auto", true},
    {"cars", "auto", true},   /* by a rule */
    {"went", "travel", true}, /* by the list of exceptions */
    {"children", "kid", true},
    {"sick", "ill", true}, /* an adjective that the file marks */
    {"quickly", "rapidly", true},
    {"men", "man", true},
    {"car", "railway_car", false}, /* words of two parts are none */
    {"car", "boat", false},
    {"zzzz", "zzzz", false},
    {"caf\xc3\xa9", "coffeehouse", false}, /* the files are ASCII */
    {"", "", false},
};

START_TEST(test_a_synonym)
{
    ck_assert_msg(has_synonym(synonyms[_i].word, strlen(synonyms[_i].word), synonyms[_i].synonym) ==
                      synonyms[_i].is,
                  "%s and %s", synonyms[_i].word, synonyms[_i].synonym);
}
END_TEST

/* Halving finds every lemma, so each is a synonym of its own: the first, the last, some between. */
START_TEST(test_every_lemma_is_found)
{
    static const char *const parts[] = {"noun", "verb", "adj", "adv"};
    char *name = mem_printf("%s/index.%s", wordnet_folder(), parts[_i]);
    FILE *file = fopen(name, "r");
    ck_assert_ptr_nonnull(file);
    char *line = NULL;
    char *last = NULL;
    size_t room = 0;
    size_t n = 0;
    while (getline(&line, &room, file) > 0) {
        char *end = strchr(line, ' ');
        if (end == line || !end || memchr(line, '_', (size_t)(end - line)))
            continue;
        *end = '\0';
        if (n++ % 50 == 0)
            ck_assert_msg(has_synonym(line, strlen(line), line), "%s", line);
        free(last);
        last = mem_text(line);
    }
    ck_assert_uint_gt(n, 1000);
    ck_assert_msg(has_synonym(last, strlen(last), last), "%s", last);
    free(last);
    free(line);
    free(name);
    fclose(file);
}
END_TEST

Suite *metrics_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tcase = tcase_create("golden");
    tcase_add_checked_fixture(tcase, wordnet_is_there, wordnet_goes);
    tcase_add_loop_test(tcase, test_a_metric_is_what_its_library_says, 0, COUNT_OF(metrics));
    tcase_add_loop_test(tcase, test_rouge_is_what_rouge_score_says, 0, ROUGES);
    tcase_add_test(tcase, test_nothing_in_the_file_is_left_out_unsaid);
    tcase_add_test(tcase, test_the_table_in_fidelity_is_so);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("wordnet");
    tcase_add_checked_fixture(tcase, wordnet_is_there, wordnet_goes);
    tcase_add_loop_test(tcase, test_a_synonym, 0, COUNT_OF(synonyms));
    tcase_add_loop_test(tcase, test_every_lemma_is_found, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}
