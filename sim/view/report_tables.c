/* Curve, tools and graders of a report. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/wrap.h"
#include "sim/report/say.h"
#include "sim/view/report.h"

enum { CURVE_ROWS = 24, PLOT = 26 };

static void add_number(struct buf *out, int width, int digits, double value)
{
    if (isfinite(value))
        buf_printf(out, "%*.*f", width, digits, value);
    else
        buf_printf(out, "%*s", width, "-");
}

static void add_count(struct buf *out, int width, int64_t n)
{
    if (n >= 0)
        buf_printf(out, "%*lld", width, (long long)n);
    else
        buf_printf(out, "%*s", width, "?");
}

/* A time in ms with as many decimals as it is good for. */
static void add_ms(struct buf *out, int width, double seconds)
{
    double ms = seconds * 1e3;
    add_number(out, width, ms < 10 ? 2 : ms < 100 ? 1 : 0, ms);
}

/* --- Curve ----------------------------------------------------------------------------------- */

struct scale {
    double low, high;
};

static struct scale scale_of(const struct curve *c, double top)
{
    struct scale s = {0, top};
    for (size_t i = 0; i < c->n; i++) {
        if (!isfinite(c->at[i].mean))
            continue;
        s.low = fmin(s.low, c->at[i].mean);
        s.high = fmax(s.high, c->at[i].mean);
    }
    return s;
}

static int column_of(const struct scale *s, double value)
{
    double at = (value - s->low) / (s->high - s->low) * (PLOT - 1);
    return at < 0 ? 0 : at > PLOT - 1 ? PLOT - 1 : (int)lround(at);
}

/* The mean as a mark, its interval as a line. */
static void add_plot(struct buf *out, const struct curve_point *p, const struct scale *s)
{
    char line[PLOT + 1];
    memset(line, ' ', PLOT);
    line[PLOT] = '\0';
    if (p->interval.state == INTERVAL_OK) {
        for (int i = column_of(s, p->interval.low); i <= column_of(s, p->interval.high); i++)
            line[i] = '-';
    }
    if (isfinite(p->mean))
        line[column_of(s, p->mean)] = p->phase == WAVE_VALID ? 'o' : '*';
    buf_printf(out, "  |%s|", line);
}

static void add_interval(struct buf *out, const struct interval *i)
{
    if (i->state == INTERVAL_OK)
        buf_printf(out, "%8.3f to %5.3f", i->low, i->high);
    else
        buf_printf(out, "%17s", "-");
}

static void add_when(struct buf *out, const struct curve_point *p)
{
    if (p->phase == WAVE_VALID && p->step < 0)
        buf_printf(out, "  %-9s", "eval");
    else
        buf_printf(out, "  %s %-4d", p->phase == WAVE_VALID ? "eval" : "step", p->step);
}

static void add_point(struct buf *out, const struct curve_point *p, const struct scale *s)
{
    add_when(out, p);
    add_count(out, 9, p->n_graded);
    add_count(out, 9, p->n >= 0 && p->n_graded >= 0 ? p->n - p->n_graded : -1);
    add_number(out, 9, 4, p->mean);
    add_interval(out, &p->interval);
    add_number(out, 10, 4, p->penalised);
    add_plot(out, p, s);
    buf_text_add(out, p->complete ? "\n" : "  cut\n");
}

/* Which points of a long curve are shown: of each phase the first of each `every`, and the last two
 * of all. Evaluations are few beside steps, and so are mostly all there. */
struct thinning {
    size_t every[HISTORY_PHASES];
    size_t n_met[HISTORY_PHASES];
};

static size_t every_of(size_t n)
{
    size_t every = (n + CURVE_ROWS - 1) / CURVE_ROWS;
    return every ? every : 1;
}

static struct thinning thinning_of(const struct curve *c)
{
    return (struct thinning){
        .every = {[WAVE_TRAIN] = every_of(c->n_train), [WAVE_VALID] = every_of(c->n_valid)}};
}

