#include "sim/view/events.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"

static enum err_code start(struct events *v, const char *path, const struct grader *grader,
                           const char *mode, struct err *e)
{
    *v = (struct events){.path = path, .grader = grader, .ids = rng_seed(rng_entropy())};
    grader_parts(grader, &v->n_graders);
    v->n_graders++;
    v->file = fopen(path, mode);
    return v->file ? ERR_OK : err_sys(e, path);
}

enum err_code events_open(struct events *v, const char *path, const struct grader *grader,
                          struct err *e)
{
    return start(v, path, grader, "wxe", e);
}

enum err_code events_go_on(struct events *v, const char *path, const struct grader *grader,
                           const struct buf *text, struct err *e)
{
    enum err_code rc = file_put(path, buf_text(text), text->len, e);
    return rc ? rc : start(v, path, grader, "ae", e);
}

void events_close(struct events *v)
{
    if (v->file)
        fclose(v->file);
    v->file = NULL;
}

/* Write the event; `data` is taken. */
static enum err_code put(struct events *v, const char *level, const char *type, const char *message,
                         json_t *data, struct err *e)
{
    /* "ftevent-" and 24 characters, the service's form (2.6) */
    unsigned long long high = rng_u64(&v->ids);
    char *id = mem_printf("ftevent-%016llx%08x", high, (unsigned)rng_u64(&v->ids));
    json_t *event =
        json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:o}", "object", "fine_tuning.job.event", "id",
                  id, "created_at", (json_int_t)(clock_unix_ns() / 1000000000), "level", level,
                  "message", message, "type", type, "data", data);
    char *text = json_dumps(event, JSON_COMPACT);
    struct buf line = {0};
    secret_mask_strings(&line, text, strlen(text));
    if (v->store)
        store_event(v->store, line.at, line.len, v->more);
    buf_char(&line, '\n');
    bool written = fwrite(line.at, 1, line.len, v->file) == line.len && fflush(v->file) == 0;
    buf_release(&line);
    free(text);
    json_decref(event);
    free(id);
    return written ? ERR_OK : err_sys(e, v->path);
}

enum err_code events_message(struct events *v, const char *level, const char *message,
                             struct err *e)
{
    return put(v, level, "message", message, json_object(), e);
}

/* "Step 10/20 , train mean reward=0.42, full validation mean reward=0.68, ...": the space before
 * the first comma and the two decimals are the service's (7). Without an evaluation the validation
 * part is left out; what the service does there is not known. */
static char *step_message(const struct step_report *r)
{
    struct buf text = {0};
    double reward = 0;
    buf_printf(&text, "Step %d/%d ", r->step, r->total_steps);
    if (tally_penalised_mean(r->train, &reward))
        buf_printf(&text, ", train mean reward=%.2f", reward);
    if (r->valid && tally_mean(r->valid, &reward))
        buf_printf(&text, ", full validation mean reward=%.2f", reward);
    return buf_take(&text);
}

static void set(json_t *object, const char *key, bool known, double value)
{
    if (known)
        json_object_set_new(object, key, json_real(value));
}

/* Set a mean of `t`, which may be NULL, if it has one. */
static void set_mean(json_t *object, const char *key, const struct tally *t,
                     bool (*mean_of)(const struct tally *t, double *out))
{
    double mean = 0;
    if (t && mean_of(t, &mean))
        set(object, key, true, mean);
}

/* What one grader came to in one phase. */
static void set_errors(json_t *grader, const char *phase, const struct grade_tally *t)
{
    static const struct {
        const char *name;
        enum grade_error error;
    } errors[] = {{"other_error", GRADE_ERROR_OTHER},
                  {"sample_parse_error", GRADE_ERROR_SAMPLE_PARSE},
                  {"invalid_variable_error", GRADE_ERROR_INVALID_VARIABLE}};
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        char *mean = mem_printf("%s_%s_mean", phase, errors[i].name);
        char *count = mem_printf("%s_%s_count", phase, errors[i].name);
        set(grader, mean, t->n > 0, tally_share(t->errors[errors[i].error], t->n));
        set(grader, count, true, (double)t->n); /* observations (EV-7) */
        free(mean);
        free(count);
    }
}

