#include "sim/view/forecast.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/num.h"
#include "sim/base/wrap.h"
#include "sim/job/settings.h"
#include "sim/net/host.h"

enum { COLUMNS = 100, ROOM = 64 };

/* --- numbers and lines ----------------------------------------------------------------------- */

/* With as many digits as an estimate is good for. */
static void put_number(char out[ROOM], double v)
{
    bool whole = v >= 10 || v == floor(v);
    snprintf(out, ROOM, whole ? "%.0f" : "%.2g", v);
}

/* "3", "0.02 to 3.4", "$5 to $7", "unknown". */
static const char *say_range(char out[ROOM], const char *sign, struct range r)
{
    char low[ROOM];
    char high[ROOM];
    put_number(low, r.low);
    put_number(high, r.high);
    if (isnan(r.high))
        snprintf(out, ROOM, "unknown");
    else if (strcmp(low, high) == 0)
        snprintf(out, ROOM, "%s%.60s", sign, low);
    else
        snprintf(out, ROOM, "%s%.26s to %s%.26s", sign, low, sign, high);
    return out;
}

static size_t column(const struct buf *out)
{
    size_t n = 0;
    while (n < out->len && out->at[out->len - 1 - n] != '\n')
        n++;
    return n;
}

/* Words behind what stands on the line so far, wrapped to where they begin; ends it. */
PRINTF(2, 3) static void say(struct buf *out, const char *format, ...)
{
    struct buf text = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    wrap_within(out, COLUMNS, column(out), column(out), buf_text(&text));
    buf_release(&text);
}

/* --- on what the numbers rest ---------------------------------------------------------------- */

void forecast_calls_basis(struct buf *out, const struct forecast *f, enum forecast_basis basis)
{
    const struct expected_sum *x = &f->expected;
    switch (basis) {
    case FORECAST_EXPECTED:
        buf_printf(out,
                   "mean of '%s' in the %zu of %zu rows that have it, one call a turn and no "
                   "more than fit in",
                   x->field, x->n_rows, x->n_all);
        return;
    case FORECAST_RECORDED:
        buf_text_add(out, "17 calls in the 768 rollouts of a first step (EV-8), 3.4 a rollout of "
                          "another job (3.4)");
        return;
    case FORECAST_EVERY_TURN:
        buf_printf(out, "a call in every turn but the last of %d (GAP-12)", f->room.calls);
        return;
    case FORECAST_BASES:
        return;
    }
}

void forecast_hours_basis(struct buf *out)
{
    buf_printf(out,
               "two recorded jobs (EV-12): %d to %d s for a step of %d rollouts, %d to %d s more "
               "with an evaluation of %d",
               OUTLOOK_STEP_S_LOW, OUTLOOK_STEP_S_HIGH, OUTLOOK_STEP_ROLLOUTS, OUTLOOK_EVAL_S_LOW,
               OUTLOOK_EVAL_S_HIGH, OUTLOOK_EVAL_ROLLOUTS);
}

void forecast_slow_basis(struct buf *out)
{
    buf_printf(out,
               "one recorded job whose calls took 18 s and more: %d to %d minutes a step "
               "(section 8, 3.9)",
               OUTLOOK_SLOW_MIN_LOW, OUTLOOK_SLOW_MIN_HIGH);
}

const char *forecast_pause_name(enum outlook_pause pause)
{
    static const char *const names[] = {
        [OUTLOOK_PAUSE_UNKNOWN] = "unknown",
        [OUTLOOK_PAUSE_NEVER] = "never",
        [OUTLOOK_PAUSE_OUT_OF_REACH] = "out_of_reach",
        [OUTLOOK_PAUSE_IF_SLOW] = "if_slow",
        [OUTLOOK_PAUSE_MAYBE] = "maybe",
        [OUTLOOK_PAUSE_LIKELY] = "likely",
    };
    return names[pause];
}

bool forecast_steps_given(const struct forecast *f)
{
    return doc_value(f->job->doc->root, "/method/reinforcement/max_episode_steps") != NULL;
}

