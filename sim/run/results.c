#include "sim/run/results.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/job/dataset.h"
#include "sim/job/lines.h"
#include "sim/run/sample.h"

struct results {
    char *path;
    char *grader; /* as the name of a criterion begins: "name-" */
    bool parse;
    struct diags *list; /* borrowed */
    struct tape tape;   /* of the line, or of all of an export */
    struct tape scratch;
    size_t place; /* of the last one */

    /* lines */
    int fd;
    uint64_t bytes; /* of the file */
    struct lines lines;
    struct line line;
    struct dataset **datasets; /* owned: that rollouts are of */
    size_t n_datasets;

    /* an export */
    char *text; /* NULL for lines */
    size_t len;
    size_t next; /* on the tape: the next item; `end` behind the last */
    size_t end;
};

void result_release(struct result *x)
{
    free(x->id);
    free(x->trace_id);
    *x = (struct result){0};
}

bool results_is_export(const struct results *r)
{
    return r->text != NULL;
}

/* --- Faults ---------------------------------------------------------------------------------- */

static enum err_code fail(struct results *r, size_t offset, const char *what, const char *fix,
                          struct err *e)
{
    const char *text = r->text ? r->text : r->line.text;
    size_t len = r->text ? r->len : r->line.len;
    size_t line = 0;
    size_t col = 0;
    tape_place(text, offset, &line, &col);
    struct diag *d = diag_add(r->list, DIAG_ERROR, DIAG_F003, r->path, r->text ? line : r->place,
                              col, "%s", what);
    const char *from = text + offset;
    while (from > text && from[-1] != '\n')
        from--;
    const char *end = memchr(from, '\n', len - (size_t)(from - text));
    diag_excerpt(d, from, end ? (size_t)(end - from) : len - (size_t)(from - text));
    if (fix)
        diag_fix(d, "%s", fix);
    return err_set(e, ERR_DATA, "%s: cannot be graded again", r->path);
}

static enum err_code fail_at(struct results *r, size_t v, const char *what, const char *fix,
                             struct err *e)
{
    return fail(r, r->tape.at[v == TAPE_NONE ? 0 : v].start, what, fix, e);
}

/* --- Values ---------------------------------------------------------------------------------- */

static char *text_at(const struct tape *t, size_t v)
{
    struct buf text = {0};
    if (tape_kind(t, v) != TAPE_STRING)
        return NULL;
    tape_string(t, v, &text);
    return text.len ? buf_take(&text) : NULL;
}

static void take_old(const struct tape *t, size_t v, struct result *x)
{
    x->has_old = tape_kind(t, v) == TAPE_NUMBER;
    if (x->has_old)
        x->old = tape_number(t, v);
}

/* Criteria are called "<grader>-<uuid>" (6.5). */
static bool is_of_grader(const struct results *r, size_t name)
{
    char *text = text_at(&r->tape, name);
    bool is = text && strncmp(text, r->grader, strlen(r->grader)) == 0;
    free(text);
    return is;
}

/* The row less its trace, which is the service's. */
static void add_row(const struct tape *t, size_t v, struct buf *out)
{
    buf_char(out, '{');
    size_t start = out->len;
    for (size_t key = v + 1; key < t->at[v].next; key = t->at[key + 1].next) {
        size_t len = 0;
        if (tape_is(t, key, "trace"))
            continue;
        if (out->len > start)
            buf_char(out, ',');
        const char *text = tape_text(t, key, &len);
        buf_add(out, text, len);
        buf_char(out, ':');
        text = tape_text(t, key + 1, &len);
        buf_add(out, text, len);
    }
    buf_char(out, '}');
}

/* The row and the last message of an exported sample. */
static enum err_code take_exported(struct results *r, size_t row, size_t messages, struct result *x,
                                   struct input *in, struct err *e)
{
    static const char blocked[] =
        "This model sample has been blocked because it violates OpenAI's safety policies.";
    const struct tape *t = &r->tape;
    if (tape_kind(t, row) != TAPE_OBJECT)
        return fail_at(r, row, "the row is not an object", NULL, e);
    size_t spans = tape_get(t, tape_get(t, row, "trace"), "spans");
    x->trace_id = text_at(t, tape_get(t, tape_index(t, spans, 0), "trace_id"));
    size_t n = tape_count(t, messages);
    if (tape_kind(t, messages) != TAPE_ARRAY || !n) {
        x->left_out = "it has no message";
        return ERR_OK;
    }
    size_t message = tape_index(t, messages, n - 1);
    if (tape_is(t, tape_get(t, message, "content"), blocked)) {
        x->left_out = "its text was blocked by the service and is not there";
        return ERR_OK;
    }
    add_row(t, row, &in->item);
    sample_of_message(t, message, r->parse, &r->scratch, &in->sample);
    return ERR_OK;
}

/* --- The forms ------------------------------------------------------------------------------- */

