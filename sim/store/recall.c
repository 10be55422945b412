/* Rollouts of a wave as they are recorded, back into the wave. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/store/inside.h"
#include "sim/store/query.h"
#include "sim/store/sql.h"

enum { CALLS_MOST = 1 << 24 }; /* of a rollout: nothing in a file makes this fail for memory */

/* The rows of a table that belong to one wave, in order, one at a time. */
struct cursor {
    sqlite3_stmt *stmt;
    int64_t rollout; /* of the row at hand; INT64_MAX behind the last */
};

struct recall {
    struct store *store;
    struct wave *wave;
    int64_t from; /* id of number 0 */
    struct cursor calls, parts, others, notes, choices, tokens;
};

static enum err_code advance(struct recall *r, struct cursor *c, struct err *e)
{
    bool have = false;
    enum err_code rc = sql_next(c->stmt, r->store->path, &have, e);
    c->rollout = have ? sqlite3_column_int64(c->stmt, 0) : INT64_MAX;
    return rc;
}

static enum err_code prepare(struct recall *r, struct cursor *c, const char *sql, struct err *e)
{
    enum err_code rc = sql_prepare(&c->stmt, r->store->read, r->store->path, sql, e);
    if (rc)
        return rc;
    sqlite3_bind_int64(c->stmt, 1, r->from);
    sqlite3_bind_int64(c->stmt, 2, r->from + (INT64_C(1) << ROLLOUT_NUMBER_BITS));
    return advance(r, c, e);
}

static enum err_code damaged(const struct recall *r, int64_t rollout, const char *what,
                             struct err *e)
{
    err_set(e, ERR_IO, "%s: is damaged, or from another rftsim (rollout %lld has the %s)",
            r->store->path, (long long)rollout, what);
    return err_fix(e, "go on with the rftsim that began the run, or run the job again");
}

/* A text that stays as long as the store; there are few different ones. NULL for NULL. */
static const char *keep(struct store *s, const unsigned char *text)
{
    if (!text)
        return NULL;
    for (const struct kept_text *k = s->kept; k; k = k->next) {
        if (strcmp(k->text, (const char *)text) == 0)
            return k->text;
    }
    size_t len = strlen((const char *)text);
    struct kept_text *k = mem_new(sizeof(*k) + len + 1);
    memcpy(k->text, text, len);
    k->next = s->kept;
    s->kept = k;
    return k->text;
}

/* What graders saw, which was never cut. */
static enum err_code take_sample(struct recall *r, sqlite3_stmt *row, struct rollout_end *end,
                                 int64_t id, struct err *e)
{
    enum { COLUMN = 14 };
    struct buf text = {0};
    if (sqlite3_column_type(row, COLUMN) == SQLITE_NULL)
        return ERR_OK;
    if (!body_add(&text, row, COLUMN)) {
        buf_release(&text);
        return damaged(r, id, "sample of its graders in pieces", e);
    }
    end->sample = buf_take(&text);
    return ERR_OK;
}

static enum err_code take_calls(struct recall *r, struct rollout_end *end, int64_t id,
                                struct err *e)
{
    enum err_code rc = ERR_OK;
    if (end->n_calls > CALLS_MOST) {
        end->n_calls = 0;
        return damaged(r, id, "wrong number of calls", e);
    }
    end->calls = mem_array(end->n_calls, sizeof(*end->calls));
    for (size_t i = 0; !rc && i < end->n_calls; i++) {
        sqlite3_stmt *row = r->calls.stmt;
        struct call_record *c = &end->calls[i];
        if (r->calls.rollout != id)
            return damaged(r, id, "wrong number of calls", e);
        bool ours = sqlite3_column_type(row, 1) != SQLITE_NULL;
        *c = (struct call_record){
            .tool = ours ? (uint16_t)sqlite3_column_int(row, 1) : RUN_NO_TOOL,
            .status = (uint16_t)sqlite3_column_int(row, 3),
            .attempts = (uint8_t)sqlite3_column_int(row, 4),
            .latency_ns = sqlite3_column_int64(row, 5),
            .warnings = (uint8_t)sqlite3_column_int(row, 6),
            .output_bytes = (uint32_t)sqlite3_column_int64(row, 7),
        };
        enum tool_kind kind;
        if (!tool_kind_find(&kind, sql_peek(row, 2)))
            return damaged(r, id, "kind of call that is not known", e);
        c->kind = (uint8_t)kind;
        rc = advance(r, &r->calls, e);
    }
    return rc;
}

