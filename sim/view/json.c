#include "sim/view/json.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/net/host.h"
#include "sim/policy/policy.h"

enum { VERSION = 1 };

void json_line(struct buf *out, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    buf_text_add(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(object);
}

json_t *json_text(const char *text)
{
    struct buf valid = {0};
    if (!text)
        return json_null();
    text_add_valid(&valid, text, strlen(text));
    json_t *string = json_string(buf_text(&valid));
    buf_release(&valid);
    return string;
}

json_t *json_typed(const char *type)
{
    return json_pack("{s:s, s:i}", "type", type, "version", VERSION);
}

static void set(json_t *o, const char *key, uint64_t value)
{
    json_object_set_new(o, key, json_integer((json_int_t)value));
}

static json_t *number_or_null(bool known, double value)
{
    return known ? json_real(value) : json_null();
}

json_t *json_grader_notes(const struct grader *grader)
{
    size_t n = 0;
    grader_parts(grader, &n);
    json_t *list = json_array();
    for (size_t i = 0; i <= n; i++) {
        const char *note = grader_note(grader_at(grader, i));
        if (note)
            json_array_append_new(list, json_text(note));
    }
    return list;
}

void json_plan(struct buf *out, const struct plan *p)
{
    const struct schedule *s = p->schedule;
    json_t *o = json_typed("plan");
    json_object_set_new(o, "job", json_text(p->job->doc->path));
    json_object_set_new(o, "run", json_text(p->folder));
    if (p->before) {
        set(o, "recorded_rollouts", p->before->n_rollouts);
        set(o, "recorded_steps", (uint64_t)p->before->steps_done);
    }
    json_object_set_new(o, "policy", json_string(p->policy_type));
    json_object_set_new(o, "policy_note", p->policy_note ? json_text(p->policy_note) : json_null());
    json_object_set_new(o, "grader", json_text(grader_name(p->grader)));
    json_object_set_new(o, "grader_notes", json_grader_notes(p->grader));
    set(o, "training_rows", p->n_train);
    set(o, "validation_rows", p->n_valid);
    set(o, "total_steps", s->n_steps);
    set(o, "batch_size", (uint64_t)s->batch_size);
    set(o, "rollouts_per_row", s->group_size);
    set(o, "service_rollouts_per_step", s->service_rollouts_per_step);
    set(o, "eval_interval", (uint64_t)s->eval_interval);
    set(o, "eval_samples", (uint64_t)s->eval_samples);
    set(o, "tool_attempts", (uint64_t)p->job->sim.tool_attempts);
    set(o, "grader_attempts", (uint64_t)p->job->sim.grader_attempts);
    set(o, "threads", (uint64_t)p->threads);
    set(o, "concurrency", (uint64_t)p->concurrency);
    set(o, "concurrency_asked", (uint64_t)p->job->sim.concurrency);
    set(o, "seed", p->seed);
    json_line(out, o);
}

static json_t *latency_of(const struct hist *h)
{
    static const struct {
        const char *name;
        double share;
    } rows[] = {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}};
    json_t *o = json_object();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        double ms = (double)hist_quantile(h, rows[i].share) / 1e6;
        json_object_set_new(o, rows[i].name, number_or_null(h->n > 0, ms));
    }
    return o;
}

static json_t *tool_of(const char *name, const struct tool_tally *t)
{
    json_t *o = json_pack("{s:s}", "name", name);
    set(o, "calls", t->n_ok + t->n_failed);
    set(o, "requests", t->n_requests);
    set(o, "errors", t->n_failed);
    json_t *kinds = json_object();
    json_t *examples = json_object();
    for (int k = 0; k < TOOL_N_KINDS; k++) {
        if (t->kinds[k])
            set(kinds, tool_kind_row((enum tool_kind)k)->id, t->kinds[k]);
        if (t->examples[k].text)
            json_object_set_new(examples, tool_kind_row((enum tool_kind)k)->id,
                                json_text(t->examples[k].text));
    }
    json_object_set_new(o, "kinds", kinds);
    json_object_set_new(o, "first", examples);
    json_object_set_new(o, "latency_ms", latency_of(&t->latency));
    return o;
}

