/* Rows as bytes, and from there into a database. */
#include <math.h>
#include <string.h>

#include "sim/store/database.h"
#include "sim/store/inserts.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

#define PATH         "run.db"
#define ck_fine(run) ck_assert_msg((run) == ERR_OK, "%s", e.text)

static struct err e;
static struct rows rows;
static struct inserts inserts;
static sqlite3 *db;

static void setup(void)
{
    err_clear(&e);
    scratch_enter();
    ck_fine(database_create(&db, PATH, &e));
    ck_fine(sql_run(db, PATH, "COMMIT", &e));
    ck_fine(inserts_init(&inserts, db, PATH, &e));
}

static void forget(void)
{
    rows_release(&rows);
}

static void teardown(void)
{
    inserts_release(&inserts);
    database_close(db);
    forget();
    scratch_leave();
}

/* --- As bytes -------------------------------------------------------------------------------- */

static const int64_t whole[] = {0,   1,   7,         127, 128,       239,      240,
                                255, 256, 1LL << 53, -1,  INT64_MAX, INT64_MIN};

START_TEST(test_a_whole_number_comes_back)
{
    struct rows_value value[ROWS_VALUES];
    rows_begin(&rows, ROWS_OTHER);
    rows_int(&rows, whole[_i]);
    rows_real(&rows, (double)(whole[_i] >> 12));
    rows_end(&rows);
    ck_assert_uint_eq(rows_values(value, rows.bytes.at), 2);
    ck_assert_int_eq(value[0].type, ROWS_INT);
    ck_assert_int_eq(value[0].integer, whole[_i]);
    ck_assert_int_eq(value[1].type, ROWS_INT); /* the shorter form */
    ck_assert_int_eq(value[1].integer, whole[_i] >> 12);
}
END_TEST

static const struct rows_value others[] = {
    {.type = ROWS_REAL, .real = -0.0},
    {.type = ROWS_REAL, .real = 0.1},
    {.type = ROWS_NULL},
    {.type = ROWS_TEXT, .len = 3, .bytes = "a\0b"},
    {.type = ROWS_TEXT, .len = 0, .bytes = ""},
    {.type = ROWS_NULL},
    {.type = ROWS_BLOB, .len = 2, .bytes = "\0\xff"},
};

static bool is_same(const struct rows_value *a, const struct rows_value *b)
{
    if (a->type != b->type || a->type == ROWS_NULL)
        return a->type == b->type;
    if (a->type == ROWS_REAL)
        return a->real == b->real && signbit(a->real) == signbit(b->real);
    return a->len == b->len && memcmp(a->bytes, b->bytes, (size_t)a->len) == 0;
}

START_TEST(test_other_values_come_back)
{
    struct rows_value value[ROWS_VALUES];
    rows_begin(&rows, ROWS_NOTE);
    rows_real(&rows, -0.0);
    rows_real(&rows, 0.1);
    rows_real(&rows, NAN);
    rows_text(&rows, "a\0b", 3);
    rows_word(&rows, "");
    rows_word(&rows, NULL);
    rows_blob(&rows, "\0\xff", 2);
    rows_end(&rows);
    ck_assert_uint_eq(rows_values(value, rows.bytes.at), COUNT_OF(others));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        ck_assert_msg(is_same(&value[i], &others[i]), "value %zu", i);
}
END_TEST

START_TEST(test_rows_are_walked_one_by_one)
{
    static const enum rows_for want[] = {ROWS_BEGUN, ROWS_EVENT, ROWS_NOTE};
    rows_begin(&rows, ROWS_BEGUN); /* has no values */
    rows_begin(&rows, ROWS_EVENT);
    rows_word(&rows, "{}");
    rows_begin(&rows, ROWS_NOTE);
    rows_int(&rows, 300);
    rows_end(&rows);
    size_t n = 0;
    const char *end = rows.bytes.at + rows.bytes.len;
    for (const char *at = rows.bytes.at; at < end; at = rows_next(at), n++)
        ck_assert(n < COUNT_OF(want) && rows_what(at) == want[n]);
    ck_assert_uint_eq(n, COUNT_OF(want));
}
END_TEST

/* --- Into a database ------------------------------------------------------------------------- */

