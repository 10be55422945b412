/* rftsim grade --results: finished samples graded again, without rollouts. */
#include <stdlib.h>

#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/cli/grade_session.h"
#include "sim/view/regrade.h"

/* One under way, and before it those that are left out, so that all are told of in their order. */
struct mark {
    struct result result;
    struct mark *next;
};

struct regrading {
    struct grade_session *g;
    struct results *results;
    struct regrade report;
    struct input input;
    char *trace_id;     /* of the one begun last */
    struct mark *first; /* left out since then */
    struct mark **last;
};

static void mark_free(struct mark *m)
{
    result_release(&m->result);
    free(m);
}

static enum err_code tell(struct regrading *r, const struct result *x, const struct grade *grade,
                          struct err *e)
{
    struct buf text = {0};
    regrade_add(&r->report, x, grade);
    if (r->g->opts->json)
        regrade_json(&text, &r->report, x, grade);
    (r->g->opts->json ? cmd_put_json : cmd_put)(stdout, &text);
    buf_release(&text);
    return ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
}

/* Put a sample at the end of the line. */
static void append(struct regrading *r, struct result *x)
{
    struct mark *m = mem_new(sizeof(*m));
    m->result = *x;
    *r->last = m;
    r->last = &m->next;
}

static enum err_code next(void *arg, struct grader_input *in, void **mark, bool *have,
                          struct err *e)
{
    struct regrading *r = arg;
    struct result x;
    do {
        enum err_code rc = results_next(r->results, &x, &r->input, have, e);
        if (rc || !*have)
            return rc;
        append(r, &x);
    } while (x.left_out);
    input_ready(&r->input, in);
    free(r->trace_id);
    r->trace_id = mem_text(x.trace_id);
    if (r->trace_id)
        in->trace_id = r->trace_id;
    *mark = r->first;
    r->first = NULL;
    r->last = &r->first;
    return ERR_OK;
}

/* Tell of a line of samples, of which the last was graded if there is a grade. */
static enum err_code tell_all(struct regrading *r, struct mark *m, const struct grade *grade,
                              bool told, struct err *e)
{
    enum err_code rc = ERR_OK;
    for (struct mark *after = NULL; m; m = after) {
        after = m->next;
        if (told && !rc)
            rc = tell(r, &m->result, after ? NULL : grade, e);
        mark_free(m);
    }
    return rc;
}

static enum err_code graded(void *arg, void *mark, const struct grade *out, struct err *e)
{
    return tell_all(arg, mark, out, out != NULL, e);
}

/* A grade in error, or none, is the answer "no". */
static enum err_code conclude(struct regrading *r, struct err *e)
{
    const struct regrade *report = &r->report;
    struct buf text = {0};
    if (!report->n) {
        err_set(e, ERR_DATA, "%s: no finished sample in it", report->path);
        return err_fix(e, "print them: rftsim run JOB --json --rollouts --samples");
    }
    if (r->g->opts->json)
        regrade_summary_json(&text, report);
    else
        regrade_summary_text(&text, report);
    (r->g->opts->json ? cmd_put_json : cmd_put)(stdout, &text);
    buf_release(&text);
    if (ferror(stdout))
        return err_sys(e, "standard output");
    if (report->n_lost)
        return err_set(e, ERR_NO, "%zu of %zu samples got no grade", report->n_lost, report->n);
    if (report->n_flagged)
        return err_set(e, ERR_NO, "%zu of %zu grades are in error", report->n_flagged,
                       report->n_new);
    return ERR_OK;
}

static enum err_code grade_all(struct regrading *r, struct err *e)
{
    const struct lab_work work = {
        .most = grade_concurrency(r->g), .next = next, .graded = graded, .arg = r};
    const json_t *threshold = json_object_get(r->g->job->grader, "pass_threshold");
    r->last = &r->first;
    r->report.path = r->g->opts->results;
    r->report.grader = lab_grader(r->g->lab);
    r->report.is_export = results_is_export(r->results);
    r->report.has_threshold = json_is_number(threshold);
    r->report.threshold = json_number_value(threshold);
    enum err_code rc = lab_run(r->g->lab, &work, e);
    if (!rc)
        rc = tell_all(r, r->first, NULL, true, e);
    else
        (void)!tell_all(r, r->first, NULL, false, e);
    return rc ? rc : conclude(r, e);
}

enum err_code grade_results(struct grade_session *g, struct err *e)
{
    struct regrading r = {.g = g};
    const char *name = grader_name(lab_grader(g->lab));
    grade_session_tell(g, false); /* those of the grader */
    enum err_code rc =
        results_open(&r.results, g->opts->results, name, input_parses(g->job), &g->diags, e);
    if (!rc)
        rc = grade_all(&r, e);
    grade_session_tell(g, rc != ERR_OK);
    results_close(r.results);
    input_release(&r.input);
    regrade_release(&r.report);
    free(r.trace_id);
    return rc;
}
