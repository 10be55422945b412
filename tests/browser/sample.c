#include "tests/browser/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"

/* What stands behind the history. */
struct sample {
    struct sample_spec spec;
};

static const char *const questions[] = {
    "Which camping stove do you have for four people, under 80 euros?",
    "I need a tent that keeps dry in heavy rain. Two persons, light enough to carry.",
    "Is the headlamp HL-200 in stock, and how long does its battery last?",
    "Find me the cheapest sleeping bag for nights at minus five degrees.",
};

static char *name_of(const struct sample_spec *spec, const char *plain)
{
    return spec->text ? mem_printf("%.200s %s", spec->text, plain) : mem_text(plain);
}

static void add_files(struct history *h, const struct sample_spec *spec)
{
    const size_t n[] = {spec->n_train, spec->n_valid};
    static const char *const paths[] = {"train.jsonl", "valid.jsonl"};
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        struct history_file *f = &h->files[p];
        f->path = name_of(spec, paths[p]);
        f->n_rows = n[p];
        f->rows = mem_array(n[p] + 1, sizeof(*f->rows));
        for (size_t i = 0; i < n[p]; i++)
            f->rows[i] = (struct history_row){.line = i + 1, .digest = i * 7919 + p};
    }
}

static void add_graders(struct history *h, const struct sample_spec *spec)
{
    h->n_graders = spec->has_parts ? 3 : 1;
    h->graders = mem_array(h->n_graders, sizeof(*h->graders));
    h->graders[0] =
        (struct history_grader){.type = mem_text(spec->has_parts ? "multi" : "string_check"),
                                .name = name_of(spec, spec->has_parts ? "quality" : "exact_sku")};
    if (!spec->has_parts)
        return;
    h->graders[1] = (struct history_grader){mem_text("exact"), mem_text("string_check"),
                                            name_of(spec, "exact_sku")};
    h->graders[2] = (struct history_grader){mem_text("close"), mem_text("text_similarity"),
                                            name_of(spec, "wording")};
}

static enum outcome outcome_of(struct rng *r)
{
    double x = rng_unit(r);
    return x < 0.92    ? OUTCOME_GRADED
           : x < 0.955 ? OUTCOME_GRADED_CUT
           : x < 0.985 ? OUTCOME_DISCARDED_TOOL
                       : OUTCOME_DISCARDED_GRADER;
}

/* Rows have a difficulty of their own; training helps. */
static double reward_of(struct rng *r, size_t row, double progress)
{
    double ease = fmod((double)row * 0.37, 1.0);
    double x = ease * 0.6 + progress * 0.35 + (rng_unit(r) - 0.5) * 0.5;
    if (row % 9 == 4)
        return 0;
    return x < 0 ? 0 : x > 1 ? 1 : round(x * 20) / 20;
}

static void count_call(struct history *h, struct rng *r, enum wave_phase phase, bool failed,
                       size_t rollout)
{
    size_t tool = rng_unit(r) < 0.7 ? 0 : 1;
    struct history_tool_sums *s = &h->tools[tool].of[phase];
    enum tool_kind kind = failed               ? TOOL_KIND_SERVER_ERROR
                          : rng_unit(r) < 0.04 ? TOOL_KIND_CLIENT_ERROR
                                               : TOOL_KIND_FINE;
    s->n_ok += kind == TOOL_KIND_FINE;
    s->n_failed += kind != TOOL_KIND_FINE;
    s->n_requests += kind == TOOL_KIND_SERVER_ERROR ? 3 : 1;
    s->kinds[kind]++;
    s->output_bytes += kind == TOOL_KIND_FINE ? 300 + rng_unit(r) * 900 : 40;
    if (kind != TOOL_KIND_FINE && s->first_failed == SIZE_MAX)
        s->first_failed = rollout;
    double ms = (tool ? 180 : 22) * exp((rng_unit(r) + rng_unit(r) + rng_unit(r) - 1.5) * 1.1);
    hist_add(&s->latency, (int64_t)(ms * 1e6));
}