/* An item of Step_N.json. */
static enum err_code take_export(struct results *r, size_t v, struct result *x, struct input *in,
                                 struct err *e)
{
    const struct tape *t = &r->tape;
    size_t status = tape_get(t, v, "status");
    size_t list = tape_get(t, v, "results");
    size_t n = tape_kind(t, list) == TAPE_ARRAY ? tape_count(t, list) : 0;
    x->id = text_at(t, tape_get(t, v, "id"));
    if (tape_is(t, status, "pass") || tape_is(t, status, "fail"))
        x->verdict = tape_is(t, status, "pass") ? RESULT_PASSED : RESULT_FAILED;
    for (size_t i = 0; i < n; i++) {
        size_t one = tape_index(t, list, i);
        if (n == 1 || is_of_grader(r, tape_get(t, one, "name")))
            take_old(t, tape_get(t, one, "score"), x);
    }
    return take_exported(r, tape_get(t, v, "datasource_item"),
                         tape_get(t, tape_get(t, v, "sample"), "output"), x, in, e);
}

/* A line of the download. */
static enum err_code take_download(struct results *r, size_t v, struct result *x, struct input *in,
                                   struct err *e)
{
    const struct tape *t = &r->tape;
    size_t grades = tape_get(t, v, "grades");
    size_t passes = tape_get(t, v, "passes");
    size_t n = tape_kind(t, grades) == TAPE_OBJECT ? tape_count(t, grades) : 0;
    for (size_t key = grades + 1; n && key < t->at[grades].next; key = t->at[key + 1].next) {
        if (n > 1 && !is_of_grader(r, key))
            continue;
        take_old(t, key + 1, x);
        char *name = text_at(t, key);
        size_t pass = name ? tape_get(t, passes, name) : TAPE_NONE;
        if (pass != TAPE_NONE)
            x->verdict = tape_kind(t, pass) == TAPE_TRUE ? RESULT_PASSED : RESULT_FAILED;
        free(name);
    }
    return take_exported(r, tape_get(t, v, "item"),
                         tape_get(t, tape_get(t, v, "sample"), "outputs"), x, in, e);
}

/* The dataset that a rollout's row is of, opened when the first of it comes. */
static enum err_code dataset_of(struct results *r, const char *path, struct dataset **out,
                                struct err *e)
{
    for (size_t i = 0; i < r->n_datasets; i++) {
        if (strcmp(dataset_path(r->datasets[i]), path) == 0) {
            *out = r->datasets[i];
            return ERR_OK;
        }
    }
    if (dataset_open(out, path, r->list, e))
        return err_note(e, "%s:%zu: the row of this rollout", r->path, r->place);
    r->datasets = mem_grow(r->datasets, r->n_datasets + 1, sizeof(struct dataset *));
    r->datasets[r->n_datasets++] = *out;
    return ERR_OK;
}

static enum err_code read_row(struct results *r, const char *path, size_t line, struct buf *out,
                              struct err *e)
{
    struct dataset *d = NULL;
    struct row row = {0};
    size_t number = 0;
    enum err_code rc = dataset_of(r, path, &d, e);
    if (rc)
        return rc;
    if (!dataset_find(d, line, &number)) {
        err_set(e, ERR_DATA, "%s:%zu: its row was on line %zu of %s, where none is now", r->path,
                r->place, line, path);
        return err_fix(e, "grade with the files that the run was made with");
    }
    rc = dataset_row(d, number, &row, e);
    if (!rc)
        buf_add(out, row.item, row.item_len);
    row_release(&row);
    return rc;
}

/* A rollout of our own. */
static enum err_code take_rollout(struct results *r, size_t v, struct result *x, struct input *in,
                                  struct err *e)
{
    const struct tape *t = &r->tape;
    size_t sample = tape_get(t, v, "graded_sample");
    if (sample == TAPE_NONE)
        return fail_at(r, v, "this rollout has no graded_sample",
                       "print what graders saw: rftsim run JOB --json --rollouts --samples", e);
    x->id = text_at(t, tape_get(t, v, "trace_id"));
    x->trace_id = mem_text(x->id);
    take_old(t, tape_get(t, v, "reward"), x);
    if (tape_kind(t, sample) != TAPE_OBJECT) {
        x->left_out = "it came to no grade";
        return ERR_OK;
    }
    size_t line = tape_get(t, v, "line");
    char *path = text_at(t, tape_get(t, v, "file"));
    double number = tape_kind(t, line) == TAPE_NUMBER ? tape_number(t, line) : 0;
    enum err_code rc = ERR_OK;
    if (!path || number < 1 || number > 1e15)
        rc = fail_at(r, v, "this rollout does not say the file and line of its row", NULL, e);
    else
        rc = read_row(r, path, (size_t)number, &in->item, e);
    tape_compact(t, sample, &in->sample);
    free(path);
    return rc;
}

/* --- Files ----------------------------------------------------------------------------------- */