static json_t *endpoints_of(const struct run *run)
{
    const struct hosts *hosts = run_hosts(run);
    json_t *list = json_array();
    for (size_t i = 0; i < hosts->n; i++) {
        const struct host *h = hosts->at[i];
        const struct meter *m = &h->meter;
        json_t *o =
            json_pack("{s:s, s:f, s:f, s:b}", "url", h->url, "mean_per_second", meter_mean(m),
                      "peak_per_second", m->peak, "over_advice", host_is_over_advice(h));
        set(o, "tools", h->n_users[HOST_TOOL]);
        set(o, "graders", h->n_users[HOST_GRADER] + h->n_users[HOST_MODEL]);
        set(o, "policies", h->n_users[HOST_POLICY]);
        set(o, "requests", h->n_before + m->total);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *outcomes_of(const struct tally *t)
{
    json_t *o = json_object();
    for (int i = 0; i < OUTCOME_N; i++)
        set(o, outcome_name((enum outcome)i), t->outcomes[i]);
    return o;
}

static json_t *first_of(const struct tally *t)
{
    json_t *o = json_object();
    for (int i = 0; i < OUTCOME_N; i++) {
        if (t->examples[i].text)
            json_object_set_new(o, outcome_name((enum outcome)i), json_text(t->examples[i].text));
    }
    return o;
}

/* Rollouts that ended at a call addressed wrongly (GAP-52). */
static json_t *misaddressed_of(const struct tally *t)
{
    json_t *o = json_object();
    set(o, "rollouts", t->n_misaddressed);
    if (t->misaddressed.text)
        json_object_set_new(o, "first", json_text(t->misaddressed.text));
    return o;
}

json_t *json_errors(unsigned flags)
{
    json_t *list = json_array();
    for (int i = 0; i < GRADE_N_ERRORS; i++) {
        if (flags >> i & 1)
            json_array_append_new(list, json_string(grade_error_name((enum grade_error)i)));
    }
    return list;
}

/* Means of a multi's graders by key. */
static json_t *sub_rewards_of(const struct plan *p, const struct tally *t)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(p->grader, &n);
    json_t *o = json_object();
    for (size_t i = 0; i < n; i++) {
        struct grade_tally part = tally_grade(t, i + 1);
        double mean = 0;
        bool known = grade_tally_mean(&part, &mean);
        json_object_set_new(o, parts[i].key, number_or_null(known, mean));
    }
    return o;
}

/* One grader in one phase: how many grades, their mean, and those in error. */
static json_t *grades_of(const struct tally *t, size_t i)
{
    struct grade_tally grade = tally_grade(t, i);
    double mean = 0;
    bool known = grade_tally_mean(&grade, &mean);
    json_t *o = json_object();
    set(o, "grades", grade.n);
    json_object_set_new(o, "reward_mean", number_or_null(known, mean));
    set(o, "in_error", grade.n_flagged);
    json_t *errors = json_object();
    for (int k = 0; k < GRADE_N_ERRORS; k++) {
        if (grade.errors[k])
            set(errors, grade_error_name((enum grade_error)k), grade.errors[k]);
    }
    json_object_set_new(o, "errors", errors);
    return o;
}

static json_t *tokens_of(const struct grade_tokens *t)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "prompt_tokens", (json_int_t)t->prompt,
                     "completion_tokens", (json_int_t)t->completion, "total_tokens",
                     (json_int_t)t->total, "cached_tokens", (json_int_t)t->cached);
}

/* Of a grader that asks a model, or has a stub for one. */
static void set_judge(json_t *o, const struct grader *g, const struct run *run, size_t i)
{
    struct grader_spent spent;
    if (grader_note(g))
        json_object_set_new(o, "note", json_text(grader_note(g)));
    if (!run_spent(run, i, &spent))
        return;
    json_object_set_new(o, "model", json_text(spent.model));
    set(o, "model_answers", spent.n_grades);
    json_object_set_new(o, "token_usage", tokens_of(&spent.tokens));
}

/* By the service's name (5.2): the sum for each model. */
static json_t *tokens_by_model(const struct plan *p, const struct run *run)
{
    size_t n = 0;
    grader_parts(p->grader, &n);
    json_t *o = json_object();
    for (size_t i = 0; i <= n; i++) {
        struct grader_spent spent;
        if (!run_spent(run, i, &spent))
            continue;
        for (size_t k = 0; k < i; k++) { /* of graders that ask the same */
            struct grader_spent other;
            if (run_spent(run, k, &other) && strcmp(other.model, spent.model) == 0)
                grade_tokens_add(&spent.tokens, &other.tokens);
        }
        json_object_set_new(o, spent.model, tokens_of(&spent.tokens));
    }
    return o;
}