static void add_rollout(struct history *h, struct rng *r, const struct sample_spec *spec,
                        uint32_t row, uint32_t sample)
{
    size_t i = h->n_rollouts++;
    uint32_t wave = (uint32_t)(h->n_waves - 1);
    const struct history_wave *w = &h->waves[wave];
    enum outcome outcome = outcome_of(r);
    bool graded = outcome_is_graded(outcome);
    double progress = spec->n_steps ? (double)w->step / (double)spec->n_steps : 0;
    struct history_rollout *at = &h->rollouts[i];
    *at = (struct history_rollout){
        .id = (int64_t)i + 1,
        .wave = wave,
        .row = row,
        .sample = sample,
        .outcome = (uint8_t)outcome,
        .answered = graded,
        .n_calls = 1 + (int)(rng_unit(r) * 3),
        .n_failed = outcome == OUTCOME_DISCARDED_TOOL,
        .reward = graded ? reward_of(r, row, progress) : (double)NAN,
        .seconds = 0.3 + rng_unit(r) * 2,
        .grade_s = 0.0004 + rng_unit(r) * 0.001,
        .bytes = 200 + (int64_t)(rng_unit(r) * 400),
    };
    at->n_turns = at->n_calls + 1;
    if (outcome == OUTCOME_DISCARDED_TOOL)
        at->why = name_of(spec, "search_catalog: answered 5xx (status 503), after 3 attempts");
    if (outcome == OUTCOME_DISCARDED_GRADER)
        at->why = name_of(spec, "the judge did not answer within 60 s");
    if (graded && at->reward == 0 && rng_unit(r) < 0.2) {
        at->flags = GRADE_INVALID_VARIABLE;
        at->why = name_of(spec, "invalid_variable_error: {{item.reference}} leads nowhere");
    }
    for (int k = 0; k < at->n_calls; k++)
        count_call(h, r, w->phase, k == 0 && at->n_failed, i);
    if (!h->parts)
        return;
    double *parts = h->parts + i * 2;
    parts[0] = graded ? at->reward >= 0.5 : (double)NAN;
    parts[1] = graded ? at->reward : (double)NAN;
}

static void add_wave(struct history *h, struct rng *r, const struct sample_spec *spec,
                     enum wave_phase phase, int step)
{
    size_t n_rows = phase == WAVE_VALID ? spec->n_valid : spec->n_batch;
    size_t n_samples = phase == WAVE_VALID ? spec->n_eval_samples : spec->n_samples;
    size_t first = phase == WAVE_VALID ? 0 : (size_t)(step - 1) * spec->n_batch;
    h->waves[h->n_waves++] = (struct history_wave){.phase = phase,
                                                   .step = step,
                                                   .from = h->n_rollouts,
                                                   .n = n_rows * n_samples,
                                                   .n_planned = n_rows * n_samples,
                                                   .n_samples = n_samples,
                                                   .seconds = 12 + rng_unit(r) * 5,
                                                   .complete = true};
    for (size_t i = 0; i < n_rows; i++) {
        size_t row = phase == WAVE_VALID ? i : (first + i) % spec->n_train;
        for (size_t s = 0; s < n_samples; s++)
            add_rollout(h, r, spec, (uint32_t)row, (uint32_t)s);
    }
}

static json_t *string_of(const char *text, size_t n)
{
    return json_stringn_nocheck(text, n);
}

/* What is said: the spec's text, or something of a shop. */
static json_t *said(const struct sample_spec *spec, const char *plain)
{
    return spec->text ? string_of(spec->text, spec->text_len) : json_string(plain);
}

