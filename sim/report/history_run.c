#include "sim/report/history_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "grader/grader.h"
#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/report/run_source.h"
#include "sim/report/run_steps.h"
#include "sim/store/lock.h"
#include "sim/store/query.h"

/* What is read, and what is needed to read the rest of it. */
struct reading {
    struct history *h;
    sqlite3 *db;
    int64_t *wave_id;       /* owned; by index */
    unsigned flag[64];      /* by bit in the database: our flag, or 0 */
    struct run_steps steps; /* sums by wave */
    bool abandoned;         /* nobody works on it */
};

static enum err_code unknown(const struct reading *r, const char *what, const char *name,
                             struct err *e)
{
    err_set(e, ERR_DATA, "%s: unknown %s '%s'", sqlite3_db_filename(r->db, "main"), what, name);
    return err_fix(e, "it may be of a newer rftsim");
}

/* Whether a policy plays what was recorded under `key`: a replay, or a mixture of nothing else. */
static bool is_recorded(const json_t *spec,
                        const char *key) /* NOLINT(misc-no-recursion): by depth */
{
    const char *type = json_string_value(json_object_get(spec, "type"));
    const char *word = json_string_value(json_object_get(spec, key));
    const json_t *parts = json_object_get(spec, "policies");
    size_t i = 0;
    const json_t *part = NULL;
    if (!type || strcmp(type, "mixture") != 0)
        return type && strcmp(type, "replay") == 0 && word && strcmp(word, "recorded") == 0;
    json_array_foreach(parts, i, part)
    {
        if (!is_recorded(json_object_get(part, "policy"), key))
            return false;
    }
    return json_array_size(parts) > 0;
}

/* The policy that was played; with --policy it is not the job's. */
static void read_policy(struct history *h, const struct query *q, int column)
{
    const char *text = query_text(q, column);
    json_t *spec = text ? json_loads(text, 0, NULL) : NULL;
    h->tools_recorded = is_recorded(spec, "tools");
    h->scores_recorded = is_recorded(spec, "scores");
    json_decref(spec);
}

static enum err_code read_run(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    char stamp[CLOCK_STAMP_ROOM];
    query_open(&q, r->db,
               "SELECT run.job, model, policy.type, state, seed, n_steps, max_steps, "
               "pass_threshold, service_rollouts, started_at, policy.spec FROM run "
               "JOIN policy ON policy.id = run.policy");
    bool found = query_next(&q);
    if (found) {
        h->job = json_loads(query_text(&q, 0), 0, NULL);
        h->model = query_copy(&q, 1);
        h->policy = query_copy(&q, 2);
        h->state = query_copy(&q, 3);
        if (r->abandoned && h->state && strcmp(h->state, "running") == 0) {
            free(h->state);
            h->state = mem_text("killed");
        }
        read_policy(h, &q, 10);
        h->seed = query_int(&q, 4);
        h->total_steps = (int)query_int(&q, 5);
        h->max_steps = (int)query_int(&q, 6);
        h->pass_threshold = query_real(&q, 7);
        h->service_rollouts = query_real(&q, 8);
        h->started_at = mem_text(clock_stamp(stamp, query_int(&q, 9)));
    }
    enum err_code rc = query_close(&q, e);
    if (rc || found)
        return rc;
    err_set(e, ERR_DATA, "%s: holds no run", sqlite3_db_filename(r->db, "main"));
    return err_fix(e, "it was killed before it began; run the job again");
}

static bool phase_of(const char *name, enum wave_phase *out)
{
    *out = strcmp(name, "valid") == 0 ? WAVE_VALID : WAVE_TRAIN;
    return *out == WAVE_VALID || strcmp(name, "train") == 0;
}