/* To be asked of each point in turn. */
static bool is_shown(struct thinning *t, const struct curve *c, size_t i)
{
    enum wave_phase phase = c->at[i].phase;
    return t->n_met[phase]++ % t->every[phase] == 0 || i + 2 >= c->n;
}

static void add_thinning(struct buf *out, const struct thinning *t, size_t n)
{
    size_t steps = t->every[WAVE_TRAIN];
    size_t evaluations = t->every[WAVE_VALID];
    if (steps == 1 && evaluations == 1)
        return;
    buf_text_add(out, "  (");
    if (steps > 1)
        buf_printf(out, "one step in %zu, ", steps);
    if (evaluations > 1)
        buf_printf(out, "one evaluation in %zu, ", evaluations);
    buf_printf(out, "and the last; --json has all %zu points)\n", n);
}

static void add_alarms(struct buf *out, const struct curve *c)
{
    static const char *const states[] = {[ALARM_UNKNOWN] = "too few points to tell",
                                         [ALARM_QUIET] = "quiet",
                                         [ALARM_RAISED] = "ALARM"};
    bool tokens = c->growth_unit == CURVE_TOKENS;
    buf_printf(out, "  training over validation: %s", states[c->gap.state]);
    if (isfinite(c->last_gap))
        buf_printf(out, "; %.4f at step %d", c->last_gap, c->last_gap_step);
    if (c->gap.state != ALARM_UNKNOWN)
        buf_printf(out, ", its thirds from %.4f to %.4f", c->gap.first, c->gap.last);
    buf_printf(out, "\n  growth of %s: %s",
               tokens ? "completion tokens a turn"
                      : "bytes written a rollout (no tokens are known)",
               states[c->growth.state]);
    if (c->growth.state != ALARM_UNKNOWN)
        buf_printf(out, "; its thirds from %.0f to %.0f", c->growth.first, c->growth.last);
    buf_char(out, '\n');
}

static void add_curve_notes(struct buf *out, const struct facts *f)
{
    const struct outcomes *train = &f->outcomes[WAVE_TRAIN];
    bool lost = !train->known || train->n > train->n_graded;
    if (f->of->source != HISTORY_EXPORT) {
        buf_text_add(out, "  ");
        wrap_within(out, REPORT_COLUMNS, 2, 2,
                    lost
                        ? "mean: over graded rollouts, with the 95 % interval by row. service: "
                          "train_mean_reward, in which each ungraded rollout is -1 (EV-4)."
                        : "mean: over graded rollouts, with the 95 % interval by row. service: "
                          "train_mean_reward, which is the same as no rollout is ungraded (EV-4).");
        add_alarms(out, &f->curve);
    }
    if (f->of->source == HISTORY_RESULTS) {
        buf_text_add(out, "  ");
        wrap_within(
            out, REPORT_COLUMNS, 2, 2,
            "Columns named ..._count are how many rollouts were graded, also beside an error: "
            "train_other_error_count 753 is 753 grades looked at, not 753 errors (EV-7). "
            "No interval can be given: the file has no rows.");
    }
}

void report_curve(struct buf *out, const struct facts *f)
{
    const struct curve *c = &f->curve;
    struct scale scale = scale_of(c, f->signal.top);
    struct thinning thinning = thinning_of(c);
    if (!c->n)
        return;
    char low[SAY_ROOM];
    char high[SAY_ROOM];
    buf_printf(out,
               "\nreward        graded ungraded     mean     95 %% interval   service  %-*s%s\n",
               PLOT, say_reward(low, scale.low), say_reward(high, scale.high));
    for (size_t i = 0; i < c->n; i++) {
        if (is_shown(&thinning, c, i))
            add_point(out, &c->at[i], &scale);
    }
    add_thinning(out, &thinning, c->n);
    add_curve_notes(out, f);
}

