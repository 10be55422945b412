/* rftsim grade: the job's grader, or a grader alone, on one answer, told; or on many. */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/cli/cmd.h"
#include "sim/cli/grade_options.h"
#include "sim/cli/inputs.h"
#include "sim/cli/screen.h"
#include "sim/run/input.h"
#include "sim/view/grade.h"

static const struct opt grade_opts[] = {
    {"concurrency", 'c', OPT_COUNT, offsetof(struct grade_opts, concurrency), "N",
     "grades under way at once, of fixtures or results (default as in the job, or 64)", 1,
     JOB_CONCURRENCY_MAX},
    {"file", 0, OPT_TEXT, offsetof(struct grade_opts, file), "WHICH",
     "the file that --row is of: train (the default) or valid", 0, 0},
    {"fixtures", 0, OPT_TEXT, offsetof(struct grade_opts, fixtures), "FILE",
     "check expected grades, one JSON object a line; each is graded twice", 0, 0},
    {"grader", 0, OPT_TEXT, offsetof(struct grade_opts, grader), "FILE",
     "in place of JOB: a grader alone, YAML or JSON, or a body of graders/run; "
     "'simulation' may stand beside 'grader' in it",
     0, 0},
    {"item", 0, OPT_TEXT, offsetof(struct grade_opts, item), "FILE",
     "in place of --row: a file with one row, a JSON object; '-' is standard input. What begins "
     "with '{' is the row itself",
     0, 0},
    {"json", 0, OPT_FLAG, offsetof(struct grade_opts, json), NULL,
     "print what graders/run answers, and under rftsim our own facts, in place of the text; of "
     "many grades one object each, and a summary",
     0, 0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct grade_opts, quiet), NULL, "no warnings", 0, 0},
    {"results", 0, OPT_TEXT, offsetof(struct grade_opts, results), "FILE",
     "grade finished samples again: an exported evaluation, or what rftsim run --json --rollouts "
     "--samples printed",
     0, 0},
    {"row", 'r', OPT_COUNT, offsetof(struct grade_opts, row), "N",
     "the row on line N of the training file", 1, UINT_MAX},
    {"sample", 0, OPT_TEXT, offsetof(struct grade_opts, sample), "TEXT",
     "the answer to grade; @FILE is read from a file, '-' from standard input, as --sample-file", 0,
     0},
    {"sample-file", 0, OPT_TEXT, offsetof(struct grade_opts, sample_file), "FILE",
     "the answer as plain text, to its last byte, or a whole sample, a JSON object with "
     "output_text; '-' is standard input",
     0, 0},
    {"sandbox", 0, OPT_TEXT, offsetof(struct grade_opts, sandbox), "WHEN",
     "of python graders, by bubblewrap: auto (the default), require or off", 0, 0},
    {"update", 0, OPT_FLAG, offsetof(struct grade_opts, update), NULL,
     "with --fixtures: write the grades that came into the file, as what is expected", 0, 0},
    {0},
};

/* One answer to one row, in the order it is made; released together. */
struct one {
    struct grade_session *g;
    struct dataset *rows; /* NULL with --item */
    const char *name;     /* of where the row is from, to show */
    struct row row;       /* likewise released; `line` is 0 with --item */
    struct buf sample_text;
    struct tape sample;
};

static bool is_stdin(const char *path)
{
    return strcmp(path, "-") == 0;
}

static enum err_code read_file(char **text, size_t *len, const char *path, struct err *e)
{
    return file_read(text, len, is_stdin(path) ? "/dev/stdin" : path, DATASET_MAX_ROW_BYTES, e);
}

static const char *shown_name(const char *path)
{
    return is_stdin(path) ? "standard input" : path;
}

static enum err_code read_row(struct one *o, struct err *e)
{
    const struct grade_opts *opts = o->g->opts;
    const struct job *job = o->g->job;
    const char *path = inputs_is_valid(opts->file) ? job->validation_path : job->training_path;
    size_t number = 0;
    enum err_code rc = dataset_open(&o->rows, path, &o->g->diags, e);
    if (rc)
        return rc;
    o->name = dataset_path(o->rows);
    rc = inputs_row(&number, o->rows, opts->row, e);
    return rc ? rc : dataset_row(o->rows, number, &o->row, e);
}

static enum err_code not_an_item(const char *path, const char *text, size_t offset,
                                 const char *what, struct err *e)
{
    size_t line = 0;
    size_t col = 0;
    tape_place(text, offset, &line, &col);
    err_set(e, ERR_DATA, "%s:%zu:%zu: %s", path, line, col, what);
    return err_fix(e, "--item takes one row: a JSON object, like a line of the training file");
}

