/* rftsim report: what happened in a run, and whether the job would have survived. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/nearest.h"
#include "sim/base/num.h"
#include "sim/base/secret.h"
#include "sim/base/stage.h"
#include "sim/cli/cmd.h"
#include "sim/cli/report_search.h"
#include "sim/view/exports.h"
#include "sim/view/html.h"
#include "sim/view/json.h"
#include "sim/view/junit.h"
#include "sim/view/report.h"
#include "sim/view/report_json.h"
#include "sim/view/transcript.h"

struct report_opts {
    struct exports exports;
    bool json;
    bool strict;
    const char *fail_under;
    const char *html;
    const char *junit;
    const char *max_discarded;
    const char *outcome;
    const char *rollout;
    const char *row;
    const char *search;
};

static const struct opt report_opts[] = {
    {"csv", 0, OPT_TEXT, offsetof(struct report_opts, exports.csv), "DIR",
     "also write every table of the run as CSV, to a folder that is not there yet", 0, 0},
    {"fail-under", 0, OPT_TEXT, offsetof(struct report_opts, fail_under), "X",
     "exit 1 if the validation mean of the last evaluation is under X", 0, 0},
    {"html", 0, OPT_TEXT, offsetof(struct report_opts, html), "FILE",
     "also write the report as one HTML file that needs no network, to a file that is not there "
     "yet",
     0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct report_opts, json), NULL,
     "everything as one JSON object in place of the text", 0, 0},
    {"jsonl", 0, OPT_TEXT, offsetof(struct report_opts, exports.jsonl), "DIR",
     "also write every table of the run as JSON lines, and the rollouts turn by turn, likewise", 0,
     0},
    {"junit", 0, OPT_TEXT, offsetof(struct report_opts, junit), "FILE",
     "also write the verdict as JUnit XML, a test case a rule, to a file that is not there yet", 0,
     0},
    {"max-discarded", 0, OPT_TEXT, offsetof(struct report_opts, max_discarded), "SHARE",
     "exit 1 if a larger share of the rollouts, 0 to 1, was thrown away", 0, 0},
    {"outcome", 0, OPT_TEXT, offsetof(struct report_opts, outcome), "NAME",
     "list the rollouts that ended so (graded_cut, discarded_tool, ...) and nothing else", 0, 0},
    {"rollout", 0, OPT_TEXT, offsetof(struct report_opts, rollout), "ID",
     "tell one rollout turn by turn and nothing else", 0, 0},
    {"row", 0, OPT_TEXT, offsetof(struct report_opts, row), "PLACE",
     "list the rollouts of a row, such as train.jsonl:17, and nothing else", 0, 0},
    {"search", 0, OPT_TEXT, offsetof(struct report_opts, search), "WORDS",
     "list the rollouts in which all of these words were said or came back from a tool: \"a "
     "phrase\", "
     "begin*",
     0, 0},
    {"strict", 0, OPT_FLAG, offsetof(struct report_opts, strict), NULL,
     "warnings of the verdict fail too", 0, 0},
    {"tensorboard", 0, OPT_TEXT, offsetof(struct report_opts, exports.tensorboard), "DIR",
     "also write the curves as a TensorBoard event file, likewise", 0, 0},
    {0},
};

static enum err_code print(const struct buf *text, bool json, struct err *e)
{
    (json ? cmd_put_json : cmd_put)(stdout, text);
    return ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
}

/* NULL text: not asked, NAN. */
static enum err_code read_limit(double *out, const char *name, const char *text, double low,
                                double high, struct err *e)
{
    *out = NAN;
    if (!text || (num_parse(out, text, strlen(text)) && *out >= low && *out <= high))
        return ERR_OK;
    err_set(e, ERR_USAGE, "--%s is '%s', which is no number%s", name, text,
            isfinite(low) ? " from 0 to 1" : "");
    return err_fix(e, "for example --%s 0.1", name);
}

static enum err_code read_gates(struct gates *out, const struct report_opts *o, struct err *e)
{
    out->strict = o->strict;
    enum err_code rc =
        read_limit(&out->fail_under, "fail-under", o->fail_under, -INFINITY, INFINITY, e);
    return rc ? rc : read_limit(&out->max_discarded, "max-discarded", o->max_discarded, 0, 1, e);
}

