#include "sim/cli/grade_session.h"

#include "sim/cli/inputs.h"

enum err_code grade_session_open(struct grade_session *g, const char *path, struct err *e)
{
    const char *alone = g->opts->grader;
    enum err_code rc = alone ? job_load_grader(&g->job, alone, &g->diags, e)
                             : job_load(&g->job, path, &g->diags, e);
    if (!rc && g->opts->sandbox)
        rc = job_set_sandbox(g->job, g->opts->sandbox, e);
    return rc ? rc : lab_new(&g->lab, g->job, &g->diags, e);
}

void grade_session_release(struct grade_session *g)
{
    lab_free(g->lab);
    job_free(g->job);
    diags_release(&g->diags);
}

void grade_session_tell(struct grade_session *g, bool failed)
{
    inputs_tell(&g->diags, failed, g->opts->quiet);
}

size_t grade_concurrency(const struct grade_session *g)
{
    return g->opts->concurrency ? g->opts->concurrency : (size_t)g->job->sim.concurrency;
}
