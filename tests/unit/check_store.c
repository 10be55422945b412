/* run.db: what is put into it, what comes out again, and what becomes of older and broken ones. The
 * rest is tests/store: runs that are killed, and files that are not what they should be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/base/secret.h"
#include "sim/run/rollout.h"
#include "sim/store/database.h"
#include "sim/store/inside.h"
#include "sim/store/schema.h"
#include "sim/train/tally.h"
#include "tests/unit/fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

enum { N_ROWS = 3, N_SAMPLES = 4, N = N_ROWS * N_SAMPLES, N_PARTS = 2 };

static struct err e;
static struct diags list;
static struct job *job;
static struct grader *grader;
static struct dataset *d;
static struct schedule schedule;
static json_t *options;
static char *metrics[] = {(char[]){"step"}, (char[]){"a, b"}, (char[]){"step"}};
static const size_t rows_of_wave[N_ROWS] = {2, 0, 1};

#define ck_fine(call) ck_assert_msg((call) == ERR_OK, "%s", e.text)

static void setup(void)
{
    err_clear(&e);
    scratch_enter();
    scratch_file("t.jsonl", "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n\n"
                            "{\"messages\":[{\"role\":\"user\",\"content\":\"b\"}]}\n"
                            "{\"messages\":[{\"role\":\"user\",\"content\":\"c\"}]}\n");
    ck_assert_int_eq(mkdir("run", 0777), 0);
    job = fixture_job(FIXTURE_GRADER, "{policy: {type: scripted, turns: [{answer: x}]}}", &list);
    ck_assert_ptr_nonnull(job);
    ck_fine(grader_new(&grader, job, &(struct grader_context){0}, &list, &e));
    ck_fine(dataset_open(&d, "t.jsonl", &list, &e));
    schedule = schedule_make(N_ROWS, &job->hyper, &job->sim);
    options = json_pack("{s:i}", "rollouts_per_step", 12);
}

static void teardown(void)
{
    json_decref(options);
    dataset_free(d);
    grader_free(grader);
    job_free(job);
    diags_release(&list);
    secret_forget();
    scratch_leave();
}

static struct store_run the_run(void)
{
    return (struct store_run){
        .job = job,
        .options = options,
        .schedule = &schedule,
        .grader = grader,
        .policy_type = "scripted",
        .seed = 5,
        .files = {d, d},
        .metrics = metrics,
        .n_metrics = COUNT_OF(metrics),
    };
}

static struct store *create(void)
{
    struct store *s = NULL;
    struct store_run run = the_run();
    ck_fine(store_create(&s, "run", &run, &e));
    ck_fine(store_start(s, false, 1, &e));
    return s;
}

static struct store *reopen(void)
{
    struct store *s = NULL;
    ck_fine(store_open(&s, "run", &e));
    ck_fine(store_start(s, false, 1, &e));
    return s;
}

/* The one text that a query gives; the caller's. */
static char *ask(const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    ck_fine(database_read(&db, "run/run.db", &e));
    ck_fine(sql_prepare(&stmt, db, "run.db", sql, &e));
    ck_fine(sql_next(stmt, "run.db", &have, &e));
    char *text = have ? sql_text(stmt, 0) : NULL;
    sqlite3_finalize(stmt);
    database_close(db);
    return text;
}

static void ck_asked(const char *sql, const char *wanted)
{
    char *got = ask(sql);
    ck_assert_msg(got && strcmp(got, wanted) == 0, "%s: %s, not %s", sql, got ? got : "nothing",
                  wanted);
    free(got);
}

/* --- Waves ----------------------------------------------------------------------------------- */

static void wave_make(struct wave *w)
{
    *w = (struct wave){.phase = WAVE_TRAIN, .step = 1, .dataset = d, .rows = rows_of_wave};
    wave_init(w, N_ROWS, N_SAMPLES);
    w->n_parts = N_PARTS;
    w->parts = mem_array(N, N_PARTS * sizeof(*w->parts));
    w->readings = 1u << 2 | 1u << 5 | 1u << 21;
    w->n_others = 3;
    w->others = mem_array(N, w->n_others * sizeof(*w->others));
    w->pass_threshold = NAN;
}

