#include "sim/view/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/text.h"
#include "sim/base/wrap.h"
#include "sim/report/say.h"

void report_text(struct buf *out, const char *text, size_t room)
{
    char *line = mem_slice(text, strnlen(text, room));
    text_one_line(line);
    buf_text_add(out, line);
    if (strlen(text) > room)
        buf_text_add(out, "...");
    free(line);
}

/* --- Head ------------------------------------------------------------------------------------ */

static const char *const sources[] = {
    [HISTORY_RUN] = "a run of rftsim",
    [HISTORY_RESULTS] = "a result file: steps, and nothing below them",
    [HISTORY_EXPORT] = "an exported evaluation",
};

static void add_policy(struct buf *out, const struct history *h)
{
    if (h->model)
        buf_printf(out, "  model      %s", h->model);
    if (h->model && h->policy)
        buf_printf(out, ", and in its place the %s policy: what follows is its doing", h->policy);
    if (h->tools_recorded)
        buf_text_add(out, ";\n             NO TOOL WAS CALLED: answers are those of its record");
    if (h->scores_recorded)
        buf_text_add(out, ";\n             NOTHING WAS GRADED: rewards are those of its record");
    if (h->model)
        buf_char(out, '\n');
}

static void add_data(struct buf *out, const struct history *h)
{
    static const char *const names[] = {"training", "validation"};
    struct buf text = {0};
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        const struct history_file *file = &h->files[p];
        if (!file->n_rows)
            continue;
        buf_printf(&text, "%s%zu %s row%s", text.len ? ", " : "", file->n_rows, names[p],
                   say_plural(file->n_rows));
        if (file->path && file->path[0])
            buf_printf(&text, " (%s)", file->path);
    }
    if (text.len) {
        buf_text_add(out, "  data       ");
        wrap_within(out, REPORT_COLUMNS, 13, 13, buf_text(&text));
    }
    buf_release(&text);
}

/* Steps or evaluations that ended, graded or not. */
static size_t count_ended(const struct curve *c, enum wave_phase phase)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += c->at[i].phase == phase && c->at[i].complete;
    return n;
}

static void add_extent(struct buf *out, const struct facts *f)
{
    const struct history *h = f->of;
    if (h->source == HISTORY_EXPORT)
        return;
    size_t n_valid = count_ended(&f->curve, WAVE_VALID);
    buf_printf(out, "  steps      %zu", count_ended(&f->curve, WAVE_TRAIN));
    if (h->total_steps > 0)
        buf_printf(out, " of %d", h->total_steps);
    buf_printf(out, ", %zu evaluation%s", n_valid, say_plural(n_valid));
    if (isfinite(h->service_rollouts) && h->service_rollouts > 0)
        buf_printf(out,
                   h->source == HISTORY_RESULTS
                       ? "; %.0f rollouts a step, worked out from the means (EV-1, EV-4)"
                       : "; the service makes %.0f rollouts a step (EV-1)",
                   h->service_rollouts);
    buf_char(out, '\n');
}

void report_head(struct buf *out, const struct facts *f)
{
    const struct history *h = f->of;
    report_text(out, h->title ? h->title : h->path ? h->path : "", REPORT_COLUMNS);
    buf_printf(out, "\n  what       %s%s%s%s%s\n", sources[h->source], h->state ? ", " : "",
               h->state ? h->state : "", h->started_at ? ", from " : "",
               h->started_at ? h->started_at : "");
    add_policy(out, h);
    add_data(out, h);
    add_extent(out, f);
}

/* --- Verdict --------------------------------------------------------------------------------- */

enum { VERDICT_INDENT = 26 };

static void add_line(struct buf *out, const struct verdict_line *line)
{
    buf_printf(out, "  %-9s%-15s", verdict_severity_id(line->severity),
               verdict_rule_id(line->rule));
    wrap_within(out, REPORT_COLUMNS, VERDICT_INDENT, VERDICT_INDENT, line->text);
    if (line->severity == VERDICT_FINE)
        return;
    if (line->evidence) {
        buf_printf(out, "%*sat: ", VERDICT_INDENT, "");
        wrap_within(out, REPORT_COLUMNS, VERDICT_INDENT + 4, VERDICT_INDENT + 4, line->evidence);
    }
    if (line->command)
        buf_printf(out, "%*smore: %s\n", VERDICT_INDENT, "", line->command);
}

/* What is left out, and why. */
static void add_rest(struct buf *out, const struct verdict *v)
{
    size_t hidden = v->n - verdict_shown(v);
    if (hidden)
        buf_printf(out, "  %zu more line%s", hidden, say_plural(hidden));
    if (v->n_unchecked)
        buf_printf(out, "%s%zu rule%s could not be looked at here", hidden ? "; " : "  ",
                   v->n_unchecked, say_plural(v->n_unchecked));
    if (hidden || v->n_unchecked)
        buf_text_add(out, "; --json has all, 'rftsim help verdict' the rules\n");
}

void report_verdict(struct buf *out, const struct facts *f, const struct verdict *v)
{
    (void)f;
    buf_printf(out, "\nwould this job have survived? %s\n", verdict_words(v));
    for (size_t i = 0; i < verdict_shown(v); i++)
        add_line(out, &v->at[i]);
    add_rest(out, v);
}

/* --- Outcomes -------------------------------------------------------------------------------- */

