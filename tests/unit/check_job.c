#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/job/job.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static void setup(void)
{
    scratch_enter();
    secret_forget();
    setenv("RFTSIM_KEY", "sk-0123456789", 1);
    setenv("RFTSIM_ROLLOUTS", "48", 1);
    unsetenv("RFTSIM_UNSET");
}

static void teardown(void)
{
    scratch_leave();
    secret_forget();
}

static const char full_yaml[] =
    "model: o4-mini-2025-04-16\n"
    "training_file: data/train.jsonl\n"
    "validation_file: /abs/valid.jsonl\n"
    "suffix: zava\n"
    "seed: 2147483647\n"
    "metadata: {team: retail}\n"
    "integrations: [{type: wandb, wandb: {project: p, name: ~, tags: [a]}}]\n"
    "trainingType: GlobalStandard\n"
    "method:\n"
    "  type: reinforcement\n"
    "  reinforcement:\n"
    "    tools:\n"
    "      - name: find_user\n"
    "        server_url: \"https://${RFTSIM_HOST:-host}/api/tools\"\n"
    "        headers: {X-Functions-Key: \"${RFTSIM_KEY}\", X-Plain: literal-key}\n"
    "      - {name: find_order, server_url: \"http://127.0.0.1:8080\"}\n"
    "    max_episode_steps: 5\n"
    "    response_format: {type: json_schema, json_schema: {name: n, strict: false,\n"
    "      schema: {type: object, properties: {headers: {type: string}}}}}\n"
    "    grader:\n"
    "      type: multi\n"
    "      graders:\n"
    "        remote: {type: endpoint, url: \"https://g\", headers: {Api-Key: other-key}}\n"
    "      calculate_output: remote\n"
    "    hyperparameters:\n"
    "      {batch_size: 4, n_epochs: 2, eval_interval: 3, eval_samples: 5,\n"
    "       compute_multiplier: 1.5, learning_rate_multiplier: 2, reasoning_effort: medium}\n"
    "simulation:\n"
    "  policy: {type: random}\n"
    "  rollouts_per_step: ${RFTSIM_ROLLOUTS}\n"
    "  concurrency: 8\n"
    "  threads: 2\n"
    "  tool_url: append_name\n"
    "  tool_attempts: 4\n"
    "  tool_backoff_ms: 0\n"
    "  tool_timeout_ms: 500\n"
    "  output_tools: all\n"
    "  grader_variants: {fuzzy_match: ratio, rouge: recall}\n"
    "  grade_cache: false\n"
    "  grader_models: {o3-mini: {base_url: 'https://j/v1', api_key: judge-key, model: d, api: "
    "responses}}\n";

static const char full_json[] =
    "{\"model\": \"o4-mini-2025-04-16\", \"training_file\": \"data/train.jsonl\",\n"
    " \"validation_file\": \"/abs/valid.jsonl\", \"suffix\": \"zava\", \"seed\": 2147483647,\n"
    " \"metadata\": {\"team\": \"retail\"}, \"integrations\": [{\"type\": \"wandb\",\n"
    "   \"wandb\": {\"project\": \"p\", \"name\": null, \"tags\": [\"a\"]}}],\n"
    " \"trainingType\": \"GlobalStandard\", \"method\": {\"type\": \"reinforcement\",\n"
    "  \"reinforcement\": {\"tools\": [{\"name\": \"find_user\",\n"
    "     \"server_url\": \"https://${RFTSIM_HOST:-host}/api/tools\",\n"
    "     \"headers\": {\"X-Functions-Key\": \"${RFTSIM_KEY}\", \"X-Plain\": \"literal-key\"}},\n"
    "    {\"name\": \"find_order\", \"server_url\": \"http://127.0.0.1:8080\"}],\n"
    "   \"max_episode_steps\": 5, \"response_format\": {\"type\": \"json_schema\",\n"
    "    \"json_schema\": {\"name\": \"n\", \"strict\": false, \"schema\": {\"type\": \"object\",\n"
    "     \"properties\": {\"headers\": {\"type\": \"string\"}}}}},\n"
    "   \"grader\": {\"type\": \"multi\", \"graders\": {\"remote\": {\"type\": \"endpoint\",\n"
    "     \"url\": \"https://g\", \"headers\": {\"Api-Key\": \"other-key\"}}},\n"
    "    \"calculate_output\": \"remote\"},\n"
    "   \"hyperparameters\": {\"batch_size\": 4, \"n_epochs\": 2, \"eval_interval\": 3,\n"
    "    \"eval_samples\": 5, \"compute_multiplier\": 1.5, \"learning_rate_multiplier\": 2,\n"
    "    \"reasoning_effort\": \"medium\"}}},\n"
    " \"simulation\": {\"policy\": {\"type\": \"random\"}, \"rollouts_per_step\": 48,\n"
    "  \"concurrency\": 8, \"threads\": 2, \"tool_url\": \"append_name\", \"tool_attempts\": 4,\n"
    "  \"tool_backoff_ms\": 0, \"tool_timeout_ms\": 500, \"output_tools\": \"all\",\n"
    "  \"grader_variants\": {\"fuzzy_match\": \"ratio\", \"rouge\": \"recall\"},\n"
    "  \"grade_cache\": false,\n"
    "  \"grader_models\": {\"o3-mini\": {\"base_url\": \"https://j/v1\", \"api_key\": "
    "\"judge-key\", \"model\": \"d\", \"api\": \"responses\"}}}}\n";