/* Takes `o`. */
static void add_object(struct buf *out, const char *type, json_t *o)
{
    enum { VERSION = 1 };
    json_t *line = json_pack("{s:s, s:i}", "type", type, "version", VERSION);
    json_object_update(line, o);
    json_decref(o);
    json_line(out, line);
}

/* --- One rollout, or a list ------------------------------------------------------------------ */

static enum err_code find_rollout(size_t *out, const struct history *h, const char *id,
                                  struct err *e)
{
    char *end = NULL;
    long long wanted = strtoll(id, &end, 10);
    if (!*id || *end)
        return err_set(e, ERR_USAGE, "--rollout is '%s', which is no number of a rollout", id);
    for (size_t i = 0; i < h->n_rollouts; i++) {
        if (h->rollouts[i].id != wanted)
            continue;
        *out = i;
        return ERR_OK;
    }
    err_set(e, ERR_USAGE, "%s: there is no rollout %s", h->path, id);
    return err_fix(
        e, h->n_rollouts ? "its rollouts are %lld to %lld" : "it knows of no single rollouts",
        h->n_rollouts ? (long long)h->rollouts[0].id : 0,
        h->n_rollouts ? (long long)h->rollouts[h->n_rollouts - 1].id : 0);
}

static enum err_code tell_rollout(const struct report_opts *o, const struct history *h,
                                  struct err *e)
{
    size_t rollout = 0;
    json_t *doc = NULL;
    struct buf text = {0};
    enum err_code rc = find_rollout(&rollout, h, o->rollout, e);
    if (!rc)
        rc = history_transcript(h, rollout, &doc, e);
    if (rc)
        return rc;
    if (o->json) {
        add_object(&text, "transcript", json_incref(doc));
    } else {
        report_rollout(&text, h, rollout);
        transcript_write(&text, doc);
    }
    json_decref(doc);
    rc = print(&text, o->json, e);
    buf_release(&text);
    return rc;
}

static enum err_code find_outcome(int *out, const char *name, struct err *e)
{
    struct nearest near = {.word = name};
    *out = -1;
    for (int i = 0; i < OUTCOME_N; i++) {
        nearest_try(&near, outcome_name((enum outcome)i));
        if (strcmp(outcome_name((enum outcome)i), name) == 0)
            *out = i;
    }
    if (*out >= 0)
        return ERR_OK;
    err_set(e, ERR_USAGE, "--outcome: no outcome is called '%s'", name);
    return near.name ? err_fix(e, "did you mean '%s'?", near.name)
                     : err_fix(e, "see the table of outcomes in the report");
}

/* "train.jsonl:17" whatever folder stands before it. */
static bool is_at(const struct history *h, size_t rollout, const char *row)
{
    char *place = history_place(h, rollout);
    size_t n = strlen(place);
    size_t n_row = strlen(row);
    bool same = n >= n_row && strcmp(place + n - n_row, row) == 0 &&
                (n == n_row || place[n - n_row - 1] == '/');
    free(place);
    return same;
}

static enum err_code list_rollouts(const struct report_opts *o, const struct history *h,
                                   struct err *e)
{
    int outcome = -1;
    size_t n = 0;
    struct buf text = {0};
    enum err_code rc = o->outcome ? find_outcome(&outcome, o->outcome, e) : ERR_OK;
    if (rc)
        return rc;
    for (size_t i = 0; i < h->n_rollouts; i++) {
        if (o->outcome && h->rollouts[i].outcome != outcome)
            continue;
        if (o->row && !is_at(h, i, o->row))
            continue;
        n++;
        if (o->json)
            add_object(&text, "report_rollout", report_json_rollout(h, i));
        else
            report_rollout(&text, h, i);
    }
    if (!n && o->row)
        rc = err_set(e, ERR_USAGE, "%s: no rollout%s%s is of a row '%s'", h->path,
                     o->outcome ? " that ended as " : "", o->outcome ? o->outcome : "", o->row);
    else if (!o->json)
        buf_printf(&text, "%zu rollout%s%s\n", n, n == 1 ? "" : "s",
                   n ? "; --rollout ID tells one" : "");
    if (!rc)
        rc = print(&text, o->json, e);
    buf_release(&text);
    return rc;
}

/* --- The whole ------------------------------------------------------------------------------- */

