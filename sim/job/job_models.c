/* simulation.grader_models: who answers for the models that graders name.
 *
 *     grader_models:
 *       o3-mini: {base_url: https://HOST/openai/v1, api_key: "${KEY}", api: responses}
 *       gpt-4o-2024-08-06: {stub: {score: 0.5}}
 */
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/job_read.h"
#include "sim/net/url.h"

enum { MODELS_MAX = 100 }; /* ours */

static void read_base_url(struct reader *r, json_t *value)
{
    struct job_grader_model *m = r->base;
    const char *text = read_text(r, value);
    if (!text)
        return;
    if (url_is_http(text) && !strpbrk(text, "?#"))
        m->base_url = mem_text(text);
    else
        read_fault(r, AT_VALUE, DIAG_J005,
                   "write what stands before /chat/completions: https://host/openai/v1",
                   "must be an http or https URL with a host and no query, found '%s'", text);
}

static void read_score(struct reader *r, json_t *value)
{
    struct job_grader_model *m = r->base;
    m->has_score = json_is_number(value);
    m->score = json_number_value(value);
    if (!m->has_score)
        read_fault(r, AT_VALUE, DIAG_J004, "score: 0.5", "must be a number");
}

static const struct key stub_keys[] = {
    {"score", KEY_SPECIAL, KEY_ONLY_HERE, .read = read_score},
    {"label", KEY_TEXT, KEY_ONLY_HERE, .offset = offsetof(struct job_grader_model, label)},
    {NULL},
};

static const char *const apis[] = {"chat", "responses", NULL}; /* enum job_model_api */

const struct key grader_model_keys[] = {
    {"base_url", KEY_SPECIAL, 0, .read = read_base_url},
    {"api_key", KEY_TEXT, 0, .offset = offsetof(struct job_grader_model, api_key)},
    {"model", KEY_TEXT, KEY_ONLY_HERE, .offset = offsetof(struct job_grader_model, model)},
    {"api", KEY_WORD, KEY_ONLY_HERE, .offset = offsetof(struct job_grader_model, api),
     .words = apis},
    {"stub", KEY_OBJECT, KEY_ONLY_HERE, .keys = stub_keys},
    {NULL},
};

/* Somebody answers, or a stub does: one of the two. */
static void check_source(struct reader *r, const struct job_grader_model *m, const json_t *entry)
{
    bool has_url = json_object_get(entry, "base_url") != NULL;
    bool has_stub = json_object_get(entry, "stub") != NULL;
    if (!json_is_object(entry))
        return;
    if (has_url && has_stub)
        read_fault(r, AT_VALUE, DIAG_J005, "keep the one that is meant",
                   "'%s' has a base_url and a stub", m->name);
    else if (!has_url && !has_stub)
        read_fault(r, AT_VALUE, DIAG_J003,
                   "base_url: https://host/openai/v1, or stub: {score: 0.5} to ask nobody",
                   "'%s' has neither a base_url nor a stub", m->name);
}

void read_grader_models(struct reader *r, json_t *value)
{
    struct job_simulation *sim = &r->job->sim;
    if (!read_is_object(r, value))
        return;
    if (json_object_size(value) > MODELS_MAX) {
        read_fault(r, AT_VALUE, DIAG_J005, "take some away", "must have at most %d models, has %zu",
                   MODELS_MAX, json_object_size(value));
        return;
    }
    sim->models = mem_array(json_object_size(value), sizeof(*sim->models));
    const char *name = NULL;
    json_t *entry = NULL;
    json_object_foreach(value, name, entry)
    {
        size_t up = read_down(r, name);
        struct job_grader_model *m = &sim->models[sim->n_models++];
        m->name = mem_text(name);
        r->base = m;
        read_object(r, grader_model_keys, entry);
        check_source(r, m, entry);
        buf_cut(&r->at, up);
    }
    r->base = r->job;
}
