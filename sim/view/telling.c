#include "sim/view/telling.h"

#include <stdlib.h>
#include <string.h>

#include "grader/explain.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/job/usual.h"
#include "sim/policy/policy.h"
#include "sim/run/drift.h"
#include "sim/run/rollout.h"
#include "sim/view/change.h"
#include "sim/view/grade.h"

static void set(json_t *o, const char *key, json_t *value)
{
    json_object_set_new(o, key, value);
}

static void set_count(json_t *o, const char *key, size_t n)
{
    set(o, key, json_integer((json_int_t)n));
}

static void set_seconds(json_t *o, const char *key, int64_t ns)
{
    set(o, key, json_real((double)ns * 1e-9));
}

static void set_text(json_t *o, const char *key, const char *text)
{
    if (text)
        explain_text(o, key, text, strlen(text));
    else
        set(o, key, json_null());
}

/* JSON as it may be shown. The caller's; null of what is no JSON once it is masked. */
static json_t *shown_json(const char *text, size_t len)
{
    struct buf masked = {0};
    secret_mask(&masked, text, len);
    json_t *out = json_loadb(buf_text(&masked), masked.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    buf_release(&masked);
    return out ? out : json_null();
}

static json_t *shown_value(const struct tape *t, size_t v)
{
    struct buf text = {0};
    if (v == TAPE_NONE)
        return json_null();
    tape_compact(t, v, &text);
    json_t *out = shown_json(buf_text(&text), text.len);
    buf_release(&text);
    return out;
}

/* --- What the policy sees -------------------------------------------------------------------- */

static bool is_in_job(const struct job *job, const char *name)
{
    for (size_t i = 0; name && i < job->n_tools; i++) {
        if (strcmp(job->tools[i].name, name) == 0)
            return true;
    }
    return false;
}

static void add_tool(json_t *list, json_t *function, bool in_row, bool in_job)
{
    static const char *const keys[] = {"name", "description", "parameters"};
    json_t *tool = json_object();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        json_t *value = json_object_get(function, keys[i]);
        set(tool, keys[i], value ? json_incref(value) : json_null());
    }
    set(tool, "in_row", json_boolean(in_row));
    set(tool, "in_job", json_boolean(in_job));
    json_array_append_new(list, tool);
}

/* Those that the row offers, with their schemas, then those of the job that it does not. */
static json_t *tools_of(const struct job *job, const struct tape *item)
{
    size_t i = 0;
    json_t *one = NULL;
    json_t *list = json_array();
    json_t *offered = shown_value(item, tape_get(item, 0, "tools"));
    json_array_foreach(offered, i, one)
    {
        json_t *function = json_object_get(one, "function");
        function = json_is_object(function) ? function : one;
        const char *name = json_string_value(json_object_get(function, "name"));
        add_tool(list, function, true, is_in_job(job, name));
    }
    for (i = 0; i < job->n_tools; i++) {
        if (usual_has_tool(item, job->tools[i].name))
            continue;
        json_t *function = json_object();
        set_text(function, "name", job->tools[i].name);
        add_tool(list, function, false, true);
        json_decref(function);
    }
    json_decref(offered);
    return list;
}

void telling_begin(struct telling *t, const struct job *job, const struct row *row,
                   const struct wave *w, size_t sample, size_t n_samples)
{
    const json_t *threshold = json_object_get(job->grader, "pass_threshold");
    json_t *doc = json_object();
    *t = (struct telling){.job = job, .doc = doc, .turns = json_array()};
    set_text(doc, "file", dataset_path(w->dataset));
    set_count(doc, "line", row->line);
    set_count(doc, "row", row->number);
    set(doc, "phase", json_string(w->phase == WAVE_VALID ? "valid" : "train"));
    set(doc, "step", json_integer(w->step));
    set_count(doc, "sample", sample);
    set_count(doc, "n_samples", n_samples);
    set_count(doc, "number", w->first);
    set(doc, "max_episode_steps", json_integer(job->max_episode_steps));
    if (json_is_number(threshold))
        set(doc, "pass_threshold", json_real(json_number_value(threshold)));
    set(doc, "tools", tools_of(job, &row->tape));
    set(doc, "messages", shown_value(&row->tape, tape_get(&row->tape, 0, "messages")));
    set(doc, "turns", t->turns);
}

