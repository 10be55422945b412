#include "sim/view/html_data.h"

#include "sim/view/html.h"
#include "sim/view/html_json.h"
#include "sim/view/html_signal.h"
#include "sim/view/html_tools.h"
#include "sim/view/page.h"

enum { GRADER_BYTES = 32 << 10 }; /* of the job's grader, to be shown whole */

static json_t *run_of(const struct history *h)
{
    static const char *const sources[] = {"run", "results", "export"}; /* enum history_source */
    json_t *o = json_object();
    html_set(o, "source", html_text(sources[h->source]));
    html_set(o, "path", html_text(h->path));
    html_set(o, "title", html_text(h->title));
    html_set(o, "model", html_text(h->model));
    html_set(o, "policy", html_text(h->policy));
    html_set(o, "state", html_text(h->state));
    html_set(o, "started_at", html_text(h->started_at));
    html_set(o, "seed", json_integer(h->seed));
    html_set(o, "total_steps", json_integer(h->total_steps));
    html_set_count(o, "steps_done", h->n_steps);
    html_set_number(o, "pass_threshold", h->pass_threshold);
    json_t *files = json_object();
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        json_t *file = json_object();
        html_set(file, "path", html_text(h->files[p].path ? h->files[p].path : h->path));
        html_set_count(file, "rows", h->files[p].n_rows);
        html_set(files, html_phase((enum wave_phase)p), file);
    }
    html_set(o, "files", files);
    return o;
}

static json_t *verdict_of(const struct verdict *v)
{
    json_t *o = json_object();
    json_t *lines = json_array();
    json_t *unchecked = json_array();
    for (size_t i = 0; i < v->n; i++) {
        const struct verdict_line *at = &v->at[i];
        json_t *line = json_object();
        html_set(line, "rule", html_text(verdict_rule_id(at->rule)));
        html_set(line, "severity", html_text(verdict_severity_id(at->severity)));
        html_set(line, "text", html_text(at->text));
        html_set(line, "evidence", html_text(at->evidence));
        html_set(line, "command", html_text(at->command));
        html_set(line, "rollouts", html_rollouts(at->rollouts, at->n_rollouts));
        json_array_append_new(lines, line);
    }
    for (int i = 0; i < VERDICT_N_RULES; i++) {
        if (!v->checked[i])
            json_array_append_new(unchecked, html_text(verdict_rule_words((enum verdict_rule)i)));
    }
    html_set(o, "severity", html_text(verdict_severity_id(v->severity)));
    html_set(o, "words", html_text(verdict_words(v->severity)));
    html_set_count(o, "shown", verdict_shown(v));
    html_set(o, "lines", lines);
    html_set(o, "unchecked", unchecked);
    return o;
}

static json_t *point_of(const struct curve_point *p)
{
    json_t *o = json_object();
    html_set(o, "phase", html_text(html_phase(p->phase)));
    html_set(o, "step", json_integer(p->step));
    html_set_known(o, "n", p->n);
    html_set_known(o, "n_graded", p->n_graded);
    html_set_number(o, "mean", p->mean);
    html_set_number(o, "penalised", p->penalised);
    html_set_number(o, "pass_rate", p->pass_rate);
    html_set_number(o, "seconds", p->seconds);
    html_set(o, "complete", json_boolean(p->complete));
    html_set(o, "interval", html_interval(&p->interval));
    return o;
}

static json_t *alarm_of(const struct alarm *a, const char *unit)
{
    json_t *o = json_object();
    html_set(o, "raised", json_boolean(a->state == ALARM_RAISED));
    html_set_number(o, "first", a->first);
    html_set_number(o, "last", a->last);
    html_set(o, "unit", html_text(unit));
    return o;
}

