#include "sim/run/results.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/dataset.h"
#include "sim/run/export.h"
#include "sim/run/items.h"
#include "sim/run/sample.h"

struct results {
    char *grader; /* as the name of a criterion begins: "name-" */
    bool parse;
    struct items items;
    struct tape scratch;
    struct dataset **datasets; /* owned: that rollouts are of */
    size_t n_datasets;
};

void result_release(struct result *x)
{
    free(x->id);
    free(x->trace_id);
    *x = (struct result){0};
}

bool results_is_export(const struct results *r)
{
    return items_is_document(&r->items);
}

static void take_old(const struct tape *t, size_t v, struct result *x)
{
    x->has_old = tape_kind(t, v) == TAPE_NUMBER;
    if (x->has_old)
        x->old = tape_number(t, v);
}

/* Criteria are called "<grader>-<uuid>" (6.5). */
static bool is_of_grader(const struct results *r, const struct tape *t, size_t name)
{
    char *text = export_text(t, name);
    bool is = text && strncmp(text, r->grader, strlen(r->grader)) == 0;
    free(text);
    return is;
}

/* An item of an evaluation: its row, and the last message of its sample. */
static enum err_code take_exported(struct results *r, const struct export_item *item,
                                   struct result *x, struct input *in, struct err *e)
{
    const struct tape *t = item->t;
    if (tape_kind(t, item->row) != TAPE_OBJECT)
        return items_fail(&r->items, item->row, "the row is not an object", NULL, e);
    x->id = export_text(t, item->id);
    x->trace_id = export_text(t, tape_get(t, tape_index(t, item->spans, 0), "trace_id"));
    for (size_t i = 0; i < item->n_scores; i++) {
        struct export_score score = export_score_at(item, i);
        if (item->n_scores > 1 && !is_of_grader(r, t, score.name))
            continue;
        take_old(t, score.score, x);
        x->verdict = score.verdict;
    }
    size_t message = export_message(item);
    if (message == TAPE_NONE) {
        x->left_out = "it has no message";
        return ERR_OK;
    }
    if (export_is_blocked(item)) {
        x->left_out = "its text was blocked by the service and is not there";
        return ERR_OK;
    }
    export_add_row(item, &in->item);
    sample_of_message(t, message, r->parse, &r->scratch, &in->sample);
    return ERR_OK;
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
    if (dataset_open(out, path, r->items.list, e))
        return err_note(e, "%s:%zu: the row of this rollout", r->items.path, r->items.place);
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
        err_set(e, ERR_DATA, "%s:%zu: its row was on line %zu of %s, where none is now",
                r->items.path, r->items.place, line, path);
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
    const struct tape *t = &r->items.tape;
    size_t sample = tape_get(t, v, "graded_sample");
    if (sample == TAPE_NONE)
        return items_fail(&r->items, v, "this rollout has no graded_sample",
                          "print what graders saw: rftsim run JOB --json --rollouts --samples", e);
    x->id = export_text(t, tape_get(t, v, "trace_id"));
    x->trace_id = mem_text(x->id);
    take_old(t, tape_get(t, v, "reward"), x);
    if (tape_kind(t, sample) != TAPE_OBJECT) {
        x->left_out = "it came to no grade";
        return ERR_OK;
    }
    size_t line = tape_get(t, v, "line");
    char *path = export_text(t, tape_get(t, v, "file"));
    double number = tape_kind(t, line) == TAPE_NUMBER ? tape_number(t, line) : 0;
    enum err_code rc = ERR_OK;
    if (!path || number < 1 || number > 1e15)
        rc = items_fail(&r->items, v, "this rollout does not say the file and line of its row",
                        NULL, e);
    else
        rc = read_row(r, path, (size_t)number, &in->item, e);
    tape_compact(t, sample, &in->sample);
    free(path);
    return rc;
}

static enum err_code next(struct results *r, struct result *x, struct input *in, bool *have,
                          struct err *e)
{
    const struct tape *t = &r->items.tape;
    struct export_item item;
    size_t v = 0;
    for (;;) {
        enum err_code rc = items_next(&r->items, &v, have, e);
        if (rc || !*have)
            return rc;
        x->place = r->items.place;
        size_t type = tape_get(t, v, "type");
        if (tape_is(t, type, "rollout"))
            return take_rollout(r, v, x, in, e);
        if (export_item_read(&item, t, v))
            return take_exported(r, &item, x, in, e);
        if (tape_kind(t, type) != TAPE_STRING) /* what else a run prints */
            return items_fail(&r->items, v, "neither a rollout nor an item of an evaluation",
                              "lines are those of rftsim run --json --rollouts --samples, or of "
                              "the evaluation's download",
                              e);
    }
}

enum err_code results_next(struct results *r, struct result *x, struct input *in, bool *have,
                           struct err *e)
{
    *x = (struct result){0};
    input_clear(in);
    enum err_code rc = next(r, x, in, have, e);
    if (rc)
        result_release(x);
    return rc;
}

enum err_code results_open(struct results **out, const char *path, const char *grader, bool parse,
                           struct diags *list, struct err *e)
{
    struct results *r = mem_new(sizeof(*r));
    r->grader = mem_printf("%s-", grader);
    r->parse = parse;
    enum err_code rc = items_open(&r->items, path, "be graded again", list, e);
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
    items_close(&r->items);
    tape_release(&r->scratch);
    free(r->grader);
    free(r);
}
