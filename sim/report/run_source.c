#include "sim/report/run_source.h"

#include <stdlib.h>
#include <string.h>

#include "grader/grader.h"
#include "sim/base/mem.h"
#include "sim/base/text.h"
#include "sim/job/dataset.h"
#include "sim/job/row_digest.h"
#include "sim/store/database.h"
#include "sim/store/query.h"

struct source {
    sqlite3 *db;
    bool looked[HISTORY_PHASES];             /* for the dataset */
    struct dataset *dataset[HISTORY_PHASES]; /* owned; NULL if it is not there any more */
};

sqlite3 *run_source_db(const struct history *h)
{
    return ((const struct source *)h->self)->db;
}

static void close_source(void *self)
{
    struct source *s = self;
    for (int p = 0; p < HISTORY_PHASES; p++)
        dataset_free(s->dataset[p]);
    sqlite3_close(s->db);
    free(s);
}

static void set_text(json_t *o, const char *key, const struct buf *text)
{
    struct buf valid = {0};
    text_add_valid(&valid, buf_text(text), text->len);
    json_object_set_new(o, key, json_stringn(buf_text(&valid), valid.len));
    buf_release(&valid);
}

static void set_seconds(json_t *o, const char *key, int64_t ns)
{
    json_object_set_new(o, key, json_real((double)ns * 1e-9));
}

/* Set the body in a column; and how long it was, if it was cut. */
static void set_body(json_t *o, const char *key, struct query *q, int column, int64_t bytes)
{
    struct buf text = {0};
    enum { CUT = 65533 }; /* schema.sql */
    if (query_body(q, column, &text)) {
        char *key_bytes = mem_printf("%s_bytes", key);
        set_text(o, key, &text);
        if (text.len >= CUT && (int64_t)text.len < bytes)
            json_object_set_new(o, key_bytes, json_integer(bytes));
        free(key_bytes);
    }
    buf_release(&text);
}

/* A list that was read; whether that went well is for `e` to say, at the end of the transcript. */
static json_t *finish(json_t *list, struct query *q, struct err *e)
{
    enum err_code rc = query_close(q, e);
    (void)rc;
    return list;
}

/* The names of the bits of `mask` that are of this kind. */
static json_t *names_of(sqlite3 *db, const char *kind, uint64_t mask, struct err *e)
{
    json_t *list = json_array();
    struct query q;
    query_open(&q, db, "SELECT bit, name FROM bit WHERE kind = ? ORDER BY bit");
    query_bind_text(&q, 1, kind);
    while (query_next(&q)) {
        if (mask >> (query_int(&q, 0) & 63) & 1)
            json_array_append_new(list, json_string(query_text(&q, 1)));
    }
    return finish(list, &q, e);
}

static json_t *attempts_of(sqlite3 *db, int64_t rollout, int64_t number, struct err *e)
{
    json_t *list = json_array();
    struct query q;
    query_open(&q, db,
               "SELECT kind, status, latency_ns FROM attempt WHERE rollout = ? AND call = ? "
               "ORDER BY number");
    query_bind(&q, 1, rollout);
    query_bind(&q, 2, number);
    while (query_next(&q)) {
        json_t *attempt = json_pack("{s:s, s:I}", "fault", query_text(&q, 0), "status",
                                    (json_int_t)query_int(&q, 1));
        set_seconds(attempt, "latency_s", query_int(&q, 2));
        json_array_append_new(list, attempt);
    }
    return finish(list, &q, e);
}

static json_t *call_of(struct query *q, sqlite3 *db, int64_t rollout, struct err *e)
{
    json_t *call = json_pack("{s:s, s:s, s:I}", "tool", query_text(q, 2), "kind", query_text(q, 3),
                             "status", (json_int_t)query_int(q, 4));
    set_seconds(call, "latency_s", query_int(q, 6));
    set_body(call, "arguments", q, 7, query_int(q, 8));
    set_body(call, "output", q, 9, query_int(q, 10));
    if (query_int(q, 5) > 1)
        json_object_set_new(call, "attempts", attempts_of(db, rollout, query_int(q, 0), e));
    return call;
}

