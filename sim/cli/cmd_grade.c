/* rftsim grade: the job's grader on one row and one answer, told. Touches no network. */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/text.h"
#include "sim/cli/cmd.h"
#include "sim/job/dataset.h"
#include "sim/run/lab.h"
#include "sim/run/sample.h"
#include "sim/view/grade.h"

struct grade_opts {
    unsigned row; /* 0: not said */
    const char *file;
    const char *item;
    const char *sample;
    const char *sample_file;
    bool json;
    bool quiet;
};

static const struct opt grade_opts[] = {
    {"file", 0, OPT_TEXT, offsetof(struct grade_opts, file), "WHICH",
     "the file that --row is of: train (the default) or valid", 0, 0},
    {"item", 0, OPT_TEXT, offsetof(struct grade_opts, item), "FILE",
     "in place of --row: a file with one row, a JSON object; '-' is standard input", 0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct grade_opts, json), NULL,
     "print one JSON object in place of the text", 0, 0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct grade_opts, quiet), NULL, "no warnings", 0, 0},
    {"row", 'r', OPT_COUNT, offsetof(struct grade_opts, row), "N",
     "the row on line N of the training file", 1, UINT_MAX},
    {"sample", 0, OPT_TEXT, offsetof(struct grade_opts, sample), "TEXT", "the answer to grade", 0,
     0},
    {"sample-file", 0, OPT_TEXT, offsetof(struct grade_opts, sample_file), "FILE",
     "in place of --sample: the answer as plain text, to its last byte, or a whole sample, a JSON "
     "object with output_text; '-' is standard input",
     0, 0},
    {0},
};

/* What a grade is made of, in the order it is made; released together. */
struct grade_session {
    const struct grade_opts *opts;
    struct diags diags;
    struct job *job;
    struct lab *lab;
    struct dataset *rows; /* NULL with --item */
    struct row row;       /* likewise released; `line` is 0 with --item */
    struct buf sample_text;
    struct tape sample;
};