/* --- Sub-scores ------------------------------------------------------------------------------ */

enum { PART_COLUMNS = 5, PART_WIDTH = 14 };

static void add_part_head(struct buf *out, const struct history *h, size_t n)
{
    buf_printf(out, "\nsub-scores %*s", PART_WIDTH, "reward");
    for (size_t i = 0; i < n; i++) {
        struct buf key = {0};
        const char *name = h->graders[i + 1].key ? h->graders[i + 1].key : "(unnamed)";
        report_text(&key, name, strlen(name) < PART_WIDTH ? PART_WIDTH : PART_WIDTH - 4);
        buf_printf(out, "%*s", PART_WIDTH, buf_text(&key));
        buf_release(&key);
    }
    buf_char(out, '\n');
}

void report_parts(struct buf *out, const struct facts *f)
{
    const struct curve *c = &f->curve;
    const struct part_curve *parts = &f->parts;
    size_t n = parts->n_parts < PART_COLUMNS ? parts->n_parts : PART_COLUMNS;
    struct thinning thinning = thinning_of(c);
    if (!parts->n_parts || !c->n)
        return;
    add_part_head(out, f->of, n);
    for (size_t i = 0; i < c->n; i++) {
        if (!is_shown(&thinning, c, i))
            continue;
        add_when(out, &c->at[i]);
        add_number(out, PART_WIDTH, 4, c->at[i].mean);
        for (size_t k = 0; k < n; k++)
            add_number(out, PART_WIDTH, 4, parts->at[i * parts->n_parts + k]);
        buf_char(out, '\n');
    }
    if (n < parts->n_parts)
        buf_printf(out, "  (%zu of %zu graders; --json has all)\n", n, parts->n_parts);
}

/* --- Tools ----------------------------------------------------------------------------------- */

static const char *phase_word(enum wave_phase phase)
{
    return phase == WAVE_TRAIN ? "train" : "valid";
}

static void add_kinds(struct buf *out, const struct tool_fact *t)
{
    for (int k = 0; t->kinds && k < TOOL_N_KINDS; k++) {
        if (k == TOOL_KIND_FINE || !t->kinds[k])
            continue;
        const struct tool_kind_row *row = tool_kind_row((enum tool_kind)k);
        buf_printf(out, "      %llu x %s: ", (unsigned long long)t->kinds[k], row->id);
        wrap_within(out, REPORT_COLUMNS, 24, 8, row->words);
        buf_text_add(out, "        fix: ");
        wrap_within(out, REPORT_COLUMNS, 13, 13, row->fix);
    }
}

/* A name that is too long has a line of its own. */
static void add_name(struct buf *out, const char *name)
{
    enum { ROOM = 24 };
    if (strlen(name) > ROOM) {
        buf_text_add(out, "  ");
        report_text(out, name, REPORT_COLUMNS - 5);
        buf_printf(out, "\n  %-*s", ROOM, "");
    } else {
        buf_printf(out, "  %-*s", ROOM, name);
    }
}

static void add_tool_notes(struct buf *out, const struct facts *f, const struct tool_fact *t)
{
    char share[SAY_ROOM];
    if (t->failed_is_least)
        buf_text_add(out, "      failed is the least there can be: in a step with no success the "
                          "file gives no number\n");
    if (t->worst_rate > 0)
        buf_printf(out, "      most errors in step %d: %s\n", t->worst_step,
                   say_share(share, t->worst_rate));
    if (t->first_failed != SIZE_MAX) {
        buf_text_add(out, "      first failed: ");
        report_rollout(out, f->of, t->first_failed);
    }
    add_kinds(out, t);
}