static void add_event(const char *line)
{
    rows_begin(&rows, ROWS_EVENT);
    rows_word(&rows, line);
}

static void add_note(int64_t rollout, int bit, const char *key)
{
    rows_begin(&rows, ROWS_NOTE);
    rows_int(&rows, rollout);
    rows_int(&rows, bit);
    rows_word(&rows, key);
    rows_word(&rows, NULL);
}

static void add_other(int64_t rollout, double reward)
{
    rows_begin(&rows, ROWS_OTHER);
    rows_int(&rows, rollout);
    rows_int(&rows, 0);
    rows_real(&rows, reward);
}

/* In a transaction of its own, as the writer does. */
static enum err_code put(void)
{
    rows_end(&rows);
    ck_fine(sql_run(db, PATH, "BEGIN IMMEDIATE", &e));
    enum err_code rc = inserts_put(&inserts, rows.bytes.at, rows.bytes.len, &e);
    rows_clear(&rows);
    ck_fine(sql_run(db, PATH, rc ? "ROLLBACK" : "COMMIT", &(struct err){0}));
    return rc;
}

static void ck_asked(const char *sql, const char *want)
{
    sqlite3_stmt *stmt = NULL;
    bool have = false;
    ck_fine(sql_prepare(&stmt, db, PATH, sql, &e));
    ck_fine(sql_next(stmt, PATH, &have, &e));
    ck_assert_msg(have && strcmp(sql_peek(stmt, 0), want) == 0, "%s: %s", sql, sql_peek(stmt, 0));
    sqlite3_finalize(stmt);
}

START_TEST(test_mixed_rows_find_their_tables)
{
    add_note(1, 0, "input");
    add_event("first");
    add_other(1, 0.5);
    add_note(2, 3, "reference");
    add_other(2, -0.0);
    add_event("second");
    add_note(1LL << 32, 3, "input");
    ck_fine(put());
    add_note(3, 0, "of the next block");
    ck_fine(put());
    ck_asked("SELECT group_concat(number || line) FROM (SELECT * FROM event ORDER BY number)",
             "1first,2second");
    ck_asked("SELECT group_concat(rollout || ':' || bit || key || (path IS NULL)) FROM note",
             "1:0input1,2:3reference1,3:0of the next block1,4294967296:3input1");
    ck_asked("SELECT group_concat(typeof(reward) || reward) FROM other", "real0.5,real0.0");
}
END_TEST

START_TEST(test_one_row_that_fails_takes_all_with_it)
{
    add_event("first");
    add_other(1, 0.5);
    add_note(1, 0, "input");
    add_note(2, 0, "input");
    add_note(1, 0, "there already");
    ck_assert_int_eq(put(), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "UNIQUE constraint failed: note.rollout, note.bit"));
    err_clear(&e);
    ck_asked("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM other) + count(*)"
             " FROM note",
             "0");
    add_note(1, 0, "now it may"); /* the statement is as good as new */
    ck_fine(put());
    ck_asked("SELECT key FROM note", "now it may");
}
END_TEST

START_TEST(test_the_table_is_in_no_database)
{
    sqlite3 *other = NULL;
    ck_asked("SELECT count(*) FROM sqlite_schema WHERE name = 'given'", "0");
    ck_fine(database_view(&other, PATH, &e));
    ck_assert_int_eq(sql_run(other, PATH, "SELECT * FROM given", &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "no such table: given"));
    database_close(other);
}
END_TEST

Suite *rows_suite(void)
{
    Suite *suite = suite_create("rows");
    TCase *bytes = tcase_create("bytes");
    tcase_add_checked_fixture(bytes, NULL, forget);
    tcase_add_loop_test(bytes, test_a_whole_number_comes_back, 0, COUNT_OF(whole));
    tcase_add_test(bytes, test_other_values_come_back);
    tcase_add_test(bytes, test_rows_are_walked_one_by_one);
    suite_add_tcase(suite, bytes);

    TCase *database = tcase_create("database");
    tcase_add_checked_fixture(database, setup, teardown);
    tcase_add_test(database, test_mixed_rows_find_their_tables);
    tcase_add_test(database, test_one_row_that_fails_takes_all_with_it);
    tcase_add_test(database, test_the_table_is_in_no_database);
    suite_add_tcase(suite, database);
    return suite;
}