static enum err_code read_files(struct reading *r, struct err *e)
{
    struct query q;
    enum wave_phase phase;
    query_open(&q, r->db, "SELECT phase, path FROM file");
    while (query_next(&q) && phase_of(query_text(&q, 0), &phase)) {
        struct history_file *file = &r->h->files[phase];
        free(file->path);
        file->path = query_copy(&q, 1);
    }
    enum err_code rc = query_close(&q, e);
    size_t room[HISTORY_PHASES] = {0};
    query_open(&q, r->db, "SELECT phase, line, digest FROM row ORDER BY phase, number");
    while (!rc && query_next(&q) && phase_of(query_text(&q, 0), &phase)) {
        struct history_file *file = &r->h->files[phase];
        if (file->n_rows == room[phase]) { /* what the file says of itself need not be so */
            room[phase] = room[phase] ? room[phase] * 2 : 1024;
            file->rows = mem_grow(file->rows, room[phase], sizeof(*file->rows));
        }
        file->rows[file->n_rows++] =
            (struct history_row){(size_t)query_int(&q, 1), (uint64_t)query_int(&q, 2)};
    }
    return query_close(&q, e);
}

static enum err_code read_graders(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    query_open(&q, r->db, "SELECT key, type, name FROM grader ORDER BY id");
    while (query_next(&q)) {
        h->graders = mem_grow(h->graders, h->n_graders + 1, sizeof(*h->graders));
        h->graders[h->n_graders++] =
            (struct history_grader){query_copy(&q, 0), query_copy(&q, 1), query_copy(&q, 2)};
    }
    return query_close(&q, e);
}

static enum err_code read_bits(struct reading *r, struct err *e)
{
    struct query q;
    query_open(&q, r->db, "SELECT bit, name FROM bit WHERE kind = 'grade_error'");
    while (query_next(&q)) {
        for (int i = 0; i < GRADE_N_ERRORS; i++) {
            if (strcmp(grade_error_name((enum grade_error)i), query_text(&q, 1)) == 0)
                r->flag[query_int(&q, 0) & 63] = 1u << i;
        }
    }
    return query_close(&q, e);
}

/* The last tool, "", takes the calls to nobody; it goes again if there are none. */
static enum err_code read_tools(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    query_open(&q, r->db, "SELECT name FROM tool ORDER BY id");
    for (bool more = true; more;) {
        more = query_next(&q);
        h->tools = mem_grow(h->tools, h->n_tools + 1, sizeof(*h->tools));
        h->tools[h->n_tools] =
            (struct history_tool){.name = more ? query_copy(&q, 0) : mem_text("")};
        for (int p = 0; p < HISTORY_PHASES; p++)
            h->tools[h->n_tools].of[p].first_failed = SIZE_MAX;
        h->n_tools++;
    }
    return query_close(&q, e);
}

static enum err_code read_waves(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    query_open(
        &q, r->db,
        "SELECT id, phase, step, n_rows, n_samples, elapsed_ns, ended FROM wave ORDER BY id");
    while (query_next(&q)) {
        struct history_wave w = {
            .step = (int)query_int(&q, 2),
            .n_planned = (size_t)(query_int(&q, 3) * query_int(&q, 4)),
            .n_samples = (size_t)query_int(&q, 4),
            .seconds = query_int(&q, 6) ? (double)query_int(&q, 5) * 1e-9 : NAN,
            .complete = query_int(&q, 6) != 0,
        };
        if (!phase_of(query_text(&q, 1), &w.phase))
            continue;
        h->waves = mem_grow(h->waves, h->n_waves + 1, sizeof(*h->waves));
        r->wave_id = mem_grow(r->wave_id, h->n_waves + 1, sizeof(*r->wave_id));
        r->wave_id[h->n_waves] = query_int(&q, 0);
        h->waves[h->n_waves++] = w;
    }
    return query_close(&q, e);
}

static unsigned flags_of(const struct reading *r, uint64_t bits)
{
    unsigned flags = 0;
    for (; bits; bits &= bits - 1)
        flags |= r->flag[__builtin_ctzll(bits)];
    return flags;
}