/* The grader, which has no key, and those it is made of. */
static json_t *graders_of(const struct plan *p, const struct trainer *t)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(p->grader, &n);
    json_t *list = json_array();
    for (size_t i = 0; i <= n; i++) {
        const struct grader *g = grader_at(p->grader, i);
        json_t *key = i ? json_text(parts[i - 1].key) : json_null();
        json_t *o = json_pack("{s:o, s:s, s:s, s:o, s:o}", "key", key, "type", grader_type(g),
                              "name", grader_name(g), "train", grades_of(&t->train_total, i),
                              "valid", grades_of(&t->valid_total, i));
        set_judge(o, g, t->run, i);
        json_array_append_new(list, o);
    }
    return list;
}

/* What a model's turns have used; not there of a policy that asks none. */
static void set_tokens(json_t *o, const struct tokens *t)
{
    double completion = 0;
    double reasoning = 0;
    if (!tokens_completion_mean(t, &completion))
        return;
    bool reasons = tokens_reasoning_mean(t, &reasoning);
    json_t *tokens = json_pack("{s:I, s:I, s:I, s:f}", "turns", (json_int_t)t->n_turns,
                               "prompt_tokens", (json_int_t)t->prompt, "completion_tokens",
                               (json_int_t)t->completion, "completion_tokens_mean", completion);
    json_object_set_new(tokens, "reasoning_tokens",
                        reasons ? json_integer((json_int_t)t->reasoning) : json_null());
    json_object_set_new(tokens, "reasoning_tokens_mean", number_or_null(reasons, reasoning));
    json_object_set_new(o, "policy_tokens", tokens);
}

/* What one phase, or one wave of it, came to. */
static void set_tally(json_t *o, const struct plan *p, const struct tally *t)
{
    double mean = 0;
    double penalised = 0;
    bool graded = tally_mean(t, &mean);
    bool ended = tally_penalised_mean(t, &penalised);
    set(o, "rollouts", t->n);
    set(o, "graded", t->n_graded);
    json_object_set_new(o, "reward_mean", number_or_null(graded, mean));
    json_object_set_new(o, "reward_mean_penalised", number_or_null(ended, penalised));
    json_object_set_new(o, "sub_rewards", sub_rewards_of(p, t));
    set(o, "turns", t->n_turns);
    set(o, "tool_calls", t->n_calls);
    set_tokens(o, &t->tokens);
    json_object_set_new(o, "outcomes", outcomes_of(t));
}

static const char *phase_name(enum wave_phase phase)
{
    return phase == WAVE_TRAIN ? "train" : "valid";
}

/* Groups of a step: what can be learned from (sim/train/groups.h). */
static json_t *groups_json(const struct groups *g)
{
    return json_pack("{s:I, s:I, s:f}", "all", (json_int_t)g->n, "dead", (json_int_t)g->n_dead,
                     "spread", g->spread);
}

void json_wave(struct buf *out, const struct plan *p, const struct wave_report *r)
{
    json_t *o = json_typed("wave");
    json_object_set_new(o, "phase", json_string(phase_name(r->phase)));
    set(o, "step", (uint64_t)r->step);
    set_tally(o, p, r->tally);
    if (r->phase == WAVE_TRAIN)
        json_object_set_new(o, "groups", groups_json(&r->groups));
    json_object_set_new(o, "seconds", json_real(r->seconds));
    json_line(out, o);
}

static json_t *warnings_of(unsigned bits)
{
    static const char *const ids[] = {"call_id", "not_string", "size",
                                      "our_text"}; /* enum tool_warning */
    static_assert(COUNT_OF(ids) == TALLY_WARNINGS, "a warning without an id");
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        if (bits >> i & 1)
            json_array_append_new(list, json_text(ids[i]));
    }
    return list;
}

static json_t *call_of(const struct job *job, const struct call_record *c)
{
    json_t *o = json_object();
    const char *tool = c->tool == RUN_NO_TOOL ? "" : job->tools[c->tool].name; /* as in tools */
    json_object_set_new(o, "tool", json_text(tool));
    json_object_set_new(o, "kind", json_string(tool_kind_row(c->kind)->id));
    set(o, "attempts", c->attempts);
    json_object_set_new(o, "status", c->status ? json_integer(c->status) : json_null());
    json_object_set_new(o, "latency_ms",
                        number_or_null(c->attempts > 0, (double)c->latency_ns / 1e6));
    json_object_set_new(o, "warnings", warnings_of(c->warnings));
    return o;
}

