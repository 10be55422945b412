#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "sim/base/cc.h"
#include "sim/job/row_digest.h"
#include "sim/report/history.h"
#include "sim/store/database.h"
#include "sim/store/lock.h"
#include "sim/store/search.h"
#include "tests/unit/fixture.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

/* A run of two graders in one: an evaluation that ended, and a step that was killed half-way. Its
 * error bit 3 is not ours: names count. */
static const char run_sql[] =
    "INSERT INTO policy VALUES (1, 'scripted', '{}');"
    "INSERT INTO run VALUES (1, '0.1', 'j.yaml', '/x/j.yaml', '{\"model\": \"m\"}', '{}', 'm', 1, "
    "7, "
    "  9, 2, 1, 5, 2, 2, 1.0, 512, 4, 0.5, 'running', NULL, 1000000000, NULL, NULL);"
    "INSERT INTO file VALUES ('train', 'train.jsonl', 1, 2), ('valid', 'valid.jsonl', 2, 2);"
    "INSERT INTO row VALUES ('train', 0, 1, -5), ('train', 1, 3, 6), ('valid', 0, 1, 11), "
    "  ('valid', 1, 2, 12);"
    "INSERT INTO tool VALUES (0, 'find'), (1, 'buy');"
    "INSERT INTO grader VALUES (0, NULL, 'multi', 'both', NULL), (1, 'x', 'string_check', 'g', "
    "NULL), "
    "  (2, 'y', 'text_similarity', 'h', NULL);"
    "INSERT INTO bit VALUES ('grade_error', 3, 'other_error'), ('grade_error', 0, 'newer_error');"
    "INSERT INTO wave VALUES (1, 'valid', 0, 1, 2, 2, 0, 1500000000, 1), "
    "  (2, 'train', 1, 1, 2, 2, 0, 1, 0);"
    "INSERT INTO rollout VALUES"
    "  (4294967296, 0, 0, 'trace_a', 'graded', 1.0, 0, 0, 0, 3, 3, 1, 0, 2000000000, 500000000, "
    "NULL, "
    "   'the caf\xc3\xa9 is open', 16, NULL),"
    "  (4294967297, 0, 1, 'trace_b', 'graded', 0.0, 9, 0, 0, 1, 0, 1, 0, 1, 1, 'bad', 'no', 2, "
    "NULL),"
    "  (4294967298, 1, 0, 'trace_c', 'discarded_tool', NULL, 0, 0, 0, 1, 1, 0, 0, 1, 0, "
    "   'call 1, find: HTTP 503', NULL, 0, NULL),"
    "  (8589934593, 1, 1, 'trace_d', 'graded_cut', 0.25, 0, 0, 0, 4, 1, 0, 0, 1, 1, NULL, NULL, 0, "
    "   NULL);"
    "INSERT INTO turn VALUES (4294967296, 0, 'batch', NULL, NULL, 0), "
    "  (4294967296, 1, 'text', NULL, 'let me see', 10);"
    "INSERT INTO call VALUES"
    "  (4294967296, 0, 0, 0, NULL, 'ok', 200, 1, 1000000, 0, '{\"q\":1}', 7, 'SKU-1: red', 10),"
    "  (4294967296, 1, 0, 1, NULL, 'http_4xx', 404, 1, 3000000, 0, '{}', 2, 'gone', 4),"
    "  (4294967296, 2, 1, NULL, 'functions.fly', 'unknown_tool', 0, 0, 0, 0, '{}', 2, 'none', 4),"
    "  (4294967298, 0, 0, 0, NULL, 'http_5xx', 503, 2, 5000000, 0, '{}', 2, NULL, 0),"
    "  (8589934593, 0, 0, 0, NULL, 'ok', 200, 1, 1000000, 0, '{}', 2, 'found', 5);"
    "INSERT INTO attempt VALUES (4294967298, 0, 0, 'timeout', 0, 4000000), "
    "  (4294967298, 0, 1, 'http_5xx', 503, 5000000);"
    "INSERT INTO part VALUES (4294967296, 1, 1.0, 0, 5), (4294967296, 2, 0.5, 8, 5), "
    "  (4294967297, 1, 0.0, 0, 5), (4294967297, 2, 0.0, 0, 5), (8589934593, 1, 0.25, 0, 5), "
    "  (8589934593, 2, 0.75, 0, 5);"
    "INSERT INTO metric VALUES (0, 'step'), (1, 'sampling_duration');"
    "COMMIT";

