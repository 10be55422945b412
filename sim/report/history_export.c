#include "sim/report/history_export.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/mem.h"
#include "sim/job/job.h"
#include "sim/job/row_digest.h"
#include "sim/report/export_transcript.h"
#include "sim/report/trace.h"
#include "sim/run/items.h"

enum {
    MAX_ROLLOUTS = 4 << 20,
    MAX_TOOLS = 4096,
    MAX_GRADERS = 64,
};

static const double ns = 1e-9;

/* What is kept of a call until rollouts stand in their order. */
struct draft_call {
    size_t tool; /* index into the history's; SIZE_MAX: none of them */
    enum tool_kind kind;
    int64_t latency_ns;
    size_t n_output;
};

/* A rollout as it is read. */
struct draft {
    struct history_rollout rollout; /* its `why` is moved to the history */
    double place;                   /* by which they are ordered: its number in the evaluation */
    uint64_t digest;
    size_t leader;   /* the first that is of its row, by place */
    uint64_t offset; /* of the item in the file */
    size_t len;
    double *scores; /* owned; by grader, as many as were known then */
    size_t n_scores;
    struct draft_call *calls; /* owned */
    size_t n_calls;
};

struct reading {
    struct history *h;
    struct items items;
    struct draft *drafts; /* owned */
    size_t n_drafts;
    size_t room;
    size_t n_longest; /* turns of the longest rollout */
    bool has_others;  /* there were calls to no tool */
    int64_t start_ns; /* of all rollouts; -1 if it is not known */
    int64_t end_ns;
};

/* Where the items are, for transcripts. */
struct archive {
    int fd;
    struct {
        uint64_t offset;
        size_t len;
    } * at; /* owned; by rollout */
};

static void draft_release(struct draft *d)
{
    free(d->rollout.why);
    free(d->scores);
    free(d->calls);
}

/* --- Names ----------------------------------------------------------------------------------- */

/* Cut a criterion's "-<uuid>" off (6.5). */
static void cut_uuid(char *name)
{
    static const char form[] = "-00000000-0000-0000-0000-000000000000";
    size_t n = strlen(name);
    if (n <= strlen(form))
        return;
    char *tail = name + n - strlen(form);
    for (size_t i = 0; form[i]; i++) {
        if (form[i] == '-' ? tail[i] != '-' : !strchr("0123456789abcdef", tail[i]))
            return;
    }
    *tail = '\0';
}

/* The grader that a criterion is of; `name` is taken. */
static size_t grader_of(struct history *h, char *name)
{
    size_t i = 0;
    cut_uuid(name);
    while (i < h->n_graders && strcmp(h->graders[i].name, name) != 0)
        i++;
    if (i < h->n_graders) {
        free(name);
        return i;
    }
    h->graders = mem_grow(h->graders, h->n_graders + 1, sizeof(*h->graders));
    h->graders[h->n_graders++] = (struct history_grader){
        .key = i ? mem_text(name) : NULL, .type = mem_text(""), .name = name};
    return i;
}

/* The tools that a row offers, called or not. */
static void take_row_tools(struct history *h, const struct export_item *item)
{
    const struct tape *t = item->t;
    size_t list = tape_get(t, item->row, "tools");
    if (tape_kind(t, list) != TAPE_ARRAY)
        return;
    for (size_t v = list + 1; v < t->at[list].next && h->n_tools <= MAX_TOOLS; v = t->at[v].next) {
        char *name = export_text(t, tape_get(t, tape_get(t, v, "function"), "name"));
        if (name)
            history_tool_of(h, name);
        free(name);
    }
}

/* --- An item --------------------------------------------------------------------------------- */

static uint64_t digest_of(const struct export_item *item)
{
    struct buf row = {0};
    struct tape t = {0};
    struct tape_fault fault;
    export_add_row(item, &row);
    bool ok = tape_scan(&t, buf_text(&row), row.len, &fault);
    uint64_t digest = ok ? row_digest(&t) : 0;
    tape_release(&t);
    buf_release(&row);
    return digest;
}

/* The first criterion's score is the reward: a job's evaluation has one (6.5). */
static void take_scores(struct history *h, const struct export_item *item, struct draft *d)
{
    const struct tape *t = item->t;
    d->rollout.reward = NAN;
    for (size_t i = 0; i < item->n_scores && i < MAX_GRADERS; i++) {
        struct export_score score = export_score_at(item, i);
        char *name = export_text(t, score.name);
        size_t grader = grader_of(h, name ? name : mem_text(""));
        bool known = tape_kind(t, score.score) == TAPE_NUMBER;
        if (grader >= d->n_scores) {
            d->scores = mem_grow(d->scores, grader + 1, sizeof(*d->scores));
            while (d->n_scores <= grader)
                d->scores[d->n_scores++] = NAN;
        }
        d->scores[grader] = known ? tape_number(t, score.score) : NAN;
        if (grader)
            continue;
        d->rollout.reward = d->scores[0];
        d->rollout.verdict = (uint8_t)(known ? score.verdict : EXPORT_UNKNOWN);
    }
}