static enum err_code take_parts(struct recall *r, size_t number, int64_t id, struct err *e)
{
    const struct wave *w = r->wave;
    enum err_code rc = ERR_OK;
    while (!rc && r->parts.rollout == id) {
        sqlite3_stmt *row = r->parts.stmt;
        int64_t grader = sqlite3_column_int64(row, 1);
        if (grader < 1 || (size_t)grader > w->n_parts)
            return damaged(r, id, "grade of a part that is not known", e);
        w->parts[number * w->n_parts + (size_t)grader - 1] = (struct grade_part){
            .reward = sqlite3_column_double(row, 2),
            .flags = (unsigned)sqlite3_column_int64(row, 3),
            .ns = sqlite3_column_int64(row, 4),
        };
        rc = advance(r, &r->parts, e);
    }
    return rc;
}

/* Rewards under other readings: that of the rollout, unless there is a row that says otherwise. */
static enum err_code take_others(struct recall *r, size_t number, int64_t id, unsigned known,
                                 struct err *e)
{
    const struct wave *w = r->wave;
    double *other = w->others ? w->others + number * w->n_others : NULL;
    enum err_code rc = ERR_OK;
    for (int i = 0; i < READINGS; i++) {
        bool told = r->others.rollout == id && sqlite3_column_int(r->others.stmt, 1) == i;
        double reward = told             ? sqlite3_column_double(r->others.stmt, 2)
                        : known >> i & 1 ? w->ends[number].reward
                                         : NAN;
        if (other && w->readings >> i & 1)
            *other++ = reward;
        if (told)
            rc = advance(r, &r->others, e);
        if (rc)
            return rc;
    }
    return rc;
}

static enum err_code take_notes(struct recall *r, struct rollout_end *end, int64_t id,
                                struct err *e)
{
    enum err_code rc = ERR_OK;
    while (!rc && r->notes.rollout == id) {
        sqlite3_stmt *row = r->notes.stmt;
        int bit = sqlite3_column_int(row, 1);
        if (bit < 0 || bit >= GRADE_N_NOTES)
            return damaged(r, id, "note that is not known", e);
        end->noted[bit] = (struct grade_noted){keep(r->store, sqlite3_column_text(row, 2)),
                                               keep(r->store, sqlite3_column_text(row, 3))};
        rc = advance(r, &r->notes, e);
    }
    return rc;
}

/* What a learner chose: the numbers of its actions. */
static enum err_code take_choices(struct recall *r, struct rollout_end *end, int64_t id,
                                  struct err *e)
{
    sqlite3_stmt *row = r->choices.stmt;
    if (r->choices.rollout != id)
        return ERR_OK;
    const char *at = sql_peek(row, 1);
    if (end->n_turns < 1 || (size_t)end->n_turns > strlen(at))
        return damaged(r, id, "wrong number of choices", e);
    end->choices = mem_array((size_t)end->n_turns, sizeof(*end->choices));
    for (int i = 0; i < end->n_turns; i++) {
        char *after = NULL;
        unsigned long action = strtoul(at, &after, 10);
        if (after == at || action >= UINT8_MAX)
            return damaged(r, id, "wrong number of choices", e);
        end->choices[i] = (uint8_t)(action + 1);
        at = after;
    }
    if (*at)
        return damaged(r, id, "wrong number of choices", e);
    return advance(r, &r->choices, e);
}

static enum err_code take_tokens(struct recall *r, struct rollout_end *end, int64_t id,
                                 struct err *e)
{
    sqlite3_stmt *row = r->tokens.stmt;
    if (r->tokens.rollout != id)
        return ERR_OK;
    end->tokens = (struct tokens){
        .n_turns = sqlite3_column_int64(row, 1),
        .n_reasoning = sqlite3_column_int64(row, 2),
        .prompt = sqlite3_column_int64(row, 3),
        .completion = sqlite3_column_int64(row, 4),
        .reasoning = sqlite3_column_int64(row, 5),
    };
    return advance(r, &r->tokens, e);
}