/* Rewards that do not come through as decimal texts, and others that are easily mistaken. */
static const double rewards[] = {0.1 + 0.2, -0.0, 1e-300, 1.0, -1.0 / 3, 5e-324, 0, 1e300};

static void grade(struct wave *w, size_t i)
{
    struct rollout_end *end = &w->ends[i];
    end->reward = rewards[i % COUNT_OF(rewards)];
    end->grade_ns = INT64_C(1) << (i + 30);
    end->grade_flags = i % 3 ? 0 : 1u << (i % GRADE_N_ERRORS);
    end->why = i % 3 ? NULL : mem_text("a flag's \"words\"");
    end->grade_notes = i % 4 ? 0 : GRADE_NOTE_BIT_NOT_TEXT | GRADE_NOTE_BIT_BOOLEAN;
    if (end->grade_notes)
        end->noted[GRADE_NOTE_NOT_TEXT] = (struct grade_noted){"input", "item.nums"};
    end->sample = i % 5 ? NULL : mem_text("{\"output_text\":\"x\"}");
    for (size_t k = 0; k < N_PARTS; k++)
        w->parts[i * N_PARTS + k] = (struct grade_part){.reward = end->reward / (double)(k + 3),
                                                        .flags = (unsigned)(i & k),
                                                        .ns = (int64_t)(i * 10 + k)};
    double *other = &w->others[i * 3];
    other[0] = end->reward;                      /* the same */
    other[1] = i % 2 ? NAN : end->reward + 0.25; /* not known, or another */
    other[2] = end->reward == 0 ? -end->reward : end->reward * 3;
}

static void make_calls(struct rollout_end *end, size_t n)
{
    end->calls = mem_array(n, sizeof(*end->calls));
    end->n_calls = n;
    for (size_t k = 0; k < n; k++)
        end->calls[k] = (struct call_record){.latency_ns = (int64_t)k * 1000001,
                                             .output_bytes = (uint32_t)(7 * k),
                                             .tool = k % 2 ? RUN_NO_TOOL : 0,
                                             .status = k % 2 ? 0 : 200,
                                             .kind = (uint8_t)(k % TOOL_N_KINDS),
                                             .attempts = k % 2 ? 0 : 3,
                                             .warnings = (uint8_t)(k % 16)};
}

static void make_end(struct wave *w, size_t i)
{
    struct rollout_end *end = &w->ends[i];
    *end = (struct rollout_end){
        .started = true,
        .answered = i % 2,
        .outcome = i == 3   ? OUTCOME_DISCARDED_TOOL
                   : i == 4 ? OUTCOME_DISCARDED_GRADER
                   : i == 5 ? OUTCOME_POLICY_FAILED
                   : i == 6 ? OUTCOME_GRADED_CUT
                            : OUTCOME_GRADED,
        .n_turns = (int)i % 4 + 1,
        .row = rows_of_wave[i / N_SAMPLES],
        .line = dataset_line(d, rows_of_wave[i / N_SAMPLES]),
    };
    if (i % 3)
        end->tokens = (struct tokens){.n_turns = (int64_t)i,
                                      .n_reasoning = (int64_t)i / 2,
                                      .prompt = INT64_C(1) << (i + 30),
                                      .completion = (int64_t)i * 7,
                                      .reasoning = (int64_t)i * 3};
    snprintf(end->trace_id, sizeof(end->trace_id), "trace_%032zu", i);
    make_calls(end, i < 4 ? (size_t)end->n_turns - (end->outcome != OUTCOME_DISCARDED_TOOL) : 0);
    if (end->outcome == OUTCOME_GRADED || end->outcome == OUTCOME_GRADED_CUT)
        grade(w, i);
    else
        end->why = mem_text("lost");
}

