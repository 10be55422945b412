#include "grader/judge.h"

#include <stdlib.h>
#include <string.h>

#include "grader/scope.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/base/num.h"

/* The names that OpenAI's guide and Azure's error text list; an open model takes the name of the
 * user's own deployment. */
static const char *const documented[] = {
    "gpt-4.1",
    "gpt-4.1-2025-04-14",
    "gpt-4.1-mini",
    "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano",
    "gpt-4.1-nano-2025-04-14",
    "gpt-4o",
    "gpt-4o-2024-08-06",
    "gpt-4o-mini-2024-07-18",
    "o1-2024-12-17",
    "o3-2025-04-16",
    "o3-mini",
    "o3-mini-2025-01-31",
    "o4-mini-2025-04-16",
};

static void warn_of_name(const struct grader_spec *spec, const char *name, struct diags *list)
{
    struct nearest near = {.word = name};
    for (size_t i = 0; i < COUNT_OF(documented); i++) {
        if (strcmp(documented[i], name) == 0)
            return;
        nearest_try(&near, documented[i]);
    }
    struct diag *d = grader_fault(spec, list, DIAG_WARNING, DIAG_J007, "model",
                                  "no documentation lists the grader model '%s'", name);
    diag_why(
        d, "the service takes a list of its own, and for open models a deployment of yours (4.5)");
    if (near.name)
        diag_fix(d, "did you mean '%s'?", near.name);
    else
        diag_fix(d, "documented are gpt-4.1, gpt-4o, o3-mini and their like; rftsim asks whoever "
                    "grader_models names");
}

const struct job_grader_model *judge_find(const struct grader_spec *spec,
                                          const struct grader_context *context, const char *stub,
                                          struct diags *list)
{
    const json_t *value = json_object_get(spec->json, "model");
    const char *name = json_string_value(value);
    const struct job_simulation *sim = &spec->job->sim;
    if (!name || !*name) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, value ? DIAG_J004 : DIAG_J003, "model",
                              "a model grader needs a 'model'"),
                 "model: o3-mini, say");
        return NULL;
    }
    if (!context->checked)
        warn_of_name(spec, name, list);
    for (size_t i = 0; i < sim->n_models; i++) {
        if (strcmp(sim->models[i].name, name) == 0)
            return &sim->models[i];
    }
    bool passes = context->body_only && !sim->n_models;
    struct diag *d =
        grader_fault(spec, list, passes ? DIAG_WARNING : DIAG_ERROR, DIAG_J003, "model",
                     "simulation.grader_models does not say who answers for '%s'", name);
    diag_why(d, "the service needs no such key, but a rehearsal has nobody else to ask");
    diag_fix(d,
             "simulation: {grader_models: {%s: {base_url: \"https://HOST/openai/v1\", api_key: "
             "\"${KEY}\"}}}; or {%s: {stub: {%s}}}, which asks nobody%s",
             name, name, stub,
             spec->job->alone && !*spec->job->grader_at
                 ? "; put it beside grader: {type: ...} in the file"
                 : "");
    return NULL;
}

/* A model that reasons takes no temperature, and one that does not no effort. -1: not known. */
static int reasons(const char *model)
{
    static const char *const that_do[] = {"o1", "o3", "o4", "gpt-5"};
    for (size_t i = 0; i < COUNT_OF(that_do); i++) {
        if (strncmp(model, that_do[i], strlen(that_do[i])) == 0)
            return 1;
    }
    return strncmp(model, "gpt-4", 5) == 0 ? 0 : -1;
}

enum param_kind { PARAM_INTEGER, PARAM_NUMBER, PARAM_WORD };

static const struct param {
    const char *name;
    const char *chat;      /* its name there */
    const char *responses; /* NULL: that API has none */
    enum param_kind kind;
    double min, max;
} params[] = {
    {"seed", "seed", NULL, PARAM_INTEGER, -9007199254740992, 9007199254740992},
    {"top_p", "top_p", "top_p", PARAM_NUMBER, 0, 1},
    {"temperature", "temperature", "temperature", PARAM_NUMBER, 0, 2},
    {"max_completions_tokens", "max_completion_tokens", "max_output_tokens", PARAM_INTEGER, 1, 1e7},
    {"max_tokens", "max_completion_tokens", "max_output_tokens", PARAM_INTEGER, 1, 1e7},
    {"reasoning_effort", "reasoning_effort", "reasoning", PARAM_WORD, 0, 0},
};