/* Scan the next line that is not blank. */
static enum err_code scan_line(struct results *r, bool *have, struct err *e)
{
    struct tape_fault fault;
    enum err_code rc = ERR_OK;
    do {
        rc = lines_next(&r->lines, &r->line, have, e);
        r->place++;
    } while (!rc && *have && r->line.blank);
    if (rc || !*have)
        return rc;
    if (r->line.too_long)
        return fail(r, 0, "a line of more than 64 MiB", NULL, e);
    if (!tape_scan(&r->tape, r->line.text, r->line.len, &fault))
        return fail(r, fault.offset, fault.what, NULL, e);
    return tape_kind(&r->tape, 0) == TAPE_OBJECT ? ERR_OK : fail_at(r, 0, "not an object", NULL, e);
}

static enum err_code next_line(struct results *r, struct result *x, struct input *in, bool *have,
                               struct err *e)
{
    const struct tape *t = &r->tape;
    for (;;) {
        enum err_code rc = scan_line(r, have, e);
        if (rc || !*have)
            return rc;
        x->place = r->place;
        size_t type = tape_get(t, 0, "type");
        if (tape_is(t, type, "rollout"))
            return take_rollout(r, 0, x, in, e);
        if (tape_kind(t, type) == TAPE_STRING) /* what else a run prints */
            continue;
        if (tape_get(t, 0, "datasource_item") != TAPE_NONE)
            return take_export(r, 0, x, in, e);
        if (tape_get(t, 0, "item") != TAPE_NONE)
            return take_download(r, 0, x, in, e);
        return fail_at(r, 0, "neither a rollout nor an item of an evaluation",
                       "lines are those of rftsim run --json --rollouts --samples, or of the "
                       "evaluation's download",
                       e);
    }
}

static enum err_code next_item(struct results *r, struct result *x, struct input *in, bool *have,
                               struct err *e)
{
    *have = r->next < r->end;
    if (!*have)
        return ERR_OK;
    size_t v = r->next;
    r->next = r->tape.at[v].next;
    x->place = ++r->place;
    return take_export(r, v, x, in, e);
}

enum err_code results_next(struct results *r, struct result *x, struct input *in, bool *have,
                           struct err *e)
{
    *x = (struct result){0};
    input_clear(in);
    enum err_code rc = r->text ? next_item(r, x, in, have, e) : next_line(r, x, in, have, e);
    if (rc)
        result_release(x);
    return rc;
}

/* Whether the file is lines: if its first one is an object, and not all of an export. */
static enum err_code is_lines(struct results *r, bool *is, struct err *e)
{
    struct tape_fault fault;
    struct lines lines = {0};
    struct line line = {0};
    bool have = true;
    enum err_code rc = ERR_OK;
    lines_init(&lines, r->fd, r->path, 0, r->bytes);
    do {
        rc = lines_next(&lines, &line, &have, e);
    } while (!rc && have && line.blank);
    if (!rc && have)
        *is = !line.too_long && tape_scan(&r->tape, line.text, line.len, &fault) &&
              tape_get(&r->tape, 0, "items") == TAPE_NONE;
    lines_release(&lines);
    return rc;
}

static enum err_code open_export(struct results *r, struct err *e)
{
    struct tape_fault fault;
    enum err_code rc = file_read(&r->text, &r->len, r->path, RESULTS_MAX_BYTES, e);
    if (rc)
        return rc;
    if (!tape_scan(&r->tape, r->text, r->len, &fault))
        return fail(r, fault.offset, fault.what, NULL, e);
    size_t items = tape_get(&r->tape, 0, "items");
    if (tape_kind(&r->tape, items) != TAPE_ARRAY)
        return fail_at(r, 0, "neither lines of JSON nor an export with a list 'items'", NULL, e);
    r->next = items + 1;
    r->end = r->tape.at[items].next;
    return ERR_OK;
}

enum err_code results_open(struct results **out, const char *path, const char *grader, bool parse,
                           struct diags *list, struct err *e)
{
    struct results *r = mem_new(sizeof(*r));
    bool lines = false;
    r->path = mem_text(path);
    r->grader = mem_printf("%s-", grader);
    r->parse = parse;
    r->list = list;
    r->fd = -1;
    enum err_code rc = lines_open(&r->fd, &r->bytes, path, e);
    if (!rc)
        rc = is_lines(r, &lines, e);
    if (!rc)
        lines_init(&r->lines, r->fd, r->path, 0, r->bytes);
    if (!rc && !lines)
        rc = open_export(r, e);
    if (rc)
        results_close(r);
    else
        *out = r;
    return rc;
}

void results_close(struct results *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n_datasets; i++)
        dataset_free(r->datasets[i]);
    free(r->datasets);
    if (r->fd >= 0)
        close(r->fd);
    lines_release(&r->lines);
    tape_release(&r->tape);
    tape_release(&r->scratch);
    free(r->text);
    free(r->path);
    free(r->grader);
    free(r);
}
