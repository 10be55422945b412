/* A folder that is there whole or not at all, and a file likewise. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/stage.h"
#include "sim/check/fix.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static struct err e;

static void setup(void)
{
    scratch_enter();
    err_clear(&e);
}

static bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void write_one(const struct stage *s)
{
    struct stage_file f;
    ck_assert_int_eq(stage_create(&f, s, "a", 0640, &e), ERR_OK);
    ck_assert_int_eq(stage_write(&f, "text", 4, &e), ERR_OK);
    bool same = false;
    ck_assert_int_eq(stage_holds(&f, 1, "ext", 3, &same, &e), ERR_OK);
    ck_assert(same);
    ck_assert_int_eq(stage_holds(&f, 1, "exts", 4, &same, &e), ERR_OK);
    ck_assert(!same);
    ck_assert_int_eq(stage_finish(&f, &e), ERR_OK);
}

START_TEST(test_a_folder_comes_at_once)
{
    struct stage s = {0};
    struct stat st;
    ck_assert_int_eq(stage_open(&s, "out//", &e), ERR_OK);
    write_one(&s);
    ck_assert(!is_there("out"));
    ck_assert_int_eq(stage_commit(&s, &e), ERR_OK);
    stage_close(&s);
    ck_assert_int_eq(stat("out/a", &st), 0);
    ck_assert_int_eq(st.st_size, 4);
    ck_assert_int_eq(st.st_mode & 0777, 0640);
}
END_TEST

START_TEST(test_or_not_at_all)
{
    struct stage s = {0};
    ck_assert_int_eq(stage_open(&s, "out", &e), ERR_OK);
    write_one(&s);
    char temp[256];
    snprintf(temp, sizeof(temp), "%s", s.temp);
    ck_assert(is_there(temp));
    stage_close(&s);
    ck_assert(!is_there("out") && !is_there(temp));
}
END_TEST

START_TEST(test_what_came_meanwhile_stays)
{
    struct stage s = {0};
    ck_assert_int_eq(stage_open(&s, "out", &e), ERR_OK);
    write_one(&s);
    scratch_file("out/mine", "mine");
    ck_assert_int_eq(stage_commit(&s, &e), ERR_IO);
    stage_close(&s);
    ck_assert(is_there("out/mine") && !is_there("out/a"));

    err_clear(&e);
    struct stage_file f;
    ck_assert_int_eq(stage_create(&f, NULL, "file", 0, &e), ERR_OK);
    scratch_file("file", "mine");
    ck_assert_int_eq(stage_publish(&f, &e), ERR_IO);
    struct stat st;
    ck_assert(stat("file", &st) == 0 && st.st_size == 4);
}
END_TEST

START_TEST(test_a_file_comes_at_once)
{
    struct stage_file f;
    ck_assert_int_eq(stage_create(&f, NULL, "file", 0, &e), ERR_OK);
    ck_assert_int_eq(stage_write(&f, "text", 4, &e), ERR_OK);
    ck_assert(!is_there("file"));
    ck_assert_int_eq(stage_publish(&f, &e), ERR_OK);
    ck_assert(is_there("file"));
    ck_assert_int_eq(stage_create(&f, NULL, "file", 0, &e), ERR_USAGE);
    ck_assert_int_eq(stage_publish(&f, &e), ERR_OK); /* the failure was told */
    ck_assert(is_there("file"));
}
END_TEST

static void change_rows(const struct buf *text)
{
    (void)text;
    ck_assert_int_eq(truncate("rows.jsonl", 10), 0);
}

START_TEST(test_a_file_that_changes_while_it_is_copied_is_told)
{
    static const char row[] = "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                              "{\"role\":\"user\",\"content\":\"q\"}]}\n";
    struct job *job = NULL;
    struct diags list = {0};
    scratch_file("rows.jsonl", row);
    scratch_file("valid.jsonl", row);
    scratch_file("job.yaml", "model: o4-mini\ntraining_file: rows.jsonl\n"
                             "validation_file: valid.jsonl\n");
    ck_assert_int_eq(job_read(&job, "job.yaml", &list, &e), ERR_JOB); /* it has no method */
    ck_assert_ptr_nonnull(job);
    err_clear(&e);
    struct fix f = {.job = job, .diff = change_rows};
    ck_assert_int_eq(fix_run(&f, "out", &e), ERR_IO);
    ck_assert_ptr_nonnull(strstr(e.text, "rows.jsonl: the file changed while it was copied"));
    ck_assert(!is_there("out"));
    fix_release(&f);
    job_free(job);
    diags_release(&list);
}
END_TEST

Suite *stage_suite(void)
{
    Suite *suite = suite_create("stage");
    TCase *tcase = tcase_create("stage");
    tcase_add_checked_fixture(tcase, setup, scratch_leave);
    tcase_add_test(tcase, test_a_folder_comes_at_once);
    tcase_add_test(tcase, test_or_not_at_all);
    tcase_add_test(tcase, test_what_came_meanwhile_stays);
    tcase_add_test(tcase, test_a_file_comes_at_once);
    tcase_add_test(tcase, test_a_file_that_changes_while_it_is_copied_is_told);
    suite_add_tcase(suite, tcase);
    return suite;
}