static json_t *call_of(const struct sample_spec *spec, const struct history_rollout *r, int k)
{
    bool failed = k == 0 && r->n_failed;
    struct rng noise = rng_seed((uint64_t)r->id * 31 + (uint64_t)k);
    char *bytes = mem_new(spec->n_noise + 1);
    for (size_t i = 0; i < spec->n_noise; i++)
        bytes[i] = (char)('!' + (int)(rng_unit(&noise) * 90));
    char *items = mem_printf("{\"items\":[{\"sku\":\"ST-%03d\",\"name\":\"Camping stove, two "
                             "burners\",\"price\":%d.90,\"stock\":%d,\"text\":\"For four people, "
                             "folds flat, piezo ignition, wind shield on three sides.\"},{\"sku\":"
                             "\"ST-%03d\",\"name\":\"Gas stove, small\",\"price\":24.50,\"stock\":"
                             "12,\"text\":\"One burner, for one or two.\"}],\"total\":2,\"note\":"
                             "\"%d\"}",
                             (int)(r->id % 97), 40 + (int)(r->id % 50), (int)(r->id % 13),
                             (int)(r->id % 61), k);
    json_t *call = json_pack(
        "{s:s, s:o, s:s, s:i, s:f}", "tool", k % 2 ? "get_product" : "search_catalog", "arguments",
        said(spec, "{\"query\":\"camping stove\",\"top_k\":3}"), "kind", failed ? "http_5xx" : "ok",
        "status", failed ? 503 : 200, "latency_s", 0.0213 + 0.001 * k);
    if (!failed)
        json_object_set_new(call, "output", spec->n_noise ? json_string(bytes) : said(spec, items));
    json_t *attempts = json_array();
    for (int i = 0; i < (failed ? 3 : 1); i++)
        json_array_append_new(attempts,
                              failed ? json_pack("{s:i, s:s, s:f}", "status", 503, "fault",
                                                 "answered 5xx", "latency_s", 0.02)
                                     : json_pack("{s:i, s:f}", "status", 200, "latency_s", 0.0213));
    json_object_set_new(call, "attempts", attempts);
    free(items);
    free(bytes);
    return call;
}

static json_t *turns_of(const struct sample_spec *spec, const struct history_rollout *r)
{
    json_t *turns = json_array();
    for (int k = 0; k < r->n_calls; k++)
        json_array_append_new(turns,
                              json_pack("{s:n, s:[o]}", "text", "calls", call_of(spec, r, k)));
    if (r->answered)
        json_array_append_new(
            turns,
            json_pack("{s:o, s:[]}", "text",
                      said(spec, "The **ST-042**, at 64.90: two burners, in stock."), "calls"));
    return turns;
}

static json_t *grade_of(const struct history *h, const struct sample_spec *spec, size_t i)
{
    const struct history_rollout *r = &h->rollouts[i];
    json_t *errors = json_array();
    if (r->flags & GRADE_INVALID_VARIABLE)
        json_array_append_new(errors, json_string("invalid_variable_error"));
    json_t *grade = json_pack("{s:s, s:o, s:f, s:o, s:f}", "type", h->graders[0].type, "name",
                              said(spec, h->graders[0].name), "reward", r->reward, "errors", errors,
                              "seconds", r->grade_s);
    json_t *parts = json_array();
    for (size_t k = 1; k < h->n_graders; k++)
        json_array_append_new(
            parts, json_pack("{s:s, s:s, s:s, s:f, s:[], s:f}", "key", h->graders[k].key, "type",
                             h->graders[k].type, "name", h->graders[k].name, "reward",
                             h->parts[i * 2 + k - 1], "errors", "seconds", 0.0002));
    json_object_set_new(grade, "parts", parts);
    return grade;
}

static enum err_code transcript(void *self, const struct history *h, size_t i, json_t **out,
                                struct err *e)
{
    (void)e;
    const struct sample_spec *spec = &((struct sample *)self)->spec;
    const struct history_rollout *r = &h->rollouts[i];
    json_t *o = json_pack("{s:I, s:i, s:s}", "id", (json_int_t)r->id, "sample", (int)r->sample,
                          "trace_id", "trace_0f3a9c5577e24f0f8d1f3a9c5577e24f");
    json_object_set_new(
        o, "messages",
        json_pack("[{s:s, s:s}, {s:s, s:o}]", "role", "system", "content",
                  "You help customers of a camping shop. Look things up before you answer.", "role",
                  "user", "content", said(spec, questions[r->row % COUNT_OF(questions)])));
    json_object_set_new(o, "turns", turns_of(spec, r));
    if (r->answered)
        json_object_set_new(o, "answer",
                            said(spec, "The **ST-042**, at 64.90: two burners, in stock."));
    if (r->why)
        json_object_set_new(o, "why", json_string(r->why));
    if (!isnan(r->reward))
        json_object_set_new(o, "grade", grade_of(h, spec, i));
    *out = o;
    return ERR_OK;
}

static void close_sample(void *self)
{
    free(self);
}

static const struct history_source_ops ops = {transcript, close_sample};

