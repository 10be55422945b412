#include "sim/train/tally.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/run/drift.h"

static const double ns = 1e-9;

void tally_init(struct tally *t, size_t n_tools)
{
    *t = (struct tally){.n_tools = n_tools};
    t->tools = mem_array(n_tools + 1, sizeof(*t->tools));
}

void tally_release(struct tally *t)
{
    for (size_t i = 0; t->tools && i <= t->n_tools; i++) {
        hist_release(&t->tools[i].latency);
        for (size_t k = 0; k < TOOL_N_KINDS; k++)
            free(t->tools[i].examples[k].text);
    }
    free(t->tools);
    for (size_t i = 0; i < OUTCOME_N; i++)
        free(t->examples[i].text);
    free(t->parts);
    free(t->flag_example.text);
    free(t->misaddressed.text);
    free(t->drift.text);
    for (size_t i = 0; i < READINGS; i++)
        free(t->readings[i].first.text);
    for (size_t i = 0; i < GRADE_N_NOTES; i++)
        free(t->note_examples[i].text);
    *t = (struct tally){0};
}

/* Remember where it happened, if it has not happened before. */
static void note(struct example *example, const struct wave *w, const struct rollout_end *end,
                 const char *what)
{
    if (!example->text)
        example->text = mem_printf("%s:%zu: %s", dataset_path(w->dataset), end->line, what);
}

static void add_call(struct tool_tally *tool, const struct call_record *c)
{
    tool->kinds[c->kind]++;
    tool->n_requests += c->attempts;
    if (c->kind == TOOL_KIND_FINE)
        tool->n_ok++;
    else
        tool->n_failed++;
    for (size_t bit = 0; bit < TALLY_WARNINGS; bit++)
        tool->warnings[bit] += c->warnings >> bit & 1;
    if (!c->attempts)
        return;
    tool->n_sent++;
    tool->n_answered += c->status != 0;
    tool->latency_sum_s += (double)c->latency_ns * ns;
    hist_add(&tool->latency, c->latency_ns);
}

static void add_calls(struct tally *t, const struct wave *w, const struct rollout_end *end)
{
    for (size_t i = 0; i < end->n_calls; i++) {
        const struct call_record *c = &end->calls[i];
        struct tool_tally *tool = &t->tools[c->tool == RUN_NO_TOOL ? t->n_tools : c->tool];
        add_call(tool, c);
        if (c->kind == TOOL_KIND_FINE || tool->examples[c->kind].text)
            continue;
        char *what = c->status ? mem_printf("call %zu: HTTP %d", i + 1, c->status)
                               : mem_printf("call %zu", i + 1);
        note(&tool->examples[c->kind], w, end, what);
        free(what);
    }
    t->n_calls += end->n_calls;
}

static void make_parts(struct tally *t, size_t n)
{
    if (t->parts || !n)
        return;
    t->n_parts = n;
    t->parts = mem_array(n, sizeof(*t->parts));
}

static void add_part(struct grade_tally *g, const struct grade_part *part)
{
    g->n++;
    g->reward_sum += part->reward;
    g->n_flagged += part->flags != 0;
    g->seconds += (double)part->ns * ns;
    for (size_t bit = 0; bit < GRADE_N_ERRORS; bit++)
        g->errors[bit] += part->flags >> bit & 1;
}

bool reading_tally_add(struct reading_tally *r, double reward, double other, double threshold)
{
    double difference = fabs(other - reward);
    bool far = difference > TALLY_FAR;
    bool across = (reward >= threshold) != (other >= threshold);
    r->n++;
    r->sum += other;
    r->n_far += far;
    r->n_across += across;
    r->largest = fmax(r->largest, difference);
    return (far || across) && !r->first.text;
}

static void add_reading(struct reading_tally *r, const struct wave *w,
                        const struct rollout_end *end, double other)
{
    if (!reading_tally_add(r, end->reward, other, w->pass_threshold))
        return;
    char *what = mem_printf("%.4g, and %.4g under the other", end->reward, other);
    note(&r->first, w, end, what);
    free(what);
}

static void add_readings(struct tally *t, const struct wave *w, const struct rollout_end *end)
{
    const double *other = w->others ? w->others + (size_t)(end - w->ends) * w->n_others : NULL;
    for (int i = 0; other && i < READINGS; i++) {
        if (!(w->readings >> i & 1))
            continue;
        if (!isnan(*other))
            add_reading(&t->readings[i], w, end, *other);
        other++;
    }
}

