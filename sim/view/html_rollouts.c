#include "sim/view/html_rollouts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/view/json.h"
#include "sim/view/report_json.h"

enum { MOST_REASONS = 500, REASON_BYTES = 400 };

static const char *const phases[] = {[WAVE_TRAIN] = "train", [WAVE_VALID] = "valid"};

/* A row of one phase with its rollouts. */
struct seen_row {
    uint64_t key;
    size_t n;
    size_t n_graded;
    double sum;
    bool named;
    bool taken;
};

static uint64_t key_of(const struct history *h, size_t rollout)
{
    return (uint64_t)history_wave_of(h, rollout)->phase << 32 | h->rollouts[rollout].row;
}

static void name(size_t **list, size_t *n, size_t rollout)
{
    if (rollout == SIZE_MAX)
        return;
    *list = mem_grow(*list, *n + 1, sizeof(**list));
    (*list)[(*n)++] = rollout;
}

size_t *html_rollouts_named(const struct facts *f, const struct verdict *v, size_t *n)
{
    size_t *list = NULL;
    *n = 0;
    for (size_t i = 0; i < v->n; i++) {
        for (size_t k = 0; k < v->at[i].n_rollouts; k++)
            name(&list, n, v->at[i].rollouts[k]);
    }
    for (size_t i = 0; i < f->picks.n_worst; i++)
        name(&list, n, f->picks.worst[i]);
    for (size_t i = 0; i < f->picks.n_best; i++)
        name(&list, n, f->picks.best[i]);
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        for (size_t i = 0; i < OUTCOME_N; i++)
            name(&list, n, f->outcomes[p].first[i]);
    }
    for (size_t i = 0; i < f->tools.n; i++)
        name(&list, n, f->tools.at[i].first_failed);
    for (size_t i = 0; i < f->graders.n; i++)
        name(&list, n, f->graders.at[i].first_error);
    return list;
}

static void take_all(struct html_rollouts *out, size_t n)
{
    out->at = mem_array(n ? n : 1, sizeof(*out->at));
    out->n = n;
    for (size_t i = 0; i < n; i++)
        out->at[i] = i;
}

/* Every row by its key, which is its place: rows of training first. */
static struct seen_row *sum_rows(const struct history *h, size_t *n)
{
    size_t n_train = h->files[WAVE_TRAIN].n_rows;
    *n = n_train + h->files[WAVE_VALID].n_rows;
    struct seen_row *rows = mem_array(*n, sizeof(*rows));
    for (size_t i = 0; i < h->n_rollouts; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        struct seen_row *row =
            &rows[(history_wave_of(h, i)->phase == WAVE_VALID ? n_train : 0) + r->row];
        row->key = key_of(h, i);
        row->n++;
        if (isnan(r->reward))
            continue;
        row->n_graded++;
        row->sum += r->reward;
    }
    return rows;
}

static double mean_of(const struct seen_row *r)
{
    return r->n_graded ? r->sum / (double)r->n_graded : -INFINITY;
}