static void take_calls(struct reading *r, const struct trace *trace, struct draft *d)
{
    d->n_calls = trace->n_calls;
    d->calls = mem_array(trace->n_calls, sizeof(*d->calls));
    for (size_t i = 0; i < trace->n_calls; i++) {
        const struct trace_call *c = &trace->calls[i];
        d->calls[i] = (struct draft_call){
            .tool = *c->tool ? history_tool_of(r->h, c->tool) : SIZE_MAX,
            .kind = c->kind,
            .latency_ns = c->latency_ns,
            .n_output = c->output.len,
        };
        r->has_others |= !*c->tool;
        d->rollout.n_failed += c->kind != TOOL_KIND_FINE;
    }
    d->rollout.n_calls = (int32_t)trace->n_calls;
    for (size_t i = 0; i < trace->n_turns; i++)
        d->rollout.n_tool_turns += trace->turns[i].n_calls > 0;
}

static void take_trace(struct reading *r, const struct trace *trace, struct draft *d)
{
    struct history_rollout *out = &d->rollout;
    bool timed = trace->start_ns >= 0 && trace->end_ns >= trace->start_ns;
    out->seconds = timed ? (double)(trace->end_ns - trace->start_ns) * ns : NAN;
    out->grade_s = NAN;
    if (trace->start_ns >= 0 && (r->start_ns < 0 || trace->start_ns < r->start_ns))
        r->start_ns = trace->start_ns;
    if (trace->end_ns > r->end_ns)
        r->end_ns = trace->end_ns;
    if (!trace->n_turns) {
        out->n_turns = out->n_calls = out->n_tool_turns = -1;
        out->bytes = -1;
        return;
    }
    out->n_turns = (int32_t)trace->n_turns;
    out->bytes = (int64_t)trace->n_written;
    if (trace->n_turns > r->n_longest)
        r->n_longest = trace->n_turns;
    take_calls(r, trace, d);
}

static bool has_text(const struct tape *t, size_t v)
{
    return tape_kind(t, v) == TAPE_STRING && t->at[v].end - t->at[v].start > 2;
}

static bool is_answered(const struct export_item *item, const struct trace *trace)
{
    const struct trace_turn *last = trace_answer(trace);
    if (export_is_blocked(item))
        return !last || has_text(item->t, last->text);
    return has_text(item->t, tape_get(item->t, export_message(item), "content"));
}

/* How it ended, as far as the export tells. */
static void judge(const struct export_item *item, const struct trace *trace, struct draft *d)
{
    struct history_rollout *out = &d->rollout;
    const char *wrong = trace_misaddressed(trace);
    out->answered = is_answered(item, trace);
    if (isnan(out->reward)) {
        bool called = !out->answered && trace_ends_in_call(trace);
        out->outcome = called ? OUTCOME_DISCARDED_TOOL : OUTCOME_DISCARDED_GRADER;
        out->why = mem_printf("the export has no score of it%s",
                              called ? ", and its trace ends with a call" : "");
    } else if (wrong) {
        out->why = mem_printf("its last call was addressed to '%.80s', which is no tool's address: "
                              "not made, and the rollout ended (GAP-52)",
                              wrong);
    } else if (export_is_blocked(item)) {
        out->why = mem_text("the service has blocked its answer; the trace and the score stay");
    } else if (!out->answered && trace_ends_in_call(trace)) {
        out->why = mem_text("its trace ends with a call, without an answer; the export does not "
                            "say why (3.7)");
    }
}

