/* A job: the body of a fine_tuning.jobs.create call, typed, plus our `simulation` block.
 *
 * Names and nesting are exactly the create call's (contract 2.2, 2.3, 3.1). A value the user left
 * out, or gave as "auto", is resolved in schedule.h, where the number of rows is known.
 */
#ifndef SIM_JOB_JOB_H
#define SIM_JOB_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/job/doc.h"
#include "sim/job/job_headers.h"
#include "sim/job/reading.h"

enum {
    JOB_AUTO = 0,                   /* an integer hyperparameter that was left to the service */
    JOB_EPISODE_STEPS_DEFAULT = 10, /* GAP-12 */
    JOB_ROLLOUTS_PER_STEP_DEFAULT = 32,
    JOB_CONCURRENCY_DEFAULT = 64,
    JOB_CONCURRENCY_MAX = 100000, /* also capped by the descriptors there are */
    JOB_CHECKPOINT_MAX_BYTES = 256 << 20,
    JOB_TOOL_ATTEMPTS_DEFAULT = 3, /* EV-16 */
    JOB_TOOL_ATTEMPTS_MAX = 10,
    JOB_TOOL_BACKOFF_MS_DEFAULT = 1000,   /* GAP-13: 1, 2, 4 s */
    JOB_TOOL_TIMEOUT_MS_DEFAULT = 600000, /* contract 3.4: ten minutes */
    /* Of graders that are called. "Retried at most 3 times" (4.9) is read as for tools, EV-16:
     * three requests in all; 4 is the other reading. */
    JOB_GRADER_ATTEMPTS_DEFAULT = 3,
    JOB_GRADER_BACKOFF_MS_DEFAULT = 1000,
    JOB_GRADER_HTTP_TIMEOUT_MS_DEFAULT = 600000, /* 4.9: ten minutes */
    JOB_GRADER_TIMEOUT_MS_DEFAULT = 120000,      /* PY-2 */
};

enum job_sandbox { JOB_SANDBOX_AUTO, JOB_SANDBOX_REQUIRE, JOB_SANDBOX_OFF };
enum job_tool_url { JOB_URL_EXACT, JOB_URL_APPEND_NAME }; /* EV-13 */

struct job_tool {
    char *name;
    char *server_url; /* as given, expanded; http or https */
    struct job_headers headers;
};

enum job_model_api { JOB_API_CHAT, JOB_API_RESPONSES };

/* Who answers for a model that graders name: somebody at `base_url`, or nobody and a stub. */
struct job_grader_model {
    char *name;     /* what graders call it */
    char *base_url; /* "https://host/openai/v1"; NULL with a stub */
    char *api_key;  /* a secret; NULL if none is sent */
    char *model;    /* what it is called there; NULL: `name` */
    enum job_model_api api;
    bool has_score; /* a stub for score_model */
    double score;
    char *label; /* a stub for label_model; NULL if none */
};

struct job_hyper {
    int batch_size;                  /* rows a step, 1..256, or JOB_AUTO */
    int n_epochs;                    /* 1..50, or JOB_AUTO */
    int eval_interval;               /* steps, or JOB_AUTO */
    int eval_samples;                /* rollouts a validation row, or JOB_AUTO */
    double compute_multiplier;       /* 1e-5 < x <= 10; 0 if auto */
    double learning_rate_multiplier; /* > 0; 0 if auto */
    char *reasoning_effort;          /* "default", "low", "medium", "high" */
};