/* What a multi's graders said of one rollout; nothing if it was not graded. */
static json_t *parts_of(const struct plan *p, const struct wave *w, size_t number)
{
    size_t n = 0;
    const struct grader_part *parts = grader_parts(p->grader, &n);
    json_t *o = json_object();
    for (size_t i = 0; w->parts && outcome_is_graded(w->ends[number].outcome) && i < n; i++)
        json_object_set_new(o, parts[i].key, json_real(w->parts[number * w->n_parts + i].reward));
    return o;
}

/* Other readings under which one rollout's reward is another. */
static json_t *differences_of(const struct wave *w, size_t number)
{
    const struct rollout_end *end = &w->ends[number];
    const double *other = w->others ? w->others + number * w->n_others : NULL;
    json_t *list = json_array();
    for (int r = 0; other && outcome_is_graded(end->outcome) && r < READINGS; r++) {
        if (!(w->readings >> r & 1))
            continue;
        if (!isnan(*other) && *other != end->reward)
            json_array_append_new(list, json_pack("{s:s, s:s, s:f}", "switch", reading_switch(r),
                                                  "reading", reading_word(r), "reward", *other));
        other++;
    }
    return list;
}

/* What graders saw, as it was. */
static json_t *sample_of(const struct rollout_end *end)
{
    json_t *sample = end->sample ? json_loads(end->sample, JSON_ALLOW_NUL, NULL) : NULL;
    return sample ? sample : json_null();
}

static json_t *rollout_of(const struct plan *p, const struct wave *w, size_t number, bool samples)
{
    const struct rollout_end *end = &w->ends[number];
    json_t *o = json_typed("rollout");
    json_object_set_new(o, "phase", json_string(phase_name(w->phase)));
    set(o, "step", (uint64_t)w->step);
    json_object_set_new(o, "file", json_text(dataset_path(w->dataset)));
    set(o, "line", end->line);
    set(o, "sample", number % w->n_samples);
    json_object_set_new(o, "trace_id", json_string(end->trace_id));
    json_object_set_new(o, "outcome", json_string(outcome_name(end->outcome)));
    json_object_set_new(o, "reward", number_or_null(outcome_is_graded(end->outcome), end->reward));
    json_object_set_new(o, "sub_rewards", parts_of(p, w, number));
    json_object_set_new(o, "errors", json_errors(end->grade_flags));
    json_object_set_new(o, "other_readings", differences_of(w, number));
    set(o, "turns", (uint64_t)end->n_turns);
    json_object_set_new(o, "why", json_text(end->why));
    json_t *calls = json_array();
    for (size_t i = 0; i < end->n_calls; i++)
        json_array_append_new(calls, call_of(p->job, &end->calls[i]));
    json_object_set_new(o, "calls", calls);
    if (samples)
        json_object_set_new(o, "graded_sample", sample_of(end));
    return o;
}

void json_rollouts(struct buf *out, const struct plan *p, const struct wave *w, bool samples)
{
    for (size_t i = 0; i < w->n_rows * w->n_samples; i++) {
        if (w->ends[i].started)
            json_line(out, rollout_of(p, w, i, samples));
    }
}

/* Other readings of the grader that every grade was told under, by how they are written in a job.
 */
json_t *json_readings(const struct reading_tally readings[READINGS])
{
    json_t *list = json_array();
    for (int i = 0; i < READINGS; i++) {
        const struct reading_tally *r = &readings[i];
        if (!r->n)
            continue;
        json_t *o =
            json_pack("{s:s, s:s}", "switch", reading_switch(i), "reading", reading_word(i));
        set(o, "compared", r->n);
        set(o, "far", r->n_far);
        set(o, "across_threshold", r->n_across);
        json_object_set_new(o, "largest", json_real(r->largest));
        json_object_set_new(o, "reward_mean", json_real(r->sum / (double)r->n));
        json_object_set_new(o, "first", json_text(r->first.text));
        json_array_append_new(list, o);
    }
    return list;
}