/* A rollout with the texts of that end: a call a turn, and for i == 8 one addressed wrongly. */
static void tell(struct store *s, struct wave *w, size_t i, const char *answer, size_t len)
{
    struct rollout_end *end = &w->ends[i];
    struct policy_call calls[4];
    struct policy_past turns[4] = {0};
    struct rollout r = {.calls = calls, .turns = turns, .n_turns = end->n_turns};
    end->misaddressed = i == 8;
    r.misaddressed = end->misaddressed;
    r.n_calls = end->n_calls + r.misaddressed;
    for (size_t k = 0; k < r.n_calls; k++) {
        char *texts = mem_text("{\"k\":1}\0functions.search");
        calls[k] = (struct policy_call){.name = "search",
                                        .address = "functions.search",
                                        .arguments = texts,
                                        .arguments_len = 7,
                                        .output = mem_text("out"),
                                        .output_len = 3};
        turns[k] = (struct policy_past){.from = k, .n_calls = 1, .batch = k == 1};
    }
    buf_add(&r.answer, answer, len);
    const struct attempt_record attempts[] = {{0, 5, 500, TOOL_KIND_SERVER_ERROR},
                                              {0, 6, 0, TOOL_KIND_TIMEOUT},
                                              {0, 7, 200, TOOL_KIND_FINE}};
    store_rollout(s, &(struct rollout_told){.wave = w,
                                            .number = i,
                                            .end = end,
                                            .rollout = &r,
                                            .attempts = attempts,
                                            .n_attempts = r.n_calls ? COUNT_OF(attempts) : 0,
                                            .duration_ns = 123});
    for (size_t k = 0; k < r.n_calls; k++) {
        free(calls[k].arguments);
        free(calls[k].output);
    }
    buf_release(&r.answer);
}

static void begin(struct store *s, struct wave *w, bool *ended)
{
    int64_t past_ns = 0;
    ck_fine(store_wave(s, w, &past_ns, ended, &e));
}

/* Record the rollouts of a wave of which `skip` says no. */
static void record_wave(struct store *s, struct wave *w, bool (*skip)(size_t i))
{
    bool ended = true;
    wave_make(w);
    begin(s, w, &ended);
    ck_assert(!ended && !w->n_recalled);
    for (size_t n = 0; n < N; n++) {
        size_t i = N - 1 - n; /* they end in any order */
        if (skip && skip(i))
            continue;
        make_end(w, i);
        tell(s, w, i, "an answer", 9);
    }
}

static void ck_same_end(const struct rollout_end *a, const struct rollout_end *b, size_t i)
{
    ck_assert_msg(a->started == b->started && a->answered == b->answered &&
                      a->misaddressed == b->misaddressed && a->outcome == b->outcome &&
                      a->grade_flags == b->grade_flags && a->grade_notes == b->grade_notes &&
                      a->n_turns == b->n_turns && a->grade_ns == b->grade_ns && a->row == b->row &&
                      a->line == b->line && a->n_calls == b->n_calls,
                  "rollout %zu", i);
    ck_assert_msg(memcmp(&a->reward, &b->reward, sizeof(a->reward)) == 0, "rollout %zu: %a, %a", i,
                  a->reward, b->reward);
    ck_assert_pstr_eq(a->why, b->why);
    ck_assert_pstr_eq(a->sample, b->sample);
    ck_assert_str_eq(a->trace_id, b->trace_id);
    ck_assert_mem_eq(&a->tokens, &b->tokens, sizeof(a->tokens));
    for (size_t k = 0; k < GRADE_N_NOTES; k++) {
        ck_assert_pstr_eq(a->noted[k].key, b->noted[k].key);
        ck_assert_pstr_eq(a->noted[k].path, b->noted[k].path);
    }
    for (size_t k = 0; k < a->n_calls; k++) {
        const struct call_record *x = &a->calls[k];
        const struct call_record *y = &b->calls[k];
        ck_assert_msg(x->latency_ns == y->latency_ns && x->output_bytes == y->output_bytes &&
                          x->tool == y->tool && x->status == y->status && x->kind == y->kind &&
                          x->attempts == y->attempts && x->warnings == y->warnings,
                      "call %zu of rollout %zu", k, i);
    }
}