/* The row from a text; `name` is what to call where it is from. */
static enum err_code take_item(struct one *o, const char *name, const char *text, size_t len,
                               struct err *e)
{
    struct tape raw = {0};
    struct tape_fault fault;
    enum err_code rc = ERR_OK;
    o->name = name;
    if (!tape_scan(&raw, text, len, &fault)) {
        rc = not_an_item(name, text, fault.offset, fault.what, e);
    } else if (tape_kind(&raw, 0) != TAPE_OBJECT) {
        rc = not_an_item(name, text, raw.at[0].start, "not an object", e);
    } else {
        struct buf item = {0};
        input_add_item(o->g->job, &raw, &item);
        o->row.item_len = item.len;
        o->row.item = buf_take(&item);
        if (!tape_scan(&o->row.tape, o->row.item, o->row.item_len, &fault))
            rc = err_set(e, ERR_BUG, "the row is no JSON any more: %s", fault.what);
    }
    tape_release(&raw);
    return rc;
}

static enum err_code read_item(struct one *o, struct err *e)
{
    const struct grade_opts *opts = o->g->opts;
    const char *path = grade_item_path(opts);
    if (!path)
        return take_item(o, "--item", opts->item, strlen(opts->item), e);
    char *text = NULL;
    size_t len = 0;
    enum err_code rc = read_file(&text, &len, path, e);
    if (!rc)
        rc = take_item(o, shown_name(path), text, len, e);
    free(text);
    return rc;
}

/* The item of a graders/run body; without one there is nothing in it, as there. */
static enum err_code read_body_item(struct one *o, struct err *e)
{
    const struct job *job = o->g->job;
    char *text = job->item ? json_dumps(job->item, JSON_COMPACT) : mem_text("{}");
    enum err_code rc = take_item(o, job->item ? job->doc->path : "no item", text, strlen(text), e);
    free(text);
    return rc;
}

static bool is_whole_sample(const char *text, size_t len, struct tape *scratch)
{
    struct tape_fault fault;
    return tape_scan(scratch, text, len, &fault) &&
           tape_get(scratch, 0, "output_text") != TAPE_NONE;
}

static enum err_code read_sample_file(struct one *o, const char *path, struct err *e)
{
    char *text = NULL;
    size_t len = 0;
    struct tape scratch = {0};
    if (read_file(&text, &len, path, e))
        return err_fix(e, "an answer can be given in its place: --sample TEXT%s",
                       o->g->opts->sample ? "; one that begins with @ only in a file" : "");
    if (is_whole_sample(text, len, &scratch))
        buf_add(&o->sample_text, text, len);
    else
        input_add_answer(o->g->job, text, len, &o->sample_text);
    tape_release(&scratch);
    free(text);
    return ERR_OK;
}

/* As a rollout's answer would have become a sample, or a sample as it stands. */
static enum err_code read_sample(struct one *o, struct err *e)
{
    const struct job *job = o->g->job;
    const char *path = grade_sample_path(o->g->opts);
    const char *text = o->g->opts->sample;
    struct tape_fault fault;
    enum err_code rc = ERR_OK;
    if (path)
        rc = read_sample_file(o, path, e);
    else if (text)
        input_add_answer(job, text, strlen(text), &o->sample_text);
    else if (job->model_sample)
        input_add_answer(job, json_string_value(job->model_sample),
                         json_string_length(job->model_sample), &o->sample_text);
    else
        rc = err_set(e, ERR_USAGE, "no answer to grade");
    if (rc)
        return *e->fix ? rc : err_fix(e, "say --sample TEXT, or --sample @FILE");
    if (!tape_scan(&o->sample, buf_text(&o->sample_text), o->sample_text.len, &fault))
        return err_set(e, ERR_BUG, "the sample is no JSON: %s", fault.what);
    return ERR_OK;
}

static enum err_code read_both(struct one *o, struct err *e)
{
    const struct grade_opts *opts = o->g->opts;
    enum err_code rc = opts->item  ? read_item(o, e)
                       : opts->row ? read_row(o, e)
                                   : read_body_item(o, e);
    return rc ? rc : read_sample(o, e);
}