/* Graders of which the other reading of output_tools is not known. */
static json_t *asked_once_of(const struct plan *p)
{
    size_t n = 0;
    grader_parts(p->grader, &n);
    json_t *list = json_array();
    for (size_t i = 0; i <= n; i++) {
        if (grader_is_asked_once(grader_at(p->grader, i)))
            json_array_append_new(list, json_text(grader_name(grader_at(p->grader, i))));
    }
    return list;
}

static json_t *grade_notes_of(const struct tally *t)
{
    json_t *o = json_object();
    for (int i = 0; i < GRADE_N_NOTES; i++) {
        if (t->notes[i])
            json_object_set_new(o, grade_note_id((enum grade_note)i),
                                json_pack("{s:I, s:s}", "grades", (json_int_t)t->notes[i], "first",
                                          t->note_examples[i].text));
    }
    return o;
}

/* Of a replay: what was not done, and how answers differ from those of the record. */
static void set_replay(json_t *o, const struct run *run, const struct tally *all)
{
    unsigned spares = run_spares(run);
    if (spares & POLICY_SPARES_TOOLS)
        json_object_set_new(o, "tools_recorded", json_true());
    if (spares & POLICY_SPARES_GRADER)
        json_object_set_new(o, "scores_recorded", json_true());
    if (!all->n_compared)
        return;
    json_t *drift = json_object();
    set(drift, "compared", all->n_compared);
    set(drift, "differ", all->n_drifts);
    json_object_set_new(drift, "first", json_text(all->drift.text));
    json_object_set_new(o, "drift", drift);
}

static json_t *phase_of(const struct plan *p, const struct tally *t)
{
    json_t *o = json_object();
    set_tally(o, p, t);
    return o;
}

/* The evaluations that would be kept (contract 2.7), the best first. */
static json_t *checkpoints_of(const struct checkpoints *best)
{
    json_t *list = json_array();
    for (size_t i = 0; i < best->n; i++)
        json_array_append_new(list, json_pack("{s:i, s:f}", "step", best->at[i].step, "reward_mean",
                                              best->at[i].reward));
    return list;
}

void json_summary(struct buf *out, const struct plan *p, const struct trainer *t, double seconds,
                  const char *ended)
{
    struct tally all;
    tally_init(&all, p->job->n_tools);
    tally_merge(&all, &t->train_total);
    tally_merge(&all, &t->valid_total);
    json_t *o = json_typed("summary");
    json_object_set_new(o, "ended", json_string(ended));
    set(o, "steps_done", (uint64_t)t->steps_done);
    set(o, "total_steps", p->schedule->n_steps);
    json_object_set_new(o, "seconds", json_real(seconds));
    json_object_set_new(o, "run", json_text(p->folder));
    json_object_set_new(o, "outcomes", outcomes_of(&all));
    json_object_set_new(o, "first", first_of(&all));
    json_object_set_new(o, "first_error", json_text(all.flag_example.text));
    json_object_set_new(o, "misaddressed", misaddressed_of(&all));
    json_object_set_new(o, "train", phase_of(p, &t->train_total));
    json_object_set_new(o, "valid", phase_of(p, &t->valid_total));
    json_object_set_new(o, "graders", graders_of(p, t));
    json_object_set_new(o, "model_grader_token_usage_per_model", tokens_by_model(p, t->run));
    json_object_set_new(o, "other_readings", json_readings(all.readings));
    json_object_set_new(o, "asked_once", asked_once_of(p));
    json_object_set_new(o, "grade_notes", grade_notes_of(&all));
    json_t *tools = json_array();
    for (size_t i = 0; i < p->job->n_tools; i++)
        json_array_append_new(tools, tool_of(p->job->tools[i].name, &all.tools[i]));
    if (all.tools[p->job->n_tools].n_failed)
        json_array_append_new(tools, tool_of("", &all.tools[p->job->n_tools]));
    json_object_set_new(o, "tools", tools);
    json_object_set_new(o, "endpoints", endpoints_of(t->run));
    set_replay(o, t->run, &all);
    json_object_set_new(o, "checkpoints", checkpoints_of(&t->best));
    json_object_set_new(o, "stopped_early", json_boolean(t->stopped_early));
    set(o, "cut_if_steps_were_calls", all.n_over_calls);
    set(o, "cut_if_steps_were_turns_and_calls", all.n_over_both);
    json_line(out, o);
    tally_release(&all);
}