static struct job *load(const char *name)
{
    struct job *job = NULL;
    struct diags list = {0};
    struct err e = {0};
    struct buf out = {0};
    enum err_code rc = job_load(&job, name, &list, &e);
    diags_write(&list, 100, &out);
    ck_assert_msg(rc == ERR_OK, "%s\n%s", e.text, buf_text(&out));
    buf_release(&out);
    diags_release(&list);
    return job;
}

static void check_hyper(const struct job_hyper *h)
{
    ck_assert_int_eq(h->batch_size, 4);
    ck_assert_int_eq(h->n_epochs, 2);
    ck_assert_int_eq(h->eval_interval, 3);
    ck_assert_int_eq(h->eval_samples, 5);
    ck_assert(h->compute_multiplier == 1.5);
    ck_assert(h->learning_rate_multiplier == 2);
    ck_assert_str_eq(h->reasoning_effort, "medium");
}

static void check_tools(const struct job *job)
{
    ck_assert_uint_eq(job->n_tools, 2);
    ck_assert_str_eq(job->tools[0].name, "find_user");
    ck_assert_str_eq(job->tools[0].server_url, "https://host/api/tools");
    ck_assert_uint_eq(job->tools[0].headers.n, 2);
    ck_assert_str_eq(job->tools[0].headers.at[0].name, "X-Functions-Key");
    ck_assert_str_eq(job->tools[0].headers.at[0].value, "sk-0123456789");
    ck_assert_uint_eq(job->tools[1].headers.n, 0);
    ck_assert_int_eq(job->max_episode_steps, 5);
}

static void check_simulation(const struct job_simulation *sim)
{
    ck_assert_str_eq(json_string_value(json_object_get(sim->policy, "type")), "random");
    ck_assert_int_eq(sim->rollouts_per_step, 48);
    ck_assert_int_eq(sim->concurrency, 8);
    ck_assert_int_eq(sim->threads, 2);
    ck_assert_int_eq(sim->tool_url, JOB_URL_APPEND_NAME);
    ck_assert_int_eq(sim->tool_attempts, 4);
    ck_assert_int_eq(sim->tool_backoff_ms, 0);
    ck_assert_int_eq(sim->tool_timeout_ms, 500);
    ck_assert_uint_eq(sim->n_models, 1);
    ck_assert_str_eq(sim->models[0].name, "o3-mini");
    ck_assert_str_eq(sim->models[0].base_url, "https://j/v1");
    ck_assert_str_eq(sim->models[0].api_key, "judge-key");
    ck_assert_str_eq(sim->models[0].model, "d");
    ck_assert_int_eq(sim->models[0].api, JOB_API_RESPONSES);
    ck_assert_int_eq(sim->readings[READING_OUTPUT_TOOLS], READING_ALL_TURNS);
    ck_assert_str_eq(reading_words[READING_FUZZY_MATCH][sim->readings[READING_FUZZY_MATCH]],
                     "ratio");
    ck_assert_str_eq(reading_words[READING_ROUGE][sim->readings[READING_ROUGE]], "recall");
    ck_assert_int_eq(sim->readings[READING_BLEU], 0);
    ck_assert(!sim->grade_cache);
}

START_TEST(test_a_full_job_in_both_forms)
{
    const char *name = _i ? "jobs/full.json" : "jobs/full.yaml";
    scratch_file(name, _i ? full_json : full_yaml);
    struct job *job = load(name);
    ck_assert_str_eq(job->model, "o4-mini-2025-04-16");
    ck_assert_str_eq(job->training_file, "data/train.jsonl");
    ck_assert_str_eq(job->training_path, "jobs/data/train.jsonl");
    ck_assert_str_eq(job->validation_path, "/abs/valid.jsonl");
    ck_assert_str_eq(job->suffix, "zava");
    ck_assert_int_eq(job->seed, 2147483647);
    ck_assert(job->has_response_format);
    ck_assert_str_eq(json_string_value(json_object_get(job->grader, "type")), "multi");
    check_tools(job);
    check_hyper(&job->hyper);
    check_simulation(&job->sim);
    job_free(job);
}
END_TEST

START_TEST(test_both_forms_are_one_tree)
{
    scratch_file("full.yaml", full_yaml);
    scratch_file("full.json", full_json);
    struct job *yaml = load("full.yaml");
    struct job *json = load("full.json");
    ck_assert(json_equal(yaml->doc->root, json->doc->root));
    job_free(yaml);
    job_free(json);
}
END_TEST

