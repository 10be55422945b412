#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/file.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static void ck_file_holds(const char *path, const char *text)
{
    struct err e = {0};
    char *found = NULL;
    size_t len = 0;
    ck_assert_msg(file_read(&found, &len, path, 1000, &e) == ERR_OK, "%s", e.text);
    ck_assert_uint_eq(len, strlen(text));
    ck_assert_str_eq(found, text);
    free(found);
}

static size_t count_files(void)
{
    size_t n = 0;
    DIR *folder = opendir(".");
    while (readdir(folder))
        n++;
    closedir(folder);
    return n - 2; /* . and .. */
}

START_TEST(test_a_file_is_replaced_at_once)
{
    struct err e = {0};
    struct stat st;
    scratch_file("old.txt", "old");
    ck_assert_int_eq(chmod("old.txt", 0640), 0);
    ck_assert_int_eq(link("old.txt", "hard.txt"), 0);
    ck_assert_int_eq(symlink("old.txt", "soft.txt"), 0);
    ck_assert_msg(file_replace("soft.txt", "fresh", 5, &e) == ERR_OK, "%s", e.text);
    ck_file_holds("old.txt", "fresh");
    ck_file_holds("hard.txt", "old"); /* not written over: it is another file now */
    ck_assert(lstat("soft.txt", &st) == 0 && S_ISLNK(st.st_mode));
    ck_assert(stat("old.txt", &st) == 0 && (st.st_mode & 07777) == 0640);
    ck_assert_uint_eq(count_files(), 3); /* nothing is left behind */
}
END_TEST

START_TEST(test_a_file_is_put_there_whatever_was_left)
{
    struct err e = {0};
    scratch_file("a.txt.new", "half of what a killed process wr");
    ck_assert_msg(file_put("a.txt", "first", 5, &e) == ERR_OK, "%s", e.text);
    ck_file_holds("a.txt", "first");
    ck_assert_msg(file_put("a.txt", "2nd", 3, &e) == ERR_OK, "%s", e.text);
    ck_file_holds("a.txt", "2nd");
    ck_assert_uint_eq(count_files(), 1);
    ck_assert_int_eq(file_put("nowhere/a.txt", "x", 1, &e), ERR_IO);
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(test_a_file_that_is_not_there_is_not_made)
{
    struct err e = {0};
    ck_assert_int_eq(file_replace("nowhere.txt", "x", 1, &e), ERR_IO);
    ck_assert_uint_eq(count_files(), 0);
}
END_TEST

START_TEST(test_a_file_over_its_ceiling_is_not_read)
{
    struct err e = {0};
    char *text = NULL;
    size_t len = 0;
    scratch_file("four.txt", "1234");
    ck_assert_int_eq(file_read(&text, &len, "four.txt", 4, &e), ERR_OK);
    free(text);
    ck_assert_int_eq(file_read(&text, &len, "four.txt", 3, &e), ERR_IO);
}
END_TEST

Suite *file_suite(void)
{
    Suite *suite = suite_create("file");
    TCase *tcase = tcase_create("file");
    tcase_add_checked_fixture(tcase, scratch_enter, scratch_leave);
    tcase_add_test(tcase, test_a_file_is_replaced_at_once);
    tcase_add_test(tcase, test_a_file_is_put_there_whatever_was_left);
    tcase_add_test(tcase, test_a_file_that_is_not_there_is_not_made);
    tcase_add_test(tcase, test_a_file_over_its_ceiling_is_not_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