static void ck_same_numbers(const struct wave *a, const struct wave *b, size_t i)
{
    if (!outcome_is_graded(a->ends[i].outcome))
        return;
    for (size_t k = i * N_PARTS; k < (i + 1) * N_PARTS; k++)
        ck_assert_msg(memcmp(&a->parts[k].reward, &b->parts[k].reward, sizeof(double)) == 0 &&
                          a->parts[k].flags == b->parts[k].flags &&
                          a->parts[k].ns == b->parts[k].ns,
                      "a part of rollout %zu", i);
    for (size_t k = i * 3; k < (i + 1) * 3; k++)
        ck_assert_msg((isnan(a->others[k]) && isnan(b->others[k])) ||
                          memcmp(&a->others[k], &b->others[k], sizeof(double)) == 0,
                      "other reading %zu of rollout %zu: %a, %a", k % 3, i, a->others[k],
                      b->others[k]);
}

static void ck_same_tally(const struct wave *a, const struct wave *b)
{
    struct tally x;
    struct tally y;
    tally_init(&x, 1);
    tally_init(&y, 1);
    tally_add_wave(&x, a, 3);
    tally_add_wave(&y, b, 3);
    ck_assert(memcmp(&x.reward_sum, &y.reward_sum, sizeof(double)) == 0);
    ck_assert(memcmp(&x.reward_min, &y.reward_min, sizeof(double)) == 0);
    ck_assert(x.n == y.n && x.n_graded == y.n_graded && x.n_calls == y.n_calls);
    ck_assert(memcmp(x.outcomes, y.outcomes, sizeof(x.outcomes)) == 0);
    ck_assert(memcmp(x.notes, y.notes, sizeof(x.notes)) == 0);
    for (size_t i = 0; i < READINGS; i++)
        ck_assert_msg(x.readings[i].n == y.readings[i].n &&
                          memcmp(&x.readings[i].sum, &y.readings[i].sum, sizeof(double)) == 0,
                      "reading %zu", i);
    tally_release(&x);
    tally_release(&y);
}

START_TEST(test_a_wave_comes_back_as_it_was)
{
    struct wave before;
    struct wave after;
    bool ended = false;
    struct store *s = create();
    record_wave(s, &before, NULL);
    store_close(s);

    s = reopen();
    ck_assert_uint_eq(store_head(s)->n_rollouts, N);
    wave_make(&after);
    begin(s, &after, &ended);
    ck_assert_uint_eq(after.n_recalled, N);
    for (size_t i = 0; i < N; i++) {
        ck_same_end(&before.ends[i], &after.ends[i], i);
        ck_same_numbers(&before, &after, i);
    }
    ck_same_tally(&before, &after);
    wave_release(&before);
    wave_release(&after);
    store_close(s);
}
END_TEST

static bool every_third(size_t i)
{
    return i % 3 == 0;
}

START_TEST(test_what_is_missing_is_left_to_be_made)
{
    struct wave before;
    struct wave after;
    bool ended = true;
    struct store *s = create();
    record_wave(s, &before, every_third);
    store_close(s);
    s = reopen();
    wave_make(&after);
    begin(s, &after, &ended);
    ck_assert(!ended);
    ck_assert_uint_eq(after.n_recalled, N - N / 3);
    for (size_t i = 0; i < N; i++)
        ck_assert_int_eq(after.ends[i].started, i % 3 != 0);
    wave_release(&before);
    wave_release(&after);
    store_close(s);
}
END_TEST

START_TEST(test_rows_say_what_happened)
{
    static const struct {
        const char *sql, *wanted;
    } table[] = {
        {"SELECT (min(id) >> 32) || ' ' || (max(id) & 0xffffffff) FROM rollout", "1 11"},
        {"SELECT group_concat(sample) FROM rollout WHERE row = 0", "0,1,2,3"},
        {"SELECT reward IS NULL AND why = 'lost' FROM rollout WHERE outcome = 'discarded_tool'",
         "1"},
        {"SELECT count(*) FROM attempt WHERE rollout = (SELECT max(rollout) FROM attempt)", "3"},
        {"SELECT group_concat(kind) FROM attempt WHERE rollout = 1 << 32 | 1",
         "http_5xx,timeout,ok"},
        {"SELECT name IS NULL FROM call WHERE tool = 0 LIMIT 1", "1"},
        {"SELECT name FROM call WHERE tool IS NULL LIMIT 1", "functions.search"},
        {"SELECT kind || ' ' || recipient || ' ' || text FROM turn WHERE kind = 'misaddressed'",
         "misaddressed functions.search {\"k\":1}"},
        {"SELECT count(*) FROM turn WHERE kind = 'batch'", "2"},
        {"SELECT path FROM note LIMIT 1", "item.nums"},
        {"SELECT name FROM bit WHERE kind = 'grade_note' AND bit = 1", "not_text"},
        {"SELECT group_concat(line) FROM row WHERE phase = 'train'", "1,3,4"},
        {"SELECT count(*) FROM other WHERE reading = 2", "0"},
        {"SELECT group_concat(name, ';') FROM metric", "step;a, b;step"},
        {"SELECT options FROM run", "{\"rollouts_per_step\":12}"},
        {"SELECT state FROM run", "running"},
    };
    struct wave w;
    struct store *s = create();
    record_wave(s, &w, NULL);
    ck_fine(store_flush(s, &e));
    for (size_t i = 0; i < COUNT_OF(table); i++)
        ck_asked(table[i].sql, table[i].wanted);
    wave_release(&w);
    store_close(s);
}
END_TEST