static int by_need(const void *a, const void *b)
{
    const struct seen_row *x = a;
    const struct seen_row *y = b;
    if (x->named != y->named)
        return x->named ? -1 : 1;
    if (mean_of(x) != mean_of(y))
        return mean_of(x) < mean_of(y) ? -1 : 1;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_key(const void *a, const void *b)
{
    const struct seen_row *x = a;
    const struct seen_row *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static struct seen_row *find_row(struct seen_row *rows, size_t n, uint64_t key)
{
    struct seen_row wanted = {.key = key};
    return bsearch(&wanted, rows, n, sizeof(*rows), by_key);
}

/* Rows that were rolled out, marked if they are to be taken, by key again. */
static size_t choose_rows(struct seen_row *rows, size_t n, size_t most)
{
    size_t room = most;
    qsort(rows, n, sizeof(*rows), by_need);
    for (size_t i = 0; i < n; i++) {
        rows[i].taken = rows[i].n <= room;
        room -= rows[i].taken ? rows[i].n : 0;
    }
    qsort(rows, n, sizeof(*rows), by_key);
    return most - room;
}

static void take_some(struct html_rollouts *out, const struct history *h, size_t most,
                      const size_t *named, size_t n_named)
{
    size_t n_all = 0;
    size_t n = 0;
    struct seen_row *rows = sum_rows(h, &n_all);
    for (size_t i = 0; i < n_all; i++) {
        if (rows[i].n)
            rows[n++] = rows[i];
    }
    for (size_t i = 0; i < n_named; i++)
        find_row(rows, n, key_of(h, named[i]))->named = true;
    out->at = mem_array(choose_rows(rows, n, most) + 1, sizeof(*out->at));
    for (size_t i = 0; i < h->n_rollouts; i++) {
        if (find_row(rows, n, key_of(h, i))->taken)
            out->at[out->n++] = i;
    }
    out->n_left = h->n_rollouts - out->n;
    for (size_t i = 0; i < n; i++)
        out->n_rows_left += !rows[i].taken;
    free(rows);
}

void html_rollouts_pick(struct html_rollouts *out, const struct facts *f, const struct verdict *v,
                        size_t most)
{
    *out = (struct html_rollouts){0};
    if (f->of->n_rollouts <= most) {
        take_all(out, f->of->n_rollouts);
        return;
    }
    size_t n_named = 0;
    size_t *named = html_rollouts_named(f, v, &n_named);
    take_some(out, f->of, most, named, n_named);
    free(named);
}

void html_rollouts_release(struct html_rollouts *r)
{
    free(r->at);
    *r = (struct html_rollouts){0};
}

/* Reasons are few and come often: each once, and its number. 0 is none, and what is one too many.
 */
static json_int_t reason_of(json_t *list, json_t *numbers, const char *why)
{
    if (!why)
        return 0;
    char *text = mem_printf("%.*s", REASON_BYTES, why);
    json_t *clean = json_text(text); /* of a sequence cut in two, too */
    free(text);
    json_t *number = json_object_get(numbers, json_string_value(clean));
    json_int_t found = number ? json_integer_value(number) : 0;
    if (!number && json_array_size(list) <= MOST_REASONS) {
        found = (json_int_t)json_array_size(list);
        json_object_set_new(numbers, json_string_value(clean), json_integer(found));
        json_array_append(list, clean);
    }
    json_decref(clean);
    return found;
}

static void add(json_t *columns, const char *name, json_t *value)
{
    json_t *list = json_object_get(columns, name);
    if (!list)
        json_object_set_new(columns, name, list = json_array());
    json_array_append_new(list, value);
}

/* The waves that shown rollouts are of, and the number of each on the page. */
static json_t *waves_of(const struct html_rollouts *r, const struct history *h, int *number)
{
    json_t *columns = json_pack("{s:[], s:[]}", "phase", "step");
    int n = 0;
    for (size_t i = 0; i < r->n; i++) {
        uint32_t wave = h->rollouts[r->at[i]].wave;
        if (i && wave == h->rollouts[r->at[i - 1]].wave)
            continue;
        add(columns, "phase", json_string(phases[h->waves[wave].phase]));
        add(columns, "step", json_integer(h->waves[wave].step));
        number[wave] = n++;
    }
    return columns;
}

/* The lines of the rows that are shown, by the row's number. */
static json_t *rows_of(const struct html_rollouts *r, const struct history *h)
{
    json_t *o = json_object();
    for (size_t p = 0; p < HISTORY_PHASES; p++)
        json_object_set_new(o, phases[p], json_object());
    for (size_t i = 0; i < r->n; i++) {
        enum wave_phase phase = history_wave_of(h, r->at[i])->phase;
        size_t row = h->rollouts[r->at[i]].row;
        char number[24];
        snprintf(number, sizeof(number), "%zu", row);
        json_t *lines = json_object_get(o, phases[phase]);
        json_object_set_new(lines, number,
                            json_integer((json_int_t)h->files[phase].rows[row].line));
    }
    return o;
}

static double rounded(double value)
{
    return round(value * 1e6) / 1e6;
}

void html_rollouts_set(json_t *data, const struct html_rollouts *r, const struct history *h,
                       const int *block)
{
    json_t *columns = json_pack("{s:[]}", "id");
    json_t *whys = json_pack("[n]");
    json_t *numbers = json_object();
    int *wave = mem_array(h->n_waves + 1, sizeof(*wave));
    json_object_set_new(data, "waves", waves_of(r, h, wave));
    for (size_t i = 0; i < r->n; i++) {
        const struct history_rollout *at = &h->rollouts[r->at[i]];
        add(columns, "id", json_integer(at->id));
        add(columns, "wave", json_integer(wave[at->wave]));
        add(columns, "row", json_integer(at->row));
        add(columns, "sample", json_integer(at->sample));
        add(columns, "outcome", json_integer(at->outcome));
        add(columns, "reward", report_json_real(rounded(at->reward)));
        add(columns, "turns", json_integer(at->n_turns));
        add(columns, "calls", json_integer(at->n_calls));
        add(columns, "failed", json_integer(at->n_failed));
        add(columns, "seconds", report_json_real(rounded(at->seconds)));
        add(columns, "block", json_integer(block[i]));
        add(columns, "why", json_integer(reason_of(whys, numbers, at->why)));
    }
    json_decref(numbers);
    free(wave);
    json_object_set_new(data, "rows", rows_of(r, h));
    json_object_set_new(data, "rollouts", columns);
    json_object_set_new(data, "whys", whys);
    json_object_set_new(data, "left_out",
                        json_pack("{s:I, s:I}", "rollouts", (json_int_t)r->n_left, "rows",
                                  (json_int_t)r->n_rows_left));
}