static void add_head(struct history *h, const struct sample_spec *spec)
{
    h->source = HISTORY_RUN;
    h->path = name_of(spec, "runs/catalog-20260101-120000");
    h->title = name_of(spec, "runs/catalog-20260101-120000");
    h->model = name_of(spec, "o4-mini-2025-04-16");
    h->policy = mem_text("scripted");
    h->state = mem_text("done");
    h->started_at = mem_text("2026-01-01T12:00:00Z");
    h->seed = 1;
    h->total_steps = (int)spec->n_steps;
    h->max_steps = 10;
    h->pass_threshold = spec->has_parts ? 0.5 : (double)NAN;
    h->service_rollouts = 512;
    h->job = json_pack("{s:{s:{s:{s:s, s:o, s:s, s:s, s:s}}}}", "method", "reinforcement", "grader",
                       "type", "string_check", "name", said(spec, "exact_sku"), "operation", "eq",
                       "input", "{{sample.output_text}}", "reference", "{{item.reference_answer}}");
}

void sample_make(struct history *h, const struct sample_spec *spec)
{
    size_t n_waves = spec->n_steps * 2 + 1;
    size_t n = spec->n_steps * spec->n_batch * spec->n_samples +
               (spec->n_steps + 1) * spec->n_valid * spec->n_eval_samples;
    struct rng r = rng_seed(20260101);
    *h = (struct history){.ops = &ops, .self = mem_new(sizeof(struct sample))};
    ((struct sample *)h->self)->spec = *spec;
    add_head(h, spec);
    add_files(h, spec);
    add_graders(h, spec);
    h->waves = mem_array(n_waves, sizeof(*h->waves));
    h->rollouts = mem_array(n + 1, sizeof(*h->rollouts));
    h->parts = spec->has_parts ? mem_array(n * 2 + 1, sizeof(*h->parts)) : NULL;
    h->n_tools = 2;
    h->tools = mem_array(2, sizeof(*h->tools));
    for (size_t i = 0; i < 2; i++) {
        h->tools[i].name = name_of(spec, i ? "get_product" : "search_catalog");
        h->tools[i].of[WAVE_TRAIN].first_failed = h->tools[i].of[WAVE_VALID].first_failed =
            SIZE_MAX;
    }
    if (spec->n_valid)
        add_wave(h, &r, spec, WAVE_VALID, 0);
    h->steps = mem_array(spec->n_steps + 1, sizeof(*h->steps));
    for (size_t s = 1; s <= spec->n_steps; s++) {
        add_wave(h, &r, spec, WAVE_TRAIN, (int)s);
        if (spec->n_valid && s % spec->eval_interval == 0)
            add_wave(h, &r, spec, WAVE_VALID, (int)s);
        h->steps[h->n_steps++] = (struct history_step){.step = (int)s};
    }
}

void sample_make_results(struct history *h, size_t n_steps)
{
    *h = (struct history){.source = HISTORY_RESULTS,
                          .path = mem_text("results.csv"),
                          .title = mem_text("results.csv"),
                          .seed = -1,
                          .total_steps = (int)n_steps,
                          .pass_threshold = (double)NAN,
                          .service_rollouts = (double)NAN,
                          .steps = mem_array(n_steps, sizeof(*h->steps))};
    for (size_t i = 0; i < n_steps; i++) {
        double mean = 0.3 + 0.3 * (double)i / (double)n_steps;
        bool evaluated = i == 0 || (i + 1) % 5 == 0;
        h->steps[h->n_steps++] =
            (struct history_step){.step = (int)i + 1,
                                  .train_mean = mean,
                                  .train_penalised = mean - 0.02,
                                  .valid_mean = evaluated ? mean + 0.03 : (double)NAN,
                                  .valid_step = !evaluated ? -1
                                                : i        ? (int)i + 1
                                                           : 0,
                                  .n_rollouts = 768,
                                  .n_graded = 750,
                                  .n_valid = evaluated ? 150 : -1,
                                  .n_valid_graded = evaluated ? 150 : -1,
                                  .sampling_s = 40,
                                  .training_s = 60,
                                  .eval_s = evaluated ? 30 : 0,
                                  .total_s = 131,
                                  .completion_tokens = 240,
                                  .reasoning_tokens = 800,
                                  .unresponsive = 0,
                                  .error_share = 0};
    }
}