/* A grade in error is the answer "no"; so is one that was lost. */
static enum err_code verdict(const struct one *o, const json_t *facts, struct err *e)
{
    const json_t *errors = json_object_get(facts, "errors");
    const char *why = json_string_value(json_object_get(facts, "why"));
    bool lost = json_is_true(json_object_get(facts, "lost"));
    if (!json_array_size(errors) && !lost)
        return ERR_OK;
    struct buf names = {0};
    for (size_t i = 0; i < json_array_size(errors); i++)
        buf_printf(&names, "%s%s", i ? ", " : "", json_string_value(json_array_get(errors, i)));
    if (lost)
        err_set(e, ERR_NO, "no grade came of it: %s", why ? why : "");
    else
        err_set(e, ERR_NO, "the grade is in error: %s", buf_text(&names));
    buf_release(&names);
    if (o->row.line)
        err_note(e, "%s:%zu", o->name, o->row.line);
    const char *fix = grade_remedy(facts, input_parses(o->g->job));
    return fix ? err_fix(e, "%s", fix) : e->code;
}

static enum err_code tell(struct one *o, struct err *e)
{
    struct grader_input in = {.item = &o->row.tape, .sample = &o->sample, .trace_id = LAB_TRACE_ID};
    struct grade grade;
    json_t *told = json_object();
    lab_grade(o->g->lab, &in, told, &grade);
    json_t *facts = grade_facts(o->name, o->row.line, &o->sample, told);
    json_decref(told);
    struct buf text = {0};
    if (o->g->opts->json)
        grade_json(&text, facts);
    else
        grade_text(&text, facts, screen_columns());
    (o->g->opts->json ? cmd_put_json : cmd_put)(stdout, &text);
    buf_release(&text);
    enum err_code rc = ferror(stdout) ? err_sys(e, "standard output") : verdict(o, facts, e);
    json_decref(facts);
    return rc;
}

static enum err_code grade_one(struct grade_session *g, struct err *e)
{
    struct one o = {.g = g};
    enum err_code rc = read_both(&o, e);
    grade_session_tell(g, rc != ERR_OK);
    if (!rc)
        rc = tell(&o, e);
    tape_release(&o.sample);
    buf_release(&o.sample_text);
    row_release(&o.row);
    dataset_free(o.rows);
    return rc;
}

static enum err_code run(const void *opts, const struct words *operands, struct err *e)
{
    struct grade_session g = {.opts = opts};
    enum err_code rc = grade_check_options(g.opts, operands->n > 0, e);
    if (rc)
        return rc;
    rc = grade_session_open(&g, operands->n ? operands->at[0] : NULL, e);
    if (rc)
        grade_session_tell(&g, true);
    else if (g.opts->fixtures)
        rc = grade_fixtures(&g, e);
    else if (g.opts->results)
        rc = grade_results(&g, e);
    else
        rc = grade_one(&g, e);
    grade_session_release(&g);
    return rc;
}

const struct cmd cmd_grade = {
    .name = "grade",
    .operands = "JOB | --grader FILE",
    .min_operands = 0,
    .max_operands = 1,
    .help = "grade one answer to one row, and tell how the reward came about; or many",
    .about =
        "Each templated field is shown as written and as it came out, then the reward; of a "
        "multi each grader, and the formula with the numbers put in. Tools are not called, "
        "but a grader that is an endpoint or a model is. No run folder is made.\n\n"
        "sample.output_json is set for an answer that is JSON if the job has a response_format; "
        "with --grader always, as graders/run has it. An --item gets what the service adds to a "
        "row of a job; with --grader it is taken as it stands, and is {} if there is none.\n\n"
        "--fixtures FILE checks expected grades, lines such as {\"name\": \"exact\", \"kind\": "
        "\"full\", \"item\": {...}, \"sample\": \"SKU-1\", \"expect\": {\"reward\": 1}}. Also "
        "{\"reward\": 0.5, \"within\": 0.001}, {\"min\": 0.2, \"max\": 0.4} and {\"errors\": "
        "[\"invalid_variable_error\"]}. Two grades of one answer that differ are a failure.\n\n"
        "--results FILE grades finished samples again and tells what changed.\n\n"
        "Exit 0 if it could be graded, whatever the reward; 1 if a grade is in error or lost, or a "
        "fixture failed.",
    .example = "rftsim grade configs/catalog.yaml --row 3 --sample 'SKU-1'\n"
               "rftsim grade job.yaml --row 3 --file valid --sample @answer.txt\n"
               "rftsim grade --grader grader.json --item '{\"answer\": \"3\"}' --sample 3\n"
               "rftsim grade job.yaml --fixtures grades.jsonl --update\n"
               "rftsim grade job.yaml --results Step_0.json\n",
    .opts = grade_opts,
    .opts_size = sizeof(struct grade_opts),
    .run = run,
};
