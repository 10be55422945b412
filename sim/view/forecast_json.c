#include <math.h>

#include "grader/grader.h"
#include "sim/job/settings.h"
#include "sim/net/host.h"
#include "sim/view/forecast.h"
#include "sim/view/json.h"

enum { VERSION = 1 };

static void set(json_t *o, const char *key, uint64_t value)
{
    json_object_set_new(o, key, json_integer((json_int_t)value));
}

static json_t *range_of(struct range r)
{
    return isnan(r.high) ? json_null() : json_pack("{s:f, s:f}", "low", r.low, "high", r.high);
}

/* An estimate: in which unit, between what, on what grounds. */
static json_t *estimate_of(const char *unit, struct range r, const char *basis)
{
    return json_pack("{s:o, s:s}", unit, range_of(r), "basis", basis);
}

static json_t *settings_of(const struct forecast *f)
{
    json_t *list = json_array();
    for (int key = 0; key < SETTINGS; key++) {
        struct setting s = setting_of((enum setting_key)key, &f->outlook.schedule, &f->job->hyper);
        json_array_append_new(list, json_pack("{s:s, s:f, s:b, s:s?}", "key", s.key, "value",
                                              s.value, "given", s.given, "basis", s.basis));
    }
    return list;
}

static json_t *rollouts_of(const struct outlook *o, uint64_t row, uint64_t step, uint64_t train)
{
    json_t *r = json_object();
    set(r, "row", row);
    set(r, "step", step);
    set(r, "training", train);
    set(r, "evaluation", o->eval_each);
    set(r, "validation", o->eval_rollouts);
    set(r, "in_all", train + o->eval_rollouts);
    return r;
}

static json_t *calls_of(const struct forecast_calls *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:f}", "rollout", range_of(c->each), "step",
                     range_of(c->step), "in_all", range_of(c->all), "second", range_of(c->second),
                     "seconds_of_a_step_at_advised_rate", c->advice_s);
}

static json_t *expected_of(const struct expected_sum *x)
{
    if (!x->n_rows)
        return json_null();
    json_t *o = json_pack("{s:o}", "field", json_text(x->field));
    set(o, "rows", x->n_rows);
    set(o, "of", x->n_all);
    set(o, "most", x->most);
    set(o, "rows_with_too_many", x->n_too_many);
    json_object_set_new(o, "first_file", json_text(x->path));
    json_object_set_new(o, "first_line", x->path ? json_integer((json_int_t)x->line) : json_null());
    return o;
}

static json_t *tools_of(const struct forecast *f)
{
    static const char *const names[] = {
        [FORECAST_EXPECTED] = "expected",
        [FORECAST_RECORDED] = "recorded",
        [FORECAST_EVERY_TURN] = "every_turn",
    };
    json_t *list = json_array();
    for (int i = 0; i < FORECAST_BASES; i++) {
        if (!f->known[i])
            continue;
        struct buf basis = {0};
        forecast_calls_basis(&basis, f, (enum forecast_basis)i);
        json_t *calls = calls_of(&f->tools[i]);
        json_object_set_new(calls, "if", json_string(names[i]));
        json_object_set_new(calls, "basis", json_text(buf_text(&basis)));
        json_array_append_new(list, calls);
        buf_release(&basis);
    }
    return json_pack("{s:i, s:b, s:{s:i, s:i, s:i}, s:o, s:i, s:o}", "max_episode_steps",
                     f->job->max_episode_steps, "max_episode_steps_given", forecast_steps_given(f),
                     "room", "turns", f->room.turns, "calls", f->room.calls, "both", f->room.both,
                     "rows", expected_of(&f->expected), "attempts", f->job->sim.tool_attempts,
                     "estimates", list);
}

static json_t *graders_of(const struct forecast *f)
{
    static const char *const asks[] = {
        [FORECAST_ASKS_NOBODY] = NULL,
        [FORECAST_ASKS_ENDPOINT] = "endpoint",
        [FORECAST_ASKS_MODEL] = "model",
    };
    size_t n = 0;
    const struct grader_part *parts = grader_parts(f->grader, &n);
    json_t *list = json_array();
    for (size_t i = 0; i < (n ? n : 1); i++) {
        const struct grader *g = n ? parts[i].grader : f->grader;
        json_array_append_new(list,
                              json_pack("{s:s?, s:s, s:s, s:s?}", "key", n ? parts[i].key : NULL,
                                        "type", grader_type(g), "name", grader_name(g), "asks",
                                        asks[forecast_grader_asks(g)]));
    }
    return json_pack("{s:o, s:o}", "graders", list, "by_each", calls_of(&f->grades));
}

static json_t *time_of(const struct forecast *f)
{
    const struct outlook *o = &f->outlook;
    struct buf basis = {0};
    struct buf slow = {0};
    forecast_hours_basis(&basis);
    forecast_slow_basis(&slow);
    json_t *all =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "step",
                  estimate_of("seconds", o->step_s, buf_text(&basis)), "evaluation",
                  estimate_of("seconds", o->eval_s, buf_text(&basis)), "job",
                  estimate_of("hours", o->hours, buf_text(&basis)), "job_with_slow_tools",
                  estimate_of("hours", o->slow_hours, buf_text(&slow)), "cost",
                  estimate_of("dollars", o->dollars, o->price_basis), "cost_with_slow_tools",
                  estimate_of("dollars", o->slow_dollars, o->price_basis));
    buf_release(&basis);
    buf_release(&slow);
    return all;
}

static json_t *pause_of(const struct outlook *o)
{
    return json_pack("{s:i, s:s, s:o}", "dollars", OUTLOOK_PAUSE_DOLLARS, "reached",
                     forecast_pause_name(o->pause), "earliest_step",
                     o->pause_step ? json_integer((json_int_t)o->pause_step) : json_null());
}

void forecast_write_json(struct buf *out, const struct forecast *f)
{
    const struct outlook *o = &f->outlook;
    const struct schedule *s = &o->schedule;
    json_t *all = json_pack("{s:s, s:i}", "type", "forecast", "version", VERSION);
    json_object_set_new(all, "job", json_text(f->job->doc->path));
    json_object_set_new(all, "model", json_text(f->job->model));
    set(all, "training_rows", s->n_rows);
    set(all, "validation_rows", o->n_valid);
    json_object_set_new(all, "hyperparameters", settings_of(f));
    set(all, "steps", s->n_steps);
    set(all, "evaluations", o->n_evaluations);
    json_object_set_new(
        all, "service_rollouts",
        rollouts_of(o, schedule_service_group(s), s->service_rollouts_per_step, o->train_rollouts));
    json_object_set_new(all, "rehearsal_rollouts",
                        rollouts_of(o, s->group_size, s->group_size * (uint64_t)s->batch_size,
                                    schedule_train_rollouts(s)));
    set(all, "advised_calls_a_second", HOST_RATE_ADVICE);
    json_object_set_new(all, "tool_calls", f->job->n_tools ? tools_of(f) : json_null());
    json_object_set_new(all, "grades", graders_of(f));
    json_object_set_new(all, "estimates", time_of(f));
    json_object_set_new(all, "pause", pause_of(o));
    json_line(out, all);
}
