/* text_similarity: how alike input and reference are, 0..1 (contract 4.4).
 *
 * The service names metrics and not their settings, so each is its library's most literal default:
 * fuzzy_match is rapidfuzz's WRatio of both texts by default_process (GAP-32), bleu sacreBLEU's for
 * sentences (GAP-33), gleu and meteor NLTK's, rouge the F1 of rouge-score without stems (GAP-34).
 * cosine is for evals only and refused (GAP-35). Invalid UTF-8 counts as U+FFFD.
 * Time: linear, but n * m / 64 steps for rouge_l and fuzzy_match, and n * m for fuzzy_match if one
 * text is half as long again as the other or longer. Memory is linear.
 */
#include <string.h>

#include "grader/explain.h"
#include "grader/kinds.h"
#include "grader/scope.h"
#include "grader/text/bleu.h"
#include "grader/text/fuzzy.h"
#include "grader/text/gleu.h"
#include "grader/text/intern.h"
#include "grader/text/meteor.h"
#include "grader/text/rouge.h"
#include "grader/text/tokens13a.h"
#include "grader/text/unicode.h"
#include "grader/text/wordnet.h"
#include "sim/base/nearest.h"

struct text_similarity {
    const struct metric *metric;
    struct wordnet *wordnet; /* NULL if not installed, or not needed */
    struct template *input;
    struct template *reference;
    struct buf input_text; /* as last rendered */
    struct buf reference_text;
    struct seq input_chars; /* of the last grade */
    struct seq reference_chars;
};

struct metric {
    const char *name;
    double (*measure)(const struct text_similarity *s, struct span input, struct span reference);
    size_t order; /* of rouge_N */
};

static double fuzzy_match(const struct text_similarity *s, struct span input, struct span reference)
{
    (void)s;
    struct seq a = {0};
    struct seq b = {0};
    fuzzy_process(&a, input);
    fuzzy_process(&b, reference);
    double found = fuzzy_weighted(seq_span(&a), seq_span(&b));
    seq_release(&a);
    seq_release(&b);
    return found;
}

static void number_words(struct seq *out, struct span text, struct intern *in)
{
    struct wordlist words = {0};
    wordlist_split(&words, text);
    intern_words(in, out, &words);
    wordlist_release(&words);
}

typedef double of_words(struct span input, struct span reference);

static double measure_words(of_words *measure, struct span input, struct span reference)
{
    struct intern in = {0};
    struct seq a = {0};
    struct seq b = {0};
    number_words(&a, input, &in);
    number_words(&b, reference, &in);
    double found = measure(seq_span(&a), seq_span(&b));
    seq_release(&a);
    seq_release(&b);
    intern_release(&in);
    return found;
}

static double of_bleu(const struct text_similarity *s, struct span input, struct span reference)
{
    (void)s;
    struct seq a = {0};
    struct seq b = {0};
    tokens13a(&a, input);
    tokens13a(&b, reference);
    double found = measure_words(bleu_sacre, seq_span(&a), seq_span(&b));
    seq_release(&a);
    seq_release(&b);
    return found;
}

static double of_gleu(const struct text_similarity *s, struct span input, struct span reference)
{
    (void)s;
    return measure_words(gleu, input, reference);
}

static double of_meteor(const struct text_similarity *s, struct span input, struct span reference)
{
    return meteor(s->wordnet, input, reference);
}

static double of_rouge_n(const struct text_similarity *s, struct span input, struct span reference)
{
    return rouge_n(s->metric->order, ROUGE_PLAIN, input, reference).f1;
}

static double of_rouge_l(const struct text_similarity *s, struct span input, struct span reference)
{
    (void)s;
    return rouge_l(ROUGE_PLAIN, input, reference).f1;
}

static const struct metric metrics[] = {
    {"fuzzy_match", fuzzy_match, 0}, {"bleu", of_bleu, 0},       {"gleu", of_gleu, 0},
    {"meteor", of_meteor, 0},        {"rouge_1", of_rouge_n, 1}, {"rouge_2", of_rouge_n, 2},
    {"rouge_3", of_rouge_n, 3},      {"rouge_4", of_rouge_n, 4}, {"rouge_5", of_rouge_n, 5},
    {"rouge_l", of_rouge_l, 0},
};