#define LEAST                    \
    "model: m\n"                 \
    "training_file: t.jsonl\n"   \
    "validation_file: v.jsonl\n" \
    "method: {type: reinforcement, reinforcement: {grader: {type: g}}}\n"

static void check_defaults(const struct job *job)
{
    ck_assert_str_eq(job->training_path, "t.jsonl");
    ck_assert_int_eq(job->seed, -1);
    ck_assert_ptr_null(job->suffix);
    ck_assert_uint_eq(job->n_tools, 0);
    ck_assert_int_eq(job->max_episode_steps, 10);
    ck_assert(!job->has_response_format);
    ck_assert_int_eq(job->hyper.batch_size, JOB_AUTO);
    ck_assert_int_eq(job->hyper.n_epochs, JOB_AUTO);
    ck_assert_int_eq(job->hyper.eval_interval, JOB_AUTO);
    ck_assert_int_eq(job->hyper.eval_samples, JOB_AUTO);
    ck_assert(job->hyper.compute_multiplier == 0);
    ck_assert(job->hyper.learning_rate_multiplier == 0);
    ck_assert_str_eq(job->hyper.reasoning_effort, "default");
    ck_assert_ptr_null(job->sim.policy);
    ck_assert_int_eq(job->sim.rollouts_per_step, 32);
    ck_assert_int_eq(job->sim.concurrency, 64);
    ck_assert_int_eq(job->sim.tool_url, JOB_URL_EXACT);
    ck_assert_int_eq(job->sim.tool_attempts, 3);
    ck_assert_int_eq(job->sim.tool_backoff_ms, 1000);
    ck_assert_int_eq(job->sim.tool_timeout_ms, 600000);
}

/* Nothing, null and "auto" all mean what the service would choose. */
static const char *const least[] = {
    LEAST,
    LEAST "suffix: ~\nseed:\nmetadata: null\nintegrations:\nsimulation:\n",
    "model: m\ntraining_file: t.jsonl\nvalidation_file: v.jsonl\nmethod:\n"
    "  type: reinforcement\n  reinforcement:\n    grader: {type: g}\n    tools: []\n"
    "    response_format:\n    hyperparameters: {batch_size: auto, n_epochs: auto,\n"
    "      eval_interval: auto, eval_samples: \"auto\", compute_multiplier: auto,\n"
    "      learning_rate_multiplier: auto, reasoning_effort: default}\n",
};

START_TEST(test_defaults)
{
    scratch_file("a.yaml", least[_i]);
    struct job *job = load("a.yaml");
    check_defaults(job);
    job_free(job);
}
END_TEST