static void set_score(json_t *grader, const char *phase, const struct grade_tally *t)
{
    double mean = 0;
    bool known = grade_tally_mean(t, &mean);
    char *key = mem_printf("%s_reward_mean", phase);
    set(grader, key, known, mean);
    free(key);
}

static void set_latency(json_t *grader, const char *phase, const struct grade_tally *t)
{
    char *key = mem_printf("%s_execution_latency_mean", phase);
    set(grader, key, t->n > 0, t->n ? t->seconds / (double)t->n : 0);
    free(key);
}

/* A list with an object for the grader and one for each of its parts, filled by phase. */
static json_t *grader_list(const struct events *v, const struct step_report *r,
                           void (*fill)(json_t *grader, const char *phase,
                                        const struct grade_tally *t))
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->n_graders; i++) {
        const struct grader *g = grader_at(v->grader, i);
        json_t *o = json_pack("{s:s, s:s}", "name", grader_name(g), "type", grader_type(g));
        struct grade_tally train = tally_grade(r->train, i);
        fill(o, "train", &train);
        if (r->valid) {
            struct grade_tally valid = tally_grade(r->valid, i);
            fill(o, "valid", &valid);
        }
        json_array_append_new(list, o);
    }
    return list;
}

/* What a model's samples took; empty of a policy that asks none (EV-10). */
static void set_samples(json_t *samples, const char *phase, const struct tally *t)
{
    double mean = 0;
    if (!t || !tokens_reasoning_mean(&t->tokens, &mean))
        return;
    char *mean_key = mem_printf("%s_reasoning_tokens_mean", phase);
    char *count_key = mem_printf("%s_reasoning_tokens_count", phase);
    set(samples, mean_key, true, mean);
    set(samples, count_key, true, (double)t->tokens.n_reasoning);
    free(mean_key);
    free(count_key);
}

/* Tokens, where there are any to tell of. */
static void set_usage(json_t *data, const struct step_report *r)
{
    double mean = 0;
    if (tokens_completion_mean(&r->train->tokens, &mean))
        set(data, "completion_tokens_mean", true, mean);
    if (tokens_reasoning_mean(&r->train->tokens, &mean))
        set(data, "reasoning_tokens_mean", true, mean);
    if (r->valid && tokens_reasoning_mean(&r->valid->tokens, &mean))
        set(data, "valid_reasoning_tokens_mean", true, mean);
    json_t *samples = json_object();
    set_samples(samples, "train", r->train);
    set_samples(samples, "valid", r->valid);
    if (json_object_size(samples))
        json_object_set_new(data, "usage", json_pack("{s:o}", "samples", samples));
    else
        json_decref(samples);
}

static json_t *timing(const struct events *v, const struct step_report *r)
{
    json_t *step = json_object();
    set(step, "eval", true, r->eval_s);
    set(step, "sampling", true, r->sampling_s);
    set(step, "full_iteration", true, r->total_s);
    return json_pack("{s:o, s:o}", "step", step, "graders", grader_list(v, r, set_latency));
}

/* The tree of 6.1, less what there is none of: the time of an update, and a stub's tokens. */
enum err_code events_step(struct events *v, const struct step_report *r, struct err *e)
{
    json_t *data = json_pack("{s:i, s:i}", "step", r->step, "total_steps", r->total_steps);
    set_mean(data, "train_mean_reward", r->train, tally_penalised_mean);
    set_mean(data, "full_valid_mean_reward", r->valid, tally_mean);
    set(data, "mean_unresponsive_rewards", r->train->n > 0,
        tally_share(r->train->n_unresponsive, r->train->n));

    set_usage(data, r);
    json_t *scores = json_object();
    set_mean(scores, "train_reward_mean", r->train, tally_penalised_mean);
    set_mean(scores, "valid_reward_mean", r->valid, tally_mean);
    json_object_set_new(scores, "graders", grader_list(v, r, set_score));
    json_object_set_new(data, "scores", scores);

    json_t *errors = json_pack("{s:o}", "graders", grader_list(v, r, set_errors));
    json_object_set_new(data, "errors", errors);
    json_object_set_new(data, "timing", timing(v, r));

    char *message = step_message(r);
    enum err_code rc = put(v, "info", "metrics", message, data, e);
    free(message);
    return rc;
}