void telling_learner(struct telling *t, const struct learned *learned, uint64_t state)
{
    t->learned = learned;
    t->state = state;
}

void telling_release(struct telling *t)
{
    json_decref(t->doc);
    *t = (struct telling){0};
}

/* --- Turns ----------------------------------------------------------------------------------- */

static json_t *dropped(const struct policy_turn *turn)
{
    json_t *list = json_array();
    for (size_t i = 0; i < turn->n_calls; i++) {
        const struct policy_turn_call *c = &turn->calls[i];
        json_t *call = json_object();
        set_text(call, "tool", c->name);
        explain_text(call, "arguments", buf_text(&turn->text) + c->from, c->len);
        json_array_append_new(list, call);
    }
    return list;
}

/* What it could draw from, and drew. */
static void set_draw(struct telling *t, json_t *o, size_t action)
{
    const struct learned *l = t->learned;
    struct buf state = {0};
    json_t *list = json_array();
    double *chances = mem_array(l->n_actions, sizeof(*chances));
    learned_state_words(l, t->state, &state);
    learned_chances(l, t->state, chances);
    for (size_t i = 0; i < l->n_actions; i++) {
        json_t *one = json_object();
        set_text(one, "action", l->actions[i]);
        set(one, "chance", json_real(chances[i]));
        json_array_append_new(list, one);
    }
    set_text(o, "state", buf_text(&state));
    set_text(o, "drawn", l->actions[action]);
    set(o, "chances", list);
    t->state = learned_after(l, t->state, action);
    buf_release(&state);
    free(chances);
}

void telling_turn(void *telling, const struct policy_turn *turn)
{
    struct telling *t = telling;
    size_t most = (size_t)t->job->max_episode_steps;
    json_t *o = json_object();
    json_array_append_new(t->turns, o);
    size_t n = json_array_size(t->turns);
    set_count(o, "left", most > n ? most - n : 0);
    if (t->learned && turn->choice)
        set_draw(t, o, (size_t)turn->choice - 1);
    if (turn->kind == POLICY_ANSWER)
        explain_text(o, "text", buf_text(&turn->text), turn->text.len);
    else if (turn->kind == POLICY_FAILED)
        explain_text(o, "failed", buf_text(&turn->text), turn->text.len);
    else if (n >= most)
        set(o, "dropped", dropped(turn));
    if (turn->beside.len)
        explain_text(o, "text", buf_text(&turn->beside), turn->beside.len);
    set(o, "calls", json_array());
}

/* --- What came of them ----------------------------------------------------------------------- */

static const char *whose_words(const struct call_record *c)
{
    const struct tool_kind_row *row = tool_kind_row((enum tool_kind)c->kind);
    enum tool_text text = c->warnings & TOOL_WARN_OUR_TEXT ? TOOL_TEXT_OURS : row->text;
    if (text == TOOL_TEXT_NOTHING)
        return NULL;
    return text == TOOL_TEXT_ANSWER ? "the endpoint's" : tool_text_words(text);
}

static json_t *warnings_of(const struct call_record *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < TOOL_N_WARNINGS; i++) {
        if (c->warnings >> i & 1)
            json_array_append_new(list, json_string(tool_warning_words(i)));
    }
    return list;
}

/* Of a call that was told of as a whole there are none. */
static json_t *attempts_of(const struct rollout_told *told, size_t call)
{
    json_t *list = json_array();
    for (size_t i = 0; i < told->n_attempts; i++) {
        const struct attempt_record *a = &told->attempts[i];
        if (a->call != call)
            continue;
        json_t *attempt = json_object();
        set(attempt, "fault", json_string(tool_kind_row((enum tool_kind)a->kind)->id));
        set(attempt, "status", json_integer(a->status));
        set_seconds(attempt, "latency_s", a->latency_ns);
        json_array_append_new(list, attempt);
    }
    return list;
}