static enum err_code write_junit(const char *path, const struct buf *text, struct err *e)
{
    struct stage_file file = {0};
    struct buf masked = {0};
    secret_mask(&masked, buf_text(text), text->len);
    enum err_code rc = stage_create(&file, NULL, path, 0, e);
    if (!rc)
        rc = stage_write(&file, masked.at, masked.len, e);
    if (stage_publish(&file, e) && !rc)
        rc = e->code;
    buf_release(&masked);
    return rc;
}

static enum err_code tell_all(const struct report_opts *o, const struct history *h,
                              const struct gates *gates, struct err *e)
{
    struct facts f;
    struct verdict v;
    struct gates_result result;
    struct buf text = {0};
    struct buf junit = {0};
    facts_make(&f, h);
    verdict_make(&v, &f);
    gates_look(&result, gates, &f, &v);
    if (o->json)
        json_line(&text, report_json(&f, &v, &result));
    else
        report_write(&text, &f, &v);
    if (o->junit)
        junit_write(&junit, &f, &v, &result, o->strict);
    enum err_code rc = exports_write(&o->exports, h, e);
    if (!rc && o->junit)
        rc = write_junit(o->junit, &junit, e);
    if (!rc && o->html)
        rc = html_write(o->html, &f, &v, e);
    if (!rc) /* last: whoever reads only the beginning has the files all the same */
        rc = print(&text, o->json, e);
    if (!rc)
        rc = gates_check(&result, e);
    buf_release(&text);
    buf_release(&junit);
    gates_release(&result);
    verdict_release(&v);
    facts_release(&f);
    return rc;
}

static enum err_code check_options(const struct report_opts *o, struct err *e)
{
    bool part = o->rollout || o->row || o->outcome || o->search;
    if (o->search && (o->rollout || o->row || o->outcome))
        return err_set(e, ERR_USAGE, "--search goes alone");
    if (o->rollout && (o->row || o->outcome))
        return err_set(e, ERR_USAGE, "--rollout tells one rollout, --row and --outcome list some");
    bool whole = o->junit || o->html || o->exports.csv || o->exports.jsonl ||
                 o->exports.tensorboard || o->strict || o->fail_under || o->max_discarded;
    if (part && whole)
        return err_set(e, ERR_USAGE,
                       "--rollout, --row, --outcome and --search make no report: no file of one, "
                       "no exports, no gates");
    return ERR_OK;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct report_opts *o = opts;
    struct history h = {0};
    struct gates gates = {0};
    enum err_code rc = check_options(o, e);
    if (!rc)
        rc = read_gates(&gates, o, e);
    if (!rc)
        rc = history_open(&h, operands->at[0], e);
    if (rc)
        return rc;
    if (o->search)
        rc = report_search(&h, o->search, o->json, e);
    else if (o->rollout)
        rc = tell_rollout(o, &h, e);
    else if (o->row || o->outcome)
        rc = list_rollouts(o, &h, e);
    else
        rc = tell_all(o, &h, &gates, e);
    history_release(&h);
    return rc;
}

const struct cmd cmd_report = {
    .name = "report",
    .operands = "RUN",
    .min_operands = 1,
    .max_operands = 1,
    .help = "what happened in a run, and whether the job would have survived",
    .about = "RUN is a run folder or its run.db, the service's result file (CSV), or an exported "
             "evaluation (JSON or JSONL); so a finished paid job can be read too.\n\n"
             "On top stands the verdict: at most ten lines, each fine, a warning or fatal, with "
             "the rows behind it and a command that shows more; 'rftsim help verdict' has the "
             "rules. Then come outcomes, the reward curve with intervals, tools, graders, the "
             "worst and best rollouts, and the signal report: what there is to learn from.\n\n"
             "Exit 0 if nothing is fatal, 1 if something is or a gate is missed.",
    .example = "rftsim report runs/catalog-20260101-120000\n"
               "rftsim report results.csv --json >report.json\n"
               "rftsim report RUN --fail-under 0.6 --max-discarded 0.01 --junit verdict.xml\n"
               "rftsim report RUN --html report.html\n"
               "rftsim report RUN --row valid.jsonl:3\n",
    .opts = report_opts,
    .opts_size = sizeof(struct report_opts),
    .run = run,
};