static enum err_code take_item(struct reading *r, size_t v, const struct export_item *item,
                               struct err *e)
{
    const struct tape *t = item->t;
    struct trace trace;
    if (tape_kind(t, item->row) != TAPE_OBJECT)
        return items_fail(&r->items, item->row, "the row is not an object", NULL, e);
    if (r->n_drafts == MAX_ROLLOUTS)
        return items_fail(&r->items, v, "more than 4,194,304 items up to here", NULL, e);
    if (r->n_drafts == r->room) {
        r->room = r->room ? 2 * r->room : 64;
        r->drafts = mem_grow(r->drafts, r->room, sizeof(*r->drafts));
    }
    struct draft *d = &r->drafts[r->n_drafts++];
    *d = (struct draft){
        .rollout.id = (int64_t)r->items.place,
        .place = tape_kind(t, item->index) == TAPE_NUMBER ? tape_number(t, item->index)
                                                          : (double)r->items.place,
        .digest = digest_of(item),
        .offset = r->items.offset + t->at[v].start,
        .len = t->at[v].end - t->at[v].start,
    };
    trace_read(&trace, t, item->spans);
    take_row_tools(r->h, item);
    take_scores(r->h, item, d);
    take_trace(r, &trace, d);
    judge(item, &trace, d);
    trace_release(&trace);
    if (r->h->n_tools > MAX_TOOLS)
        return items_fail(&r->items, v, "more than 4,096 tools up to here", NULL, e);
    return ERR_OK;
}

/* --- Order ----------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct draft *x = a;
    const struct draft *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->rollout.id < y->rollout.id ? -1 : x->rollout.id > y->rollout.id;
}

static int by_digest(const void *a, const void *b, void *arg)
{
    const struct draft *drafts = arg;
    size_t i = *(const size_t *)a;
    size_t k = *(const size_t *)b;
    if (drafts[i].digest != drafts[k].digest)
        return drafts[i].digest < drafts[k].digest ? -1 : 1;
    return i < k ? -1 : i > k;
}

static int by_row(const void *a, const void *b)
{
    const struct history_rollout *x = &((const struct draft *)a)->rollout;
    const struct history_rollout *y = &((const struct draft *)b)->rollout;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->sample < y->sample ? -1 : x->sample > y->sample;
}

/* Items whose rows say the same are of one row; its number is the order in which rows come. */
static void find_leaders(struct reading *r)
{
    size_t *order = mem_array(r->n_drafts, sizeof(*order));
    for (size_t i = 0; i < r->n_drafts; i++)
        order[i] = i;
    qsort_r(order, r->n_drafts, sizeof(*order), by_digest, r->drafts);
    for (size_t i = 0; i < r->n_drafts; i++) {
        struct draft *d = &r->drafts[order[i]];
        const struct draft *before = i ? &r->drafts[order[i - 1]] : NULL;
        bool same = before && before->digest == d->digest;
        d->leader = same ? before->leader : order[i];
        d->rollout.sample = same ? before->rollout.sample + 1 : 0;
    }
    free(order);
}

static void put_in_order(struct reading *r)
{
    struct history_file *file = &r->h->files[WAVE_VALID];
    qsort(r->drafts, r->n_drafts, sizeof(*r->drafts), by_place);
    find_leaders(r);
    file->rows = mem_array(r->n_drafts, sizeof(*file->rows));
    for (size_t i = 0; i < r->n_drafts; i++) {
        struct draft *d = &r->drafts[i];
        if (d->leader == i) {
            d->rollout.row = (uint32_t)file->n_rows++;
            file->rows[d->rollout.row] = (struct history_row){file->n_rows, d->digest};
        }
        d->rollout.row = r->drafts[d->leader].rollout.row;
    }
    qsort(r->drafts, r->n_drafts, sizeof(*r->drafts), by_row);
}

/* --- The history ----------------------------------------------------------------------------- */

/* The service's own cap is not in an export. Nine turns that called, then nothing, where no rollout
 * has more than ten: the tenth called too, and was dropped (3.6). */
static void find_cut(const struct reading *r, struct draft *d)
{
    struct history_rollout *out = &d->rollout;
    bool cut = out->outcome == OUTCOME_GRADED && !out->answered &&
               out->n_tool_turns == JOB_EPISODE_STEPS_DEFAULT - 1 &&
               out->n_turns == out->n_tool_turns && r->n_longest <= JOB_EPISODE_STEPS_DEFAULT;
    if (!cut)
        return;
    out->outcome = OUTCOME_GRADED_CUT;
    free(out->why);
    out->why = mem_printf("its trace ends after %d turns with calls, without an answer: by all "
                          "signs cut at the service's default of %d (3.6)",
                          out->n_turns, JOB_EPISODE_STEPS_DEFAULT);
}