/* The same of a note on a grade: which value it is about, if that is known. */
static void note_value(struct example *example, const struct wave *w, const struct rollout_end *end,
                       enum grade_note i)
{
    const struct grade_noted *x = &end->noted[i];
    if (example->text)
        return;
    char *what = x->path ? mem_printf("%s: {{%s}}", x->key, x->path) : mem_text(grade_note_id(i));
    note(example, w, end, what);
    free(what);
}

static void add_notes(struct tally *t, const struct wave *w, const struct rollout_end *end)
{
    for (int i = 0; i < GRADE_N_NOTES; i++) {
        if (!(end->grade_notes >> i & 1))
            continue;
        t->notes[i]++;
        note_value(&t->note_examples[i], w, end, (enum grade_note)i);
    }
}

static void add_reward(struct tally *t, const struct wave *w, const struct rollout_end *end)
{
    if (!t->n_graded || end->reward < t->reward_min)
        t->reward_min = end->reward;
    if (!t->n_graded || end->reward > t->reward_max)
        t->reward_max = end->reward;
    t->n_graded++;
    t->reward_sum += end->reward;
    t->grade_sum_s += (double)end->grade_ns * ns;
    t->n_unresponsive += !end->answered && end->n_calls == 0 && !end->misaddressed;
    t->n_misaddressed += end->misaddressed;
    if (end->misaddressed)
        note(&t->misaddressed, w, end, end->why);
    for (size_t bit = 0; bit < GRADE_N_ERRORS; bit++)
        t->errors[bit] += end->grade_flags >> bit & 1;
    t->n_flagged += end->grade_flags != 0;
    const struct grade_part *parts =
        w->parts ? &w->parts[(size_t)(end - w->ends) * w->n_parts] : NULL;
    for (size_t i = 0; parts && i < t->n_parts; i++)
        add_part(&t->parts[i], &parts[i]);
    if (end->grade_flags)
        note(&t->flag_example, w, end, end->why);
    add_readings(t, w, end);
    add_notes(t, w, end);
}

static void add_drifts(struct tally *t, const struct wave *w, const struct rollout_end *end)
{
    const struct drift *first = end->drifts;
    t->n_compared += end->n_compared;
    t->n_drifts += end->n_drifts;
    if (!end->n_drifts || t->drift.text)
        return;
    char *what =
        mem_printf("call %zu, %s%s%s", first->call + 1, first->tool,
                   first->place && *first->place ? ": at " : "", first->place ? first->place : "");
    note(&t->drift, w, end, what);
    free(what);
}

static void add_end(struct tally *t, const struct wave *w, const struct rollout_end *end,
                    int max_steps)
{
    t->outcomes[end->outcome]++;
    if (end->outcome == OUTCOME_CANCELLED)
        return;
    t->n++;
    t->n_turns += (uint64_t)end->n_turns;
    tokens_add(&t->tokens, &end->tokens);
    t->n_over_calls += end->n_calls > (size_t)max_steps;
    t->n_over_both += end->n_calls + (size_t)end->n_turns > (size_t)max_steps;
    add_calls(t, w, end);
    add_drifts(t, w, end);
    if (outcome_is_graded(end->outcome))
        add_reward(t, w, end);
    if (end->outcome != OUTCOME_GRADED)
        note(&t->examples[end->outcome], w, end, end->why ? end->why : outcome_words(end->outcome));
}

void tally_add_wave(struct tally *t, const struct wave *w, int max_steps)
{
    make_parts(t, w->n_parts);
    for (size_t i = 0; i < w->n_rows * w->n_samples; i++) {
        if (w->ends[i].started)
            add_end(t, w, &w->ends[i], max_steps);
    }
}

static void merge_example(struct example *into, const struct example *from)
{
    if (!into->text)
        into->text = mem_text(from->text);
}

static void merge_tool(struct tool_tally *into, const struct tool_tally *from)
{
    into->n_ok += from->n_ok;
    into->n_failed += from->n_failed;
    into->n_requests += from->n_requests;
    into->latency_sum_s += from->latency_sum_s;
    into->n_sent += from->n_sent;
    into->n_answered += from->n_answered;
    hist_merge(&into->latency, &from->latency);
    for (size_t i = 0; i < TALLY_WARNINGS; i++)
        into->warnings[i] += from->warnings[i];
    for (size_t i = 0; i < TOOL_N_KINDS; i++) {
        into->kinds[i] += from->kinds[i];
        merge_example(&into->examples[i], &from->examples[i]);
    }
}

