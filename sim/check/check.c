#include "sim/check/check.h"

#include <string.h>

#include "grader/grader.h"
#include "sim/policy/policy.h"

/* What stopped the reading; the path stands before a finding anyway. */
static void tell_failure(struct diags *list, enum diag_code code, const char *path,
                         const struct err *e)
{
    size_t n = strlen(path);
    bool twice = strncmp(e->text, path, n) == 0 && strncmp(e->text + n, ": ", 2) == 0;
    diag_fix(diag_add(list, DIAG_ERROR, code, path, 0, 0, "%s", e->text + (twice ? n + 2 : 0)),
             "%s", *e->fix ? e->fix : diag_code_row(code)->fix);
}

/* The same, unless its place was told already. */
static void add_failure(struct diags *list, enum diag_code code, const char *path,
                        const struct err *e)
{
    if (!list->n_errors)
        tell_failure(list, code, path, e);
}

static void check_file(struct survey *s, const char *path, int threads)
{
    struct err e = {0};
    survey_init(s, path);
    if (survey_file(s, threads, &e))
        tell_failure(&s->found, DIAG_D013, path, &e);
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

static void check_files(struct check *c)
{
    const char *train = c->job->training_path;
    const char *valid = c->job->validation_path;
    if (train)
        check_file(&c->train, train, c->threads);
    if (valid && !(train && strcmp(train, valid) == 0))
        check_file(&c->valid, valid, c->threads);
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