/* --- Texts ----------------------------------------------------------------------------------- */

/* What is kept of an answer, unpacked; and the length that is told. */
static void ck_kept(const char *answer, size_t len, size_t kept, bool packed)
{
    struct wave w;
    bool ended = false;
    struct store *s = create();
    wave_make(&w);
    begin(s, &w, &ended);
    make_end(&w, 0);
    tell(s, &w, 0, answer, len);
    wave_release(&w);
    store_close(s);

    char *said = mem_printf("%zu %s", len, packed ? "blob" : "text");
    ck_asked("SELECT answer_bytes || ' ' || typeof(answer) FROM rollout", said);
    free(said);
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    ck_fine(database_read(&db, "run/run.db", &e));
    ck_fine(sql_prepare(&stmt, db, "run.db", "SELECT answer FROM rollout", &e));
    ck_fine(sql_next(stmt, "run.db", &have, &e));
    uLongf n = BODY_KEPT_BYTES + 1;
    unsigned char *text = mem_new(n);
    const void *body = sqlite3_column_blob(stmt, 0);
    uLong body_len = (uLong)sqlite3_column_bytes(stmt, 0);
    if (packed)
        ck_assert_int_eq(uncompress(text, &n, body, body_len), Z_OK);
    else
        memcpy(text, body, n = body_len);
    ck_assert_uint_eq(n, kept);
    ck_assert(memcmp(text, answer, kept) == 0);
    free(text);
    sqlite3_finalize(stmt);
    database_close(db);
}

static const struct {
    const char *name, *piece;
    size_t times, kept;
    bool packed;
} bodies[] = {
    {"a short one is a text", "abc", 3, 9, false},
    {"one of 512 bytes still is", "0123456789abcdef", 32, 512, false},
    {"a longer one is packed", "0123456789abcdef", 33, 528, true},
    {"64 KiB are kept whole", "0123456789abcdef", 4096, 65536, true},
    {"and no more", "0123456789abcdef", 5000, 65536, true},
    {"a character is not cut in two", "\xe2\x82\xac", 30000, 65535, true},
    {"what is no character is cut all the same", "\x80\x81", 40000, 65533, true},
};

START_TEST(test_long_texts_are_packed_and_cut)
{
    struct buf answer = {0};
    for (size_t i = 0; i < bodies[_i].times; i++)
        buf_text_add(&answer, bodies[_i].piece);
    ck_kept(answer.at, answer.len, bodies[_i].kept, bodies[_i].packed);
    buf_release(&answer);
}
END_TEST

START_TEST(test_a_text_with_a_nul_is_whole)
{
    ck_kept("a\0b", 3, 3, false);
}
END_TEST

START_TEST(test_secrets_are_masked_before_a_text_is_cut)
{
    struct buf answer = {0};
    struct wave w;
    bool ended = false;
    secret_add("hunter2hunter2", "${KEY}");
    while (answer.len < BODY_KEPT_BYTES - 7) /* so that the cut would leave half of it */
        buf_char(&answer, 'x');
    buf_text_add(&answer, "hunter2hunter2 and more");
    struct store *s = create();
    wave_make(&w);
    begin(s, &w, &ended);
    make_end(&w, 0);
    free(w.ends[0].why);
    w.ends[0].why = mem_text("said hunter2hunter2");
    tell(s, &w, 0, answer.at, answer.len);
    make_end(&w, 1);
    tell(s, &w, 1, "it is hunter2hunter2", 20);
    wave_release(&w);
    store_close(s);
    ck_asked("SELECT why FROM rollout WHERE sample = 0", "said ${KEY}");
    ck_asked("SELECT answer FROM rollout WHERE sample = 1", "it is ${KEY}");
    buf_release(&answer);
}
END_TEST