/* Turns up to `turn`, each a list of calls. */
static json_t *turn_at(json_t *turns, size_t turn)
{
    while (json_array_size(turns) <= turn)
        json_array_append_new(turns, json_pack("{s:[]}", "calls"));
    return json_array_get(turns, turn);
}

enum { MOST_TURNS = 1 << 20 };

static enum err_code add_calls(json_t *turns, sqlite3 *db, int64_t rollout, struct err *e)
{
    struct query q;
    query_open(&q, db,
               "SELECT number, turn, coalesce(call.name, 'functions.' || tool.name, ''), kind, "
               "status, attempts, latency_ns, arguments, arguments_bytes, output, output_bytes "
               "FROM call LEFT JOIN tool ON tool.id = call.tool "
               "WHERE rollout = ? ORDER BY number");
    query_bind(&q, 1, rollout);
    while (query_next(&q)) {
        int64_t turn = query_int(&q, 1);
        if (turn < 0 || turn > MOST_TURNS)
            continue;
        json_t *call = call_of(&q, db, rollout, e);
        json_array_append_new(json_object_get(turn_at(turns, (size_t)turn), "calls"), call);
    }
    return query_close(&q, e);
}

static enum err_code add_turns(json_t *turns, sqlite3 *db, int64_t rollout, struct err *e)
{
    struct query q;
    query_open(&q, db,
               "SELECT number, kind, recipient, text, text_bytes FROM turn WHERE rollout = ? "
               "ORDER BY number");
    query_bind(&q, 1, rollout);
    while (query_next(&q)) {
        int64_t number = query_int(&q, 0);
        if (number < 0 || number > MOST_TURNS)
            continue;
        json_t *turn = turn_at(turns, (size_t)number);
        const char *kind = query_text(&q, 1);
        if (strcmp(kind, "text") != 0)
            json_object_set_new(turn, "kind", json_string(kind));
        if (!query_is_null(&q, 2))
            json_object_set_new(turn, "recipient", json_string(query_text(&q, 2)));
        set_body(turn, "text", &q, 3, query_int(&q, 4));
    }
    return query_close(&q, e);
}

static json_t *parts_of(sqlite3 *db, int64_t rollout, struct err *e)
{
    json_t *list = json_array();
    struct query q;
    query_open(&q, db,
               "SELECT key, type, name, reward, flags, ns FROM part "
               "JOIN grader ON grader.id = part.grader WHERE rollout = ? ORDER BY grader.id");
    query_bind(&q, 1, rollout);
    while (query_next(&q)) {
        json_t *errors = names_of(db, "grade_error", (uint64_t)query_int(&q, 4), e);
        json_t *part = json_pack("{s:s, s:s, s:s, s:f, s:o}", "key", query_text(&q, 0), "type",
                                 query_text(&q, 1), "name", query_text(&q, 2), "reward",
                                 query_real(&q, 3), "errors", errors);
        set_seconds(part, "seconds", query_int(&q, 5));
        json_array_append_new(list, part);
    }
    return finish(list, &q, e);
}

static void set_grade(json_t *doc, const struct history *h, sqlite3 *db, struct query *q,
                      struct err *e)
{
    int64_t rollout = query_int(q, 0);
    if (query_is_null(q, 2) || !h->n_graders)
        return;
    json_t *grade = json_pack("{s:s, s:s, s:f, s:o}", "type", h->graders[0].type, "name",
                              h->graders[0].name, "reward", query_real(q, 2), "errors",
                              names_of(db, "grade_error", (uint64_t)query_int(q, 3), e));
    json_t *parts = parts_of(db, rollout, e);
    set_seconds(grade, "seconds", query_int(q, 4));
    if (json_array_size(parts))
        json_object_set(grade, "parts", parts);
    json_decref(parts);
    json_object_set_new(doc, "grade", grade);
}

