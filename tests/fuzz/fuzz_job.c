/* Any bytes as a job file, YAML or JSON: it is read, or has a fault to show with a place in the
 * text, and what may be shown of it can be written. Graders are left out: some start a process. */
#include <string.h>

#include "sim/base/secret.h"
#include "sim/job/job.h"
#include "sim/policy/policy.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/must.h"

static size_t count_lines(const uint8_t *data, size_t size)
{
    size_t n = 1;
    for (size_t i = 0; i < size; i++)
        n += data[i] == '\n';
    return n;
}

static void check_faults(const struct diags *list, size_t n_lines)
{
    struct buf shown = {0};
    for (size_t i = 0; i < list->n; i++)
        must(list->at[i].line <= n_lines, "a fault has a place in the file");
    diags_write(list, SIZE_MAX, &shown);
    must(!list->n == !shown.len, "what was found is told");
    buf_release(&shown);
}

static void check_job(struct job *job, struct diags *list)
{
    struct buf shown = {0};
    struct policy *policy = NULL;
    struct err e = {0};
    job_masked_yaml(job, &shown);
    must(!memchr(shown.at, '\0', shown.len), "what is shown is text");
    if (job->sim.policy && !policy_new(&policy, job, &(struct policy_context){0}, list, &e))
        policy_free(policy);
    buf_release(&shown);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct job *job = NULL;
    struct diags list = {0};
    struct err e = {0};
    int fd = must_file(path, data, size);
    enum err_code rc = job_read(&job, path, &list, &e);
    must(rc || (job && !list.n_errors), "a job without a fault is read");
    must(rc != ERR_JOB || list.n_errors || *e.text, "a job that is refused has a fault to show");
    if (job)
        check_job(job, &list);
    check_faults(&list, count_lines(data, size));
    job_free(job);
    diags_release(&list);
    secret_forget();
    close(fd);
    return 0;
}