/* A job with one fault: `text` is put behind the least job, or stands alone if it says model. */
static const struct fault_row {
    const char *text;
    enum diag_code code;
    size_t line;
    size_t col;
    const char *says;
    const char *fix; /* NULL: any */
} fault_rows[] = {
    {"sed: 1\n", DIAG_J002, 5, 1, "unknown key 'sed'", "did you mean 'seed'?"},
    {"trainingtype: standard\n", DIAG_J002, 5, 1, "trainingtype", "mean 'trainingType'?"},
    {"concurrency: 1\n", DIAG_J002, 5, 1, "'concurrency'", "belongs in simulation"},
    {"grader: {type: g}\n", DIAG_J002, 5, 1, "'grader'", "belongs in method.reinforcement"},
    {"hyperparameters: {n_epochs: 1}\n", DIAG_J002, 5, 1, "", "in method.reinforcement"},
    {"batch: 1\n", DIAG_J002, 5, 1, "", "'batch_size' in method.reinforcement.hyperparameters?"},
    {"zzzzzz: 1\n", DIAG_J002, 5, 1, "", "known here: model, training_file"},
    {"simulation: {polcy: {}}\n", DIAG_J002, 5, 14, "", "did you mean 'policy'?"},
    {"simulation: {seed: 1}\n", DIAG_J002, 5, 14, "", "belongs at the top level"},
    {"suffix: ''\n", DIAG_J005, 5, 9, "suffix must not be empty", NULL},
    {"suffix: 1\n", DIAG_J004, 5, 9, "suffix must be text, found 1", "quotes"},
    {"suffix: \"a\\0b\"\n", DIAG_J005, 5, 9, "control character 0x00", NULL},
    {"suffix: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", DIAG_J005, 5, 9,
     "at most 64 characters, has 65", NULL},
    {"seed: -1\n", DIAG_J005, 5, 7, "from 0 to 2147483647, found -1", NULL},
    {"seed: 2147483648\n", DIAG_J005, 5, 7, "found 2147483648", NULL},
    {"seed: 1.0\n", DIAG_J004, 5, 7, "whole number", NULL},
    {"seed: '1'\n", DIAG_J004, 5, 7, "found \"1\"", "without quotes"},
    {"seed: auto\n", DIAG_J004, 5, 7, "found \"auto\"", NULL},
    {"metadata: [1]\n", DIAG_J004, 5, 11, "metadata must be an object", NULL},
    {"metadata: {a: 1}\n", DIAG_J004, 5, 15, "a must be text", "quotes"},
    {"integrations: {}\n", DIAG_J004, 5, 15, "must be a list", NULL},
    {"integrations: [1, 2, 3, 4, 5, 6]\n", DIAG_J005, 5, 15, "at most 5, has 6", NULL},
    {"integrations: [{type: mlflow, wandb: {project: p}}]\n", DIAG_J005, 5, 23, "wandb", NULL},
    {"integrations: [{type: wandb, wandb: {}}]\n", DIAG_J003, 5, 30, "'project' is missing", NULL},
    {"trainingType: fast\n", DIAG_J005, 5, 15, "standard, globalStandard or developerTier", NULL},
    {"simulation: []\n", DIAG_J004, 5, 13, "simulation must be an object", NULL},
    {"simulation: {policy: random}\n", DIAG_J004, 5, 22, "policy", "policy: {type: random}"},
    {"simulation: {rollouts_per_step: 0}\n", DIAG_J005, 5, 33, "from 1 to 1000000", NULL},
    {"simulation: {concurrency: 100001}\n", DIAG_J005, 5, 27, "from 1 to 100000", NULL},
    {"simulation: {threads: 257}\n", DIAG_J005, 5, 23, "from 0 to 256", NULL},
    {"simulation: {tool_url: base}\n", DIAG_J005, 5, 24, "exact or append_name", NULL},
    {"simulation: {output_tools: last}\n", DIAG_J005, 5, 28, "last_turn or all",
     "did you mean 'last_turn'?"},
    {"simulation: {grader_variants: {fuzzy_match: WRatioo}}\n", DIAG_J005, 5, 45, "wratio or ratio",
     "did you mean 'wratio'?"},
    {"simulation: {grader_variants: {rouge_l: f1}}\n", DIAG_J002, 5, 32, "",
     "did you mean 'rouge'?"},
    {"simulation: {grade_cache: maybe}\n", DIAG_J004, 5, 27, "true or false", NULL},
    {"simulation: {tool_attempts: 11}\n", DIAG_J005, 5, 29, "from 1 to 10", NULL},
    {"simulation: {tool_backoff_ms: -1}\n", DIAG_J005, 5, 31, "from 0 to 60000", NULL},
    {"simulation: {tool_timeout_ms: 0}\n", DIAG_J005, 5, 31, "from 1 to 3600000", NULL},
    {"simulation: {grader_attempts: 0}\n", DIAG_J005, 5, 31, "from 1 to 10", NULL},
    {"simulation: {grader_models: [m]}\n", DIAG_J004, 5, 29, "must be an object", NULL},
    {"simulation: {grader_models: {m: {}}}\n", DIAG_J003, 5, 33, "neither a base_url nor a stub",
     "stub: {score: 0.5}"},
    {"simulation: {grader_models: {m: {base_url: 'http://h', stub: {score: 1}}}}\n", DIAG_J005, 5,
     33, "a base_url and a stub", NULL},
    {"simulation: {grader_models: {m: {base_url: 'h/v1'}}}\n", DIAG_J005, 5, 44, "http or https",
     "/chat/completions"},
    {"simulation: {grader_models: {m: {base_url: 'http://h/v1?a=b'}}}\n", DIAG_J005, 5, 44,
     "no query", NULL},
    {"simulation: {grader_models: {m: {base_url: 'http://h', api: soap}}}\n", DIAG_J005, 5, 61,
     "chat or responses", NULL},
    {"simulation: {grader_models: {m: {stub: {score: high}}}}\n", DIAG_J004, 5, 48, "a number",
     NULL},
    {"simulation: {grader_models: {m: {stub: {score: 1}, key: x}}}\n", DIAG_J002, 5, 52,
     "unknown key 'key'", NULL},
    {"suffix: ${RFTSIM_UNSET}\n", DIAG_J006, 5, 9, "not set", NULL},
    {"- model\n", DIAG_J004, 1, 1, "the job must be an object", NULL},
};

