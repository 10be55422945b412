#include "sim/check/check.h"

#include <string.h>
#include <unistd.h>

#include "grader/grader.h"
#include "sim/policy/policy.h"

/* A fault that stopped the reading, unless its place was told already. */
static void add_failure(struct diags *list, enum diag_code code, const char *path,
                        const struct err *e)
{
    if (list->n_errors)
        return;
    struct diag *d = diag_add(list, DIAG_ERROR, code, path, 0, 0, "%s", e->text);
    if (*e->fix)
        diag_fix(d, "%s", e->fix);
}

static void check_file(struct survey *s, const struct survey_plan *plan, int threads)
{
    struct err e = {0};
    survey_init(s, plan);
    if (survey_file(s, threads, &e))
        diag_add(&s->found, DIAG_ERROR, DIAG_D013, plan->path, 0, 0, "%s", e.text);
}

static void check_grader(struct check *c)
{
    struct err e = {0};
    struct grader_context context = {0};
    if (c->job->grader && grader_new(&c->grader, c->job, &context, &c->found, &e))
        add_failure(&c->found, DIAG_J007, c->path, &e);
}

/* A job can be checked without one. */
static void check_policy(struct check *c)
{
    struct policy *policy = NULL;
    struct err e = {0};
    if (c->job->sim.policy && policy_new(&policy, c->job, &c->found, &e))
        add_failure(&c->found, DIAG_J007, c->path, &e);
    policy_free(policy);
}

/* All texts in a grader, its parts' too. */
static void add_texts(json_t *v, struct buf *out)
{
    const char *key = NULL;
    json_t *child = NULL;
    size_t i = 0;
    if (json_is_string(v)) {
        buf_text_add(out, json_string_value(v));
        buf_char(out, '\n');
    }
    json_object_foreach(v, key, child) add_texts(child, out);
    json_array_foreach(v, i, child) add_texts(child, out);
}

/* What is boilerplate in both files is learnt from the first of them; if it cannot be read, who
 * reads it next says so. */
static const struct boilerplate *learn(struct check *c, const char *path)
{
    struct err e = {0};
    uint64_t bytes = 0;
    int fd = -1;
    enum err_code rc = lines_open(&fd, &bytes, path, &e);
    if (!rc)
        rc = words_learn(&c->boilerplate, fd, path, &e);
    if (fd >= 0)
        close(fd);
    return rc ? NULL : &c->boilerplate;
}

static void plan_files(struct check *c)
{
    const struct job *job = c->job;
    if (job->grader)
        add_texts(job->grader, &c->read);
    struct survey_plan plan = {
        .path = job->training_path,
        .stats = c->stats,
        .allow_small = c->allow_small,
        .has_tools = job->n_tools > 0,
        .read = job->grader ? buf_text(&c->read) : NULL,
    };
    if (job->training_path && job->validation_path)
        plan.boilerplate = learn(c, job->training_path);
    c->plans[0] = plan;
    plan.path = job->validation_path;
    plan.validation = true;
    c->plans[1] = plan;
}

static void check_files(struct check *c)
{
    const char *train = c->job->training_path;
    const char *valid = c->job->validation_path;
    plan_files(c);
    if (train)
        check_file(&c->train, &c->plans[0], c->threads);
    if (train && valid && strcmp(train, valid) == 0)
        diag_fix(diag_add(&c->train.found, DIAG_WARNING, DIAG_D033, train, 0, 0,
                          "the validation file is the training file"),
                 "draw some rows of it for validation, and take them out of the other");
    if (!valid || (train && strcmp(train, valid) == 0))
        return;
    check_file(&c->valid, &c->plans[1], c->threads);
    if (train && c->plans[0].boilerplate)
        ledger_shared(&(struct ledger_file){train, &c->train.ledger},
                      &(struct ledger_file){valid, &c->valid.ledger}, &c->boilerplate,
                      &c->valid.found);
}

void check_run(struct check *c)
{
    struct err e = {0};
    c->found.most_each = SURVEY_MOST_EACH;
    if (job_read(&c->job, c->path, &c->found, &e))
        add_failure(&c->found, DIAG_J001, c->path, &e);
    if (!c->job)
        return;
    check_grader(c);
    check_policy(c);
    check_files(c);
}

void check_release(struct check *c)
{
    grader_free(c->grader);
    job_free(c->job);
    diags_release(&c->found);
    survey_release(&c->train);
    survey_release(&c->valid);
    buf_release(&c->read);
}

const struct diags *check_list(const struct check *c, size_t i)
{
    const struct diags *const lists[] = {&c->found, &c->train.found, &c->valid.found};
    return i < COUNT_OF(lists) ? lists[i] : NULL;
}

size_t check_errors(const struct check *c)
{
    size_t n = 0;
    const struct diags *list = NULL;
    for (size_t i = 0; (list = check_list(c, i)); i++)
        n += list->n_errors;
    return n;
}

size_t check_warnings(const struct check *c)
{
    size_t n = 0;
    const struct diags *list = NULL;
    for (size_t i = 0; (list = check_list(c, i)); i++) {
        for (int k = 0; k < DIAG_N_CODES; k++)
            n += list->counts[k];
    }
    return n - check_errors(c);
}
