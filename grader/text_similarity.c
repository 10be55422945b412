/* text_similarity: how alike input and reference are, 0..1 (contract 4.4).
 *
 * The service names metrics and not their settings. By default each is its library's most literal
 * one: fuzzy_match is rapidfuzz's WRatio of both texts by default_process (GAP-32), bleu
 * sacreBLEU's for sentences (GAP-33), gleu and meteor NLTK's, rouge the F1 of rouge-score without
 * stems (GAP-34). simulation.grader_variants chooses others, and every grade has the reward under
 * those not chosen beside it. cosine is for evals only and refused (GAP-35). Invalid UTF-8 counts
 * as U+FFFD.
 */
#include <stdio.h>
#include <string.h>

#include "grader/explain.h"
#include "grader/kinds.h"
#include "grader/metric.h"
#include "grader/recall.h"
#include "grader/scope.h"
#include "grader/text/unicode.h"
#include "grader/text/wordnet.h"
#include "sim/base/nearest.h"

struct text_similarity {
    const struct metric *metric;
    int word;                /* of the metric's switch, that counts */
    unsigned readings;       /* the others that can be told, and that of output_tools */
    struct wordnet *wordnet; /* NULL if not installed, or not needed */
    struct template *input;
    struct template *reference;
    struct buf input_text; /* as last rendered */
    struct buf reference_text;
    struct seq input_chars; /* of the last texts that were measured */
    struct seq reference_chars;
    struct recall *recall; /* NULL: every pair is measured */
};

static void refuse_metric(const char *name, const struct grader_spec *spec, struct diags *list)
{
    if (strcmp(name, "cosine") == 0) {
        struct diag *d =
            grader_fault(spec, list, DIAG_ERROR, DIAG_J007, "evaluation_metric",
                         "cosine compares embeddings, which the service does in evals only, not "
                         "in training (GAP-35)");
        diag_why(d, "the job would be refused when it is created, or fail later");
        diag_fix(d, "use fuzzy_match, bleu, gleu, meteor, rouge_1 to rouge_5 or rouge_l");
        return;
    }
    struct nearest near = {.word = name};
    for (size_t i = 0; metric_names[i]; i++)
        nearest_try(&near, metric_names[i]);
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
    s->metric = metric_find(name);
    if (!s->metric)
        refuse_metric(name, spec, list);
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
    if (!s->wordnet && s->word == 0 && !is_said(list))
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_N002, "evaluation_metric",
                              "no WordNet in %s: meteor matches equal words and stems, no synonyms",
                              wordnet_folder()),
                 "apt-get install wordnet-base, or let WNSEARCHDIR name the folder");
}

static void read_readings(struct text_similarity *s, const struct grader_spec *spec,
                          struct diags *list)
{
    enum reading_switch which = metric_switch(s->metric);
    s->word = spec->job->sim.readings[which];
    if (which == READING_METEOR)
        open_wordnet(s, spec, list);
    if (which != READING_METEOR || s->wordnet) /* without it there is nothing to compare */
        s->readings = reading_others(which, s->word);
    if (grader_reads_calls(s->input) || grader_reads_calls(s->reference))
        s->readings |= grader_calls_readings(spec);
}

static enum err_code open(void *self, const struct grader_spec *spec,
                          const struct grader_context *context, struct diags *list, struct err *e)
{
    (void)context;
    static const char *const known[] = {
        "type", "name", "input", "reference", "evaluation_metric", "pass_threshold", NULL};
    struct text_similarity *s = self;
    size_t errors = list->n_errors;
    doc_check_keys(spec->job->doc, list, spec->json, spec->pointer, known,
                   " in a text_similarity grader");
    read_metric(s, spec, list);
    grader_field(&s->input, spec, "input", list);
    grader_field(&s->reference, spec, "reference", list);
    grader_pass_threshold(spec, list);
    if (list->n_errors > errors)
        return err_set(e, ERR_JOB, "%s: the grader has faults", spec->job->doc->path);
    read_readings(s, spec, list);
    if (spec->job->sim.grade_cache)
        s->recall = recall_new();
    return ERR_OK;
}

static struct span decode(struct seq *chars, const struct buf *text)
{
    chars->n = 0;
    unicode_decode(chars, buf_text(text), text->len);
    return seq_span(chars);
}

/* What the metric says of the rendered texts. False: they are too long, and the grade is lost. */
static bool measure(struct text_similarity *s, struct similarity *found, struct grade *out)
{
    const struct buf *a = &s->input_text;
    const struct buf *b = &s->reference_text;
    if (s->recall && recall_find(s->recall, a, b, found))
        return true;
    struct span input = decode(&s->input_chars, a);
    struct span reference = decode(&s->reference_chars, b);
    if (!metric_is_bounded(s->metric, input, reference)) {
        out->lost = true;
        snprintf(out->why, sizeof(out->why),
                 "input and reference have %zu and %zu characters, which is more than is compared "
                 "here: this metric's time grows with their product",
                 input.n, reference.n);
        return false;
    }
    *found = metric_measure(s->metric, s->wordnet, input, reference);
    if (s->recall)
        recall_keep(s->recall, a, b, found);
    return true;
}

static void grade(void *self, const struct grader_input *in, struct grade *out)
{
    struct text_similarity *s = self;
    struct similarity found;
    if (!grader_render(s->input, "input", in, &s->input_text, out) ||
        !grader_render(s->reference, "reference", in, &s->reference_text, out) ||
        !measure(s, &found, out))
        return;
    out->reward = found.at[s->word];
    out->notes |= found.unseen ? GRADE_NOTE_BIT_UNSEEN : 0;
    for (int word = 0; word < READING_WORDS; word++) {
        int reading = reading_of(metric_switch(s->metric), word);
        if (!(s->readings >> reading & 1))
            continue;
        out->other[reading] = found.at[word];
        out->readings |= 1u << reading;
    }
}

static unsigned readings(const void *self)
{
    const struct text_similarity *s = self;
    return s->readings;
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
    json_object_set_new(facts, "variant",
                        json_string(reading_word(reading_of(metric_switch(s->metric), s->word))));
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
    recall_free(s->recall);
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
    .readings = readings,
    .explain = explain,
};