static json_t *curve_of(const struct curve *c)
{
    json_t *o = json_object();
    json_t *points = json_array();
    size_t every = 1 + c->n / HTML_MOST_POINTS;
    for (size_t i = 0; i < c->n; i++) {
        if (c->at[i].phase == WAVE_VALID || i % every == 0 || i + 1 == c->n)
            json_array_append_new(points, point_of(&c->at[i]));
    }
    html_set(o, "points", points);
    html_set_count(o, "every", every);
    html_set(o, "gap", alarm_of(&c->gap, "reward"));
    html_set(
        o, "growth",
        alarm_of(&c->growth, c->growth_unit == CURVE_TOKENS ? "tokens a turn" : "bytes a rollout"));
    return o;
}

static json_t *kind_of(const struct outcomes *o, enum outcome kind)
{
    json_t *out = json_object();
    html_set(out, "id", html_text(outcome_name(kind)));
    html_set(out, "words", html_text(outcome_words(kind)));
    html_set_count(out, "n", o->at[kind]);
    html_set_rollout(out, "first", o->first[kind]);
    return out;
}

static json_t *outcomes_of(const struct outcomes *o)
{
    json_t *out = json_object();
    json_t *kinds = json_array();
    for (int i = 0; i < OUTCOME_N; i++)
        json_array_append_new(kinds, kind_of(o, (enum outcome)i));
    html_set(out, "known", json_boolean(o->known));
    html_set(out, "by_kind", json_boolean(o->by_kind));
    html_set_count(out, "n_planned", o->n_planned);
    html_set_count(out, "n", o->n);
    html_set_count(out, "n_graded", o->n_graded);
    html_set_count(out, "n_discarded", o->n_discarded);
    html_set_count(out, "n_silent", o->n_silent);
    html_set_count(out, "n_cancelled", o->n_cancelled);
    html_set(out, "kinds", kinds);
    return out;
}

static json_t *all_outcomes_of(const struct facts *f)
{
    json_t *o = json_object();
    json_t *ids = json_array();
    json_t *words = json_array();
    for (int i = 0; i < OUTCOME_N; i++) {
        json_array_append_new(ids, html_text(outcome_name((enum outcome)i)));
        json_array_append_new(words, html_text(outcome_words((enum outcome)i)));
    }
    html_set(o, "ids", ids);
    html_set(o, "words", words);
    for (size_t p = 0; p < HISTORY_PHASES; p++)
        html_set(o, html_phase((enum wave_phase)p), outcomes_of(&f->outcomes[p]));
    return o;
}

static json_t *picks_of(const struct picks *p)
{
    return json_pack("{s:o, s:o}", "worst", html_rollouts(p->worst, p->n_worst), "best",
                     html_rollouts(p->best, p->n_best));
}

/* The grader as the job has it; null if the job is not known, or that is no reading. */
static json_t *job_grader(const struct history *h)
{
    json_t *method = json_object_get(h->job, "method");
    json_t *grader = json_object_get(json_object_get(method, "reinforcement"), "grader");
    struct buf text = {0};
    if (grader)
        page_json(&text, grader, SIZE_MAX);
    bool fits = text.len && text.len < GRADER_BYTES;
    buf_release(&text);
    return fits ? json_incref(grader) : json_null();
}

json_t *html_data(const struct facts *f, const struct verdict *v)
{
    json_t *o = json_object();
    html_set(o, "program", html_text(RFTSIM_VERSION));
    html_set(o, "uplot", html_text(PAGE_UPLOT));
    html_set(o, "run", run_of(f->of));
    html_set(o, "verdict", verdict_of(v));
    html_set(o, "curve", curve_of(&f->curve));
    html_set(o, "outcomes", all_outcomes_of(f));
    html_set(o, "signal", html_signal(f));
    html_set(o, "tools", html_tools(f));
    html_set(o, "kinds", html_tool_kinds());
    html_set(o, "graders", html_graders(&f->graders));
    html_set(o, "picks", picks_of(&f->picks));
    html_set(o, "job_grader", job_grader(f->of));
    return o;
}