static void merge_parts(struct tally *into, const struct tally *from)
{
    make_parts(into, from->n_parts);
    for (size_t i = 0; i < from->n_parts; i++) {
        struct grade_tally *g = &into->parts[i];
        const struct grade_tally *more = &from->parts[i];
        g->n += more->n;
        g->reward_sum += more->reward_sum;
        g->n_flagged += more->n_flagged;
        g->seconds += more->seconds;
        for (size_t bit = 0; bit < GRADE_N_ERRORS; bit++)
            g->errors[bit] += more->errors[bit];
    }
}

static void merge_readings(struct tally *into, const struct tally *from)
{
    for (size_t i = 0; i < READINGS; i++) {
        struct reading_tally *r = &into->readings[i];
        const struct reading_tally *more = &from->readings[i];
        r->n += more->n;
        r->sum += more->sum;
        r->n_far += more->n_far;
        r->n_across += more->n_across;
        r->largest = fmax(r->largest, more->largest);
        merge_example(&r->first, &more->first);
    }
    for (size_t i = 0; i < GRADE_N_NOTES; i++) {
        into->notes[i] += from->notes[i];
        merge_example(&into->note_examples[i], &from->note_examples[i]);
    }
}

static void merge_rewards(struct tally *into, const struct tally *from)
{
    if (!from->n_graded)
        return;
    if (!into->n_graded || from->reward_min < into->reward_min)
        into->reward_min = from->reward_min;
    if (!into->n_graded || from->reward_max > into->reward_max)
        into->reward_max = from->reward_max;
    into->n_graded += from->n_graded;
    into->reward_sum += from->reward_sum;
    into->grade_sum_s += from->grade_sum_s;
    into->n_unresponsive += from->n_unresponsive;
    into->n_misaddressed += from->n_misaddressed;
    merge_example(&into->misaddressed, &from->misaddressed);
    for (size_t i = 0; i < GRADE_N_ERRORS; i++)
        into->errors[i] += from->errors[i];
    into->n_flagged += from->n_flagged;
    merge_example(&into->flag_example, &from->flag_example);
    merge_parts(into, from);
    merge_readings(into, from);
}

void tally_merge(struct tally *into, const struct tally *from)
{
    for (size_t i = 0; i <= into->n_tools; i++)
        merge_tool(&into->tools[i], &from->tools[i]);
    for (size_t i = 0; i < OUTCOME_N; i++) {
        into->outcomes[i] += from->outcomes[i];
        merge_example(&into->examples[i], &from->examples[i]);
    }
    merge_rewards(into, from);
    into->n += from->n;
    into->n_turns += from->n_turns;
    tokens_add(&into->tokens, &from->tokens);
    into->n_calls += from->n_calls;
    into->n_compared += from->n_compared;
    into->n_drifts += from->n_drifts;
    merge_example(&into->drift, &from->drift);
    into->n_over_calls += from->n_over_calls;
    into->n_over_both += from->n_over_both;
}

double tally_share(uint64_t part, uint64_t all)
{
    return all ? (double)part / (double)all : 0;
}

bool tally_mean(const struct tally *t, double *out)
{
    if (!t->n_graded)
        return false;
    *out = t->reward_sum / (double)t->n_graded;
    return true;
}

struct grade_tally tally_grade(const struct tally *t, size_t i)
{
    if (i)
        return i <= t->n_parts ? t->parts[i - 1] : (struct grade_tally){0};
    struct grade_tally whole = {
        .n = t->n_graded,
        .reward_sum = t->reward_sum,
        .n_flagged = t->n_flagged,
        .seconds = t->grade_sum_s,
    };
    memcpy(whole.errors, t->errors, sizeof(whole.errors));
    return whole;
}

bool reading_tally_differs(const struct reading_tally *r)
{
    return r->n_far || r->n_across;
}

bool grade_tally_mean(const struct grade_tally *g, double *out)
{
    if (!g->n)
        return false;
    *out = g->reward_sum / (double)g->n;
    return true;
}

bool tally_penalised_mean(const struct tally *t, double *out)
{
    if (!t->n)
        return false;
    *out = (t->reward_sum - (double)(t->n - t->n_graded)) / (double)t->n;
    return true;
}

bool tool_tally_error_rate(const struct tool_tally *t, double *out)
{
    uint64_t n = t->n_ok + t->n_failed;
    if (!n)
        return false;
    *out = (double)t->n_failed / (double)n;
    return true;
}

bool tally_is_unreachable(const struct tally *t)
{
    uint64_t n_sent = 0;
    uint64_t n_answered = 0;
    for (size_t i = 0; i < t->n_tools; i++) {
        n_sent += t->tools[i].n_sent;
        n_answered += t->tools[i].n_answered;
    }
    return n_sent && !n_answered;
}
