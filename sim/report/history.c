#include "sim/report/history.h"

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

static void release_steps(struct history *h)
{
    for (size_t i = 0; i < h->n_steps; i++) {
        for (size_t p = 0; p < HISTORY_PHASES; p++)
            free(h->steps[i].tools[p]);
    }
    free(h->steps);
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
    release_steps(h);
    free(h->path);
    free(h->title);
    free(h->model);
    free(h->policy);
    free(h->state);
    free(h->started_at);
    json_decref(h->job);
    *h = (struct history){0};
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t n_end = strlen(end);
    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

enum err_code history_open(struct history *out, const char *path, struct err *e)
{
    struct stat st;
    *out = (struct history){0};
    if (stat(path, &st) != 0)
        return err_sys(e, path);
    enum err_code rc;
    if (S_ISDIR(st.st_mode) || ends_with(path, ".db"))
        rc = history_read_run(out, path, e);
    else if (ends_with(path, ".csv"))
        rc = history_read_results(out, path, e);
    else
        rc = history_read_export(out, path, e);
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

const struct history_wave *history_wave_of(const struct history *h, size_t rollout)
{
    return &h->waves[h->rollouts[rollout].wave];
}

char *history_place(const struct history *h, size_t rollout)
{
    const struct history_file *file = &h->files[history_wave_of(h, rollout)->phase];
    size_t line = file->rows[h->rollouts[rollout].row].line;
    return mem_printf("%s:%zu", file->path ? file->path : h->path, line);
}
