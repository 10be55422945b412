#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/secret.h"
#include "tests/unit/suites.h"

static const struct row {
    const char *name;
    const char *text;
    const char *shown;
} rows[] = {
    {"nothing to hide", "POST /tools 200", "POST /tools 200"},
    {"empty", "", ""},
    {"a value alone", "sk-12345", "${KEY}"},
    {"inside other text", "k=sk-12345;", "k=${KEY};"},
    {"twice, side by side", "sk-12345sk-12345", "${KEY}${KEY}"},
    {"the longest value wins", "Bearer sk-12345!", SECRET_MASK "!"},
    {"the longest wins wherever it was added", "sk-12345-long", "${LONG}"},
    {"the beginning of a value is not the value", "sk-1234", "sk-1234"},
    {"a false start", "sk-sk-12345", "sk-${KEY}"},
    {"under four bytes is not searched for", "a 7 b abc", "a 7 b abc"},
    {"four bytes are", "a none b", "a ${FOUR} b"},
    {"the first name of a value stays", "again: sk-12345", "again: ${KEY}"},
    {"in JSON", "{\"q\":\"q\\\"t\\\\v\"}", "{\"q\":\"${QUOTE}\"}"},
    {"in JSON inside JSON", "\"{\\\"q\\\":\\\"q\\\\\\\"t\\\\\\\\v\\\"}\"",
     "\"{\\\"q\\\":\\\"${QUOTE}\\\"}\""},
    {"bytes above 127", "na\xc3\xafve!", "${UTF}!"},
};

static void setup(void)
{
    secret_forget();
    secret_add("sk-12345", "${KEY}");
    secret_add("", "${EMPTY}");
    secret_add("7", "${SHORT}");
    secret_add("abc", "${THREE}");
    secret_add("none", "${FOUR}");
    secret_add("Bearer sk-12345", SECRET_MASK);
    secret_add("sk-12345-long", "${LONG}");
    secret_add("sk-12345", "${OTHER}");
    secret_add("q\"t\\v", "${QUOTE}");
    secret_add("na\xc3\xafve", "${UTF}");
}

static void teardown(void)
{
    secret_forget();
}

START_TEST(test_masks)
{
    struct buf out = {0};
    secret_mask(&out, rows[_i].text, strlen(rows[_i].text));
    ck_assert_msg(strcmp(buf_text(&out), rows[_i].shown) == 0, "%s: %s", rows[_i].name,
                  buf_text(&out));
    buf_release(&out);
}
END_TEST

START_TEST(test_blots_in_place)
{
    char text[] = "k=sk-12345; sk-1234";
    secret_blot(text, strlen(text));
    ck_assert_str_eq(text, "k=********; sk-1234");
}
END_TEST

START_TEST(test_appends_and_passes_nul)
{
    struct buf out = {0};
    buf_text_add(&out, "> ");
    secret_mask(&out, "\0sk-12345\0", 10);
    ck_assert_uint_eq(out.len, 2 + 1 + 6 + 1);
    ck_assert_int_eq(memcmp(out.at, "> \0${KEY}\0", out.len), 0);
    buf_release(&out);
}
END_TEST

START_TEST(test_forgets)
{
    secret_forget();
    struct buf out = {0};
    secret_mask(&out, "sk-12345", 8);
    ck_assert_str_eq(buf_text(&out), "sk-12345");
    buf_release(&out);
}
END_TEST

Suite *secret_suite(void)
{
    Suite *suite = suite_create("secret");
    TCase *tcase = tcase_create("secret");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_masks, 0, COUNT_OF(rows));
    tcase_add_test(tcase, test_blots_in_place);
    tcase_add_test(tcase, test_appends_and_passes_nul);
    tcase_add_test(tcase, test_forgets);
    suite_add_tcase(suite, tcase);
    return suite;
}