/* --- Steps, events, the end ------------------------------------------------------------------ */

static enum err_code see_step(void *arg, const char *stamp, const double *values, struct err *err)
{
    struct buf *out = arg;
    (void)err;
    buf_printf(out, "%s %g %g %d;", stamp, values[0], values[1], isnan(values[2]) != 0);
    return ERR_OK;
}

static enum err_code see_event(void *arg, const char *line, size_t len, struct err *err)
{
    (void)err;
    buf_add(arg, line, len);
    return ERR_OK;
}

START_TEST(test_steps_and_events_come_back)
{
    struct buf seen = {0};
    struct store *s = create();
    store_step(s, 1, "then", (const double[]){1, 0.5, NAN}, 3);
    store_step(s, 2, "now", (const double[]){2, -0.25, NAN}, 3);
    store_event(s, "{one}", 5, false);
    store_event(s, "{two}", 5, false);
    ck_fine(store_end(s, NULL, "stopped", "because", "{}", &e));
    store_close(s);
    ck_fine(store_open(&s, "run", &e));
    ck_assert_int_eq(store_head(s)->steps_done, 2);
    ck_assert_str_eq(store_head(s)->state, "stopped");
    ck_fine(store_each_step(s, see_step, &seen, 3, &e));
    ck_fine(store_each_event(s, see_event, &seen, &e));
    ck_assert_str_eq(buf_text(&seen), "then 1 0.5 1;now 2 -0.25 1;{one}{two}");
    buf_release(&seen);
    store_close(s);
}
END_TEST

START_TEST(test_a_step_is_committed_with_the_event_that_tells_of_it)
{
    struct store *s = create();
    store_step(s, 1, "then", (const double[]){1, 0.5, NAN}, 3);
    ck_fine(store_flush(s, &e));
    ck_asked("SELECT (SELECT count(*) FROM step) || ' ' || (SELECT count(*) FROM event)", "0 0");
    store_event(s, "{one}", 5, false);
    ck_fine(store_flush(s, &e));
    ck_asked("SELECT (SELECT count(*) FROM step) || ' ' || (SELECT count(*) FROM event)", "1 1");
    store_close(s);
}
END_TEST

START_TEST(test_a_sample_that_does_not_unpack_is_told)
{
    struct wave w;
    bool ended = false;
    struct store *s = create();
    wave_make(&w);
    begin(s, &w, &ended);
    make_end(&w, 0);
    tell(s, &w, 0, "first", 5);
    wave_release(&w);
    ck_fine(store_end(s, NULL, "stopped", NULL, "{}", &e));
    ck_fine(sql_run(s->db, "run.db", "UPDATE rollout SET graded_sample = x'789c4b4c'", &e));
    store_close(s);
    s = reopen();
    wave_make(&w);
    int64_t past_ns = 0;
    ck_assert_int_eq(store_wave(s, &w, &past_ns, &ended, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "is damaged"));
    ck_assert(*e.fix);
    err_clear(&e);
    wave_release(&w);
    store_close(s);
}
END_TEST

