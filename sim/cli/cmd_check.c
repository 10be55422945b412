/* rftsim check: every fault of a job, found before anything runs. Touches no network. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "sim/cli/cmd.h"
#include "sim/cli/fix.h"
#include "sim/view/findings.h"
#include "sim/view/github.h"
#include "sim/view/sarif.h"

struct check_opts {
    const char *format; /* NULL: text */
    unsigned threads;   /* 0: one a core */
    bool allow_small;
    bool json;
    bool stats;
    bool strict;
    const char *dialect;
    const char *fix; /* NULL: nothing is written */
    bool diff;
};

static const struct opt check_opts[] = {
    {"allow-small", 0, OPT_FLAG, offsetof(struct check_opts, allow_small), NULL,
     "files of fewer than 10 rows are no fault, for experiments", 0, 0},
    {"dialect", 0, OPT_TEXT, offsetof(struct check_opts, dialect), "NAME",
     "whose job it is to be: azure (unknown keys are warnings then), openai, or both (default), "
     "where what one of them refuses is told and no finding",
     0, 0},
    {"diff", 0, OPT_FLAG, offsetof(struct check_opts, diff), NULL,
     "with --fix: show each line that changes, before and after; long ones cut around the change",
     0, 0},
    {"fix", 0, OPT_TEXT, offsetof(struct check_opts, fix), "DIR",
     "write copies to a new folder, in which that is mended which has one right answer, and check "
     "those",
     0, 0},
    {"format", 'f', OPT_TEXT, offsetof(struct check_opts, format), "FORMAT",
     "how findings are printed: text, json, sarif (2.1.0) or github (workflow commands)", 0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct check_opts, json), NULL, "the same as --format json", 0,
     0},
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

static const struct format {
    const char *name;
    void (*write)(struct buf *out, const struct check *c);
} formats[] = {
    {"text", findings_write},
    {"json", findings_write_json},
    {"sarif", sarif_write},
    {"github", github_write},
};

/* NULL, after an error, for one that there is not. */
static const struct format *format_of(const struct check_opts *o, struct err *e)
{
    const char *name = o->format ? o->format : o->json ? "json" : "text";
    if (o->json && strcmp(name, "json") != 0) {
        err_set(e, ERR_USAGE, "--json and --format %s contradict each other", name);
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (strcmp(name, formats[i].name) == 0)
            return &formats[i];
    }
    err_set(e, ERR_USAGE, "no format is called '%s'", name);
    err_fix(e, "use text, json, sarif or github");
    return NULL;
}

static enum err_code read_dialect(enum dialect *out, const char *name, struct err *e)
{
    static const char *const names[] = {
        [DIALECT_BOTH] = "both", [DIALECT_AZURE] = "azure", [DIALECT_OPENAI] = "openai"};
    for (size_t i = 0; name && i < COUNT_OF(names); i++) {
        if (strcasecmp(names[i], name) == 0) {
            *out = (enum dialect)i;
            return ERR_OK;
        }
    }
    return name ? err_set(e, ERR_USAGE, "--dialect is azure, openai or both, not '%s'", name)
                : ERR_OK;
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

/* What goes with --fix. */
static enum err_code check_fix(const struct check_opts *o, const struct format *format,
                               struct err *e)
{
    if (o->diff && (!o->fix || format->write != findings_write))
        return err_set(e, ERR_USAGE, "--diff goes with --fix, and not with --json");
    bool tells = format->write == findings_write || format->write == findings_write_json;
    if (o->fix && !tells)
        return err_set(e, ERR_USAGE, "--fix tells what it did as text or JSON, not as %s",
                       format->name);
    return ERR_OK;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    const struct check_opts *o = opts;
    const struct format *format = format_of(o, e);
    if (!format || check_fix(o, format, e))
        return e->code;
    bool json = format->write == findings_write_json;
    unsigned flags = (json ? FIX_JSON : 0) | (o->diff ? FIX_DIFF : 0);
    char *copy = NULL;
    struct buf text = {0};
    struct check c = {.threads = threads_of(o), .allow_small = o->allow_small, .stats = o->stats};
    enum err_code rc = read_dialect(&c.dialect, o->dialect, e);
    if (!rc && o->fix)
        rc = fix_job(&copy, operands->at[0], o->fix, flags, e);
    if (rc)
        return rc;
    c.path = copy ? copy : operands->at[0];
    check_run(&c);
    format->write(&text, &c);
    (json || format->write == sarif_write ? cmd_put_json : cmd_put)(stdout, &text);
    buf_release(&text);
    rc = ferror(stdout) ? err_sys(e, "standard output") : verdict(&c, o->strict, e);
    check_release(&c);
    free(copy);
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
             "more. JOB may be - for standard input; files that it names are then looked for "
             "from the current folder.\n\n"
             "--fix DIR writes copies of the job and both files to a folder that is not there "
             "yet, with what has one right answer mended: role system, answers at the end of a "
             "row (kept in a field for the grader), byte order mark, blank lines, rows that stand "
             "there twice, carriage returns, the last newline. Then the copies are checked.\n\n"
             "Exit 0 if there is no error, 1 if there is.",
    .example = "rftsim check configs/catalog.yaml\n"
               "rftsim check job.json --strict --json\n"
               "rftsim check job.json --format sarif >findings.sarif\n"
               "rftsim check job.yaml --fix fixed --diff\n",
    .opts = check_opts,
    .opts_size = sizeof(struct check_opts),
    .run = run,
};