static void add_tool(struct buf *out, const struct facts *f, const struct tool_fact *t)
{
    char share[SAY_ROOM];
    add_name(out, t->name[0] ? t->name : "(no tool of the job)");
    buf_printf(out, "%6s", phase_word(t->phase));
    add_count(out, 8, (int64_t)(t->n_ok + t->n_failed));
    add_count(out, 8, (int64_t)t->n_failed);
    buf_printf(out, "%9s", isfinite(t->error_rate) ? say_share(share, t->error_rate) : "-");
    add_ms(out, 8, t->mean_s);
    add_ms(out, 8, t->p50_s);
    add_ms(out, 8, t->p95_s);
    add_ms(out, 8, t->p99_s);
    add_number(out, 7, 0, t->output);
    buf_printf(out, " %s\n", !isfinite(t->output) ? "" : t->output_is_tokens ? "tok" : "B");
    add_tool_notes(out, f, t);
}

void report_tools(struct buf *out, const struct facts *f)
{
    const struct tool_facts *t = &f->tools;
    if (!t->n)
        return;
    buf_text_add(out,
                 "\ntool calls                 phase   calls  failed    error mean ms  p50 ms  "
                 "p95 ms  p99 ms output\n");
    for (size_t i = 0; i < t->n; i++)
        add_tool(out, f, &t->at[i]);
    if (f->of->source == HISTORY_EXPORT)
        buf_text_add(out,
                     "  failed: what the service refused; in an export a 4xx looks like any other "
                     "output\n");
    if (f->of->source == HISTORY_RESULTS)
        buf_text_add(out,
                     "  worked out of successes and error rates: train_error_count_TOOL is a rate "
                     "(EV-8)\n");
}

/* --- Graders --------------------------------------------------------------------------------- */

static void add_errors(struct buf *out, const struct facts *f, const struct grader_fact *g)
{
    char share[SAY_ROOM];
    if (g->n_errors > 0 && isfinite(g->error_share))
        buf_printf(out, "      %lld grade%s in error (%s), %s\n", (long long)g->n_errors,
                   say_plural((uint64_t)g->n_errors), say_share(share, g->error_share),
                   f->of->n_graders > 1 && !g->is_part ? "of which a part counts 0 (GAP-11)"
                                                       : "worth 0 (GAP-9)");
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (g->errors[i])
            buf_printf(out, "      %llu x %s\n", (unsigned long long)g->errors[i],
                       grade_error_name((enum grade_error)i));
    }
    if (g->first_error == SIZE_MAX)
        return;
    buf_text_add(out, "      first: ");
    report_rollout(out, f->of, g->first_error);
}

static void add_grader(struct buf *out, const struct facts *f, const struct grader_fact *g)
{
    const struct history_grader *of = g->grader;
    const char *name = of->key ? of->key : of->name && of->name[0] ? of->name : "(unnamed)";
    buf_text_add(out, g->is_part ? "    " : "  ");
    size_t start = out->len;
    size_t type = of->type ? strlen(of->type) : 0;
    report_text(out, name, type < 20 ? 28 - type : 8);
    if (of->type && of->type[0])
        buf_printf(out, ", %s", of->type);
    int room = (g->is_part ? 34 : 36) - (int)(out->len - start);
    buf_printf(out, "%*s%-5s", room > 1 ? room : 1, "", phase_word(g->phase));
    add_count(out, 8, g->n ? (int64_t)g->n : -1);
    add_number(out, 9, 4, g->mean);
    add_number(out, 8, 3, g->spread);
    add_number(out, 8, 3, g->least);
    add_number(out, 8, 3, g->most);
    add_ms(out, 8, g->p50_s);
    add_ms(out, 8, g->p95_s);
    buf_char(out, '\n');
    add_errors(out, f, g);
}

void report_graders(struct buf *out, const struct facts *f)
{
    if (!f->graders.n)
        return;
    buf_text_add(out,
                 "\ngrader                                phase  graded     mean  spread   least"
                 "    most  p50 ms  p95 ms\n");
    for (size_t i = 0; i < f->graders.n; i++)
        add_grader(out, f, &f->graders.at[i]);
}
