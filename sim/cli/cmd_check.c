/* rftsim check: every fault of a job, found before anything runs. Touches no network. */
#include <unistd.h>

#include "sim/cli/cmd.h"
#include "sim/view/findings.h"

struct check_opts {
    unsigned threads; /* 0: one a core */
    bool allow_small;
    bool json;
    bool stats;
    bool strict;
};

static const struct opt check_opts[] = {
    {"allow-small", 0, OPT_FLAG, offsetof(struct check_opts, allow_small), NULL,
     "files of fewer than 10 rows are no fault, for experiments", 0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct check_opts, json), NULL,
     "print one JSON object in place of the text", 0, 0},
    {"stats", 0, OPT_FLAG, offsetof(struct check_opts, stats), NULL,
     "also tell lengths, fields and tools of the rows", 0, 0},
    {"strict", 0, OPT_FLAG, offsetof(struct check_opts, strict), NULL,
     "warnings count as errors for the exit status", 0, 0},
    {"threads", 't', OPT_COUNT, offsetof(struct check_opts, threads), "N",
     "threads that read the files (default one a core)", 1, 256},
    {0},
};

static int threads_of(const struct check_opts *o)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (o->threads)
        return (int)o->threads;
    return cores > 0 ? (int)cores : 1;
}

static enum err_code verdict(const struct check *c, bool strict, struct err *e)
{
    size_t n_errors = check_errors(c);
    size_t n_warnings = check_warnings(c);
    if (n_errors)
        return err_set(e, ERR_NO, "%s: %zu error%s", c->path, n_errors, n_errors == 1 ? "" : "s");
    if (strict && n_warnings)
        return err_set(e, ERR_NO, "%s: %zu warning%s, which --strict counts", c->path, n_warnings,
                       n_warnings == 1 ? "" : "s");
    return ERR_OK;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct check_opts *o = opts;
    struct check c = {.path = operands->at[0],
                      .threads = threads_of(o),
                      .allow_small = o->allow_small,
                      .stats = o->stats};
    struct buf text = {0};
    check_run(&c);
    (o->json ? findings_write_json : findings_write)(&text, &c);
    cmd_put(stdout, &text);
    buf_release(&text);
    enum err_code rc = ferror(stdout) ? err_sys(e, "standard output") : verdict(&c, o->strict, e);
    check_release(&c);
    return rc;
}

const struct cmd cmd_check = {
    .name = "check",
    .operands = "JOB",
    .min_operands = 1,
    .max_operands = 1,
    .help = "find every fault of a job, its files and its grader, before anything runs",
    .about = "Reads the job file, both datasets, each row of them, and the grader. No endpoint is "
             "called and nothing is written. Each finding has a code; 'rftsim help CODE' tells "
             "more.\n\n"
             "Exit 0 if there is no error, 1 if there is.",
    .example = "rftsim check configs/catalog.yaml\n"
               "rftsim check job.json --strict --json\n",
    .opts = check_opts,
    .opts_size = sizeof(struct check_opts),
    .run = run,
};
