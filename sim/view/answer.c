#include "sim/view/answer.h"

#include <string.h>

#include "grader/grader.h"
#include "sim/base/buf.h"

/* The keys of "errors" in the service's order: flags, and texts that go with one of them. */
static const struct error_key {
    const char *key;
    enum grade_error error;
    bool is_text;
} keys[] = {
    {"formula_parse_error", GRADE_ERROR_FORMULA, false},
    {"sample_parse_error", GRADE_ERROR_SAMPLE_PARSE, false},
    {"sample_parse_error_details", GRADE_ERROR_SAMPLE_PARSE, true},
    {"truncated_observation_error", GRADE_ERROR_TRUNCATED, false},
    {"unresponsive_reward_error", GRADE_ERROR_UNRESPONSIVE, false},
    {"invalid_variable_error", GRADE_ERROR_INVALID_VARIABLE, false},
    {"invalid_variable_error_details", GRADE_ERROR_INVALID_VARIABLE, true},
    {"other_error", GRADE_ERROR_OTHER, false},
    {"python_grader_server_error", GRADE_ERROR_PYTHON_SERVER, false},
    {"python_grader_server_error_type", GRADE_ERROR_PYTHON_SERVER, true},
    {"python_grader_runtime_error", GRADE_ERROR_PYTHON_RUNTIME, false},
    {"python_grader_runtime_error_details", GRADE_ERROR_PYTHON_RUNTIME, true},
    {"model_grader_server_error", GRADE_ERROR_MODEL_SERVER, false},
    {"model_grader_refusal_error", GRADE_ERROR_MODEL_REFUSAL, false},
    {"model_grader_refusal_error_details", GRADE_ERROR_MODEL_REFUSAL, true},
    {"model_grader_parse_error", GRADE_ERROR_MODEL_PARSE, false},
    {"model_grader_parse_error_details", GRADE_ERROR_MODEL_PARSE, true},
    {"model_grader_exceeded_max_tokens_error", GRADE_ERROR_MODEL_MAX_TOKENS, false},
    {"model_grader_server_error_details", GRADE_ERROR_MODEL_SERVER, true},
    {"endpoint_grader_internal_error", GRADE_ERROR_ENDPOINT_INTERNAL, false},
    {"endpoint_grader_internal_error_details", GRADE_ERROR_ENDPOINT_INTERNAL, true},
    {"endpoint_grader_server_error", GRADE_ERROR_ENDPOINT_SERVER, false},
    {"endpoint_grader_server_error_details", GRADE_ERROR_ENDPOINT_SERVER, true},
    {"endpoint_grader_safety_check_error", GRADE_ERROR_ENDPOINT_SAFETY, false},
};

static bool has_error(const json_t *grader, enum grade_error error)
{
    size_t i = 0;
    const json_t *name = NULL;
    json_array_foreach(json_object_get(grader, "errors"), i, name)
    {
        if (strcmp(json_string_value(name), grade_error_name(error)) == 0)
            return true;
    }
    return false;
}

/* Why: more than a line of it where a grader tells more. */
static const char *reason_of(const json_t *grader)
{
    static const char *const from[] = {"details", "traceback", "why"};
    const char *text = NULL;
    for (size_t i = 0; !text && i < COUNT_OF(from); i++)
        text = json_string_value(json_object_get(grader, from[i]));
    return text ? text : "";
}

/* Of a multi the reasons of the graders that err so, or its own. */
static json_t *details_of(const json_t *graders, enum grade_error error)
{
    struct buf text = {0};
    for (size_t i = 1; i < json_array_size(graders); i++) {
        const json_t *part = json_array_get(graders, i);
        if (has_error(part, error))
            buf_printf(&text, "%s%s: %s", text.len ? "; " : "",
                       json_string_value(json_object_get(part, "key")), reason_of(part));
    }
    if (!text.len)
        buf_text_add(&text, reason_of(json_array_get(graders, 0)));
    json_t *details = json_stringn(buf_text(&text), text.len);
    buf_release(&text);
    return details;
}

static json_t *errors_of(const json_t *graders)
{
    json_t *errors = json_object();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        bool raised = has_error(json_array_get(graders, 0), keys[i].error);
        json_t *value = json_boolean(raised);
        if (keys[i].is_text)
            value = raised ? details_of(graders, keys[i].error) : json_null();
        json_object_set_new(errors, keys[i].key, value);
    }
    return errors;
}

/* What the graders of a multi gave, by key. */
static json_t *scores_of(const json_t *graders)
{
    json_t *scores = json_object();
    for (size_t i = 1; i < json_array_size(graders); i++) {
        const json_t *part = json_array_get(graders, i);
        json_object_set(scores, json_string_value(json_object_get(part, "key")),
                        json_object_get(part, "reward"));
    }
    return scores;
}

/* --- Models ---------------------------------------------------------------------------------- */

static void add_usage(json_t *sum, json_t *usage)
{
    const char *key = NULL;
    json_t *n = NULL;
    json_object_foreach(usage, key, n)
    {
        json_int_t before = json_integer_value(json_object_get(sum, key));
        json_object_set_new(sum, key, json_integer(before + json_integer_value(n)));
    }
}

/* What the graders' models used, by the models' names. */
static json_t *usage_by_model(const json_t *graders)
{
    size_t i = 0;
    const json_t *grader = NULL;
    json_t *models = json_object();
    json_array_foreach(graders, i, grader)
    {
        const char *name = json_string_value(json_object_get(grader, "sampled_model_name"));
        json_t *usage = json_object_get(grader, "token_usage");
        if (!name || !json_is_object(usage))
            continue;
        if (!json_object_get(models, name))
            json_object_set_new(models, name, json_object());
        add_usage(json_object_get(models, name), usage);
    }
    return models;
}

/* All that was used, null if no model was asked; and its model, null if that is not one alone. */
static void set_usage(json_t *metadata, json_t *models)
{
    const char *name = NULL;
    json_t *usage = NULL;
    json_t *sum = json_object_size(models) ? json_object() : json_null();
    json_t *only = json_null();
    json_object_foreach(models, name, usage)
    {
        add_usage(sum, usage);
        if (json_object_size(models) == 1)
            only = json_string(name);
    }
    json_object_set_new(metadata, "token_usage", sum);
    json_object_set_new(metadata, "sampled_model_name", only);
}

json_t *answer_of(json_t *facts)
{
    const json_t *graders = json_object_get(facts, "graders");
    const json_t *whole = json_array_get(graders, 0);
    json_t *models = usage_by_model(graders);
    json_t *metadata = json_object();
    json_object_set(metadata, "name", json_object_get(whole, "name"));
    json_object_set(metadata, "type", json_object_get(whole, "type"));
    json_object_set_new(metadata, "errors", errors_of(graders));
    json_object_set(metadata, "execution_time", json_object_get(whole, "seconds"));
    json_object_set_new(metadata, "scores", scores_of(graders));
    set_usage(metadata, models);
    json_t *answer = json_object();
    json_object_set(answer, "reward", json_object_get(whole, "reward"));
    json_object_set_new(answer, "metadata", metadata);
    json_object_set_new(answer, "sub_rewards", scores_of(graders));
    json_object_set_new(answer, "model_grader_token_usage_per_model", models);
    json_object_set(answer, "rftsim", facts);
    return answer;
}