/* The rollout of the row that `q` is at. */
static enum err_code read_rollout(struct reading *r, struct query *q, struct history_rollout *out,
                                  struct err *e)
{
    enum outcome outcome;
    const struct history_wave *w = &r->h->waves[out->wave];
    if (!outcome_find(&outcome, query_text(q, 3)))
        return unknown(r, "outcome", query_text(q, 3), e);
    out->id = query_int(q, 0);
    out->row = (uint32_t)query_int(q, 1);
    out->sample = (uint32_t)query_int(q, 2);
    out->outcome = (uint8_t)outcome;
    out->reward = query_real(q, 4);
    out->flags = flags_of(r, (uint64_t)query_int(q, 5));
    out->n_turns = (int32_t)query_int(q, 6);
    out->n_calls = (int32_t)query_int(q, 7);
    out->answered = query_int(q, 8) != 0;
    out->seconds = (double)query_int(q, 9) * 1e-9;
    out->grade_s = r->h->scores_recorded ? NAN : (double)query_int(q, 10) * 1e-9;
    out->why = query_copy(q, 11);
    out->bytes = query_int(q, 12);
    if (out->row < r->h->files[w->phase].n_rows)
        return ERR_OK;
    err_set(e, ERR_DATA, "%s: is damaged (a rollout of a row that there is not)",
            sqlite3_db_filename(r->db, "main"));
    return err_fix(e, "put a copy of it back, or run the job again");
}

static enum err_code read_rollouts(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    size_t room = 0;
    uint32_t wave = 0;
    enum err_code rc = ERR_OK;
    query_open(&q, r->db,
               "SELECT id, row, sample, outcome, reward, flags, n_turns, n_calls, answered, "
               "duration_ns, grade_ns, why, answer_bytes FROM rollout ORDER BY id");
    while (!rc && query_next(&q)) {
        int64_t id = query_int(&q, 0) >> 32;
        while (wave < h->n_waves && r->wave_id[wave] < id)
            h->waves[++wave].from = h->n_rollouts;
        if (wave == h->n_waves || r->wave_id[wave] != id)
            break;
        if (h->n_rollouts == room) {
            room = room ? room * 2 : 1024;
            h->rollouts = mem_grow(h->rollouts, room, sizeof(*h->rollouts));
        }
        struct history_rollout *out = &h->rollouts[h->n_rollouts];
        *out = (struct history_rollout){.wave = wave};
        rc = read_rollout(r, &q, out, e);
        h->n_rollouts++;
        h->waves[wave].n++;
    }
    return query_close(&q, e);
}

/* The rollout with this id, at or behind `*at`, to which it moves; NULL if there is none. */
static struct history_rollout *find(const struct history *h, int64_t id, size_t *at)
{
    while (*at < h->n_rollouts && h->rollouts[*at].id < id)
        ++*at;
    return *at < h->n_rollouts && h->rollouts[*at].id == id ? &h->rollouts[*at] : NULL;
}

static void add_call(struct reading *r, const struct query *q, size_t rollout, enum tool_kind kind)
{
    struct history *h = r->h;
    struct history_rollout *of = &h->rollouts[rollout];
    size_t tool = query_is_null(q, 1) ? h->n_tools - 1 : (size_t)query_int(q, 1);
    if (tool >= h->n_tools)
        tool = h->n_tools - 1;
    struct history_tool_sums *sums = &h->tools[tool].of[h->waves[of->wave].phase];
    int64_t attempts = query_int(q, 3);
    bool fine = kind == TOOL_KIND_FINE;
    of->bytes += query_int(q, 5);
    of->n_failed += !fine;
    sums->n_ok += fine;
    sums->n_failed += !fine;
    sums->n_requests += (uint64_t)attempts;
    sums->kinds[kind]++;
    sums->output_bytes += (double)query_int(q, 6);
    if (!fine && sums->first_failed == SIZE_MAX)
        sums->first_failed = rollout;
    if (attempts)
        hist_add(&sums->latency, query_int(q, 4));
    run_steps_add_call(&r->steps, of->wave, tool, fine, attempts ? query_int(q, 4) : -1);
}