START_TEST(test_a_full_disk_keeps_what_was_committed)
{
    struct wave w;
    bool ended = false;
    struct store *s = create();
    wave_make(&w);
    begin(s, &w, &ended);
    make_end(&w, 0);
    tell(s, &w, 0, "first", 5);
    ck_fine(store_flush(s, &e));
    ck_fine(sql_run(s->db, "run.db", "PRAGMA max_page_count = 1", &e)); /* no more than there are */
    struct buf noise = {0};
    struct rng bytes = rng_seed(1);
    while (noise.len < BODY_KEPT_BYTES)
        buf_printf(&noise, "%016llx", (unsigned long long)rng_u64(&bytes));
    make_end(&w, 1);
    for (int64_t i = 0; i < 10; i++) {
        s->wave = 2 + i; /* other ids */
        tell(s, &w, 1, noise.at, noise.len);
    }
    ck_assert_int_eq(store_flush(s, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "the disk is full"));
    ck_assert(store_has_failed(s));
    tell(s, &w, 1, "goes nowhere", 12);
    err_clear(&e);
    ck_assert_int_eq(store_end(s, NULL, "failed", NULL, "{}", &e),
                     ERR_IO); /* and goes on to say so */
    store_close(s);
    err_clear(&e);
    ck_asked("SELECT count(*) || answer || state FROM rollout, run", "1firstrunning");
    wave_release(&w);
    buf_release(&noise);
}
END_TEST

/* --- Files ----------------------------------------------------------------------------------- */

/* A database as an earlier rftsim left it, with a wave in it. */
static void make_of_version(int version)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open("run/run.db", &db), SQLITE_OK);
    for (int i = 1; i <= version; i++)
        ck_fine(database_upgrade(db, "run/run.db", i, &e));
    ck_fine(sql_run(db, "run/run.db",
                    "INSERT INTO policy VALUES (1, 'scripted', '{}');"
                    "INSERT INTO wave VALUES (1, 'valid', 0, 1, 2, 3, 4, 5, 1)",
                    &e));
    database_close(db);
}

START_TEST(test_a_database_of_every_earlier_version_is_brought_up)
{
    sqlite3 *db = NULL;
    int64_t version = 0;
    make_of_version(_i);
    ck_fine(database_open(&db, "run/run.db", &e));
    ck_fine(sql_number(&version, db, "run/run.db", "PRAGMA user_version", &e));
    ck_assert_int_eq(version, SCHEMA_VERSION);
    database_close(db);
    ck_asked("SELECT elapsed_ns FROM wave", "5"); /* what was there is there */
    ck_asked("SELECT count(*) FROM indexed", "0");
    ck_asked("SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table'"
             " AND name IN ('search', 'rollout', 'indexed') ORDER BY name)",
             "indexed,rollout,search");
}
END_TEST

START_TEST(test_nothing_is_made_twice)
{
    struct store_run run = the_run();
    store_close(create());
    struct store *s = NULL;
    ck_assert_int_eq(store_create(&s, "run", &run, &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "File exists"));
}
END_TEST

START_TEST(test_a_run_matches_itself)
{
    struct store *s = NULL;
    struct store_run run = the_run();
    store_close(create());
    ck_fine(store_open(&s, "run", &e));
    ck_fine(store_match(s, &run, &e));
    run.seed = 6;
    ck_assert_int_eq(store_match(s, &run, &e), ERR_JOB);
    err_clear(&e);
    run = the_run();
    run.n_metrics--;
    ck_assert_int_eq(store_match(s, &run, &e), ERR_DATA);
    ck_assert_ptr_nonnull(strstr(e.text, "other columns"));
    store_close(s);
}
END_TEST

Suite *store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("store");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_a_wave_comes_back_as_it_was);
    tcase_add_test(tcase, test_what_is_missing_is_left_to_be_made);
    tcase_add_test(tcase, test_rows_say_what_happened);
    tcase_add_loop_test(tcase, test_long_texts_are_packed_and_cut, 0, COUNT_OF(bodies));
    tcase_add_test(tcase, test_a_text_with_a_nul_is_whole);
    tcase_add_test(tcase, test_secrets_are_masked_before_a_text_is_cut);
    tcase_add_test(tcase, test_steps_and_events_come_back);
    tcase_add_test(tcase, test_a_step_is_committed_with_the_event_that_tells_of_it);
    tcase_add_test(tcase, test_a_sample_that_does_not_unpack_is_told);
    tcase_add_test(tcase, test_a_full_disk_keeps_what_was_committed);
    tcase_add_loop_test(tcase, test_a_database_of_every_earlier_version_is_brought_up, 1,
                        SCHEMA_VERSION);
    tcase_add_test(tcase, test_nothing_is_made_twice);
    tcase_add_test(tcase, test_a_run_matches_itself);
    suite_add_tcase(suite, tcase);
    return suite;
}