/* In a replay, what was answered when it was recorded, if that is another. */
static void set_drift(json_t *call, const struct rollout_end *end, size_t i)
{
    for (size_t k = 0; k < end->n_drifts; k++) {
        const struct drift_text *was = &end->drifts[k].recorded;
        if (end->drifts[k].call != i)
            continue;
        if (was->at)
            explain_text(call, "recorded", was->at, was->len);
        else
            set_text(call, "recorded", "the call was lost");
    }
}

static json_t *call_of(const struct rollout_told *told, size_t i)
{
    const struct call_record *c = &told->end->calls[i];
    const struct policy_call *text = &told->rollout->calls[i];
    const char *words = !text->output  ? NULL
                        : text->played ? "the record's: it was not called"
                                       : whose_words(c);
    json_t *call = json_object();
    set_text(call, "tool", text->address);
    explain_text(call, "arguments", text->arguments, text->arguments_len);
    set(call, "kind", json_string(tool_kind_row((enum tool_kind)c->kind)->id));
    set(call, "status", json_integer(c->status));
    set(call, "n_attempts", json_integer(c->attempts));
    set_seconds(call, "latency_s", c->latency_ns);
    set(call, "attempts", attempts_of(told, i));
    if (text->output)
        explain_text(call, "output", text->output, text->output_len);
    else
        set(call, "output", json_null());
    set_text(call, "words", words);
    set_drift(call, told->end, i);
    set(call, "warnings", warnings_of(c));
    return call;
}

/* The calls of one turn; one that was not made is told as the store tells it. */
static void add_calls(json_t *turn, const struct rollout_told *told, const struct policy_past *past)
{
    const struct rollout *r = told->rollout;
    json_t *calls = json_object_get(turn, "calls");
    if (past->batch)
        set(turn, "kind", json_string("batch"));
    for (size_t i = past->from; i < past->from + past->n_calls; i++) {
        if (i < told->end->n_calls) {
            json_array_append_new(calls, call_of(told, i));
            continue;
        }
        set(turn, "kind", json_string("misaddressed"));
        set_text(turn, "recipient", r->calls[i].address);
        explain_text(turn, "text", r->calls[i].arguments, r->calls[i].arguments_len);
    }
}

/* An answer, a failure and calls that were dropped have none. */
static void add_turns(struct telling *t, const struct rollout_told *told)
{
    for (size_t i = 0; i < json_array_size(t->turns); i++)
        add_calls(json_array_get(t->turns, i), told, &told->rollout->turns[i]);
}

/* What graders saw, and what they made of it. One that was given up tells nothing of itself. */
static void add_grade(json_t *doc, const struct rollout_told *told)
{
    const struct rollout_end *end = told->end;
    bool has_facts = end->sample && json_object_get(end->told, "lost");
    struct tape sample = {0};
    struct tape_fault fault;
    set(doc, "graded_sample",
        end->sample ? shown_json(end->sample, strlen(end->sample)) : json_null());
    if (has_facts && tape_scan(&sample, end->sample, strlen(end->sample), &fault))
        set(doc, "grade",
            grade_facts(dataset_path(told->wave->dataset), end->line, &sample, end->told));
    else
        set(doc, "grade", json_null());
    tape_release(&sample);
}

void telling_end(void *telling, const struct rollout_told *told)
{
    struct telling *t = telling;
    const struct rollout_end *end = told->end;
    const struct rollout *r = told->rollout;
    struct buf change = {0};
    json_t *doc = t->doc;
    set_text(doc, "trace_id", end->trace_id);
    add_turns(t, told);
    if (end->answered)
        explain_text(doc, "answer", r->answer.at, r->answer.len);
    else
        set(doc, "answer", json_null());
    set(doc, "outcome", json_string(outcome_name(end->outcome)));
    set(doc, "outcome_words", json_string(outcome_words(end->outcome)));
    set_text(doc, "why", end->why);
    set(doc, "reward", outcome_is_graded(end->outcome) ? json_real(end->reward) : json_null());
    set_seconds(doc, "seconds", told->duration_ns);
    add_grade(doc, told);
    change_write(&change, doc, t->job->has_response_format);
    explain_text(doc, "change", buf_text(&change), change.len);
    buf_release(&change);
}