/* The row's messages, if its file is still there and the row in it is still the same. */
static void set_messages(json_t *doc, struct source *s, const struct history *h,
                         const struct history_rollout *r)
{
    enum wave_phase phase = h->waves[r->wave].phase;
    const struct history_file *file = &h->files[phase];
    struct diags list = {0};
    struct err e = {0};
    if (!s->looked[phase] && file->path && dataset_open(&s->dataset[phase], file->path, &list, &e))
        s->dataset[phase] = NULL;
    s->looked[phase] = true;
    diags_release(&list);
    err_clear(&e);
    struct row row = {0};
    if (!s->dataset[phase] || r->row >= dataset_count(s->dataset[phase]) ||
        dataset_row(s->dataset[phase], r->row, &row, &e))
        return;
    if (row_digest(&row.tape) == file->rows[r->row].digest) {
        json_t *item = json_loadb(row.item, row.item_len, 0, NULL);
        json_object_set(doc, "messages", json_object_get(item, "messages"));
        json_decref(item);
    }
    row_release(&row);
}

static void set_head(json_t *doc, const struct history *h, const struct history_rollout *r)
{
    const struct history_wave *w = &h->waves[r->wave];
    const struct history_file *file = &h->files[w->phase];
    json_object_set_new(doc, "id", json_integer(r->id));
    json_object_set_new(doc, "phase", json_string(w->phase == WAVE_VALID ? "valid" : "train"));
    json_object_set_new(doc, "step", json_integer(w->step));
    json_object_set_new(doc, "row", json_integer(r->row));
    if (file->path)
        json_object_set_new(doc, "file", json_string(file->path));
    json_object_set_new(doc, "line", json_integer((json_int_t)file->rows[r->row].line));
    json_object_set_new(doc, "sample", json_integer(r->sample));
    json_object_set_new(doc, "outcome", json_string(outcome_name((enum outcome)r->outcome)));
    if (r->why)
        json_object_set_new(doc, "why", json_string(r->why));
    json_object_set_new(doc, "seconds", json_real(r->seconds));
}

/* What stands in the rollout's own row. */
static enum err_code set_rollout(json_t *doc, const struct history *h, sqlite3 *db, int64_t rollout,
                                 struct err *e)
{
    struct query q;
    query_open(&q, db,
               "SELECT id, trace_id, reward, flags, grade_ns, answer, answer_bytes FROM rollout "
               "WHERE id = ?");
    query_bind(&q, 1, rollout);
    if (query_next(&q)) {
        json_object_set_new(doc, "trace_id", json_string(query_text(&q, 1)));
        json_object_set_new(doc, "reward",
                            query_is_null(&q, 2) ? json_null() : json_real(query_real(&q, 2)));
        set_body(doc, "answer", &q, 5, query_int(&q, 6));
        set_grade(doc, h, db, &q, e);
    }
    return query_close(&q, e);
}

static enum err_code transcript(void *self, const struct history *h, size_t rollout, json_t **out,
                                struct err *e)
{
    struct source *s = self;
    const struct history_rollout *r = &h->rollouts[rollout];
    json_t *doc = json_object();
    json_t *turns = json_array();
    set_head(doc, h, r);
    set_messages(doc, s, h, r);
    json_object_set_new(doc, "turns", turns);
    enum err_code rc = set_rollout(doc, h, s->db, r->id, e);
    if (!rc)
        rc = add_calls(turns, s->db, r->id, e);
    if (!rc)
        rc = add_turns(turns, s->db, r->id, e);
    if (!rc)
        rc = e->code;
    if (rc)
        json_decref(doc);
    else
        *out = doc;
    return rc;
}

enum err_code run_source_open(struct history *out, const char *file, struct err *e)
{
    static const struct history_source_ops ops = {transcript, close_source};
    sqlite3 *db = NULL;
    enum err_code rc = database_view(&db, file, e);
    if (rc)
        return rc;
    struct source *s = mem_new(sizeof(*s));
    s->db = db;
    out->ops = &ops;
    out->self = s;
    return ERR_OK;
}
