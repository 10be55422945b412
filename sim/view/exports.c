#include "sim/view/exports.h"

#include <stdlib.h>

#include "sim/base/stage.h"
#include "sim/report/run_source.h"
#include "sim/view/history_tables.h"
#include "sim/view/run_tables.h"
#include "sim/view/scalars.h"

static enum err_code write_tables(const struct stage *folder, enum sheet_format format,
                                  const struct history *h, struct err *e)
{
    if (h->source == HISTORY_RUN)
        return run_tables_write(folder, format, run_source_db(h), e);
    return history_tables_write(folder, format, h, e);
}

static enum err_code write_transcript(struct stage_file *file, const struct history *h,
                                      size_t rollout, struct err *e)
{
    json_t *doc = NULL;
    enum err_code rc = history_transcript(h, rollout, &doc, e);
    if (rc)
        return rc;
    char *text = json_dumps(doc, JSON_COMPACT);
    struct buf line = {0};
    if (text) {
        buf_text_add(&line, text);
        buf_char(&line, '\n');
        rc = stage_write(file, line.at, line.len, e);
    } else {
        rc = err_set(e, ERR_DATA, "%s: is damaged (rollout %lld holds what is no UTF-8)", h->path,
                     (long long)h->rollouts[rollout].id);
    }
    buf_release(&line);
    free(text);
    json_decref(doc);
    return rc;
}

static enum err_code write_transcripts(const struct stage *folder, const struct history *h,
                                       struct err *e)
{
    struct stage_file file = {0};
    enum err_code rc = stage_create(&file, folder, "transcripts.jsonl", 0, e);
    for (size_t i = 0; !rc && i < h->n_rollouts; i++)
        rc = write_transcript(&file, h, i, e);
    return stage_finish(&file, e) ? e->code : rc;
}

static enum err_code write_csv(const struct stage *folder, const struct history *h, struct err *e)
{
    return write_tables(folder, SHEET_CSV, h, e);
}

static enum err_code write_jsonl(const struct stage *folder, const struct history *h, struct err *e)
{
    enum err_code rc = write_tables(folder, SHEET_JSONL, h, e);
    return rc || !h->ops ? rc : write_transcripts(folder, h, e);
}

/* All of a folder is of one moment, also of a run that goes on; and a transaction that is open
 * saves each of many statements its own. */
static void hold(const struct history *h, const char *sql)
{
    if (h->source == HISTORY_RUN)
        sqlite3_exec(run_source_db(h), sql, NULL, NULL, NULL);
}

static enum err_code write_folder(const char *path, const struct history *h,
                                  enum err_code (*write)(const struct stage *folder,
                                                         const struct history *h, struct err *e),
                                  struct err *e)
{
    struct stage folder = {0};
    if (!path)
        return ERR_OK;
    enum err_code rc = stage_open(&folder, path, e);
    hold(h, "BEGIN");
    if (!rc)
        rc = write(&folder, h, e);
    hold(h, "COMMIT");
    if (!rc)
        rc = stage_commit(&folder, e);
    stage_close(&folder);
    return rc;
}

enum err_code exports_write(const struct exports *x, const struct history *h, struct err *e)
{
    enum err_code rc = write_folder(x->csv, h, write_csv, e);
    if (!rc)
        rc = write_folder(x->jsonl, h, write_jsonl, e);
    return rc ? rc : write_folder(x->tensorboard, h, scalars_write, e);
}
