#include "sim/report/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/mem.h"
#include "sim/report/history_export.h"
#include "sim/report/history_results.h"
#include "sim/report/history_run.h"

static void release_files(struct history *h)
{
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        free(h->files[p].path);
        free(h->files[p].rows);
    }
}

static void release_tools(struct history *h)
{
    for (size_t i = 0; i < h->n_tools; i++) {
        free(h->tools[i].name);
        for (size_t p = 0; p < HISTORY_PHASES; p++)
            hist_release(&h->tools[i].of[p].latency);
    }
    free(h->tools);
}

static void release_graders(struct history *h)
{
    for (size_t i = 0; i < h->n_graders; i++) {
        free(h->graders[i].key);
        free(h->graders[i].type);
        free(h->graders[i].name);
    }
    free(h->graders);
    free(h->parts);
}

const struct history_step history_no_step = {
    .ended_at = -1,
    .train_mean = NAN,
    .train_penalised = NAN,
    .valid_mean = NAN,
    .valid_step = -1,
    .n_rollouts = -1,
    .n_graded = -1,
    .n_valid = -1,
    .n_valid_graded = -1,
    .sampling_s = NAN,
    .training_s = NAN,
    .eval_s = NAN,
    .total_s = NAN,
    .completion_tokens = NAN,
    .reasoning_tokens = NAN,
    .unresponsive = NAN,
    .error_share = NAN,
};

void history_step_init(const struct history *h, struct history_step *s)
{
    *s = history_no_step;
    for (size_t p = 0; p < HISTORY_PHASES; p++) {
        s->tools[p] = mem_array(h->n_tools, sizeof(*s->tools[p]));
        for (size_t i = 0; i < h->n_tools; i++)
            s->tools[p][i] = (struct history_tool_step){NAN, NAN, NAN, NAN, NAN};
    }
    s->graders = mem_array(h->n_graders, sizeof(*s->graders));
    for (size_t i = 0; i < h->n_graders; i++) {
        struct history_grader_step *g = &s->graders[i];
        for (size_t p = 0; p < HISTORY_PHASES; p++) {
            g->mean[p] = g->latency_s[p] = NAN;
            g->n_graded[p] = -1;
            for (size_t k = 0; k < GRADE_N_ERRORS; k++)
                g->errors[p][k] = NAN;
        }
    }
}

void history_step_release(struct history_step *s)
{
    for (size_t p = 0; p < HISTORY_PHASES; p++)
        free(s->tools[p]);
    free(s->graders);
}

void history_release(struct history *h)
{
    if (h->ops)
        h->ops->close(h->self);
    for (size_t i = 0; i < h->n_rollouts; i++)
        free(h->rollouts[i].why);
    free(h->rollouts);
    free(h->waves);
    release_files(h);
    release_tools(h);
    release_graders(h);
    for (size_t i = 0; i < h->n_steps; i++)
        history_step_release(&h->steps[i]);
    free(h->steps);
    free(h->path);
    free(h->title);
    free(h->model);
    free(h->policy);
    free(h->state);
    free(h->started_at);
    json_decref(h->job);
    *h = (struct history){0};
}

/* The reader for a file, by how it begins: a database, JSON, or else a table. */
static enum err_code pick(const char *path,
                          enum err_code (**read)(struct history *, const char *, struct err *),
                          struct err *e)
{
    static const char database[] = "SQLite format 3";
    char head[64] = "";
    FILE *file = fopen(path, "re");
    if (!file)
        return err_sys(e, path);
    size_t n = fread(head, 1, sizeof(head) - 1, file);
    enum err_code rc = ferror(file) ? err_sys(e, path) : ERR_OK;
    fclose(file);
    const char *text = head + strspn(head, "\xef\xbb\xbf \t\r\n");
    if (n >= sizeof(database) && memcmp(head, database, sizeof(database)) == 0)
        *read = history_read_run;
    else
        *read = *text == '{' || *text == '[' ? history_read_export : history_read_results;
    return rc;
}

enum err_code history_open(struct history *out, const char *path, struct err *e)
{
    struct stat st;
    enum err_code (*read)(struct history *, const char *, struct err *) = history_read_run;
    *out = (struct history){0};
    if (stat(path, &st) != 0)
        return err_sys(e, path);
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
        err_set(e, ERR_IO, "%s: not a regular file", path);
        return err_fix(e, "it is read more than once; write it to a file first");
    }
    enum err_code rc = S_ISDIR(st.st_mode) ? ERR_OK : pick(path, &read, e);
    if (!rc)
        rc = read(out, path, e);
    if (!rc)
        out->path = mem_text(path);
    else
        history_release(out);
    return rc;
}

enum err_code history_transcript(const struct history *h, size_t rollout, json_t **out,
                                 struct err *e)
{
    if (!h->ops)
        return err_set(e, ERR_DATA, "%s: holds no transcripts", h->path);
    return h->ops->transcript(h->self, h, rollout, out, e);
}

size_t history_tool_of(struct history *h, const char *name)
{
    for (size_t i = 0; i < h->n_tools; i++) {
        if (strcmp(h->tools[i].name, name) == 0)
            return i;
    }
    h->tools = mem_grow(h->tools, h->n_tools + 1, sizeof(*h->tools));
    h->tools[h->n_tools] = (struct history_tool){.name = mem_text(name)};
    return h->n_tools++;
}

const struct history_wave *history_wave_of(const struct history *h, size_t rollout)
{
    return &h->waves[h->rollouts[rollout].wave];
}

char *history_folder(const char *path)
{
    static const char name[] = "run.db";
    size_t n = strlen(path);
    size_t n_name = sizeof(name) - 1;
    bool named = n >= n_name && strcmp(path + n - n_name, name) == 0 &&
                 (n == n_name || path[n - n_name - 1] == '/');
    if (!named)
        return mem_text(path);
    return n > n_name ? mem_slice(path, n - n_name) : mem_text(".");
}

char *history_place(const struct history *h, size_t rollout)
{
    const struct history_file *file = &h->files[history_wave_of(h, rollout)->phase];
    size_t line = file->rows[h->rollouts[rollout].row].line;
    return mem_printf("%s:%zu", file->path ? file->path : h->path, line);
}

bool history_threshold(const struct history *h, double *low, double *high)
{
    size_t n = 0;
    *low = -INFINITY;
    *high = INFINITY;
    for (size_t i = 0; i < h->n_rollouts; i++) {
        const struct history_rollout *r = &h->rollouts[i];
        if (r->verdict == EXPORT_UNKNOWN || isnan(r->reward))
            continue;
        n++;
        if (r->verdict == EXPORT_PASSED)
            *high = fmin(*high, r->reward);
        else
            *low = fmax(*low, r->reward);
    }
    return n && *low < *high;
}