static void read_end(const struct recall *r, sqlite3_stmt *row, struct rollout_end *end)
{
    *end = (struct rollout_end){
        .started = true,
        .row = (size_t)sqlite3_column_int64(row, 1),
        .reward = sqlite3_column_double(row, 4), /* 0 for NULL, as it was */
        .grade_flags = (unsigned)sqlite3_column_int64(row, 5),
        .grade_notes = (unsigned)sqlite3_column_int64(row, 6),
        .n_turns = sqlite3_column_int(row, 8),
        .n_calls = (size_t)sqlite3_column_int64(row, 9),
        .answered = sqlite3_column_int(row, 10),
        .misaddressed = sqlite3_column_int(row, 11),
        .grade_ns = sqlite3_column_int64(row, 12),
        .why = sql_text(row, 13),
    };
    end->line = dataset_line(r->wave->dataset, end->row);
    snprintf(end->trace_id, sizeof(end->trace_id), "%s", sql_peek(row, 2));
}

static enum err_code take_rollout(struct recall *r, sqlite3_stmt *row, struct err *e)
{
    struct wave *w = r->wave;
    int64_t id = sqlite3_column_int64(row, 0);
    size_t number = (size_t)(id - r->from);
    if (number >= w->n_rows * w->n_samples ||
        (size_t)sqlite3_column_int64(row, 1) != w->rows[number / w->n_samples])
        return damaged(r, id, "wrong row", e);
    struct rollout_end *end = &w->ends[number];
    read_end(r, row, end);
    w->n_recalled++;
    if (!outcome_find(&end->outcome, sql_peek(row, 3)))
        return damaged(r, id, "outcome that is not known", e);
    enum err_code rc = take_sample(r, row, end, id, e);
    if (!rc)
        rc = take_calls(r, end, id, e);
    if (!rc)
        rc = take_parts(r, number, id, e);
    if (!rc)
        rc = take_others(r, number, id, (unsigned)sqlite3_column_int64(row, 7), e);
    if (!rc)
        rc = take_notes(r, end, id, e);
    if (!rc)
        rc = take_choices(r, end, id, e);
    return rc ? rc : take_tokens(r, end, id, e);
}

#define OF_WAVE " WHERE rollout >= ? AND rollout < ? ORDER BY 1, "

static enum err_code prepare_all(struct recall *r, struct cursor *rollouts, struct err *e)
{
    enum err_code rc =
        prepare(r, rollouts,
                "SELECT id, row, trace_id, outcome, reward, flags, notes, readings, n_turns,"
                " n_calls, answered, misaddressed, grade_ns, why, graded_sample FROM rollout"
                " WHERE id >= ? AND id < ? ORDER BY id",
                e);
    if (!rc)
        rc = prepare(r, &r->calls,
                     "SELECT rollout, tool, kind, status, attempts, latency_ns, warnings,"
                     " output_bytes FROM call" OF_WAVE "number",
                     e);
    if (!rc)
        rc = prepare(r, &r->parts,
                     "SELECT rollout, grader, reward, flags, ns FROM part" OF_WAVE "grader", e);
    if (!rc)
        rc = prepare(r, &r->others, "SELECT rollout, reading, reward FROM other" OF_WAVE "reading",
                     e);
    if (!rc)
        rc = prepare(r, &r->notes, "SELECT rollout, bit, key, path FROM note" OF_WAVE "bit", e);
    if (!rc)
        rc = prepare(r, &r->choices, "SELECT rollout, actions FROM choice" OF_WAVE "2", e);
    if (!rc)
        rc = prepare(r, &r->tokens,
                     "SELECT rollout, n_turns, n_reasoning, prompt, completion, reasoning"
                     " FROM tokens" OF_WAVE "2",
                     e);
    return rc;
}

enum err_code store_recall(struct store *s, struct wave *w, int64_t id, struct err *e)
{
    struct recall r = {.store = s, .wave = w, .from = id << ROLLOUT_NUMBER_BITS};
    struct cursor rollouts = {0};
    enum err_code rc = prepare_all(&r, &rollouts, e);
    while (!rc && rollouts.rollout != INT64_MAX) {
        rc = take_rollout(&r, rollouts.stmt, e);
        if (!rc)
            rc = advance(&r, &rollouts, e);
    }
    sqlite3_finalize(rollouts.stmt);
    sqlite3_finalize(r.calls.stmt);
    sqlite3_finalize(r.parts.stmt);
    sqlite3_finalize(r.others.stmt);
    sqlite3_finalize(r.notes.stmt);
    sqlite3_finalize(r.choices.stmt);
    sqlite3_finalize(r.tokens.stmt);
    return rc;
}
