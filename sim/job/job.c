#include "sim/job/job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/mem.h"
#include "sim/job/job_mask.h"
#include "sim/job/job_read.h"
#include "sim/job/response_format.h"

static struct job *new_job(void)
{
    struct job *job = mem_new(sizeof(*job));
    job->seed = -1;
    job->grader_at = JOB_GRADER_POINTER;
    job->max_episode_steps = JOB_EPISODE_STEPS_DEFAULT;
    job->sim.rollouts_per_step = JOB_ROLLOUTS_PER_STEP_DEFAULT;
    job->sim.concurrency = JOB_CONCURRENCY_DEFAULT;
    job->sim.tool_url = JOB_URL_EXACT;
    job->sim.tool_attempts = JOB_TOOL_ATTEMPTS_DEFAULT;
    job->sim.tool_backoff_ms = JOB_TOOL_BACKOFF_MS_DEFAULT;
    job->sim.tool_timeout_ms = JOB_TOOL_TIMEOUT_MS_DEFAULT;
    job->sim.grader_attempts = JOB_GRADER_ATTEMPTS_DEFAULT;
    job->sim.grader_backoff_ms = JOB_GRADER_BACKOFF_MS_DEFAULT;
    job->sim.grader_http_timeout_ms = JOB_GRADER_HTTP_TIMEOUT_MS_DEFAULT;
    job->sim.grader_workers = 1;
    job->sim.python_errors_max = 0.5; /* GAP-39 */
    job->sim.grader_timeout_ms = JOB_GRADER_TIMEOUT_MS_DEFAULT;
    job->sim.grade_cache = true;
    return job;
}

/* Take "folder/../" out of a path, in place: "configs/../rows.jsonl" is "rows.jsonl". */
static void drop_parents(char *path)
{
    for (char *up = strstr(path, "/../"); up && up > path; up = strstr(path, "/../")) {
        char *from = up;
        while (from > path && from[-1] != '/')
            from--;
        if (up - from <= 2 && from[0] == '.') /* "./" or "../": nothing that could be taken out */
            return;
        memmove(from, up + 4, strlen(up + 4) + 1);
    }
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat x;
    struct stat y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* As short as it can be said: with symbolic links on the way the shorter path may be another file,
 * and is then not taken. */
char *job_path_from(const char *job_path, const char *file)
{
    const char *slash = strrchr(job_path, '/');
    if (!file || *file == '/' || !slash)
        return mem_text(file);
    char *path = mem_printf("%.*s%s", (int)(slash + 1 - job_path), job_path, file);
    char *tidy = mem_text(path);
    drop_parents(tidy);
    bool takes_tidy = is_same_file(path, tidy);
    free(takes_tidy ? path : tidy);
    return takes_tidy ? tidy : path;
}

static int by_place(const void *left, const void *right)
{
    const struct diag *a = left;
    const struct diag *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    if (a->col != b->col)
        return a->col < b->col ? -1 : 1;
    return (int)a->code - (int)b->code;
}

static void read_whole(struct reader *r, json_t *root)
{
    read_object(r, job_keys, root);
}

static void read_root(struct job *job, void (*read)(struct reader *r, json_t *root),
                      struct diags *list, size_t n_before)
{
    struct reader r = {
        .doc = job->doc, .list = list, .n_before = n_before, .base = job, .job = job};
    read(&r, job->doc->root);
    buf_release(&r.at);
    if (!job->hyper.reasoning_effort)
        job->hyper.reasoning_effort = mem_text("default");
    job->training_path = job_path_from(job->doc->path, job->training_file);
    job->validation_path = job_path_from(job->doc->path, job->validation_file);
    job_hide_headers(job->doc);
}

static enum err_code load(struct job **out, const char *path,
                          void (*read)(struct reader *r, json_t *root), struct diags *list,
                          struct err *e)
{
    size_t n_before = list->n;
    size_t n_errors = list->n_errors;
    struct doc *doc = NULL;
    enum err_code rc = doc_load(&doc, path, list, e);
    if (!doc)
        return rc;
    err_clear(e); /* its faults are counted with ours below */

    struct job *job = new_job();
    job->doc = doc;
    read_root(job, read, list, n_before);
    if (list->n > n_before)
        qsort(list->at + n_before, list->n - n_before, sizeof(*list->at), by_place);
    *out = job;
    n_errors = list->n_errors - n_errors;
    if (n_errors == 0)
        return ERR_OK;
    return err_set(e, ERR_JOB, "%s: %zu fault%s", path, n_errors, n_errors == 1 ? "" : "s");
}

enum err_code job_read(struct job **out, const char *path, struct diags *list, struct err *e)
{
    return load(out, path, read_whole, list, e);
}

/* Of a failed load nothing is left. */
static enum err_code all_or_nothing(struct job **out, struct job *job, enum err_code rc)
{
    if (rc)
        job_free(job);
    else
        *out = job;
    return rc;
}

enum err_code job_load(struct job **out, const char *path, struct diags *list, struct err *e)
{
    struct job *job = NULL;
    enum err_code rc = job_read(&job, path, list, e);
    return all_or_nothing(out, job, rc);
}

enum err_code job_load_grader(struct job **out, const char *path, struct diags *list, struct err *e)
{
    struct job *job = NULL;
    enum err_code rc = load(&job, path, read_grader_alone, list, e);
    return all_or_nothing(out, job, rc);
}

static void free_tool(struct job_tool *tool)
{
    job_headers_release(&tool->headers);
    free(tool->name);
    free(tool->server_url);
}

static void free_model(struct job_grader_model *m)
{
    free(m->name);
    free(m->base_url);
    free(m->api_key);
    free(m->model);
    free(m->label);
}

enum err_code job_load_policy(struct job *job, const char *path, struct diags *list, struct err *e)
{
    struct doc *doc = NULL;
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        err_set(e, ERR_USAGE, "%s is a folder, and a policy is a file", path);
        return err_fix(e, "name its policy.json, or one of its checkpoints");
    }
    enum err_code rc = doc_load_large(&doc, path, JOB_CHECKPOINT_MAX_BYTES, list, e);
    json_t *policy = rc ? NULL : json_object_get(doc->root, "policy");
    if (!rc && !json_is_object(policy)) {
        diag_fix(doc_fault(doc, list, DIAG_ERROR, DIAG_J003, JOB_CHECKPOINT_POINTER,
                           "this is no checkpoint: it has no policy"),
                 "name a file of RUN/checkpoints, or RUN/policy.json");
        rc = err_set(e, ERR_JOB, "%s: the policy cannot be used", path);
    }
    if (rc) {
        doc_free(doc);
        return rc;
    }
    job->policy_doc = doc;
    job->sim.policy = policy;
    return ERR_OK;
}

void job_free(struct job *job)
{
    if (!job)
        return;
    for (size_t i = 0; i < job->n_tools; i++)
        free_tool(&job->tools[i]);
    free(job->tools);
    for (size_t i = 0; i < job->sim.n_models; i++)
        free_model(&job->sim.models[i]);
    free(job->sim.models);
    free(job->model);
    free(job->training_file);
    free(job->validation_file);
    free(job->training_path);
    free(job->validation_path);
    free(job->suffix);
    response_format_free(job->format);
    free(job->hyper.reasoning_effort);
    free(job->sim.expected_tools);
    doc_free(job->doc);
    doc_free(job->policy_doc);
    free(job);
}
