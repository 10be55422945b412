/* rftsim grade --fixtures: does every answer still get the grade that it should? */
#include <stdlib.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/cli/grade_session.h"
#include "sim/view/fixtures.h"

struct checking {
    struct grade_session *g;
    struct fixtures fixtures;
    struct fixtures_report report;
    struct input input;
    struct grade *grades; /* owned: two for each */
    bool *update;         /* owned: which to write anew */
    size_t n_begun;       /* grades */
    size_t n_told;
};

static enum err_code next(void *arg, struct grader_input *in, void **mark, bool *have,
                          struct err *e)
{
    struct checking *c = arg;
    (void)mark;
    (void)e;
    *have = c->n_begun < 2 * c->fixtures.n;
    if (!*have)
        return ERR_OK;
    fixture_input(&c->fixtures, c->n_begun / 2, c->g->job, &c->input);
    input_ready(&c->input, in);
    c->n_begun++;
    return ERR_OK;
}

static enum err_code print(const struct buf *text, bool json, struct err *e)
{
    (json ? cmd_put_json : cmd_put)(stdout, text);
    return ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
}

static enum err_code tell(struct checking *c, size_t i, struct err *e)
{
    const struct grade *both = &c->grades[2 * i];
    enum fixture_verdict verdict = fixture_judge(&c->fixtures.at[i], both);
    struct buf text = {0};
    c->update[i] = c->g->opts->update && verdict == FIXTURE_DIFFERS;
    fixtures_report_add(&c->report, i, verdict, c->update[i]);
    if (c->g->opts->json)
        fixtures_json(&text, &c->fixtures, i, both, verdict);
    else
        fixtures_text(&text, &c->fixtures, i, both, verdict);
    enum err_code rc = print(&text, c->g->opts->json, e);
    buf_release(&text);
    return rc;
}

static enum err_code graded(void *arg, void *mark, const struct grade *out, struct err *e)
{
    struct checking *c = arg;
    (void)mark;
    if (!out)
        return ERR_OK;
    c->grades[c->n_told++] = *out;
    return c->n_told % 2 ? ERR_OK : tell(c, c->n_told / 2 - 1, e);
}

static enum err_code write_anew(struct checking *c, struct err *e)
{
    struct buf text = {0};
    fixtures_rewrite(&c->fixtures, c->grades, c->update, &text);
    enum err_code rc = file_replace(c->fixtures.path, buf_text(&text), text.len, e);
    buf_release(&text);
    return rc;
}

static enum err_code conclude(struct checking *c, struct err *e)
{
    const struct fixtures_report *r = &c->report;
    struct buf text = {0};
    if (r->n_updated && write_anew(c, e))
        return e->code;
    if (c->g->opts->json)
        fixtures_summary_json(&text, r);
    else
        fixtures_summary_text(&text, r);
    enum err_code rc = print(&text, c->g->opts->json, e);
    buf_clear(&text);
    if (!c->g->opts->quiet)
        fixtures_missing(&text, r);
    cmd_put(stderr, &text);
    buf_release(&text);
    size_t left = r->n_failed - r->n_updated;
    if (rc || !left)
        return rc;
    return err_set(e, ERR_NO, "%zu of %zu fixtures did not get the grade that they should", left,
                   c->fixtures.n);
}

static enum err_code check_all(struct checking *c, struct err *e)
{
    const struct lab_work work = {
        .most = grade_concurrency(c->g), .next = next, .graded = graded, .arg = c};
    c->report.fixtures = &c->fixtures;
    c->report.grader = lab_grader(c->g->lab);
    c->grades = mem_array(2 * c->fixtures.n, sizeof(*c->grades));
    c->update = mem_array(c->fixtures.n, sizeof(*c->update));
    enum err_code rc = lab_run(c->g->lab, &work, e);
    return rc ? rc : conclude(c, e);
}

enum err_code grade_fixtures(struct grade_session *g, struct err *e)
{
    struct checking c = {.g = g};
    const struct grade_opts *o = g->opts;
    enum err_code rc = fixtures_load(&c.fixtures, o->fixtures, o->update, &g->diags, e);
    grade_session_tell(g, rc != ERR_OK);
    if (!rc)
        rc = check_all(&c, e);
    free(c.grades);
    free(c.update);
    input_release(&c.input);
    fixtures_report_release(&c.report);
    fixtures_release(&c.fixtures);
    return rc;
}