static void sum_calls(struct history *h, const struct draft *d, size_t rollout)
{
    for (size_t i = 0; i < d->n_calls; i++) {
        const struct draft_call *c = &d->calls[i];
        size_t tool = c->tool == SIZE_MAX ? h->n_tools - 1 : c->tool;
        struct history_tool_sums *sums = &h->tools[tool].of[WAVE_VALID];
        bool fine = c->kind == TOOL_KIND_FINE;
        sums->n_ok += fine;
        sums->n_failed += !fine;
        sums->kinds[c->kind]++;
        sums->output_bytes += (double)c->n_output;
        if (c->latency_ns >= 0)
            hist_add(&sums->latency, c->latency_ns);
        if (!fine && sums->first_failed == SIZE_MAX)
            sums->first_failed = rollout;
    }
}

static void take_parts(struct history *h, const struct draft *d, size_t rollout)
{
    size_t n = h->n_graders - 1;
    for (size_t i = 0; i < n; i++) {
        bool known = i + 1 < d->n_scores && !isnan(d->rollout.reward);
        h->parts[rollout * n + i] = known ? d->scores[i + 1] : NAN;
    }
}

static void take_rollouts(struct reading *r)
{
    struct history *h = r->h;
    if (r->has_others) {
        h->tools = mem_grow(h->tools, h->n_tools + 1, sizeof(*h->tools));
        h->tools[h->n_tools++] = (struct history_tool){.name = mem_text("")};
    }
    for (size_t i = 0; i < h->n_tools; i++) {
        for (size_t p = 0; p < HISTORY_PHASES; p++)
            h->tools[i].of[p].first_failed = SIZE_MAX;
    }
    if (h->n_graders > 1)
        h->parts = mem_array(r->n_drafts * (h->n_graders - 1), sizeof(*h->parts));
    h->rollouts = mem_array(r->n_drafts, sizeof(*h->rollouts));
    h->n_rollouts = r->n_drafts;
    for (size_t i = 0; i < r->n_drafts; i++) {
        struct draft *d = &r->drafts[i];
        find_cut(r, d);
        h->rollouts[i] = d->rollout;
        d->rollout.why = NULL;
        sum_calls(h, d, i);
        if (h->parts)
            take_parts(h, d, i);
    }
}

static void take_wave(struct reading *r, int step, double n_said, bool ended)
{
    struct history *h = r->h;
    struct history_wave *w = mem_new(sizeof(*w));
    *w = (struct history_wave){.phase = WAVE_VALID, .step = step, .n = h->n_rollouts};
    for (size_t i = 0; i < h->n_rollouts; i++) {
        if (h->rollouts[i].sample >= w->n_samples)
            w->n_samples = h->rollouts[i].sample + 1;
    }
    w->n_planned = n_said > (double)w->n && n_said < 1e9 ? (size_t)n_said : w->n;
    w->complete = ended && w->n == w->n_planned;
    bool timed = r->start_ns >= 0 && r->end_ns >= r->start_ns;
    w->seconds = timed ? (double)(r->end_ns - r->start_ns) * ns : NAN;
    h->waves = w;
    h->n_waves = 1;
}

/* What a document says of its run. */
static void take_head(struct reading *r)
{
    static const char *const states[][2] = {
        {"completed", "done"},    {"failed", "failed"},  {"canceled", "stopped"},
        {"cancelled", "stopped"}, {"queued", "running"}, {"in_progress", "running"},
    };
    struct history *h = r->h;
    const struct tape *t = &r->items.tape;
    bool document = items_is_document(&r->items);
    size_t total = document ? tape_get(t, 0, "total_items") : TAPE_NONE;
    char *state = document ? export_text(t, tape_get(t, 0, "status")) : NULL;
    int step = -1;
    h->title = document ? export_text(t, tape_get(t, 0, "run_name")) : NULL;
    if (h->title && sscanf(h->title, "Step %6d", &step) != 1) /* NOLINT(cert-err34-c): bounded */
        step = -1;
    for (size_t i = 0; state && i < COUNT_OF(states); i++) {
        if (strcmp(state, states[i][0]) == 0)
            h->state = mem_text(states[i][1]);
    }
    free(state);
    take_wave(r, step, tape_kind(t, total) == TAPE_NUMBER ? tape_number(t, total) : 0,
              !h->state || strcmp(h->state, "done") == 0);
}

static void finish(struct reading *r, const char *path)
{
    struct history *h = r->h;
    put_in_order(r);
    take_rollouts(r);
    take_head(r);
    if (!h->title) {
        const char *slash = strrchr(path, '/');
        h->title = mem_text(slash ? slash + 1 : path);
    }
    h->source = HISTORY_EXPORT;
    h->seed = -1;
    h->pass_threshold = NAN;
    h->service_rollouts = NAN;
    if (r->start_ns >= 0) {
        h->started_at = mem_new(CLOCK_STAMP_ROOM);
        clock_stamp(h->started_at, r->start_ns);
    }
}