static void add_outcome(struct buf *out, const struct facts *f, enum outcome o)
{
    uint64_t n[HISTORY_PHASES];
    for (size_t p = 0; p < HISTORY_PHASES; p++)
        n[p] = f->outcomes[p].at[o];
    if (!n[WAVE_TRAIN] && !n[WAVE_VALID])
        return;
    buf_printf(out, "  %-18s%10llu%12llu   %s\n", outcome_name(o),
               (unsigned long long)n[WAVE_TRAIN], (unsigned long long)n[WAVE_VALID],
               outcome_words(o));
    if (o == OUTCOME_GRADED)
        return;
    size_t first = outcomes_of_both(f->outcomes).first[o];
    buf_text_add(out, "      first: ");
    report_rollout(out, f->of, first);
}

/* A file of steps: of an evaluation it tells how many were graded, and not of how many. */
static void add_step_outcomes(struct buf *out, const struct facts *f)
{
    static const char *const names[] = {"graded", "ungraded", "all"};
    const struct outcomes *train = &f->outcomes[WAVE_TRAIN];
    const struct outcomes *valid = &f->outcomes[WAVE_VALID];
    const uint64_t of_train[] = {train->n_graded, train->n_discarded, train->n};
    const uint64_t of_valid[] = {valid->n_graded, valid->n_discarded, valid->n};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        buf_printf(out, "  %-18s", names[i]);
        if (train->known || i == 0)
            buf_printf(out, "%10llu", (unsigned long long)of_train[i]);
        else
            buf_printf(out, "%10s", "?");
        if (valid->known || i == 0)
            buf_printf(out, "%12llu", (unsigned long long)of_valid[i]);
        else
            buf_printf(out, "%12s", "?");
        buf_text_add(out, i == 1 ? "   thrown away; the file does not tell by what\n" : "\n");
    }
}

void report_outcomes(struct buf *out, const struct facts *f)
{
    const struct outcomes *train = &f->outcomes[WAVE_TRAIN];
    const struct outcomes *valid = &f->outcomes[WAVE_VALID];
    if (!train->known && !valid->known && !train->n_graded)
        return;
    buf_text_add(out, "\noutcomes              training  validation\n");
    if (!train->by_kind && !valid->by_kind) {
        add_step_outcomes(out, f);
        return;
    }
    for (int i = 0; i < OUTCOME_N; i++)
        add_outcome(out, f, (enum outcome)i);
    unsigned long long n_train = train->n + train->n_cancelled;
    unsigned long long n_valid = valid->n + valid->n_cancelled;
    buf_printf(out, "  %-18s%10llu%12llu\n", "all", n_train, n_valid);
}

/* --- Rollouts -------------------------------------------------------------------------------- */

static size_t line_start(const struct buf *b)
{
    size_t at = b->len;
    while (at && b->at[at - 1] != '\n')
        at--;
    return at;
}

void report_rollout(struct buf *out, const struct history *h, size_t rollout)
{
    const struct history_rollout *r = &h->rollouts[rollout];
    const struct history_wave *w = history_wave_of(h, rollout);
    char reward[SAY_ROOM];
    char *place = say_place(h, rollout);
    size_t start = line_start(out);
    buf_printf(out, "%s  rollout %lld", place, (long long)r->id);
    if (w->step >= 0)
        buf_printf(out, ", %s %d", w->phase == WAVE_TRAIN ? "step" : "eval", w->step);
    buf_printf(out, ", reward %s", say_reward(reward, r->reward));
    if (r->n_turns >= 0)
        buf_printf(out, ", %d turn%s", r->n_turns, say_plural((uint64_t)r->n_turns));
    if (r->n_calls >= 0)
        buf_printf(out, ", %d call%s", r->n_calls, say_plural((uint64_t)r->n_calls));
    if (r->n_failed > 0)
        buf_printf(out, " (%d failed)", r->n_failed);
    free(place);
    size_t used = out->len - start + strlen(": ...");
    if (r->why && used + 10 < REPORT_COLUMNS) {
        buf_text_add(out, ": ");
        report_text(out, r->why, REPORT_COLUMNS - used);
    }
    buf_char(out, '\n');
}

static void add_picks(struct buf *out, const struct history *h, const char *what,
                      const size_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "  %-7s", i ? "" : what);
        report_rollout(out, h, list[i]);
    }
}

void report_picks(struct buf *out, const struct facts *f)
{
    const struct picks *p = &f->picks;
    if (p->wave == SIZE_MAX)
        return;
    const struct history_wave *w = &f->of->waves[p->wave];
    buf_printf(out, "\nrollouts to look at, no row twice");
    if (w->step >= 0)
        buf_printf(out, "; of %s %d", w->phase == WAVE_TRAIN ? "step" : "evaluation", w->step);
    bool alike = p->least == p->most;
    buf_text_add(out, alike ? "; all have the same reward\n" : "\n");
    add_picks(out, f->of, alike ? "some" : "worst", p->worst, p->n_worst);
    if (!alike)
        add_picks(out, f->of, "best", p->best, p->n_best);
}

void report_write(struct buf *out, const struct facts *f, const struct verdict *v)
{
    report_head(out, f);
    report_verdict(out, f, v);
    report_outcomes(out, f);
    report_curve(out, f);
    report_parts(out, f);
    report_tools(out, f);
    report_graders(out, f);
    report_picks(out, f);
    report_signal(out, f);
}