static enum err_code read_calls(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    size_t at = 0;
    int64_t turn = -1;
    query_open(&q, r->db,
               "SELECT rollout, tool, kind, attempts, latency_ns, arguments_bytes, output_bytes, "
               "turn "
               "FROM call ORDER BY rollout, number");
    while (query_next(&q)) {
        enum tool_kind kind;
        if (!tool_kind_find(&kind, query_text(&q, 2))) {
            unknown(r, "kind of call", query_text(&q, 2), e);
            break;
        }
        size_t before = at;
        if (!find(h, query_int(&q, 0), &at))
            continue;
        h->rollouts[at].n_tool_turns += at != before || query_int(&q, 7) != turn;
        turn = query_int(&q, 7);
        add_call(r, &q, at, kind);
    }
    return query_close(&q, e);
}

static enum err_code read_parts(struct reading *r, struct err *e)
{
    struct history *h = r->h;
    struct query q;
    size_t at = 0;
    size_t n = h->n_graders ? h->n_graders - 1 : 0;
    if (!n)
        return ERR_OK;
    h->parts = mem_array(h->n_rollouts, n * sizeof(*h->parts));
    for (size_t i = 0; i < h->n_rollouts * n; i++)
        h->parts[i] = NAN;
    query_open(&q, r->db, "SELECT rollout, grader, reward FROM part ORDER BY rollout, grader");
    while (query_next(&q)) {
        size_t part = (size_t)query_int(&q, 1) - 1;
        if (part < n && find(h, query_int(&q, 0), &at))
            h->parts[at * n + part] = query_real(&q, 2);
    }
    return query_close(&q, e);
}

/* Nobody called a tool that the job has not: then it is not listed. */
static void drop_nobody(struct history *h)
{
    const struct history_tool *last = &h->tools[h->n_tools - 1];
    for (int p = 0; p < HISTORY_PHASES; p++) {
        if (last->of[p].n_failed || last->of[p].n_ok)
            return;
    }
    free(h->tools[--h->n_tools].name);
}

static enum err_code read_all(struct reading *r, struct err *e)
{
    static enum err_code (*const steps[])(struct reading * r, struct err * e) = {
        read_run, read_files, read_graders, read_bits, read_tools, read_waves, read_rollouts,
    };
    enum err_code rc = ERR_OK;
    for (size_t i = 0; !rc && i < COUNT_OF(steps); i++)
        rc = steps[i](r, e);
    if (rc)
        return rc;
    run_steps_init(&r->steps, r->h);
    rc = read_calls(r, e);
    if (!rc)
        rc = read_parts(r, e);
    if (!rc)
        rc = run_steps_read(&r->steps, r->h, r->db, e);
    drop_nobody(r->h);
    return rc;
}

/* Asked before the state is read: a run that ends meanwhile is not taken for a killed one. */
static bool is_abandoned(const char *file)
{
    const char *slash = strrchr(file, '/');
    char *folder = slash ? mem_slice(file, (size_t)(slash - file) + 1) : mem_text(".");
    bool locked = run_is_locked(folder);
    free(folder);
    return !locked;
}

enum err_code history_read_run(struct history *out, const char *path, struct err *e)
{
    struct stat st;
    bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    char *file = folder ? mem_printf("%s/run.db", path) : mem_text(path);
    struct reading r = {.h = out, .abandoned = is_abandoned(file)};
    out->source = HISTORY_RUN;
    out->title = mem_text(path);
    out->seed = -1;
    enum err_code rc = run_source_open(out, file, e);
    if (!rc) {
        /* one transaction, so that all of it is of one moment */
        r.db = run_source_db(out);
        sqlite3_exec(r.db, "BEGIN", NULL, NULL, NULL);
        rc = read_all(&r, e);
        sqlite3_exec(r.db, "COMMIT", NULL, NULL, NULL);
    }
    run_steps_release(&r.steps);
    free(r.wave_id);
    free(file);
    return rc;
}
