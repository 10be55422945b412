/* rftsim compare: two runs, paired row by row. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/num.h"
#include "sim/cli/cmd.h"
#include "sim/view/compare.h"

enum { STEP_LAST = UINT32_MAX };

struct compare_opts {
    bool json;
    bool train;
    bool same;
    unsigned rows;
    unsigned step;
    const char *max_drop;
    const char *pass;
};

static const struct compare_opts defaults = {.rows = 10, .step = STEP_LAST};

static const struct opt compare_opts[] = {
    {"json", 0, OPT_FLAG, offsetof(struct compare_opts, json), NULL,
     "print one JSON object, with every row", 0, 0},
    {"max-drop", 0, OPT_TEXT, offsetof(struct compare_opts, max_drop), "X",
     "a gate: exit 1 if the mean reward of B is more than X below A's", 0, 0},
    {"pass", 0, OPT_TEXT, offsetof(struct compare_opts, pass), "X",
     "the reward from which a rollout passes (default the grader's pass_threshold)", 0, 0},
    {"rows", 'n', OPT_COUNT, offsetof(struct compare_opts, rows), "N",
     "list at most N rows that moved (default 10)", 0, 1000000},
    {"same", 0, OPT_FLAG, offsetof(struct compare_opts, same), NULL,
     "a gate: exit 1 if an outcome, a row's mean reward, or the rows themselves differ", 0, 0},
    {"step", 0, OPT_COUNT, offsetof(struct compare_opts, step), "N",
     "compare the evaluations of step N (default the last of each)", 0, INT32_MAX},
    {"train", 0, OPT_FLAG, offsetof(struct compare_opts, train), NULL,
     "compare all training rollouts in place of an evaluation", 0, 0},
    {0},
};

static enum err_code read_number(double *out, const char *option, const char *text, double least,
                                 struct err *e)
{
    char *end = NULL;
    if (!text)
        return ERR_OK;
    double value = strtod(text, &end);
    if (!*text || *end || !isfinite(value) || value < least)
        return err_set(e, ERR_USAGE, "--%s wants a number%s, not '%s'", option,
                       least >= 0 ? " of at least 0" : "", text);
    *out = value;
    return ERR_OK;
}

/* The gates that were set. */
static enum err_code judge(const struct comparison *c, const struct compare_opts *o,
                           double max_drop, struct err *e)
{
    double drop = -c->values[0].t.estimate;
    if (o->same && compare_differs(c))
        return err_set(e, ERR_NO, "the runs differ, and --same wants them not to");
    if (drop > max_drop)
        return err_set(e, ERR_NO, "the reward drops by %.4f, more than --max-drop %g", drop,
                       max_drop);
    return ERR_OK;
}

static enum err_code show(const struct comparison *c, const struct compare_opts *o, struct err *e)
{
    struct buf text = {0};
    if (o->json)
        compare_write_json(&text, c);
    else
        compare_write(&text, c, o->rows);
    (o->json ? cmd_put_json : cmd_put)(stdout, &text);
    buf_release(&text);
    return ferror(stdout) ? err_sys(e, "standard output") : ERR_OK;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct compare_opts *o = opts;
    struct compare_pick pick = {o->train, o->step == STEP_LAST ? COMPARE_LAST_STEP : (int)o->step};
    double max_drop = INFINITY;
    double pass = NAN;
    struct history a = {0};
    struct history b = {0};
    struct comparison c = {0};
    if (o->train && o->step != STEP_LAST)
        return err_set(e, ERR_USAGE, "--train and --step contradict each other");
    enum err_code rc = read_number(&max_drop, "max-drop", o->max_drop, 0, e);
    if (!rc)
        rc = read_number(&pass, "pass", o->pass, -INFINITY, e);
    if (!rc)
        rc = history_open(&a, operands->at[0], e);
    if (!rc)
        rc = history_open(&b, operands->at[1], e);
    if (!rc)
        rc = compare_make(&c, &a, &b, &pick, pass, e);
    if (!rc)
        rc = show(&c, o, e);
    if (!rc)
        rc = judge(&c, o, max_drop, e);
    compare_release(&c);
    history_release(&a);
    history_release(&b);
    return rc;
}

const struct cmd cmd_compare = {
    .name = "compare",
    .operands = "A B",
    .min_operands = 2,
    .max_operands = 2,
    .help = "two runs side by side, paired row by row, with intervals",
    .about =
        "A and B are run folders or the service's eval exports, in any mix. Rows are paired by "
        "what they hold, so their files may have other names and another order; each row counts "
        "the same. Compared is the last evaluation of each, unless --step or --train says "
        "otherwise.\n\n"
        "Differences are B - A. Their interval is over rows, not over rollouts: what is asked is "
        "whether other rows of this kind would show the same.\n\n"
        "Exit 1 if a gate (--max-drop, --same) says so.",
    .example = "rftsim compare runs/before runs/after\n"
               "rftsim compare Step_0.json Step_9.json --pass 0.5\n"
               "rftsim compare runs/main runs/branch --max-drop 0.02\n",
    .opts = compare_opts,
    .defaults = &defaults,
    .opts_size = sizeof(struct compare_opts),
    .run = run,
};