/* Whether the value is what the parameter takes; else there is a fault. */
static bool check_value(const struct grader_spec *spec, const struct param *p, const char *key,
                        const json_t *value, struct diags *list)
{
    static const char *const efforts[] = {"none", "minimal", "low", "medium", "high", "xhigh"};
    char min[NUM_ROOM];
    char max[NUM_ROOM];
    double n = json_number_value(value);
    if (p->kind == PARAM_WORD) {
        for (size_t i = 0; json_is_string(value) && i < COUNT_OF(efforts); i++) {
            if (strcmp(json_string_value(value), efforts[i]) == 0)
                return true;
        }
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, key,
                              "'%s' must be an effort that models know", p->name),
                 "low, medium or high");
        return false;
    }
    bool type = p->kind == PARAM_INTEGER ? json_is_integer(value) : json_is_number(value);
    if (type && n >= p->min && n <= p->max)
        return true;
    diag_fix(grader_fault(spec, list, DIAG_ERROR, type ? DIAG_J005 : DIAG_J004, key,
                          "'%s' must be a %snumber from %s to %s", p->name,
                          p->kind == PARAM_INTEGER ? "whole " : "", num_json(min, p->min),
                          num_json(max, p->max)),
             "write such a number, without quotes, or take it away");
    return false;
}

/* 4.5, "restrictions". */
static void check_model(const struct grader_spec *spec, const struct param *p, const char *key,
                        struct diags *list)
{
    const char *model = json_string_value(json_object_get(spec->json, "model"));
    int does = model ? reasons(model) : -1;
    if (does == 1 && strcmp(p->name, "temperature") == 0)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, key,
                              "'%s' reasons, and takes no temperature", model),
                 "take it away, or reasoning_effort in its place");
    if (does == 0 && strcmp(p->name, "reasoning_effort") == 0)
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J005, key,
                              "'%s' does not reason, and takes no reasoning_effort", model),
                 "take it away, or temperature in its place");
}

/* A good one, by the name that the API has for it. */
static void add_param(const struct grader_spec *spec, const struct param *p, const char *key,
                      enum job_model_api api, const json_t *value, struct buf *out,
                      struct diags *list)
{
    const char *name = api == JOB_API_CHAT ? p->chat : p->responses;
    if (!name) {
        diag_fix(grader_fault(spec, list, DIAG_WARNING, DIAG_J009, key,
                              "the Responses API has no '%s'", p->name),
                 "it is not sent; api: chat in simulation.grader_models has it");
        return;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    bool nested = strcmp(name, "reasoning") == 0;
    buf_printf(out, nested ? ",\"%s\":{\"effort\":%s}" : ",\"%s\":%s", name, text);
    free(text);
}

void judge_params(const struct grader_spec *spec, enum job_model_api api, struct buf *out,
                  struct diags *list)
{
    static const char *const known[] = {
        "seed", "top_p", "temperature", "max_completions_tokens", "max_tokens", "reasoning_effort",
        NULL};
    const json_t *given = json_object_get(spec->json, "sampling_params");
    if (!given || json_is_null(given))
        return;
    if (!json_is_object(given)) {
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J004, "sampling_params",
                              "'sampling_params' must be an object"),
                 "sampling_params: {seed: 1}");
        return;
    }
    char *pointer = mem_printf("%s/sampling_params", spec->pointer);
    doc_check_keys(spec->job->doc, list, given, pointer, known, " in sampling_params");
    free(pointer);
    if (json_object_get(given, "max_tokens") && json_object_get(given, "max_completions_tokens"))
        diag_fix(grader_fault(spec, list, DIAG_ERROR, DIAG_J008, "sampling_params/max_tokens",
                              "max_tokens and max_completions_tokens are one limit, given twice"),
                 "keep max_completions_tokens");
    for (size_t i = 0; i < COUNT_OF(params); i++) {
        const json_t *value = json_object_get(given, params[i].name);
        if (!value || json_is_null(value))
            continue;
        char *key = mem_printf("sampling_params/%s", params[i].name);
        check_model(spec, &params[i], key, list);
        if (check_value(spec, &params[i], key, value, list))
            add_param(spec, &params[i], key, api, value, out, list);
        free(key);
    }
}