/* The same inside `reinforcement`, whose keys are put into a job at line 7, column 5. */
static const struct fault_row inner_rows[] = {
    {"eval_samples: 3", DIAG_J002, 7, 5, "unknown key", "in method.reinforcement.hyperparameters"},
    {"max_episode_step: 3", DIAG_J002, 7, 5, "", "'max_episode_steps'?"},
    {"max_episode_steps: 0", DIAG_J005, 7, 24, "from 1 to", NULL},
    {"max_episode_steps: auto", DIAG_J004, 7, 24, "found \"auto\"", NULL},
    {"hyperparameters: {lr: 1}", DIAG_J002, 7, 23, "unknown key 'lr'", "known here: batch_size"},
    {"hyperparameters: {batch_size: 257}", DIAG_J005, 7, 35, "1 to 256, or auto", NULL},
    {"hyperparameters: {batch_size: -1}", DIAG_J005, 7, 35, "found -1", NULL},
    {"hyperparameters: {n_epochs: 51}", DIAG_J005, 7, 33, "from 1 to 50, or auto", NULL},
    {"hyperparameters: {n_epochs: all}", DIAG_J004, 7, 33, "found \"all\"", NULL},
    {"hyperparameters: {n_epochs: true}", DIAG_J004, 7, 33, "found true", NULL},
    {"hyperparameters: {compute_multiplier: 1e-5}", DIAG_J005, 7, 43, "above 1e-05, at", NULL},
    {"hyperparameters: {compute_multiplier: 10.5}", DIAG_J005, 7, 43, "found 10.5", NULL},
    {"hyperparameters: {learning_rate_multiplier: 0}", DIAG_J005, 7, 49, "above 0, or auto", NULL},
    {"hyperparameters: {reasoning_effort: max}", DIAG_J005, 7, 41, "low, medium or high", NULL},
    {"hyperparameters: {eval_interval: 0}", DIAG_J005, 7, 38, "from 1", NULL},
    {"hyperparameters: {eval_samples: 0}", DIAG_J005, 7, 37, "from 1", NULL},
    {"response_format: json", DIAG_J004, 7, 22, "must be an object", NULL},
    {"response_format: {}", DIAG_J003, 7, 5, "'type' is missing", NULL},
    {"tools: {}", DIAG_J004, 7, 12, "tools must be a list", NULL},
    {"tools: [a]", DIAG_J004, 7, 13, "this entry must be an object", NULL},
    {"tools: [{server_url: 'http://h'}]", DIAG_J003, 7, 13, "'name' is missing", NULL},
    {"tools: [{name: a}]", DIAG_J003, 7, 13, "'server_url' is missing", "https://host"},
    {"tools: [{name: '', server_url: 'http://h'}]", DIAG_J005, 7, 20, "not be empty", NULL},
    {"tools: [{name: a, url: b, server_url: 'http://h'}]", DIAG_J002, 7, 23, "", "'server_url'?"},
    {"tools: [{name: a, server_url: 'host/x'}]", DIAG_J005, 7, 35, "http or https", NULL},
    {"tools: [{name: a, server_url: 'ftp://host/x'}]", DIAG_J005, 7, 35, "http or https", NULL},
    {"tools: [{name: a, server_url: 'http://'}]", DIAG_J005, 7, 35, "http or https", NULL},
    {"tools: [{name: a, server_url: 'http://h/a b'}]", DIAG_J005, 7, 35, "http or https", NULL},
    {"tools: [{name: a, server_url: 'http://h:99999'}]", DIAG_J005, 7, 35, "http or https", NULL},
    {"tools: [{name: a, server_url: 'http://h'}, {name: a, server_url: 'http://h'}]", DIAG_J008, 7,
     55, "the tool 'a' is given twice", NULL},
    {"tools: [{name: a, server_url: 'http://h', headers: [b]}]", DIAG_J004, 7, 56, "object", NULL},
    {"tools: [{name: a, server_url: 'http://h', headers: {K: 1}}]", DIAG_J004, 7, 60, "text",
     "quotes"},
    {"tools: [{name: a, server_url: 'http://h', headers: {K: \"x\\r\\nY: z\"}}]", DIAG_J005, 7, 60,
     "control character 0x0d", NULL},
    {"tools: [{name: a, server_url: 'http://h', headers: {K: \"x\\0\"}}]", DIAG_J005, 7, 60,
     "control character 0x00", NULL},
    {"tools: [{name: a, server_url: 'http://h', headers: {'K Y': x}}]", DIAG_J005, 7, 57,
     "'K Y' cannot be the name", NULL},
    {"tools: [{name: a, server_url: 'http://h', headers: {'': x}}]", DIAG_J005, 7, 57,
     "cannot be the name", NULL},
    {"tools: [{name: a, server_url: 'http://h', headers: {K: x, k: y}}]", DIAG_J008, 7, 63,
     "the header 'k' is given twice", NULL},
};