static void refuse_metric(const char *name, const struct grader_spec *spec, struct diags *list)
{
    if (strcmp(name, "cosine") == 0) {
        diag_fix(
            grader_fault(spec, list, DIAG_ERROR, DIAG_J007, "evaluation_metric",
                         "cosine compares embeddings, which the service does in evals only, not "
                         "in training (GAP-35)"),
            "use fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5 or rouge_l");
        return;
    }
    struct nearest near = {.word = name};
    for (size_t i = 0; i < COUNT_OF(metrics); i++)
        nearest_try(&near, metrics[i].name);
    struct diag *d = grader_fault(spec, list, DIAG_ERROR, DIAG_J005, "evaluation_metric",
                                  "no evaluation_metric is called '%s'", name);
    if (near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    else
        diag_fix(d, "use fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5 or rouge_l");
}

static void read_metric(struct text_similarity *s, const struct grader_spec *spec,
                        struct diags *list)
{
    const json_t *value = json_object_get(spec->json, "evaluation_metric");
    const char *name = json_string_value(value);
    if (!name) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, value ? DIAG_J004 : DIAG_J003,
                              "evaluation_metric",
                              value ? "'evaluation_metric' must be a string"
                                    : "missing key 'evaluation_metric'"),
                 "use fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5 or rouge_l");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(metrics); i++) {
        if (strcmp(name, metrics[i].name) == 0)
            s->metric = &metrics[i];
    }
    if (!s->metric)
        refuse_metric(name, spec, list);
}

/* It colours passes, not rewards (GAP-37), so its type is all there is to it here. */
static void read_threshold(const struct grader_spec *spec, struct diags *list)
{
    const json_t *value = json_object_get(spec->json, "pass_threshold");
    if (value && !json_is_number(value) && !json_is_null(value))
        grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "pass_threshold",
                     "'pass_threshold' must be a number");
}

/* Every thread opens the grader; the first says what is not there. */
static bool is_said(const struct diags *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->at[i].code == DIAG_N002)
            return true;
    }
    return false;
}

static void open_wordnet(struct text_similarity *s, const struct grader_spec *spec,
                         struct diags *list)
{
    s->wordnet = wordnet_open();
    if (!s->wordnet && !is_said(list))
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_N002, "evaluation_metric",
                              "no WordNet in %s: meteor matches equal words and stems, no synonyms",
                              wordnet_folder()),
                 "apt-get install wordnet-base, or let WNSEARCHDIR name the folder");
}

static enum err_code open(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    (void)context;
    struct text_similarity *s = self;
    size_t errors = list->n_errors;
    read_metric(s, spec, list);
    grader_field(&s->input, spec, "input", list);
    grader_field(&s->reference, spec, "reference", list);
    read_threshold(spec, list);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
    if (s->metric->measure == of_meteor)
        open_wordnet(s, spec, list);
    return ERR_OK;
}

static struct span decode(struct seq *chars, const struct buf *text)
{
    chars->n = 0;
    unicode_decode(chars, buf_text(text), text->len);
    return seq_span(chars);
}

static void grade(void *self, const struct grader_input *in, struct grade *out)
{
    struct text_similarity *s = self;
    if (!grader_render(s->input, "input", in, &s->input_text, out) ||
        !grader_render(s->reference, "reference", in, &s->reference_text, out))
        return;
    struct span input = decode(&s->input_chars, &s->input_text);
    struct span reference = decode(&s->reference_chars, &s->reference_text);
    double reward = s->metric->measure(s, input, reference);
    out->reward = reward < 1 ? reward : 1; /* a rounding above 1 is 1 */
}

static void templates(const void *self, template_visit *visit, void *arg)
{
    const struct text_similarity *s = self;
    visit(arg, "input", s->input);
    visit(arg, "reference", s->reference);
}

static void bounds(const void *self, double *low, double *high)
{
    (void)self;
    *low = 0;
    *high = 1;
}

static void explain(void *self, const json_t *spec, const struct grader_input *in, json_t *facts)
{
    const struct text_similarity *s = self;
    explain_field(facts, spec, "input", s->input, in);
    explain_field(facts, spec, "reference", s->reference, in);
    explain_setting(facts, spec, "evaluation_metric");
}

static void close(void *self)
{
    struct text_similarity *s = self;
    template_free(s->input);
    template_free(s->reference);
    buf_release(&s->input_text);
    buf_release(&s->reference_text);
    seq_release(&s->input_chars);
    seq_release(&s->reference_chars);
    wordnet_close(s->wordnet);
}

const struct grader_ops grader_text_similarity = {
    .type = "text_similarity",
    .size = sizeof(struct text_similarity),
    .open = open,
    .grade = grade,
    .close = close,
    .templates = templates,
    .compares = true,
    .bounds = bounds,
    .explain = explain,
};