struct job_simulation {
    json_t *policy; /* borrowed from the job's doc->root or, if there is one, its policy_doc->root;
                       NULL if none. Read by sim/policy */
    int rollouts_per_step;
    int concurrency; /* rollouts in flight, 1..JOB_CONCURRENCY_MAX */
    int threads;     /* engine threads; 0: one a core */
    enum job_tool_url tool_url;
    int tool_attempts;        /* requests a call may make in all, 1..JOB_TOOL_ATTEMPTS_MAX */
    int tool_backoff_ms;      /* before the second try; doubled before each further one */
    int tool_timeout_ms;      /* of one attempt */
    int call_timeout_ms;      /* of a call with all its attempts; 0: no limit of its own */
    int rollout_timeout_ms;   /* 0: none */
    int run_timeout_s;        /* 0: none */
    int early_stop;           /* evaluations in a row without a better mean that end the run (ST-8);
                                 0: none do */
    double max_qps;           /* requests a second to each host; 0: no limit */
    enum job_sandbox sandbox; /* of python graders */
    int grader_workers;       /* Python processes a python grader has on each thread, 1..64 */
    int grader_timeout_ms;    /* of one python grade */
    double python_errors_max; /* share of a step\'s grades, 0 < x <= 1 (GAP-39) */
    int grader_attempts;      /* requests a grade may make in all, 1..10 */
    int grader_backoff_ms;    /* before the second; doubled before each further one */
    int grader_http_timeout_ms;      /* of one attempt */
    struct job_grader_model *models; /* owned: grader_models */
    size_t n_models;
    int readings[READING_N_SWITCHES]; /* of what the service leaves open: indexes of reading_words
                                       */
    bool grade_cache;                 /* grades of equal texts are remembered */
    char *expected_tools; /* the field of a row that says which calls it expects; NULL: guess */
};

struct response_format;

struct job {
    struct doc *doc;        /* owned: the tree, and where everything stands in it */
    struct doc *policy_doc; /* owned: of job_load_policy(), where the policy stands under
                               JOB_CHECKPOINT_POINTER; NULL: in the job's own doc */
    char *model;
    char *training_file; /* as written, and the path it means from here */
    char *validation_file;
    char *training_path;
    char *validation_path;
    char *suffix; /* NULL if none */
    int64_t seed; /* 0..2147483647; -1 if none was given */
    struct job_tool *tools;
    size_t n_tools;
    int max_episode_steps; /* turns (GAP-12), at least 1 */
    json_t *grader;        /* borrowed from doc->root. Read by grader/ */
    const char *grader_at; /* its JSON pointer in the document; static storage */
    bool has_response_format;
    struct response_format *format; /* owned; NULL: none, or one without a schema */
    struct job_hyper hyper;
    struct job_simulation sim;
    /* of job_load_grader() */
    bool alone;           /* there is nothing but the grader, and what is below */
    json_t *model_sample; /* borrowed from doc->root, as is `item`; NULL if not given */
    json_t *item;
};

/* What --sandbox says wins over the job file: "auto", "require" or "off". Errors: ERR_USAGE. */
NODISCARD enum err_code job_set_sandbox(struct job *job, const char *word, struct err *e);

/* Take the policy of another file, a checkpoint, in the place of the job's own. Errors and faults
 * as for job_load(), and ERR_USAGE for a folder. */
NODISCARD enum err_code job_load_policy(struct job *job, const char *path, struct diags *list,
                                        struct err *e);

/* Where the parts that others read stand in the document. */
#define JOB_GRADER_POINTER     "/method/reinforcement/grader"
#define JOB_TOOLS_POINTER      "/method/reinforcement/tools"
#define JOB_POLICY_POINTER     "/simulation/policy"
#define JOB_CHECKPOINT_POINTER "/policy" /* in a checkpoint */

/* Read and check a job file. On success `*out` is the caller's; `list` may hold warnings. On
 * failure `list` holds every fault found and `e` counts them (ERR_JOB), or `e` alone says why the
 * file could not be read. Does not open the datasets. */
NODISCARD enum err_code job_load(struct job **out, const char *path, struct diags *list,
                                 struct err *e);
/* The same for who looks for more faults: if the text could be read at all, `*out` is set, and the
 * caller's, on failure too. What had a fault in it is then as if it had not been given. */
NODISCARD enum err_code job_read(struct job **out, const char *path, struct diags *list,
                                 struct err *e);

/* Read a grader that stands alone in its file: the grader's object, or under "grader", then with
 * what else the body of graders/run has ("model_sample", "item"; contract 5.2) and `simulation`.
 * The rest of the job is as if nothing had been given; there are no datasets. Likewise else. */
NODISCARD enum err_code job_load_grader(struct job **out, const char *path, struct diags *list,
                                        struct err *e);
void job_free(struct job *job); /* NULL is fine */

/* What `file`, named in the job file at `job_path`, means from here. The caller's. */
char *job_path_from(const char *job_path, const char *file);

/* The job as it may be shown: `simulation` included, variables as ${NAME}, header values and what
 * stands in `headers` masked. YAML text, appended. */
void job_masked_yaml(const struct job *job, struct buf *out);

#endif
