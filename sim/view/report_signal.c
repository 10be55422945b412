/* The signal report for a terminal. */
#include <math.h>
#include <stdlib.h>

#include "sim/report/say.h"
#include "sim/stats/power.h"
#include "sim/view/report.h"

enum { ROWS_SHOWN = 5, STEPS_SHOWN = 5 };

static void add_mean(struct buf *out, const struct signal_slice *s)
{
    buf_printf(out, "    mean      %.4f over %zu graded, %zu row%s; ", s->t.estimate, s->scores.n,
               s->scores.n_rows, say_plural(s->scores.n_rows));
    if (s->t.state != INTERVAL_OK)
        buf_printf(out, "no interval: %s\n", interval_words(s->t.state));
    else
        buf_printf(
            out,
            "95 %% interval by row:\n              %.4f to %.4f (t), %.4f to %.4f (bootstrap)\n",
            s->t.low, s->t.high, s->bootstrap.low, s->bootstrap.high);
}

/* Columns are closed by a mark or a blank; the last blank of a line goes. */
static void end_line(struct buf *out)
{
    size_t len = out->len;
    while (len && out->at[len - 1] == ' ')
        len--;
    buf_cut(out, len);
    buf_char(out, '\n');
}

static void add_levels(struct buf *out, const struct signal_slice *s)
{
    char text[SAY_ROOM];
    buf_text_add(out, "    reward >= ");
    for (size_t i = 0; i < s->n_levels; i++) {
        buf_printf(out, "%9s%s", say_reward(text, s->levels[i].at),
                   s->levels[i].is_threshold ? "*" : " ");
    }
    end_line(out);
    buf_text_add(out, "    share     ");
    for (size_t i = 0; i < s->n_levels; i++)
        buf_printf(out, "%9s%s", say_share(text, s->levels[i].pass_rate),
                   s->levels[i].in_band ? "=" : " ");
    end_line(out);
}

static void add_band(struct buf *out, const struct signal_slice *s)
{
    char low[SAY_ROOM];
    char high[SAY_ROOM];
    if (isnan(s->band_low))
        buf_text_add(out, "    band      no threshold leaves 25 to 50 % that fail\n");
    else if (s->band_low == s->band_high)
        buf_printf(out, "    band      a threshold of %s leaves 25 to 50 %% that fail\n",
                   say_reward(low, s->band_low));
    else
        buf_printf(out, "    band      a threshold from %s to %s leaves 25 to 50 %% that fail\n",
                   say_reward(low, s->band_low), say_reward(high, s->band_high));
    if (s->n_recorded)
        buf_printf(out, "    recorded  %llu of %llu passed, by the export's own marks\n",
                   (unsigned long long)s->n_recorded_passes, (unsigned long long)s->n_recorded);
}

static void add_ks(struct buf *out, const struct signal_slice *s)
{
    char bar[SAY_ROOM];
    if (!s->n_ks)
        return;
    buf_text_add(out, "    k         ");
    for (size_t i = 0; i < s->n_ks; i++)
        buf_printf(out, "%9zu ", s->ks[i].k);
    end_line(out);
    buf_text_add(out, "    pass@k    ");
    for (size_t i = 0; i < s->n_ks; i++)
        buf_printf(out, "%9.3f ", s->ks[i].any);
    end_line(out);
    buf_text_add(out, "    pass^k    ");
    for (size_t i = 0; i < s->n_ks; i++)
        buf_printf(out, "%9.3f ", s->ks[i].all);
    end_line(out);
    if (s->ks[s->n_ks - 1].n_rows < s->ks[0].n_rows) {
        buf_text_add(out, "    over rows ");
        for (size_t i = 0; i < s->n_ks; i++)
            buf_printf(out, "%9zu ", s->ks[i].n_rows);
        end_line(out);
    }
    buf_printf(out, "              one of k, all of k reach %s; over rows with k graded rollouts\n",
               say_reward(bar, s->bar));
}

static void add_rows(struct buf *out, size_t n)
{
    if (n >= POWER_MOST_ROWS)
        buf_text_add(out, "more than there can be");
    else
        buf_printf(out, "%zu", n);
}

static void add_needs(struct buf *out, const struct signal_slice *s)
{
    char gain[SAY_ROOM];
    if (!s->n_needs)
        return;
    buf_text_add(out, "    rows      ");
    for (size_t i = 0; i < s->n_needs; i++) {
        const struct signal_need *need = &s->needs[i];
        buf_printf(out, "%sa gain of %s takes ", i ? "; " : "", say_reward(gain, need->gain));
        if (s->has_components && s->components.within > 0) {
            add_rows(out, need->same_rows);
            buf_text_add(out, " to ");
        } else {
            buf_text_add(out, "up to ");
        }
        add_rows(out, need->other_rows);
    }
    buf_printf(out, " rows; there are %zu\n", s->scores.n_rows);
}

