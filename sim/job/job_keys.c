/* The tables of a job's keys, and the few values that need more than a row. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/job_read.h"
#include "sim/job/response_format.h"
#include "sim/net/url.h"

enum {
    FILE_ID_MIN = 20,      /* "file-" and its hex digits; a file name of that form is unlikely */
    METADATA_MAX = 16,     /* pairs; contract 2.2 */
    METADATA_KEY_MAX = 64, /* characters */
    METADATA_TEXT_MAX = 512,
    INTEGRATIONS_MAX = 5,
    TOOLS_MAX = 1024, /* ours: the largest published job has 17 */
};

/* A file id, in a body that was already sent once, names nothing on this disk. */
static bool is_file_id(const char *name)
{
    return strncmp(name, "file-", 5) == 0 && strlen(name) >= FILE_ID_MIN &&
           strspn(name + 5, "0123456789abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(name + 5);
}

static void read_file_name(struct reader *r, const json_t *value, char **into)
{
    const char *name = read_text(r, value);
    if (name && is_file_id(name))
        read_fault(r, AT_VALUE, DIAG_J007, "name the .jsonl file that was uploaded under this id",
                   "'%s' is the id of an uploaded file; rows are read from this disk", name);
    else if (name)
        *into = mem_text(name);
}

static void read_training_file(struct reader *r, json_t *value)
{
    read_file_name(r, value, &r->job->training_file);
}

static void read_validation_file(struct reader *r, json_t *value)
{
    read_file_name(r, value, &r->job->validation_file);
}

static void read_metadata(struct reader *r, json_t *value)
{
    if (!read_is_object(r, value))
        return;
    if (json_object_size(value) > METADATA_MAX)
        read_fault(r, AT_VALUE, DIAG_J005, "take some away", "must have at most %d pairs, has %zu",
                   METADATA_MAX, json_object_size(value));
    const char *name = NULL;
    json_t *text = NULL;
    json_object_foreach(value, name, text)
    {
        size_t up = read_down(r, name);
        if (read_characters(name) > METADATA_KEY_MAX)
            read_fault(r, AT_KEY, DIAG_J005, "shorten it",
                       "a key has at most %d characters, not %zu", METADATA_KEY_MAX,
                       read_characters(name));
        if (!json_is_string(text))
            read_fault(r, AT_VALUE, DIAG_J004, "put it in quotes", "must be text");
        else if (read_characters(json_string_value(text)) > METADATA_TEXT_MAX)
            read_fault(r, AT_VALUE, DIAG_J005, "shorten it",
                       "must have at most %d characters, has %zu", METADATA_TEXT_MAX,
                       read_characters(json_string_value(text)));
        buf_cut(&r->at, up);
    }
}

static void read_nothing(struct reader *r, json_t *value)
{
    (void)r;
    (void)value;
}

static const char *const integration_types[] = {"wandb", NULL};
static const struct key wandb_keys[] = {
    {"project", KEY_TEXT, .flags = KEY_REQUIRED | KEY_ONLY_HERE | KEY_CHECKED},
    {"name", KEY_TEXT, .flags = KEY_ONLY_HERE | KEY_CHECKED},
    {"entity", KEY_TEXT, .flags = KEY_ONLY_HERE | KEY_CHECKED},
    {"tags", KEY_SPECIAL, KEY_ONLY_HERE, .read = read_nothing},
    {NULL},
};
static const struct key integration_keys[] = {
    {"type", KEY_TEXT, KEY_REQUIRED | KEY_ONLY_HERE | KEY_CHECKED, .words = integration_types},
    {"wandb", KEY_OBJECT, KEY_REQUIRED, .keys = wandb_keys},
    {NULL},
};

static void read_integrations(struct reader *r, json_t *value)
{
    if (!read_is_list(r, value, INTEGRATIONS_MAX))
        return;
    size_t i = 0;
    json_t *entry = NULL;
    json_array_foreach(value, i, entry)
    {
        size_t up = read_down_index(r, i);
        read_object(r, integration_keys, entry);
        buf_cut(&r->at, up);
    }
}

/* Both published shapes have a type (GAP-36). */
static void read_response_format(struct reader *r, json_t *value)
{
    if (!read_is_object(r, value))
        return;
    r->job->has_response_format = true;
    size_t up = read_down(r, "type");
    json_t *type = json_object_get(value, "type");
    if (!type)
        read_fault(r, AT_VALUE, DIAG_J003, "type: json_schema", "'type' is missing");
    else
        read_text(r, type);
    buf_cut(&r->at, up);
    r->job->format = response_format_read(r->doc, value, buf_text(&r->at), r->list);
}

static void read_grader(struct reader *r, json_t *value)
{
    if (!read_is_object(r, value))
        return;
    r->job->grader = value;
    size_t up = read_down(r, "type");
    json_t *type = json_object_get(value, "type");
    if (!type || json_is_null(type))
        read_fault(r, AT_VALUE, DIAG_J003, "type: string_check, say", "'type' is missing");
    else
        read_text(r, type);
    buf_cut(&r->at, up);
}

static void read_server_url(struct reader *r, json_t *value)
{
    struct job_tool *tool = r->base;
    const char *text = read_text(r, value);
    if (!text)
        return;
    if (url_is_http(text))
        tool->server_url = mem_text(text);
    else
        read_fault(r, AT_VALUE, DIAG_J005, "write it in full: https://host/path",
                   "must be an http or https URL with a host, found '%s'", text);
}

static void read_headers(struct reader *r, json_t *value)
{
    struct job_tool *tool = r->base;
    read_header_object(r, value, &tool->headers);
}

static const struct key tool_keys[] = {
    {"name", KEY_TEXT, KEY_REQUIRED | KEY_ONLY_HERE, .offset = offsetof(struct job_tool, name)},
    {"server_url", KEY_SPECIAL, KEY_REQUIRED, .read = read_server_url,
     .missing = "server_url: https://host/path, where the tool answers"},
    {"headers", KEY_SPECIAL, 0, .read = read_headers},
    {NULL},
};

static void check_tool_is_new(struct reader *r, const struct job_tool *tool)
{
    for (const struct job_tool *t = r->job->tools; tool->name && t < tool; t++) {
        if (!t->name || strcmp(t->name, tool->name) != 0)
            continue;
        size_t up = read_down(r, "name");
        read_fault(r, AT_VALUE, DIAG_J008,
                   "keep one of the two, or rename one here and in the rows",
                   "the tool '%s' is given twice", tool->name);
        buf_cut(&r->at, up);
        return;
    }
}

static void read_tools(struct reader *r, json_t *value)
{
    struct job *job = r->job;
    if (!read_is_list(r, value, TOOLS_MAX))
        return;
    job->n_tools = json_array_size(value);
    job->tools = mem_array(job->n_tools, sizeof(*job->tools));
    for (size_t i = 0; i < job->n_tools; i++) {
        size_t up = read_down_index(r, i);
        r->base = &job->tools[i];
        read_object(r, tool_keys, json_array_get(value, i));
        check_tool_is_new(r, &job->tools[i]);
        buf_cut(&r->at, up);
    }
    r->base = job;
}

static const char *const efforts[] = {"default", "low", "medium", "high", NULL};
static const char *const training_types[] = {"standard", "globalStandard", "developerTier", NULL};
static const char *const sandboxes[] = {"auto", "require", "off", NULL}; /* job_sandbox */
static const char *const tool_urls[] = {"exact", "append_name", NULL};   /* enum job_tool_url */

#define HYPER(field) .offset = offsetof(struct job, hyper.field)

static const struct key hyper_keys[] = {
    {"batch_size", KEY_COUNT, KEY_AUTO, HYPER(batch_size), .min = 1, .max = 256},
    {"n_epochs", KEY_COUNT, KEY_AUTO, HYPER(n_epochs), .min = 1, .max = 50},
    {"learning_rate_multiplier", KEY_REAL, KEY_AUTO, HYPER(learning_rate_multiplier)},
    {"compute_multiplier", KEY_REAL, KEY_AUTO, HYPER(compute_multiplier), .min = 1e-5, .max = 10},
    {"reasoning_effort", KEY_TEXT, 0, HYPER(reasoning_effort), .words = efforts},
    {"eval_interval", KEY_COUNT, KEY_AUTO, HYPER(eval_interval), .min = 1, .max = 1e6},
    {"eval_samples", KEY_COUNT, KEY_AUTO, HYPER(eval_samples), .min = 1, .max = 1e6},
    {NULL},
};

static const struct key reinforcement_keys[] = {
    {"grader", KEY_SPECIAL, KEY_REQUIRED, .read = read_grader,
     .missing = "grader: {type: string_check, ...}, or another that gives the reward"},
    {"tools", KEY_SPECIAL, 0, .read = read_tools},
    {"max_episode_steps", KEY_COUNT, 0, .offset = offsetof(struct job, max_episode_steps), .min = 1,
     .max = 10000},
    {"hyperparameters", KEY_OBJECT, 0, .keys = hyper_keys},
    {"response_format", KEY_SPECIAL, 0, .read = read_response_format},
    {NULL},
};

static const struct key method_keys[] = {
    {"type", KEY_TEXT, KEY_REQUIRED | KEY_ONLY_HERE | KEY_CHECKED,
     .missing = "type: reinforcement"},
    {"reinforcement", KEY_OBJECT, KEY_REQUIRED, .keys = reinforcement_keys},
    {NULL},
};

/* Another method's keys are not worth complaining about one by one. */
static void read_method(struct reader *r, json_t *value)
{
    const char *type = json_string_value(json_object_get(value, "type"));
    if (!type || strcmp(type, "reinforcement") == 0) {
        read_object(r, method_keys, value);
        return;
    }
    size_t up = read_down(r, "type");
    read_fault(r, AT_VALUE, DIAG_J007, "type: reinforcement, with the grader under that key",
               "'%s' is another kind of fine-tuning; only reinforcement is rehearsed", type);
    buf_cut(&r->at, up);
}

#define SIM(field) .offset = offsetof(struct job, sim.field)

#define READING(which) SIM(readings[which]), .words = reading_words[which]

static const struct key variant_keys[] = {
    {"fuzzy_match", KEY_WORD, KEY_ONLY_HERE, READING(READING_FUZZY_MATCH)},
    {"bleu", KEY_WORD, KEY_ONLY_HERE, READING(READING_BLEU)},
    {"gleu", KEY_WORD, KEY_ONLY_HERE, READING(READING_GLEU)},
    {"meteor", KEY_WORD, KEY_ONLY_HERE, READING(READING_METEOR)},
    {"rouge", KEY_WORD, KEY_ONLY_HERE, READING(READING_ROUGE)},
    {NULL},
};

static const struct key simulation_keys[] = {
    {"policy", KEY_TREE, 0, SIM(policy)},
    {"rollouts_per_step", KEY_COUNT, 0, SIM(rollouts_per_step), .min = 1, .max = 1e6},
    {"concurrency", KEY_COUNT, 0, SIM(concurrency), .min = 1, .max = JOB_CONCURRENCY_MAX},
    {"threads", KEY_COUNT, 0, SIM(threads), .min = 0, .max = 256},
    {"tool_url", KEY_WORD, 0, SIM(tool_url), .words = tool_urls},
    {"tool_attempts", KEY_COUNT, 0, SIM(tool_attempts), .min = 1, .max = JOB_TOOL_ATTEMPTS_MAX},
    {"tool_backoff_ms", KEY_COUNT, 0, SIM(tool_backoff_ms), .min = 0, .max = 60000},
    {"tool_timeout_ms", KEY_COUNT, 0, SIM(tool_timeout_ms), .min = 1, .max = 3600000},
    {"call_timeout_ms", KEY_COUNT, 0, SIM(call_timeout_ms), .min = 1, .max = 36000000},
    {"rollout_timeout_ms", KEY_COUNT, 0, SIM(rollout_timeout_ms), .min = 1, .max = 36000000},
    {"run_timeout_s", KEY_COUNT, 0, SIM(run_timeout_s), .min = 1, .max = 1e7},
    {"early_stop", KEY_COUNT, 0, SIM(early_stop), .min = 0, .max = 1e6},
    {"sandbox", KEY_WORD, 0, SIM(sandbox), .words = sandboxes},
    {"python_errors_max", KEY_REAL, 0, SIM(python_errors_max), .min = 0, .max = 1},
    {"grader_workers", KEY_COUNT, 0, SIM(grader_workers), .min = 1, .max = 64},
    {"grader_timeout_ms", KEY_COUNT, 0, SIM(grader_timeout_ms), .min = 1, .max = 36000000},
    {"max_qps", KEY_REAL, 0, SIM(max_qps), .min = 0.001, .max = 1e6},
    {"expected_tools", KEY_TEXT, 0, SIM(expected_tools)},
    {"grader_attempts", KEY_COUNT, 0, SIM(grader_attempts), .min = 1, .max = 10},
    {"grader_backoff_ms", KEY_COUNT, 0, SIM(grader_backoff_ms), .min = 0, .max = 60000},
    {"grader_http_timeout_ms", KEY_COUNT, 0, SIM(grader_http_timeout_ms), .min = 1, .max = 3600000},
    {"grader_models", KEY_SPECIAL, 0, .read = read_grader_models},
    {"output_tools", KEY_WORD, 0, READING(READING_OUTPUT_TOOLS)},
    {"grader_variants", KEY_OBJECT, 0, .keys = variant_keys},
    {"grade_cache", KEY_FLAG, 0, SIM(grade_cache)},
    {NULL},
};

const struct key job_keys[] = {
    {"model", KEY_TEXT, KEY_REQUIRED, offsetof(struct job, model),
     .missing = "model: o4-mini-2025-04-16"},
    {"training_file", KEY_SPECIAL, KEY_REQUIRED, .read = read_training_file,
     .missing = "training_file: train.jsonl"},
    {"validation_file", KEY_SPECIAL, KEY_REQUIRED, .read = read_validation_file,
     .missing = "validation_file: valid.jsonl; a reinforcement job needs both files (DS-9)"},
    {"method", KEY_SPECIAL, KEY_REQUIRED, .read = read_method,
     .missing = "method: with type: reinforcement and reinforcement: {grader: ...}"},
    {"suffix", KEY_TEXT, 0, offsetof(struct job, suffix), .max = 64},
    {"seed", KEY_WIDE, 0, .offset = offsetof(struct job, seed), .max = INT32_MAX},
    {"metadata", KEY_SPECIAL, 0, .read = read_metadata},
    {"integrations", KEY_SPECIAL, 0, .read = read_integrations},
    {"trainingType", KEY_TEXT, KEY_CHECKED, .words = training_types},
    {"simulation", KEY_OBJECT, 0, .keys = simulation_keys},
    {NULL},
};

static void read_model_sample(struct reader *r, json_t *value)
{
    if (json_is_string(value))
        r->job->model_sample = value;
    else
        read_fault(r, AT_VALUE, DIAG_J004, "write the answer as a string", "must be text (5.2)");
}

static const struct key grader_body_keys[] = {
    {"grader", KEY_SPECIAL, KEY_REQUIRED, .read = read_grader},
    {"model_sample", KEY_SPECIAL, 0, .read = read_model_sample},
    {"item", KEY_TREE, 0, .offset = offsetof(struct job, item)},
    {"simulation", KEY_OBJECT, 0, .keys = simulation_keys},
    {NULL},
};

void read_grader_alone(struct reader *r, json_t *root)
{
    r->job->alone = true;
    r->job->grader_at = "";
    if (json_object_get(root, "method")) {
        read_fault(r, AT_VALUE, DIAG_J007, "name it in place of --grader FILE: rftsim grade JOB",
                   "this is a whole job, not a grader alone");
    } else if (json_object_get(root, "grader")) {
        r->job->grader_at = "/grader";
        read_object(r, grader_body_keys, root);
    } else {
        read_grader(r, root);
    }
}

const struct key_level key_levels[] = {
    {"at the top level", job_keys},
    {"in method", method_keys},
    {"in method.reinforcement", reinforcement_keys},
    {"in method.reinforcement.hyperparameters", hyper_keys},
    {"in an entry of method.reinforcement.tools", tool_keys},
    {"in simulation", simulation_keys},
    {"in an entry of simulation.grader_models", grader_model_keys},
    {"in simulation.grader_variants", variant_keys},
};
const size_t n_key_levels = COUNT_OF(key_levels);

enum err_code job_set_sandbox(struct job *job, const char *word, struct err *e)
{
    for (int i = 0; sandboxes[i]; i++) {
        if (strcmp(sandboxes[i], word) == 0) {
            job->sim.sandbox = (enum job_sandbox)i;
            return ERR_OK;
        }
    }
    return err_set(e, ERR_USAGE, "--sandbox: '%s' is not auto, require or off", word);
}