static const struct fault_row whole_rows[] = {
    {"training_file: t\nvalidation_file: v\n"
     "method: {type: reinforcement, reinforcement: {grader: {type: g}}}\n",
     DIAG_J003, 1, 1, "'model' is missing", "o4-mini"},
    {"model: m\nvalidation_file: v\n"
     "method: {type: reinforcement, reinforcement: {grader: {type: g}}}\n",
     DIAG_J003, 1, 1, "'training_file' is missing", NULL},
    {"model: m\ntraining_file: t\n"
     "method: {type: reinforcement, reinforcement: {grader: {type: g}}}\n",
     DIAG_J003, 1, 1, "'validation_file' is missing", "DS-9"},
    {"model: m\ntraining_file: t\nvalidation_file: ~\n"
     "method: {type: reinforcement, reinforcement: {grader: {type: g}}}\n",
     DIAG_J003, 3, 18, "'validation_file' is missing", "DS-9"},
    {"model: m\ntraining_file: file-0a1b2c3d4e5f60718293a4b5c6d7e8f9\nvalidation_file: v\n"
     "method: {type: reinforcement, reinforcement: {grader: {type: g}}}\n",
     DIAG_J007, 2, 16, "the id of an uploaded file", ".jsonl"},
    {"model: m\ntraining_file: t\nvalidation_file: v\n", DIAG_J003, 1, 1, "'method' is missing",
     NULL},
    {"model: m\ntraining_file: t\nvalidation_file: v\nmethod: {type: supervised, supervised: {}}\n",
     DIAG_J007, 4, 16, "'supervised' is another kind", "reinforcement"},
    {"model: m\ntraining_file: t\nvalidation_file: v\nmethod: {type: 3, reinforcement: "
     "{grader: {type: g}}}\n",
     DIAG_J004, 4, 16, "type must be text", NULL},
    {"model: m\ntraining_file: t\nvalidation_file: v\nmethod: {reinforcement: "
     "{grader: {type: g}}}\n",
     DIAG_J003, 4, 1, "'type' is missing", "type: reinforcement"},
    {"model: m\ntraining_file: t\nvalidation_file: v\nmethod: {type: reinforcement}\n", DIAG_J003,
     4, 1, "'reinforcement' is missing", NULL},
    {"model: m\ntraining_file: t\nvalidation_file: v\n"
     "method: {type: reinforcement, reinforcement: {}}\n",
     DIAG_J003, 4, 31, "'grader' is missing", NULL},
    {"model: m\ntraining_file: t\nvalidation_file: v\n"
     "method: {type: reinforcement, reinforcement: {grader: exact}}\n",
     DIAG_J004, 4, 55, "grader must be an object", NULL},
    {"model: m\ntraining_file: t\nvalidation_file: v\n"
     "method: {type: reinforcement, reinforcement: {grader: {name: x}}}\n",
     DIAG_J003, 4, 47, "'type' is missing", NULL},
};

static void check_fault(const char *text, const struct fault_row *row)
{
    scratch_file("a.yaml", text);
    struct job *job = NULL;
    struct diags list = {0};
    struct err e = {0};
    struct buf all = {0};
    enum err_code rc = job_load(&job, "a.yaml", &list, &e);
    diags_write(&list, 100, &all);
    ck_assert_msg(rc == ERR_JOB && list.n == 1, "%s\n%s", row->text, buf_text(&all));
    const struct diag *d = &list.at[0];
    ck_assert_msg(d->code == row->code && d->line == row->line && d->col == row->col, "%s\n%s",
                  row->text, buf_text(&all));
    ck_assert_msg(strstr(d->text, row->says), "%s\n%s", row->text, buf_text(&all));
    ck_assert_msg(!row->fix || (d->fix && strstr(d->fix, row->fix)), "%s\n%s", row->text,
                  buf_text(&all));
    ck_assert_str_eq(e.text, "a.yaml: 1 fault");
    ck_assert_ptr_null(job);
    buf_release(&all);
    diags_release(&list);
}

START_TEST(test_faults)
{
    const struct fault_row *row = &fault_rows[_i];
    const char *model = strstr(row->text, "model"); /* a whole job, or what is none */
    bool whole = model && !strstr(row->text, "grader_models");
    char *text = mem_printf("%s%s", whole ? "" : LEAST, row->text);
    check_fault(text, row);
    free(text);
}
END_TEST

START_TEST(test_faults_in_reinforcement)
{
    const struct fault_row *row = &inner_rows[_i];
    char *text = mem_printf("model: m\ntraining_file: t\nvalidation_file: v\nmethod:\n"
                            "  type: reinforcement\n  reinforcement:\n    %s\n"
                            "    grader: {type: g}\n",
                            row->text);
    check_fault(text, row);
    free(text);
}
END_TEST

START_TEST(test_faults_of_a_whole_job)
{
    check_fault(whole_rows[_i].text, &whole_rows[_i]);
}
END_TEST

START_TEST(test_all_faults_are_told_in_the_order_of_the_file)
{
    scratch_file("a.yaml", "seed: x\nsed: 1\nmodel: ${RFTSIM_UNSET}\ntraining_file: t\n"
                           "method:\n  type: reinforcement\n  reinforcement:\n"
                           "    hyperparameters: {n_epochs: 0}\n");
    struct job *job = NULL;
    struct diags list = {0};
    struct err e = {0};
    ck_assert_int_eq(job_load(&job, "a.yaml", &list, &e), ERR_JOB);
    ck_assert_str_eq(e.text, "a.yaml: 6 faults");
    static const struct {
        enum diag_code code;
        size_t line;
    } want[] = {{DIAG_J003, 1}, {DIAG_J004, 1}, {DIAG_J002, 2},
                {DIAG_J006, 3}, {DIAG_J003, 7}, {DIAG_J005, 8}};
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        ck_assert_int_eq(list.at[i].code, want[i].code);
        ck_assert_uint_eq(list.at[i].line, want[i].line);
    }
    diags_release(&list);
}
END_TEST