static bool has_level_in_band(const struct signal_slice *s)
{
    for (size_t i = 0; i < s->n_levels; i++) {
        if (s->levels[i].in_band)
            return true;
    }
    return false;
}

/* What the marks in the slices mean. */
static void add_legend(struct buf *out, const struct signal_report *r)
{
    bool needs = false;
    bool in_band = false;
    for (size_t i = 0; i < r->n_slices; i++) {
        needs |= r->slices[i].n_needs > 0;
        in_band |= has_level_in_band(&r->slices[i]);
    }
    if (in_band)
        buf_text_add(out, "  =           leaves 25 to 50 % that fail, where RFT learns best\n");
    if (isfinite(r->threshold))
        buf_text_add(out, isnan(r->threshold_low)
                              ? "  *           pass_threshold; by the records it changes no "
                                "reward, though a guide says "
                                "so (GAP-37)\n"
                              : "  *           the lowest reward that passed in the export\n");
    if (needs)
        buf_text_add(out,
                     "  rows        an estimate, for a gain to be seen with 95 % certainty in 80 % "
                     "of cases: the less if\n              all rows gain the same, the more if "
                     "before and after were different rows\n");
}

static void add_slice(struct buf *out, const struct signal_slice *s, bool alone)
{
    buf_printf(out, "  %s", alone ? "evaluation" : signal_slice_words(s->kind));
    if (s->kind != SLICE_TRAIN && s->step >= 0)
        buf_printf(out, " (step %d)", s->step);
    buf_printf(out, ": %zu of %llu rollouts graded%s\n", s->scores.n, (unsigned long long)s->n,
               s->complete ? "" : ", not complete");
    if (!s->scores.n)
        return;
    add_mean(out, s);
    add_levels(out, s);
    add_band(out, s);
    add_ks(out, s);
    add_needs(out, s);
}

/* "12 live, 3 all 0, ..." */
static void add_groups(struct buf *out, const struct signal *g)
{
    buf_printf(out, "%zu differ", g->n_groups[SIGNAL_LIVE]);
    for (int i = SIGNAL_LIVE + 1; i < SIGNAL_N_GROUPS; i++) {
        if (g->n_groups[i])
            buf_printf(out, ", %zu %s", g->n_groups[i], signal_words((enum signal_group)i));
    }
}

static void add_dead_steps(struct buf *out, const struct signal_report *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_steps; i++) {
        const struct signal *g = &r->steps[i].groups;
        if (!g->n || signal_dead(g) * 2 < g->n)
            continue;
        if (n++ < STEPS_SHOWN)
            buf_printf(out, "%s%d (%zu of %zu)", n == 1 ? "    steps half dead or more: " : ", ",
                       r->steps[i].step, signal_dead(g), g->n);
    }
    if (n > STEPS_SHOWN)
        buf_printf(out, " and %zu more", n - STEPS_SHOWN);
    if (n)
        buf_char(out, '\n');
}

static void add_dead_rows(struct buf *out, const struct signal_report *r, const struct history *h)
{
    if (r->n_dead_rows)
        buf_printf(out, "    rows without a live group: %zu of %zu\n", r->n_dead_rows, r->n_rows);
    for (size_t i = 0; i < r->n_dead_rows && i < ROWS_SHOWN; i++) {
        const struct signal_row *row = &r->rows[i];
        char *place = say_place(h, row->first);
        buf_printf(out, "      %s: mean %.4f over %llu graded in %zu group%s (", place, row->mean,
                   (unsigned long long)row->n_graded, row->n_groups, say_plural(row->n_groups));
        struct signal g = {0};
        for (int k = 0; k < SIGNAL_N_GROUPS; k++)
            g.n_groups[k] = row->by[k];
        add_groups(out, &g);
        buf_text_add(out, ")\n");
        free(place);
    }
}

void report_signal(struct buf *out, const struct facts *f)
{
    const struct signal_report *r = &f->signal;
    if (!r->n_slices)
        return;
    buf_text_add(out, "\nsignal: what there is to learn from\n");
    for (size_t i = 0; i < r->n_slices; i++)
        add_slice(out, &r->slices[i],
                  r->slices[i].kind == SLICE_FIRST && !signal_slice(r, SLICE_LAST));
    add_legend(out, r);
    if (!r->groups.n)
        return;
    buf_printf(out, "  groups (the rollouts of a row in a step): %zu; ", r->groups.n);
    add_groups(out, &r->groups);
    buf_printf(out,
               "\n    mean deviation within a group %.4f; where all are the same nothing is "
               "learned\n",
               r->groups.spread);
    add_dead_steps(out, r);
    add_dead_rows(out, r, f->of);
}