enum forecast_asks forecast_grader_asks(const struct grader *g)
{
    const char *type = grader_type(g);
    if (strcmp(type, "endpoint") == 0)
        return FORECAST_ASKS_ENDPOINT;
    bool judge = strcmp(type, "score_model") == 0 || strcmp(type, "label_model") == 0;
    return judge ? FORECAST_ASKS_MODEL : FORECAST_ASKS_NOBODY;
}

/* --- hyperparameters, steps, rollouts -------------------------------------------------------- */

static void write_settings(struct buf *out, const struct forecast *f)
{
    buf_text_add(out, "\nhyperparameters\n");
    for (int key = 0; key < SETTINGS; key++) {
        struct setting s = setting_of((enum setting_key)key, &f->outlook.schedule, &f->job->hyper);
        char value[NUM_ROOM];
        buf_printf(out, "  %-24s  %8s  ", s.key, num_shortest(value, s.value));
        say(out, "%s%s", s.given ? "given" : "auto: ", s.given ? "" : s.basis);
    }
}

static void rollout_line(struct buf *out, const char *name, uint64_t service, uint64_t ours)
{
    buf_printf(out, "  %-16s%10" PRIu64 "%11" PRIu64 "  ", name, service, ours);
}

static void write_rollouts(struct buf *out, const struct forecast *f)
{
    const struct outlook *o = &f->outlook;
    const struct schedule *s = &o->schedule;
    char multiplier[NUM_ROOM];
    uint64_t ours = schedule_train_rollouts(s);
    size_t last = schedule_batch_rows(s, s->n_steps);
    buf_printf(out, "\nsteps     %-6" PRIu64 "  ", s->n_steps);
    say(out, "ceil(%d x %zu rows / %d) (EV-2)", s->n_epochs, s->n_rows, s->batch_size);
    buf_text_add(out, "\nrollouts             service  rehearsal\n");
    rollout_line(out, "a row, each step", schedule_service_group(s), s->group_size);
    say(out, "service: floor(512 x %s / %d) (EV-1)",
        num_shortest(multiplier, s->compute_multiplier), s->batch_size);
    rollout_line(out, "a step", s->service_rollouts_per_step,
                 s->group_size * (uint64_t)s->batch_size);
    if (last < (size_t)s->batch_size)
        say(out, "%d rows; the last step has %zu", s->batch_size, last);
    else
        say(out, "%d rows", s->batch_size);
    rollout_line(out, "training", o->train_rollouts, ours);
    say(out, "%" PRIu64 " step%s", s->n_steps, s->n_steps == 1 ? "" : "s");
    rollout_line(out, "an evaluation", o->eval_each, o->eval_each);
    say(out, "%zu rows x %d (ST-6, GAP-4)", o->n_valid, s->eval_samples);
    rollout_line(out, "validation", o->eval_rollouts, o->eval_rollouts);
    say(out, "%" PRIu64 " evaluation%s: at step 0 and every %d steps (GAP-5)", o->n_evaluations,
        o->n_evaluations == 1 ? "" : "s", s->eval_interval);
    rollout_line(out, "in all", o->train_rollouts + o->eval_rollouts, ours + o->eval_rollouts);
    say(out, "the platform may stop early, by no published rule (GAP-7)");
}

/* --- calls ----------------------------------------------------------------------------------- */

static void calls_head(struct buf *out, const char *what)
{
    buf_printf(out, "\n%-22s%14s%16s%20s%16s\n", what, "a rollout", "a step", "in all", "a second");
}

static void calls_line(struct buf *out, const char *name, const struct forecast_calls *c)
{
    char each[ROOM];
    char step[ROOM];
    char all[ROOM];
    char second[ROOM];
    buf_printf(out, "  %-20s%14s%16s%20s%16s\n", name, say_range(each, "", c->each),
               say_range(step, "", c->step), say_range(all, "", c->all),
               say_range(second, "", c->second));
}

