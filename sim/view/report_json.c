#include "sim/view/report_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/view/json.h"

enum { VERSION = 1 };

static const char *const sources[] = {
    [HISTORY_RUN] = "run", [HISTORY_RESULTS] = "results", [HISTORY_EXPORT] = "export"};
static const char *const phases[] = {[WAVE_TRAIN] = "train", [WAVE_VALID] = "valid"};

json_t *report_json_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *report_json_count(int64_t value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static void set_count(json_t *o, const char *key, uint64_t value)
{
    set(o, key, json_integer((json_int_t)value));
}

static void set_real(json_t *o, const char *key, double value)
{
    set(o, key, report_json_real(value));
}

json_t *report_json_rollout(const struct history *h, size_t rollout)
{
    if (rollout >= h->n_rollouts)
        return json_null();
    const struct history_rollout *r = &h->rollouts[rollout];
    const struct history_wave *w = history_wave_of(h, rollout);
    char *place = history_place(h, rollout);
    json_t *o =
        json_pack("{s:I, s:o, s:s, s:o, s:i, s:s, s:o, s:o, s:o, s:o, s:o}", "id",
                  (json_int_t)r->id, "place", json_text(place), "phase", phases[w->phase], "step",
                  report_json_count(w->step), "sample", (int)r->sample, "outcome",
                  outcome_name((enum outcome)r->outcome), "reward", report_json_real(r->reward),
                  "turns", report_json_count(r->n_turns), "calls", report_json_count(r->n_calls),
                  "failed_calls", report_json_count(r->n_failed), "why", json_text(r->why));
    free(place);
    return o;
}

static json_t *rollouts(const struct history *h, const size_t *list, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(a, report_json_rollout(h, list[i]));
    return a;
}

static json_t *verdict(const struct verdict *v, const struct history *h)
{
    json_t *lines = json_array();
    json_t *unchecked = json_array();
    for (size_t i = 0; i < v->n; i++) {
        const struct verdict_line *line = &v->at[i];
        json_t *o = json_pack("{s:s, s:s, s:o}", "rule", verdict_rule_id(line->rule), "severity",
                              verdict_severity_id(line->severity), "text", json_text(line->text));
        set(o, "evidence", json_text(line->evidence));
        set(o, "command", json_text(line->command));
        set(o, "rollouts", rollouts(h, line->rollouts, line->n_rollouts));
        json_array_append_new(lines, o);
    }
    for (int i = 0; i < VERDICT_N_RULES; i++) {
        if (!v->checked[i])
            json_array_append_new(unchecked, json_string(verdict_rule_id((enum verdict_rule)i)));
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "severity", verdict_severity_id(v->severity), "answer",
                     verdict_words(v), "lines", lines, "not_checked", unchecked);
}

static json_t *outcomes(const struct outcomes *of, const struct history *h)
{
    if (!of->known)
        return json_null();
    json_t *o = json_object();
    json_t *by = json_object();
    set(o, "planned", of->n_planned ? json_integer((json_int_t)of->n_planned) : json_null());
    set_count(o, "ended", of->n);
    set_count(o, "graded", of->n_graded);
    set_count(o, "discarded", of->n_discarded);
    set_count(o, "unresponsive", of->n_silent);
    for (int i = 0; of->by_kind && i < OUTCOME_N; i++)
        set(by, outcome_name((enum outcome)i),
            json_pack("{s:I, s:o}", "n", (json_int_t)of->at[i], "first",
                      report_json_rollout(h, of->first[i])));
    set(o, "by_outcome", by);
    return o;
}

static json_t *interval(const struct interval *i)
{
    json_t *o = json_pack("{s:s, s:I}", "state", interval_words(i->state), "of", (json_int_t)i->n);
    bool ok = i->state == INTERVAL_OK;
    set_real(o, "low", ok ? i->low : NAN);
    set_real(o, "high", ok ? i->high : NAN);
    return o;
}

/* The graders of a multi at one point; null if the grader is none. */
static json_t *parts_at(const struct facts *f, size_t point)
{
    const struct part_curve *p = &f->parts;
    if (!p->n_parts)
        return json_null();
    json_t *o = json_object();
    for (size_t i = 0; i < p->n_parts; i++) {
        const char *key = f->of->graders[i + 1].key;
        set_real(o, key ? key : "", p->at[point * p->n_parts + i]);
    }
    return o;
}

static json_t *curve(const struct facts *f)
{
    const struct curve *c = &f->curve;
    json_t *a = json_array();
    for (size_t i = 0; i < c->n; i++) {
        const struct curve_point *p = &c->at[i];
        json_t *o = json_pack("{s:s, s:o, s:b}", "phase", phases[p->phase], "step",
                              report_json_count(p->step), "complete", p->complete);
        set(o, "rollouts", report_json_count(p->n));
        set(o, "graded", report_json_count(p->n_graded));
        set_real(o, "mean", p->mean);
        set(o, "interval", interval(&p->interval));
        set_real(o, "penalised_mean", p->penalised);
        set_real(o, "pass_rate", p->pass_rate);
        set_real(o, "tokens_per_turn", p->tokens);
        set_real(o, "bytes_per_rollout", p->bytes);
        set_real(o, "seconds", p->seconds);
        set(o, "parts", parts_at(f, i));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *alarm(const struct alarm *a)
{
    static const char *const states[] = {
        [ALARM_UNKNOWN] = "unknown", [ALARM_QUIET] = "quiet", [ALARM_RAISED] = "raised"};
    bool known = a->state != ALARM_UNKNOWN;
    return json_pack("{s:s, s:o, s:o}", "state", states[a->state], "first_third",
                     report_json_real(known ? a->first : NAN), "last_third",
                     report_json_real(known ? a->last : NAN));
}

static json_t *alarms(const struct curve *c)
{
    json_t *growth = alarm(&c->growth);
    json_t *gap = alarm(&c->gap);
    set(growth, "of",
        json_string(c->growth_unit == CURVE_TOKENS ? "tokens_per_turn" : "bytes_per_rollout"));
    set_real(gap, "last", c->last_gap);
    set(gap, "last_step", isfinite(c->last_gap) ? json_integer(c->last_gap_step) : json_null());
    return json_pack("{s:o, s:o}", "growth", growth, "gap", gap);
}

static json_t *tools(const struct tool_facts *t, const struct history *h)
{
    json_t *a = json_array();
    for (size_t i = 0; i < t->n; i++) {
        const struct tool_fact *f = &t->at[i];
        json_t *o = json_pack("{s:o, s:s, s:b}", "name", json_text(f->name), "phase",
                              phases[f->phase], "worked_out_of_rates", f->basis == TOOL_WORKED_OUT);
        json_t *kinds = json_object();
        set_count(o, "calls", f->n_ok + f->n_failed);
        set_count(o, "errors", f->n_failed);
        set(o, "errors_are_the_least", json_boolean(f->failed_is_least));
        set(o, "requests", report_json_count(f->n_requests));
        set_real(o, "error_rate", f->error_rate);
        set_real(o, "latency_mean_s", f->mean_s);
        set_real(o, "latency_p50_s", f->p50_s);
        set_real(o, "latency_p95_s", f->p95_s);
        set_real(o, "latency_p99_s", f->p99_s);
        set_real(o, f->output_is_tokens ? "output_tokens_mean" : "output_bytes_mean", f->output);
        for (int k = 0; f->kinds && k < TOOL_N_KINDS; k++) {
            if (f->kinds[k])
                set_count(kinds, tool_kind_row((enum tool_kind)k)->id, f->kinds[k]);
        }
        set(o, "kinds", kinds);
        set(o, "first_failed", report_json_rollout(h, f->first_failed));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *graders(const struct grader_facts *g, const struct history *h)
{
    json_t *a = json_array();
    for (size_t i = 0; i < g->n; i++) {
        const struct grader_fact *f = &g->at[i];
        json_t *o = json_pack("{s:o, s:o, s:o, s:s}", "key", json_text(f->grader->key), "type",
                              json_text(f->grader->type), "name", json_text(f->grader->name),
                              "phase", phases[f->phase]);
        json_t *errors = json_object();
        set(o, "graded", f->n ? json_integer((json_int_t)f->n) : json_null());
        set_real(o, "mean", f->mean);
        set_real(o, "spread", f->spread);
        set_real(o, "least", f->least);
        set_real(o, "most", f->most);
        set(o, "in_error", report_json_count(f->n_errors));
        set_real(o, "error_share", f->error_share);
        for (int k = 0; k < GRADE_N_ERRORS; k++) {
            if (f->errors[k])
                set_count(errors, grade_error_name((enum grade_error)k), f->errors[k]);
        }
        set(o, "errors", errors);
        set_real(o, "latency_p50_s", f->p50_s);
        set_real(o, "latency_p95_s", f->p95_s);
        set(o, "first_error", report_json_rollout(h, f->first_error));
        json_array_append_new(a, o);
    }
    return a;
}

static json_t *gates_of(const struct gates_result *r)
{
    json_t *a = json_array();
    for (size_t i = 0; r && i < r->n; i++)
        json_array_append_new(
            a, json_pack("{s:s, s:b, s:o, s:o, s:s}", "name", r->at[i].name, "met", r->at[i].met,
                         "limit", report_json_real(r->at[i].limit), "value",
                         report_json_real(r->at[i].value), "text", r->at[i].text));
    return a;
}

static json_t *head(const struct history *h)
{
    json_t *o = json_pack("{s:s, s:i}", "type", "report", "version", VERSION);
    set(o, "path", json_text(h->path));
    set(o, "title", json_text(h->title));
    set(o, "source", json_string(sources[h->source]));
    set(o, "model", json_text(h->model));
    set(o, "policy", json_text(h->policy));
    if (h->tools_recorded)
        set(o, "tools_recorded", json_true());
    if (h->scores_recorded)
        set(o, "scores_recorded", json_true());
    set(o, "state", json_text(h->state));
    set(o, "started_at", json_text(h->started_at));
    set(o, "seed", report_json_count(h->seed));
    set(o, "total_steps", h->total_steps > 0 ? json_integer(h->total_steps) : json_null());
    set(o, "max_episode_steps", h->max_steps > 0 ? json_integer(h->max_steps) : json_null());
    set_real(o, "service_rollouts_per_step", h->service_rollouts);
    set_count(o, "training_rows", h->files[WAVE_TRAIN].n_rows);
    set_count(o, "validation_rows", h->files[WAVE_VALID].n_rows);
    return o;
}

json_t *report_json(const struct facts *f, const struct verdict *v,
                    const struct gates_result *gates)
{
    const struct history *h = f->of;
    json_t *o = head(h);
    set(o, "verdict", verdict(v, h));
    set(o, "gates", gates_of(gates));
    set(o, "outcomes",
        json_pack("{s:o, s:o}", "train", outcomes(&f->outcomes[WAVE_TRAIN], h), "valid",
                  outcomes(&f->outcomes[WAVE_VALID], h)));
    set(o, "curve", curve(f));
    set(o, "alarms", alarms(&f->curve));
    set(o, "tools", tools(&f->tools, h));
    set(o, "graders", graders(&f->graders, h));
    set(o, "picks",
        json_pack("{s:o, s:o}", "worst", rollouts(h, f->picks.worst, f->picks.n_worst), "best",
                  rollouts(h, f->picks.best, f->picks.n_best)));
    set(o, "signal", report_json_signal(&f->signal, h));
    return o;
}