static void make_run(const char *more)
{
    sqlite3 *db = NULL;
    struct err e = {0};
    mkdir("run", 0777);
    ck_assert_msg(database_create(&db, "run/run.db", &e) == ERR_OK, "%s", e.text);
    ck_assert_msg(sqlite3_exec(db, run_sql, NULL, NULL, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(db));
    ck_assert_msg(sqlite3_exec(db, more, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    database_close(db);
}

static void open_run(struct history *h)
{
    struct err e = {0};
    ck_assert_msg(history_open(h, "run", &e) == ERR_OK, "%s", e.text);
}

START_TEST(test_what_a_run_holds)
{
    struct history h;
    make_run("");
    open_run(&h);
    ck_assert_str_eq(h.model, "m");
    ck_assert_str_eq(h.state, "killed"); /* it says "running", and nobody is at it */
    ck_assert_double_eq(h.pass_threshold, 0.5);
    ck_assert_uint_eq(h.n_waves, 2);
    ck_assert(h.waves[0].complete && !h.waves[1].complete);
    ck_assert_double_eq(h.waves[0].seconds, 1.5);
    ck_assert_uint_eq(h.waves[1].from, 3);
    ck_assert_uint_eq(h.n_rollouts, 4);
    ck_assert_uint_eq(h.files[WAVE_TRAIN].rows[1].line, 3);
    ck_assert_uint_eq(h.files[WAVE_TRAIN].rows[0].digest, UINT64_MAX - 4);
    ck_assert_uint_eq(h.n_steps, 0);
    char *place = history_place(&h, 3);
    ck_assert_str_eq(place, "train.jsonl:3");
    free(place);
    history_release(&h);
}
END_TEST

START_TEST(test_what_a_rollout_came_to)
{
    struct history h;
    make_run("");
    open_run(&h);
    const struct history_rollout *r = h.rollouts;
    ck_assert_double_eq(r[0].reward, 1);
    ck_assert_int_eq(r[0].n_failed, 2);
    ck_assert_int_eq(r[0].n_tool_turns, 2); /* a batch, and one more */
    ck_assert_int_eq(r[0].bytes, 16 + 7 + 2 + 2);
    ck_assert_double_eq(r[0].seconds, 2);
    ck_assert_uint_eq(r[1].flags, GRADE_OTHER); /* the other bit has a name that is not known */
    ck_assert_int_eq(r[1].n_tool_turns, 0);
    ck_assert(isnan(r[2].reward));
    ck_assert_int_eq(r[2].outcome, OUTCOME_DISCARDED_TOOL);
    ck_assert_str_eq(r[2].why, "call 1, find: HTTP 503");
    ck_assert_double_eq(h.parts[1], 0.5);
    ck_assert(isnan(h.parts[2 * 2]));
    ck_assert_double_eq(h.parts[3 * 2 + 1], 0.75);
    history_release(&h);
}
END_TEST

START_TEST(test_what_tools_came_to)
{
    struct history h;
    make_run("");
    open_run(&h);
    ck_assert_uint_eq(h.n_tools, 3); /* the last is nobody's */
    const struct history_tool_sums *find = &h.tools[0].of[WAVE_VALID];
    ck_assert_uint_eq(find->n_ok, 1);
    ck_assert_uint_eq(find->n_failed, 1);
    ck_assert_uint_eq(find->n_requests, 3);
    ck_assert_uint_eq(find->kinds[TOOL_KIND_SERVER_ERROR], 1);
    ck_assert_uint_eq(find->latency.n, 2);
    ck_assert_uint_eq(find->first_failed, 2);
    ck_assert_uint_eq(h.tools[0].of[WAVE_TRAIN].n_ok, 1);
    ck_assert_str_eq(h.tools[2].name, "");
    ck_assert_uint_eq(h.tools[2].of[WAVE_VALID].n_failed, 1);
    ck_assert_uint_eq(h.tools[2].of[WAVE_VALID].latency.n, 0); /* nothing was sent */
    history_release(&h);
}
END_TEST

START_TEST(test_a_step_is_made_of_its_waves)
{
    struct history h;
    make_run("INSERT INTO step VALUES (1, 't'); INSERT INTO value VALUES (1, 0, 1.0), (1, 1, 2.5)");
    open_run(&h);
    ck_assert_uint_eq(h.n_steps, 1);
    const struct history_step *s = &h.steps[0];
    ck_assert_int_eq(s->step, 1);
    ck_assert_double_eq(s->sampling_s, 2.5);
    ck_assert(isnan(s->total_s));
    ck_assert_int_eq(s->valid_step, 0); /* EV-6 */
    ck_assert_int_eq(s->n_valid, 3);
    ck_assert_double_eq(s->valid_mean, 0.5);
    ck_assert_double_eq(s->train_penalised, 0.25);
    ck_assert_double_eq(s->tools[WAVE_VALID][0].error_rate, 0.5);
    ck_assert_double_eq(s->graders[2].mean[WAVE_VALID], 0.25);
    history_release(&h);
}
END_TEST

static const json_t *at(const json_t *o, const char *key)
{
    return json_object_get(o, key);
}

START_TEST(test_a_transcript_tells_every_turn)
{
    struct history h;
    struct err e = {0};
    json_t *doc = NULL;
    make_run("");
    open_run(&h);
    ck_assert_int_eq(history_transcript(&h, 0, &doc, &e), ERR_OK);
    ck_assert_str_eq(json_string_value(at(doc, "answer")), "the caf\xc3\xa9 is open");
    const json_t *turns = at(doc, "turns");
    ck_assert_uint_eq(json_array_size(turns), 2);
    const json_t *first = json_array_get(turns, 0);
    ck_assert_str_eq(json_string_value(at(first, "kind")), "batch");
    ck_assert_uint_eq(json_array_size(at(first, "calls")), 2);
    const json_t *call = json_array_get(at(first, "calls"), 0);
    ck_assert_str_eq(json_string_value(at(call, "tool")), "functions.find");
    ck_assert_str_eq(json_string_value(at(call, "output")), "SKU-1: red");
    ck_assert_ptr_null(at(call, "attempts"));
    const json_t *second = json_array_get(turns, 1);
    ck_assert_str_eq(json_string_value(at(second, "text")), "let me see");
    const json_t *part = json_array_get(at(at(doc, "grade"), "parts"), 1);
    ck_assert_str_eq(json_string_value(at(part, "key")), "y");
    ck_assert_str_eq(json_string_value(json_array_get(at(part, "errors"), 0)), "other_error");
    json_decref(doc);

    ck_assert_int_eq(history_transcript(&h, 2, &doc, &e), ERR_OK);
    ck_assert(json_is_null(at(doc, "reward")));
    ck_assert_ptr_null(at(doc, "grade"));
    call = json_array_get(at(json_array_get(at(doc, "turns"), 0), "calls"), 0);
    ck_assert_uint_eq(json_array_size(at(call, "attempts")), 2);
    ck_assert_str_eq(json_string_value(at(json_array_get(at(call, "attempts"), 0), "fault")),
                     "timeout");
    ck_assert_ptr_null(at(call, "output"));
    json_decref(doc);
    history_release(&h);
}
END_TEST

/* A body that was kept in part: 65,533 bytes of more. */
START_TEST(test_a_text_that_was_cut_says_so)
{
    static char text[65534];
    static unsigned char packed[1024];
    uLongf n = sizeof(packed);
    char sql[4096] = "UPDATE rollout SET answer_bytes = 100000, answer = x'";
    memset(text, 'z', 65533);
    ck_assert_int_eq(compress(packed, &n, (const Bytef *)text, 65533), Z_OK);
    for (size_t i = 0; i < n; i++)
        snprintf(sql + strlen(sql), 3, "%02x", packed[i]);
    strcat(sql, "' WHERE id = 4294967296");
    struct history h;
    struct err e = {0};
    json_t *doc = NULL;
    make_run(sql);
    open_run(&h);
    ck_assert_int_eq(history_transcript(&h, 0, &doc, &e), ERR_OK);
    ck_assert_str_eq(json_string_value(at(doc, "answer")), text);
    ck_assert_int_eq(json_integer_value(at(doc, "answer_bytes")), 100000);
    json_decref(doc);
    history_release(&h);
}
END_TEST

/* The row's messages, as long as its file holds the row that was rolled out. */
START_TEST(test_messages_are_those_of_the_row)
{
    static const char row[] = "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}\n";
    struct history h;
    struct err e = {0};
    json_t *doc = NULL;
    struct tape item = fixture_tape("{\"messages\": [{\"name\": null, \"role\": \"user\", "
                                    "\"content\": \"hi\"}], \"tools\": null, "
                                    "\"parallel_tool_calls\": true}"); /* 1.4 */
    char sql[128];
    snprintf(sql, sizeof(sql), "UPDATE row SET digest = %lld WHERE phase = 'valid' AND number = 0",
             (long long)row_digest(&item));
    tape_release(&item);
    make_run(sql);
    scratch_file("valid.jsonl", row);
    open_run(&h);
    ck_assert_int_eq(history_transcript(&h, 0, &doc, &e), ERR_OK);
    ck_assert_uint_eq(json_array_size(at(doc, "messages")), 1);
    json_decref(doc);
    history_release(&h);

    scratch_file("valid.jsonl", "{\"messages\": [{\"role\": \"user\", \"content\": \"ho\"}]}\n");
    open_run(&h);
    ck_assert_int_eq(history_transcript(&h, 0, &doc, &e), ERR_OK);
    ck_assert_ptr_null(at(doc, "messages"));
    json_decref(doc);
    history_release(&h);
}
END_TEST

static const struct fault {
    const char *name;
    const char *sql;
    const char *words;
} faults[] = {
    {"an outcome of a newer version", "UPDATE rollout SET outcome = 'eaten' WHERE id = 4294967297",
     "unknown outcome 'eaten'"},
    {"a kind of call likewise", "UPDATE call SET kind = 'eaten'", "unknown kind of call 'eaten'"},
    {"a row that there is not", "UPDATE rollout SET row = 2 WHERE id = 4294967297",
     "a rollout of a row that there is not"},
    {"no run", "DELETE FROM run", "holds no run"},
    {"a newer version", "PRAGMA user_version = 99", "newer rftsim"},
    {"another program's", "PRAGMA application_id = 1", "another program"},
    {"a table is gone", "DROP TABLE call", "no such table: call"},
};

START_TEST(test_what_is_no_run_is_said)
{
    const struct fault *fault = &faults[_i];
    struct history h;
    struct err e = {0};
    make_run(fault->sql);
    ck_assert_msg(history_open(&h, "run", &e) != ERR_OK, "%s", fault->name);
    ck_assert_msg(strstr(e.text, fault->words) != NULL, "%s: %s", fault->name, e.text);
    ck_assert_msg(*e.fix, "%s: no remedy", fault->name);
}
END_TEST

START_TEST(test_a_folder_that_may_not_be_written_to)
{
    struct history h;
    make_run("");
    chmod("run", 0555);
    open_run(&h); /* root may write all the same; the browser of a read-only disk may not */
    ck_assert_uint_eq(h.n_rollouts, 4);
    history_release(&h);
    chmod("run", 0755);
}
END_TEST

static const struct hunt {
    const char *words;
    size_t n_all;
    int64_t first; /* rollout */
    const char *field;
} hunts[] = {
    {"cafe", 1, 4294967296, "answer"},
    {"CAF\xc3\x89 open", 1, 4294967296, "answer"},
    {"SKU-1: red", 1, 4294967296, "output"},
    {"\"open is\"", 0, 0, NULL},
    {"\"is open\"", 1, 4294967296, "answer"},
    {"foun*", 1, 8589934593, "output"},
    {"503", 1, 4294967298, "answer"},
    {"see", 1, 4294967296, "arguments"},
    {"cafe NOT open", 0, 0, NULL},
    {"\"unclosed", 0, 0, NULL},
    {"q", 1, 4294967296, "arguments"},
};

/* Who has a lock does not see it, so another process has to. */
START_TEST(test_a_run_that_goes_on_is_running)
{
    int ready[2];
    int lock = -1;
    char byte = 0;
    struct history h;
    struct err e = {0};
    make_run("");
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        byte = run_lock(&lock, "run", &e) == ERR_OK;
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(0);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(byte, 1);
    open_run(&h);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    ck_assert_str_eq(h.state, "running");
    history_release(&h);
}
END_TEST

/* In memory while the run goes on, kept once nobody is at it: the same is found. */
START_TEST(test_words_are_found)
{
    const struct hunt *hunt = &hunts[_i];
    make_run("");
    for (int again = 0; again < 2; again++) {
        struct search_hits hits;
        struct err e = {0};
        ck_assert_msg(search_run(&hits, "run", hunt->words, 5, &e) == ERR_OK, "%s: %s", hunt->words,
                      e.text);
        ck_assert_msg(hits.n_all == hunt->n_all, "%s: %zu", hunt->words, hits.n_all);
        if (hunt->n_all) {
            ck_assert_int_eq(hits.at[0].rollout, hunt->first);
            ck_assert_str_eq(hits.at[0].field, hunt->field);
            ck_assert_ptr_nonnull(strstr(hits.at[0].excerpt, SEARCH_OPEN));
        }
        search_release(&hits);
    }
}
END_TEST

START_TEST(test_nothing_to_search_for)
{
    struct search_hits hits;
    struct err e = {0};
    make_run("");
    ck_assert_int_eq(search_run(&hits, "run", " \" ", 5, &e), ERR_USAGE);
    search_release(&hits);
}
END_TEST

Suite *history_run_suite(void)
{
    Suite *suite = suite_create("history_run");
    TCase *tcase = tcase_create("history_run");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_test(tcase, test_what_a_run_holds);
    tcase_add_test(tcase, test_a_run_that_goes_on_is_running);
    tcase_add_test(tcase, test_what_a_rollout_came_to);
    tcase_add_test(tcase, test_what_tools_came_to);
    tcase_add_test(tcase, test_a_step_is_made_of_its_waves);
    tcase_add_test(tcase, test_a_transcript_tells_every_turn);
    tcase_add_test(tcase, test_a_text_that_was_cut_says_so);
    tcase_add_test(tcase, test_messages_are_those_of_the_row);
    tcase_add_loop_test(tcase, test_what_is_no_run_is_said, 0, COUNT_OF(faults));
    tcase_add_test(tcase, test_a_folder_that_may_not_be_written_to);
    tcase_add_loop_test(tcase, test_words_are_found, 0, COUNT_OF(hunts));
    tcase_add_test(tcase, test_nothing_to_search_for);
    suite_add_tcase(suite, tcase);
    return suite;
}
