#include "sim/check/check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grader/grader.h"
#include "sim/check/outlook_check.h"
#include "sim/check/places.h"
#include "sim/check/rewards.h"
#include "sim/check/script_calls.h"
#include "sim/policy/policy.h"

/* What stopped the reading; the path stands before a finding anyway. */
static void tell_failure(struct diags *list, enum diag_code code, const char *path,
                         const struct err *e)
{
    size_t n = strlen(path);
    bool twice = strncmp(e->text, path, n) == 0 && strncmp(e->text + n, ": ", 2) == 0;
    struct diag *d =
        diag_add(list, DIAG_ERROR, code, path, 0, 0, "%s", e->text + (twice ? n + 2 : 0));
    if (code == DIAG_J007)
        diag_why(d, "it could not be looked into, so nothing more is known of it");
    if (*e->fix)
        diag_fix(d, "%s", e->fix);
}

/* The same, unless its place was told already. */
static void add_failure(struct diags *list, enum diag_code code, const char *path,
                        const struct err *e)
{
    if (!list->n_errors)
        tell_failure(list, code, path, e);
}

static void check_file(struct survey *s, const struct survey_plan *plan, int threads)
{
    struct err e = {0};
    survey_init(s, plan);
    if (survey_file(s, threads, &e))
        tell_failure(&s->found, DIAG_D013, plan->path, &e);
}

/* An unknown key must hide no other fault, so the grader is opened as if it were none. */
static void check_grader(struct check *c)
{
    struct err e = {0};
    struct grader_context context = {.body_only = true};
    size_t n = c->found.n;
    size_t counted = c->found.counts[DIAG_J002];
    bool pass = c->found.unknown_pass;
    c->found.unknown_pass = true;
    if (c->job->grader && grader_new(&c->grader, c->job, &context, &c->found, &e))
        add_failure(&c->found, DIAG_J007, c->path, &e);
    if (!pass)
        diags_raise(&c->found, DIAG_J002, n, counted);
    c->found.unknown_pass = pass;
}

/* A job can be checked without one. */
static void check_policy(struct check *c)
{
    struct err e = {0};
    struct policy_context context = {0};
    if (c->job->sim.policy && policy_new(&c->policy, c->job, &context, &c->found, &e))
        add_failure(&c->found, DIAG_J007, c->path, &e);
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
        .cross = &c->plan,
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

/* What job and files show together. */
static void check_cross(struct check *c)
{
    struct cross_of files[] = {
        {c->train.path, &c->train.cross, &c->train.found},
        {c->valid.path, &c->valid.cross, &c->valid.found},
    };
    cross_tell(&c->plan, files, &c->found);
}

static void add_fact(struct check *c, const char *name, struct buf *text)
{
    assert(c->n_facts < CHECK_MAX_FACTS);
    if (text->len)
        c->facts[c->n_facts++] = (struct check_fact){name, buf_take(text)};
}

/* What the job alone shows, and the number of rows. */
static void check_job(struct check *c)
{
    struct buf text = {0};
    places_check(c->job, &c->found);
    script_calls_check(c->job, &c->found);
    if (c->policy && policy_note(c->policy)) {
        buf_printf(&text, "%s: %s", policy_type(c->policy), policy_note(c->policy));
        add_fact(c, "policy", &text);
    }
    if (c->grader)
        rewards_check(c->grader, c->job, &c->found);
    if (c->train.n_rows) {
        bool one_file = c->job->validation_path && !c->valid.path;
        struct outlook o =
            outlook_make(c->job, c->train.n_rows, one_file ? c->train.n_rows : c->valid.n_rows);
        outlook_check(&o, c->job, &c->found);
        outlook_schedule(&o, c->job, &text);
        add_fact(c, "schedule", &text);
        outlook_load(&o, &text);
        add_fact(c, "service", &text);
    }
    dialect_check(c->job, c->dialect, &c->found, &text);
    add_fact(c, "dialect", &text);
}

/* The job file as a whole; what is in it was told with its place. */
static void add_unread(struct check *c, struct err *e)
{
    if (!*e->fix)
        err_fix(e, "name a job file, YAML or JSON, that is there and that this user may read");
    add_failure(&c->found, DIAG_J001, c->path, e);
}

void check_run(struct check *c)
{
    struct err e = {0};
    c->found.most_each = SURVEY_MOST_EACH;
    c->found.unknown_pass = c->dialect == DIALECT_AZURE;
    if (job_read(&c->job, c->path, &c->found, &e))
        add_unread(c, &e);
    if (!c->job)
        return;
    check_grader(c);
    check_policy(c);
    cross_plan_make(&c->plan, c->job, c->grader, c->policy);
    check_files(c);
    check_cross(c);
    check_job(c);
}

void check_release(struct check *c)
{
    for (size_t i = 0; i < c->n_facts; i++)
        free(c->facts[i].text);
    cross_plan_release(&c->plan);
    policy_free(c->policy);
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