static char *masked(const struct job *job)
{
    struct buf out = {0};
    job_masked_yaml(job, &out);
    return buf_take(&out);
}

START_TEST(test_the_masked_copy_hides_what_it_must)
{
    scratch_file("full", _i ? full_json : full_yaml);
    struct job *job = load("full");
    char *text = masked(job);
    static const char *const hidden[] = {"sk-0123456789", "literal-key", "other-key", "judge-key"};
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        ck_assert_msg(!strstr(text, hidden[i]), "%s in\n%s", hidden[i], text);
    ck_assert_ptr_nonnull(strstr(text, "X-Functions-Key: \"**********\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "X-Plain: \"**********\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "Api-Key: \"**********\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "api_key: \"**********\"\n"));
    ck_assert_ptr_nonnull(strstr(text, "server_url: \"https://${RFTSIM_HOST:-host}/api/tools\"\n"));
    if (!_i)
        ck_assert_ptr_nonnull(strstr(text, "rollouts_per_step: ${RFTSIM_ROLLOUTS}\n"));
    free(text);
    job_free(job);
}
END_TEST

START_TEST(test_the_masked_copy_reads_back_as_the_same_job)
{
    scratch_file("full", _i ? full_json : full_yaml);
    struct job *job = load("full");
    char *text = masked(job);
    scratch_file("copy.yaml", text);
    struct job *copy = load("copy.yaml");
    for (size_t i = 0; i < 2; i++)
        ck_assert_str_eq(copy->tools[0].headers.at[i].value, SECRET_MASK);

    /* With the masks taken out of both, the trees are equal. */
    json_t *roots[] = {job->doc->root, copy->doc->root};
    for (size_t i = 0; i < 2; i++) {
        json_t *inner = json_object_get(json_object_get(roots[i], "method"), "reinforcement");
        json_object_del(json_array_get(json_object_get(inner, "tools"), 0), "headers");
        json_t *graders = json_object_get(json_object_get(inner, "grader"), "graders");
        json_object_del(json_object_get(graders, "remote"), "headers");
        json_t *models = json_object_get(json_object_get(roots[i], "simulation"), "grader_models");
        ck_assert_int_eq(json_object_del(json_object_get(models, "o3-mini"), "api_key"), 0);
    }
    ck_assert(json_equal(roots[0], roots[1]));
    char *again = masked(copy);
    ck_assert_str_eq(again, text);
    free(again);
    free(text);
    job_free(job);
    job_free(copy);
}
END_TEST

START_TEST(test_headers_are_secrets_everywhere)
{
    scratch_file("full.yaml", full_yaml);
    struct job *job = load("full.yaml");
    struct buf out = {0};
    const char seen[] = "sent sk-0123456789, literal-key and other-key";
    secret_mask(&out, seen, strlen(seen));
    ck_assert_str_eq(buf_text(&out), "sent ${RFTSIM_KEY}, " SECRET_MASK " and " SECRET_MASK);
    buf_release(&out);
    job_free(job);
}
END_TEST

START_TEST(test_a_default_of_the_file_is_no_secret)
{
    scratch_file("a.yaml",
                 "model: m\ntraining_file: t\nvalidation_file: v\nmethod:\n  type: reinforcement\n"
                 "  reinforcement:\n    grader: {type: g}\n    tools:\n      - name: a\n"
                 "        server_url: http://user:passw0rd@h/\n"
                 "        headers: {K: \"${RFTSIM_UNSET:-none}\"}\n");
    struct job *job = load("a.yaml");
    struct buf out = {0};
    secret_mask(&out, "none of passw0rd", 16);
    ck_assert_str_eq(buf_text(&out), "none of " SECRET_MASK);
    char *text = masked(job);
    ck_assert_ptr_nonnull(strstr(text, "K: \"**********\"\n"));
    ck_assert_ptr_null(strstr(text, "passw0rd"));
    free(text);
    buf_release(&out);
    job_free(job);
}
END_TEST

