#include "sim/view/drift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "sim/base/mem.h"
#include "sim/base/text.h"
#include "sim/run/drift.h"
#include "sim/view/json.h"

enum { MOST_BYTES = 1 << 30 }; /* of a file that is looked through for lines of the same wave */

static const char *phase_name(enum wave_phase phase)
{
    return phase == WAVE_TRAIN ? "train" : "valid";
}

static void set_text(json_t *o, const char *key, const struct drift_text *text)
{
    struct buf valid = {0};
    text_add_valid(&valid, text->at, text->len);
    json_object_set_new(o, key, text->at ? json_stringn(buf_text(&valid), valid.len) : json_null());
    buf_release(&valid);
    if (text->len >= DRIFT_KEPT_BYTES - 3 &&
        text->len < text->bytes) { /* cut between two characters */
        char *bytes = mem_printf("%s_bytes", key);
        json_object_set_new(o, bytes, json_integer((json_int_t)text->bytes));
        free(bytes);
    }
}

static void add_line(struct buf *out, const struct wave *w, size_t number, const struct drift *d)
{
    const struct rollout_end *end = &w->ends[number];
    json_t *o = json_pack("{s:s, s:i, s:s, s:i}", "type", "drift", "version", 1, "phase",
                          phase_name(w->phase), "step", w->step);
    json_object_set_new(o, "file", json_text(dataset_path(w->dataset)));
    json_object_set_new(o, "line", json_integer((json_int_t)end->line));
    json_object_set_new(o, "sample", json_integer((json_int_t)(number % w->n_samples)));
    json_object_set_new(o, "call", json_integer((json_int_t)d->call + 1));
    json_object_set_new(o, "tool", json_text(d->tool));
    json_object_set_new(o, "at", json_text(d->place));
    set_text(o, "arguments", &d->arguments);
    set_text(o, "recorded", &d->recorded);
    set_text(o, "now", &d->now);
    json_object_set_new(o, "kind",
                        json_string(tool_kind_row((enum tool_kind)end->calls[d->call].kind)->id));
    json_line(out, o);
}

void drift_lines(struct buf *out, const struct wave *w)
{
    for (size_t i = 0; i < w->n_rows * w->n_samples; i++) {
        for (size_t k = 0; k < w->ends[i].n_drifts; k++)
            add_line(out, w, i, &w->ends[i].drifts[k]);
    }
}

enum err_code drift_append(const char *path, const struct wave *w, struct err *e)
{
    struct buf text = {0};
    enum err_code rc = ERR_OK;
    drift_lines(&text, w);
    FILE *file = text.len ? fopen(path, "ae") : NULL;
    bool written = !text.len || (file && fwrite(text.at, 1, text.len, file) == text.len);
    if (file)
        written = fclose(file) == 0 && written;
    if (!written)
        rc = err_sys(e, path);
    buf_release(&text);
    return rc;
}

/* Lines that begin otherwise than `head`, and are whole. */
static void add_others(struct buf *out, const char *text, const char *head)
{
    for (const char *end = NULL; (end = strchr(text, '\n')); text = end + 1) {
        if (strncmp(text, head, strlen(head)) != 0)
            buf_add(out, text, (size_t)(end + 1 - text));
    }
}

enum err_code drift_drop(const char *path, const struct wave *w, struct err *e)
{
    char *text = NULL;
    size_t len = 0;
    struct buf kept = {0};
    if (access(path, F_OK) != 0)
        return ERR_OK;
    enum err_code rc = file_read(&text, &len, path, MOST_BYTES, e);
    if (rc)
        return rc;
    char *head = mem_printf("{\"type\":\"drift\",\"version\":1,\"phase\":\"%s\",\"step\":%d,",
                            phase_name(w->phase), w->step);
    add_others(&kept, text, head);
    if (kept.len != len)
        rc = file_put(path, buf_text(&kept), kept.len, e);
    buf_release(&kept);
    free(head);
    free(text);
    return rc;
}