static void calls_basis(struct buf *out, const struct forecast *f, enum forecast_basis basis)
{
    struct buf text = {0};
    forecast_calls_basis(&text, f, basis);
    buf_text_add(out, "      ");
    say(out, "%s", buf_text(&text));
    buf_release(&text);
}

static void write_room(struct buf *out, const struct forecast *f)
{
    const struct expected_sum *x = &f->expected;
    buf_text_add(out, "  room       ");
    say(out,
        "%d call%s in each row's rollout, one a turn, if max_episode_steps %d%s counts turns "
        "(GAP-12); %d if it counts calls, %d if turns and calls. Several in one message take one "
        "turn (GAP-23).",
        f->room.turns, f->room.turns == 1 ? "" : "s", f->room.calls,
        forecast_steps_given(f) ? "" : ", the default,", f->room.calls, f->room.both);
    if (!x->n_rows)
        return;
    buf_text_add(out, "  rows       ");
    if (x->n_too_many)
        say(out, "%zu of %zu expect more than fit in (%s; up to %zu; first: %s line %zu)",
            x->n_too_many, x->n_all, x->field, x->most, x->path, x->line);
    else
        say(out, "none expects more than fit in (%s; up to %zu)", x->field, x->most);
}

static void write_pace(struct buf *out, const struct forecast *f)
{
    const struct forecast_calls *most = &f->tools[FORECAST_EVERY_TURN];
    uint64_t step = f->outlook.schedule.service_rollouts_per_step;
    char calls_s[ROOM];
    char first_s[ROOM];
    put_number(calls_s, most->advice_s);
    put_number(first_s, (double)step / HOST_RATE_ADVICE);
    buf_text_add(out, "  pace       ");
    say(out,
        "endpoints are told to expect %d a second (3.4). A second here is the mean over a training "
        "step, "
        "and "
        "calls come in bursts: the first calls of all %" PRIu64 " rollouts of a step, were they to "
        "come at once, are %s s of that; with a call in every turn a step is %s s of it%s.",
        HOST_RATE_ADVICE, step, first_s, calls_s,
        most->second.high > HOST_RATE_ADVICE ? ", which a fast step does not leave" : "");
    buf_text_add(out, "  requests   ");
    say(out, "one a call, up to %d where the endpoint fails (EV-16)", f->job->sim.tool_attempts);
}

static void write_tools(struct buf *out, const struct forecast *f)
{
    static const char *const names[] = {
        [FORECAST_EXPECTED] = "as rows expect",
        [FORECAST_RECORDED] = "as recorded",
        [FORECAST_EVERY_TURN] = "every turn",
    };
    if (!f->job->n_tools) {
        buf_text_add(out, "\ntool calls            none: the job has no tools\n");
        return;
    }
    if (!f->room.turns) {
        buf_text_add(out, "\ntool calls            none: the one turn is the answer (GAP-12)\n");
        return;
    }
    calls_head(out, "tool calls, service");
    for (int i = 0; i < FORECAST_BASES; i++) {
        if (!f->known[i])
            continue;
        calls_line(out, names[i], &f->tools[i]);
        calls_basis(out, f, (enum forecast_basis)i);
    }
    write_room(out, f);
    write_pace(out, f);
}

/* A multi's parts each, not itself. */
static void write_graders(struct buf *out, const struct forecast *f)
{
    static const char *const words[] = {
        [FORECAST_ASKS_NOBODY] = "",
        [FORECAST_ASKS_ENDPOINT] = ": each is a request to its endpoint, 50 a second by default "
                                   "(GAP-26)",
        [FORECAST_ASKS_MODEL] = ": each is a request to its model",
    };
    size_t n = 0;
    const struct grader_part *parts = grader_parts(f->grader, &n);
    calls_head(out, "grades, service");
    calls_line(out, n ? "by each grader" : "by the grader", &f->grades);
    buf_text_add(out, "      ");
    say(out, "one a rollout, fewer by those that are discarded before");
    for (size_t i = 0; i < (n ? n : 1); i++) {
        const struct grader *g = n ? parts[i].grader : f->grader;
        buf_text_add(out, "  grader     ");
        say(out, "%s%s%s \"%s\"%s", n ? parts[i].key : "", n ? ": " : "", grader_type(g),
            grader_name(g), words[forecast_grader_asks(g)]);
    }
}