static bool is_stdin(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static enum err_code check_row_options(const struct grade_opts *o, struct err *e)
{
    if (!o->row && !o->item) {
        err_set(e, ERR_USAGE, "no row to grade on");
        return err_fix(e, "say --row N, a line of the training file, or --item FILE");
    }
    if (o->row && o->item)
        return err_set(e, ERR_USAGE, "--row and --item both give the row; say one of them");
    if (o->file && o->item)
        return err_set(e, ERR_USAGE, "--file goes with --row, and the row is that of --item");
    if (o->file && strcmp(o->file, "train") != 0 && strcmp(o->file, "valid") != 0) {
        err_set(e, ERR_USAGE, "--file: '%s' is neither train nor valid", o->file);
        return err_fix(e, "for a row from any other file there is --item FILE");
    }
    return ERR_OK;
}

static enum err_code check_options(const struct grade_opts *o, struct err *e)
{
    enum err_code rc = check_row_options(o, e);
    if (rc)
        return rc;
    if (!o->sample && !o->sample_file) {
        err_set(e, ERR_USAGE, "no answer to grade");
        return err_fix(e, "say --sample TEXT or --sample-file FILE");
    }
    if (o->sample && o->sample_file)
        return err_set(e, ERR_USAGE,
                       "--sample and --sample-file both give the answer; say one of them");
    if (is_stdin(o->item) && is_stdin(o->sample_file))
        return err_set(e, ERR_USAGE, "--item and --sample-file cannot both be standard input");
    return ERR_OK;
}

static enum err_code read_file(char **text, size_t *len, const char *path, struct err *e)
{
    return file_read(text, len, is_stdin(path) ? "/dev/stdin" : path, DATASET_MAX_ROW_BYTES, e);
}

static const char *shown_name(const char *path)
{
    return is_stdin(path) ? "standard input" : path;
}

/* A line that is no row, blank or behind the last. */
static enum err_code no_such_row(const struct dataset *d, size_t line, struct err *e)
{
    size_t n = dataset_count(d);
    size_t last = dataset_line(d, n - 1);
    err_set(e, ERR_USAGE, "%s:%zu: there is no row on this line", dataset_path(d), line);
    return err_fix(e, "the file has %zu row%s, on lines %zu to %zu; --row counts lines from 1", n,
                   n == 1 ? "" : "s", dataset_line(d, 0), last);
}

static enum err_code read_row(struct grade_session *g, struct err *e)
{
    bool valid = g->opts->file && strcmp(g->opts->file, "valid") == 0;
    const char *path = valid ? g->job->validation_path : g->job->training_path;
    enum err_code rc = dataset_open(&g->rows, path, &g->diags, e);
    if (rc)
        return rc;
    for (size_t i = 0; i < dataset_count(g->rows); i++) {
        if (dataset_line(g->rows, i) == g->opts->row)
            return dataset_row(g->rows, i, &g->row, e);
    }
    return no_such_row(g->rows, g->opts->row, e);
}

static enum err_code not_an_item(const char *path, const char *text, size_t offset,
                                 const char *what, struct err *e)
{
    size_t line = 0;
    size_t col = 0;
    tape_place(text, offset, &line, &col);
    err_set(e, ERR_DATA, "%s:%zu:%zu: %s", shown_name(path), line, col, what);
    return err_fix(e, "--item takes one row: a JSON object, like a line of the training file");
}

/* Made of it is what the service would pass on of a row, so that both ways give the same grade. */
static enum err_code read_item(struct grade_session *g, struct err *e)
{
    char *text = NULL;
    size_t len = 0;
    struct tape raw = {0};
    struct tape_fault fault;
    enum err_code rc = read_file(&text, &len, g->opts->item, e);
    if (rc)
        return rc;
    if (!tape_scan(&raw, text, len, &fault)) {
        rc = not_an_item(g->opts->item, text, fault.offset, fault.what, e);
    } else if (tape_kind(&raw, 0) != TAPE_OBJECT) {
        rc = not_an_item(g->opts->item, text, raw.at[0].start, "not an object", e);
    } else {
        struct buf item = {0};
        row_normalise(&raw, &item);
        g->row.item_len = item.len;
        g->row.item = buf_take(&item);
        if (!tape_scan(&g->row.tape, g->row.item, g->row.item_len, &fault))
            rc = err_set(e, ERR_BUG, "the row is no JSON any more: %s", fault.what);
    }
    tape_release(&raw);
    free(text);
    return rc;
}

static bool is_whole_sample(const char *text, size_t len, struct tape *scratch)
{
    struct tape_fault fault;
    return tape_scan(scratch, text, len, &fault) &&
           tape_get(scratch, 0, "output_text") != TAPE_NONE;
}

/* As a rollout's answer would have become a sample, or a sample as it stands. */
static enum err_code read_sample(struct grade_session *g, struct err *e)
{
    const struct grade_opts *o = g->opts;
    char *text = o->sample ? mem_text(o->sample) : NULL;
    size_t len = text ? strlen(text) : 0;
    if (!text && read_file(&text, &len, o->sample_file, e))
        return err_fix(e, "an answer can be given in its place: --sample TEXT");
    struct tape scratch = {0};
    if (o->sample_file && is_whole_sample(text, len, &scratch)) {
        buf_add(&g->sample_text, text, len);
    } else {
        struct buf answer = {0};
        text_add_valid(&answer, text, len);
        sample_of_answer(buf_text(&answer), answer.len, g->job->has_response_format, &scratch,
                         &g->sample_text);
        buf_release(&answer);
    }
    tape_release(&scratch);
    free(text);
    struct tape_fault fault;
    if (!tape_scan(&g->sample, buf_text(&g->sample_text), g->sample_text.len, &fault))
        return err_set(e, ERR_BUG, "the sample is no JSON: %s", fault.what);
    return ERR_OK;
}

static enum err_code read_all(struct grade_session *g, const char *path, struct err *e)
{
    enum err_code rc = job_load(&g->job, path, &g->diags, e);
    if (!rc)
        rc = lab_new(&g->lab, g->job, &g->diags, e);
    if (!rc)
        rc = g->opts->item ? read_item(g, e) : read_row(g, e);
    if (!rc)
        rc = read_sample(g, e);
    return rc;
}

static void show_diags(const struct grade_session *g, bool failed)
{
    enum { MOST = 20 };
    struct buf text = {0};
    if (failed || !g->opts->quiet)
        diags_write(&g->diags, MOST, &text);
    cmd_put(stderr, &text);
    buf_release(&text);
}

static bool has_error(const json_t *errors, enum grade_error error)
{
    size_t i = 0;
    const json_t *name = NULL;
    json_array_foreach(errors, i, name)
    {
        if (strcmp(json_string_value(name), grade_error_name(error)) == 0)
            return true;
    }
    return false;
}

/* A path to nowhere first: it may be what the formula fell over. */
static enum err_code remedy(const struct grade_session *g, const json_t *errors, const char *why,
                            struct err *e)
{
    if (has_error(errors, GRADE_ERROR_INVALID_VARIABLE)) {
        if (strstr(why, "{{sample.output_json") && !g->job->has_response_format)
            return err_fix(e, "output_json is null without a response_format in the job");
        return err_fix(
            e, "correct the path in the grader, or give every row and answer what it leads to");
    }
    if (has_error(errors, GRADE_ERROR_FORMULA))
        return err_fix(e, "guard the formula, as in a / max(b, 0.001)");
    return e->code;
}

/* A grade in error is the answer "no". */
static enum err_code verdict(const struct grade_session *g, const json_t *facts, struct err *e)
{
    const json_t *errors = json_object_get(facts, "errors");
    const char *why = json_string_value(json_object_get(facts, "why"));
    if (json_is_null(json_object_get(facts, "reward")))
        return err_set(e, ERR_NO, "there is no grade: %s", why ? why : "it is lost");
    if (!json_array_size(errors))
        return ERR_OK;
    struct buf names = {0};
    for (size_t i = 0; i < json_array_size(errors); i++)
        buf_printf(&names, "%s%s", i ? ", " : "", json_string_value(json_array_get(errors, i)));
    err_set(e, ERR_NO, "the grade is in error: %s", buf_text(&names));
    buf_release(&names);
    return remedy(g, errors, why, e);
}

static enum err_code tell(const struct grade_session *g, struct err *e)
{
    const char *file = g->rows ? dataset_path(g->rows) : shown_name(g->opts->item);
    struct grader_input in = {.item = &g->row.tape, .sample = &g->sample, .trace_id = "trace_0"};
    struct grade grade;
    json_t *told = json_object();
    lab_grade(g->lab, &in, told, &grade);
    json_t *facts = grade_facts(file, g->row.line, &g->sample, told);
    json_decref(told);
    struct buf text = {0};
    (g->opts->json ? grade_json : grade_text)(&text, facts);
    cmd_put(stdout, &text);
    buf_release(&text);
    enum err_code rc = ferror(stdout) ? err_sys(e, "standard output") : verdict(g, facts, e);
    json_decref(facts);
    return rc;
}

static void session_release(struct grade_session *g)
{
    tape_release(&g->sample);
    buf_release(&g->sample_text);
    row_release(&g->row);
    dataset_free(g->rows);
    lab_free(g->lab);
    job_free(g->job);
    diags_release(&g->diags);
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    struct grade_session g = {.opts = opts};
    enum err_code rc = check_options(g.opts, e);
    if (!rc) {
        rc = read_all(&g, operands->at[0], e);
        show_diags(&g, rc != ERR_OK);
    }
    if (!rc)
        rc = tell(&g, e);
    session_release(&g);
    return rc;
}

const struct cmd cmd_grade = {
    .name = "grade",
    .operands = "JOB",
    .min_operands = 1,
    .max_operands = 1,
    .help = "grade one answer to one row, and tell how the reward came about",
    .about = "Each templated field is shown as written and as it came out, then the reward; of a "
             "multi each grader, and the formula with the numbers put in. No endpoint is called "
             "and no run folder made.\n\n"
             "Exit 0 if it could be graded, whatever the reward; 1 if the grade is in error.",
    .example = "rftsim grade configs/catalog.yaml --row 3 --sample 'SKU-1'\n"
               "rftsim grade job.yaml --row 3 --file valid --sample-file answer.txt\n"
               "rftsim grade job.yaml --item row.json --sample-file - --json < sample.json\n",
    .opts = grade_opts,
    .opts_size = sizeof(struct grade_opts),
    .run = run,
};