/* --- Transcripts ----------------------------------------------------------------------------- */

static void archive_close(void *self)
{
    struct archive *a = self;
    close(a->fd);
    free(a->at);
    free(a);
}

static enum err_code read_at(const struct archive *a, const char *path, size_t i, char *out,
                             struct err *e)
{
    for (size_t n = 0; n < a->at[i].len;) {
        ssize_t got = pread(a->fd, out + n, a->at[i].len - n, (off_t)(a->at[i].offset + n));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(e, path);
        if (!got)
            return err_set(e, ERR_DATA, "%s: has become shorter since it was opened", path);
        n += (size_t)got;
    }
    return ERR_OK;
}

static enum err_code archive_transcript(void *self, const struct history *h, size_t rollout,
                                        json_t **out, struct err *e)
{
    const struct archive *a = self;
    struct tape t = {0};
    struct tape_fault fault;
    struct export_item item = {0};
    struct trace trace;
    char *text = mem_new(a->at[rollout].len + 1);
    enum err_code rc = read_at(a, h->path, rollout, text, e);
    if (!rc && (!tape_scan(&t, text, a->at[rollout].len, &fault) ||
                !export_item_read(&item, &t, 0) || tape_kind(&t, item.row) != TAPE_OBJECT))
        rc = err_set(e, ERR_DATA, "%s: has changed since it was opened", h->path);
    if (!rc) {
        trace_read(&trace, &t, item.spans);
        *out = export_transcript(h, rollout, &item, &trace);
        trace_release(&trace);
    }
    tape_release(&t);
    free(text);
    return rc;
}

static void keep_archive(struct reading *r)
{
    static const struct history_source_ops ops = {archive_transcript, archive_close};
    struct archive *a = mem_new(sizeof(*a));
    a->fd = r->items.fd;
    r->items.fd = -1;
    a->at = mem_array(r->n_drafts, sizeof(*a->at));
    for (size_t i = 0; i < r->n_drafts; i++) {
        a->at[i].offset = r->drafts[i].offset;
        a->at[i].len = r->drafts[i].len;
    }
    r->h->self = a;
    r->h->ops = &ops;
}

/* --------------------------------------------------------------------------------------------- */

/* The model's name, wherever an item has one. */
static void take_model(struct history *h, const struct tape *t, size_t v)
{
    size_t sample = tape_get(t, v, "sample");
    if (!h->model)
        h->model = export_text(t, tape_get(t, sample, "sampled_model_name"));
    if (!h->model)
        h->model = export_text(t, tape_get(t, sample, "model"));
}

static enum err_code read_items(struct reading *r, struct err *e)
{
    const struct tape *t = &r->items.tape;
    struct export_item item;
    bool have = true;
    size_t v = 0;
    for (;;) {
        enum err_code rc = items_next(&r->items, &v, &have, e);
        if (rc || !have)
            return rc;
        if (tape_is(t, tape_get(t, v, "type"), "rollout"))
            return items_fail(&r->items, v, "a rollout of our own, not an evaluation's",
                              "give the folder that the run was recorded in", e);
        if (!export_item_read(&item, t, v))
            return items_fail(&r->items, v, "not an item of an evaluation's export",
                              "items have a datasource_item, lines of the download an item", e);
        rc = take_item(r, v, &item, e);
        if (rc)
            return rc;
        take_model(r->h, t, v);
    }
}

/* The fault with its place, in place of the error that only says that there is one. */
static enum err_code tell(const struct diags *list, struct err *e)
{
    if (!list->n)
        return e->code;
    const struct diag *d = &list->at[0];
    err_clear(e);
    err_set(e, ERR_DATA, "%s:%zu:%zu: %s", d->file, d->line, d->col, d->text);
    return d->fix ? err_fix(e, "%s", d->fix) : ERR_DATA;
}

enum err_code history_read_export(struct history *out, const char *path, struct err *e)
{
    struct reading r = {.h = out, .start_ns = -1, .end_ns = -1};
    struct diags list = {0};
    enum err_code rc = items_open(&r.items, path, "be read", &list, e);
    if (!rc)
        rc = read_items(&r, e);
    if (rc) {
        rc = tell(&list, e);
    } else if (!r.n_drafts) {
        rc = err_set(e, ERR_DATA, "%s: has no items", path);
    } else {
        finish(&r, path);
        keep_archive(&r);
    }
    for (size_t i = 0; i < r.n_drafts; i++)
        draft_release(&r.drafts[i]);
    free(r.drafts);
    items_close(&r.items);
    diags_release(&list);
    return rc;
}