/* --- time and money -------------------------------------------------------------------------- */

static void estimate_line(struct buf *out, const char *name, struct range r, const char *unit)
{
    char text[ROOM];
    struct buf value = {0};
    buf_printf(&value, "%s%s", say_range(text, "", r), isnan(r.high) ? "" : unit);
    buf_printf(out, "  %-16s%18s  ", name, buf_text(&value));
    buf_release(&value);
}

static void money_line(struct buf *out, const char *name, struct range r)
{
    char text[ROOM];
    buf_printf(out, "  %-16s%18s  ", name, say_range(text, "$", r));
}

static void write_pause(struct buf *out, const struct outlook *o)
{
    struct buf what = {0};
    switch (o->pause) {
    case OUTLOOK_PAUSE_UNKNOWN:
        buf_text_add(&what, "whether it is reached is not known");
        break;
    case OUTLOOK_PAUSE_NEVER:
        buf_text_add(&what, "not for this model (ST-11)");
        break;
    case OUTLOOK_PAUSE_OUT_OF_REACH:
        buf_text_add(&what, "out of reach by this estimate");
        break;
    case OUTLOOK_PAUSE_IF_SLOW:
        buf_printf(&what, "out of reach, unless tools are slow: then at step %" PRIu64 " or later",
                   o->pause_step);
        break;
    case OUTLOOK_PAUSE_MAYBE:
    case OUTLOOK_PAUSE_LIKELY:
        buf_printf(&what, "%s reached, at step %" PRIu64 " or later",
                   o->pause == OUTLOOK_PAUSE_MAYBE ? "may be" : "likely", o->pause_step);
        break;
    }
    buf_printf(out, "  %-16s%18s  ", "pause", "at $5000");
    say(out, "%s; training and grading together (ST-12), no cap after it is resumed",
        buf_text(&what));
    buf_release(&what);
}

static void write_time(struct buf *out, const struct forecast *f)
{
    const struct outlook *o = &f->outlook;
    struct buf basis = {0};
    buf_text_add(out, "\ntime and money, estimated\n");
    estimate_line(out, "a step", o->step_s, " s");
    forecast_hours_basis(&basis);
    say(out, "%s", buf_text(&basis));
    estimate_line(out, "an evaluation", o->eval_s, " s");
    say(out, "likewise");
    estimate_line(out, "all", o->hours, " h");
    say(out, "likewise; queueing is not in it");
    money_line(out, "dollars", o->dollars);
    say(out, "%s", o->price_basis);
    if (f->job->n_tools) {
        buf_cut(&basis, 0);
        forecast_slow_basis(&basis);
        estimate_line(out, "with slow tools", o->slow_hours, " h");
        say(out, "%s", buf_text(&basis));
        money_line(out, "", o->slow_dollars);
        say(out, "time in which tools and graders are waited for is billed too");
    }
    write_pause(out, o);
    buf_printf(out, "  %-16s%18s  ", "not in it", "");
    say(out, "a judge's tokens, at its own price; hosting, $1.70 an hour (section 8)");
    buf_release(&basis);
}

void forecast_write(struct buf *out, const struct forecast *f)
{
    buf_printf(out, "%s: nothing was run, nobody was called\n", f->job->doc->path);
    buf_printf(out, "  data       %zu training rows, %zu validation rows\n",
               f->outlook.schedule.n_rows, f->outlook.n_valid);
    buf_printf(out, "  model      %s\n", f->job->model);
    write_settings(out, f);
    write_rollouts(out, f);
    write_tools(out, f);
    write_graders(out, f);
    write_time(out, f);
}