/* Texts that a careless writer of YAML changes: as values and as keys. */
static const char *const odd_texts[] = {
    "",
    " ",
    "a ",
    " a",
    "~",
    "null",
    "true",
    "yes",
    "1",
    "-1",
    "1.0",
    ".5",
    "1e3",
    "0x1f",
    ".inf",
    "-",
    "- a",
    "a: b",
    "a:",
    ": a",
    "a #b",
    "#a",
    "[a]",
    "{a}",
    "{{item.x}}",
    "*a",
    "&a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a`",
    "'a'",
    "\"a\"",
    "a\\nb",
    "?",
    "? a",
    "---",
    "...",
    "<<",
    "=",
    "a\nb",
    "a\nb\n",
    "a\nb\n\n",
    "\na",
    "\n",
    " a\nb",
    "a \nb",
    "a\n  b\n c",
    "a\n\n\nb",
    "a\tb",
    "\ta\nb",
    "a\rb",
    "a\r\nb",
    "\x01",
    "\x7f",
    "\xc2\x85",
    "\xe2\x80\xa8",
    "\xef\xbb\xbf",
    "\xc3\xa9",
    "a\n\xc3\xa9\n",
    "\xf0\x9f\x98\x80",
    "a\n#b\n",
    "a\n- b\n",
    "a\n--- b\n",
    "a\n...\nb",
    "$${x}",
    "a$${x}\nb",
    "12:30:45",
    "2001-01-01",
    "0o17",
    "a, b",
    "[",
    "]",
    "}",
};

START_TEST(test_odd_texts_survive_the_masked_copy)
{
    json_t *root = json_loads("{\"model\":\"m\",\"training_file\":\"t\",\"validation_file\":\"v\","
                              "\"method\":{\"type\":\"reinforcement\",\"reinforcement\":{}}}",
                              0, NULL);
    json_t *inner = json_object_get(json_object_get(root, "method"), "reinforcement");
    json_t *grader =
        json_pack("{s:s, s:s, s:[s, {s:[], s:{}}], s:{s:n, s:f, s:f, s:I}}", "type", "g", "value",
                  odd_texts[_i], "list", odd_texts[_i], "empty", "none", "more", "null", "real",
                  1000.0, "small", 1e-7, "large", (json_int_t)9223372036854775807LL);
    ck_assert_int_eq(json_object_set_new(grader, odd_texts[_i], json_string(odd_texts[_i])), 0);
    json_object_set_new(grader, "type", json_string("g"));
    json_object_set_new(inner, "grader", grader);
    char *json = json_dumps(root, 0);
    scratch_file("a.json", json);
    struct job *job = load("a.json");
    char *text = masked(job);
    scratch_file("copy.yaml", text);
    struct job *copy = load("copy.yaml");
    ck_assert_msg(json_equal(job->doc->root, copy->doc->root), "%s", text);
    job_free(copy);
    free(text);
    job_free(job);
    free(json);
    json_decref(root);
}
END_TEST

/* A cap on what is kept must not make a fault cost a walk through the file for each. */
START_TEST(test_many_faults_are_counted_in_no_time)
{
    enum { KEYS = 40000 };
    struct diags list = {.most_each = 3};
    struct err e = {0};
    struct job *job = NULL;
    struct buf text = {0};
    buf_text_add(&text, "{\"metadata\": {\"a\": 1");
    for (int i = 0; i < KEYS; i++)
        buf_printf(&text, ", \"k%d\": 1", i);
    buf_text_add(&text, "}");
    for (int i = 0; i < KEYS; i++)
        buf_printf(&text, ", \"x%d\": 1", i);
    buf_text_add(&text, "}");
    scratch_file("a.json", buf_text(&text));
    ck_assert_int_eq(job_read(&job, "a.json", &list, &e), ERR_JOB);
    ck_assert_uint_eq(list.counts[DIAG_J002], KEYS);
    ck_assert_uint_eq(list.counts[DIAG_J004], KEYS + 1);
    job_free(job);
    diags_release(&list);
    buf_release(&text);
}
END_TEST

Suite *job_suite(void)
{
    Suite *suite = suite_create("job");
    TCase *tcase = tcase_create("job");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_a_full_job_in_both_forms, 0, 2);
    tcase_add_test(tcase, test_both_forms_are_one_tree);
    tcase_add_loop_test(tcase, test_defaults, 0, COUNT_OF(least));
    tcase_add_loop_test(tcase, test_faults, 0, COUNT_OF(fault_rows));
    tcase_add_loop_test(tcase, test_faults_in_reinforcement, 0, COUNT_OF(inner_rows));
    tcase_add_loop_test(tcase, test_faults_of_a_whole_job, 0, COUNT_OF(whole_rows));
    tcase_add_test(tcase, test_all_faults_are_told_in_the_order_of_the_file);
    tcase_add_loop_test(tcase, test_the_masked_copy_hides_what_it_must, 0, 2);
    tcase_add_loop_test(tcase, test_the_masked_copy_reads_back_as_the_same_job, 0, 2);
    tcase_add_test(tcase, test_headers_are_secrets_everywhere);
    tcase_add_test(tcase, test_a_default_of_the_file_is_no_secret);
    tcase_add_loop_test(tcase, test_odd_texts_survive_the_masked_copy, 0, COUNT_OF(odd_texts));
    tcase_add_test(tcase, test_many_faults_are_counted_in_no_time);
    suite_add_tcase(suite, tcase);
    return suite;
}
