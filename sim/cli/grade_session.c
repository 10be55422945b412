#include "sim/cli/grade_session.h"

#include "sim/base/text.h"
#include "sim/cli/cmd.h"
#include "sim/run/sample.h"

enum err_code grade_session_open(struct grade_session *g, const char *path, struct err *e)
{
    const char *alone = g->opts->grader;
    enum err_code rc = alone ? job_load_grader(&g->job, alone, &g->diags, e)
                             : job_load(&g->job, path, &g->diags, e);
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
    enum { MOST = 20 };
    struct buf text = {0};
    if (failed || !g->opts->quiet)
        diags_write(&g->diags, MOST, &text);
    cmd_put(stderr, &text);
    buf_release(&text);
    diags_cut(&g->diags, 0);
}

bool grade_parses(const struct job *job)
{
    return job->alone || job->has_response_format;
}

void grade_add_item(const struct job *job, const struct tape *raw, struct buf *out)
{
    if (job->alone)
        buf_add(out, raw->text, raw->len);
    else
        row_normalise(raw, out);
}

void grade_add_answer(const struct job *job, const char *answer, size_t len, struct buf *out)
{
    struct tape scratch = {0};
    struct buf valid = {0};
    text_add_valid(&valid, answer, len);
    sample_of_answer(buf_text(&valid), valid.len, grade_parses(job), &scratch, out);
    buf_release(&valid);
    tape_release(&scratch);
}

size_t grade_concurrency(const struct grade_session *g)
{
    return g->opts->concurrency ? g->opts->concurrency : (size_t)g->job->sim.concurrency;
}
