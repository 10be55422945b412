/* Secrets by their look. Keys are put together from pieces, so that no scanner of repositories
 * takes this file for one that leaks them. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/secret_shape.h"
#include "tests/unit/suites.h"

#define BODY_20 "a1B2c3D4e5F6g7H8i9J0"
#define BODY_36 BODY_20 "k1L2m3N4o5P6q7R8"
#define JWT_1   "eyJhbGciOiJIUzI1NiJ9"
#define JWT_2   "eyJzdWIiOiIxMjM0NTY3In0"

static const struct {
    const char *text;
    const char *kind; /* a part of what it is called; NULL: no secret */
    size_t len;
} shapes[] = {
    {"sk"
     "-" BODY_20,
     "API key", 23},
    {"sk"
     "-" BODY_20 ", then",
     "API key", 23},
    {"sk"
     "-a1B2c3D4e5F6g7H8i9J",
     NULL, 0}, /* 19 */
    {"sk"
     "-your-key-goes-here-please-1",
     NULL, 0}, /* words */
    {"sk"
     "-AAAAAAAAAAAAAAAAAAAAAAAAAa1",
     NULL, 0}, /* no chance made this */
    {"AK"
     "IA2345ABCD6789EFGH",
     "AWS", 20},
    {"AK"
     "IA2345ABCD6789EFGHI",
     NULL, 0}, /* too long */
    {"AK"
     "IAIOSFODNN7EXAMPLE",
     NULL, 0}, /* the one in every manual */
    {"gh"
     "p_" BODY_36,
     "GitHub", 40},
    {"gh"
     "p_" BODY_20,
     NULL, 0},
    {"AI"
     "za" BODY_20 "k1L2m3N4o5P6q7R",
     "Google", 39},
    {"hf"
     "_" BODY_20 "k1L2m3N4o5P6q7",
     "Hugging Face", 37},
    {JWT_1 "." JWT_2 "." BODY_36, "JWT", 81},
    {JWT_1 "." BODY_36 "." BODY_36, NULL, 0}, /* the second part is no JSON */
    {JWT_1 "." JWT_2, NULL, 0},               /* not signed */
    {"Account"
     "Key=" BODY_36 BODY_36 "==;more",
     "connection string", 85},
    {"AccountKey=<your key>;", NULL, 0},
    {"-----BEGIN "
     "EC PRIVATE KEY-----\\n" BODY_36 BODY_36 "\\n-----END EC PRIVATE KEY-----",
     "private key", 106},
    {"-----BEGIN "
     "PRIVATE KEY-----",
     NULL, 0}, /* only spoken of */
    {"-----BEGIN "
     "PUBLIC KEY-----\\n" BODY_36 BODY_36,
     NULL, 0},
    {"", NULL, 0},
};

START_TEST(test_a_key_is_known_by_its_look)
{
    const char *text = shapes[_i].text;
    size_t n = 0;
    const char *kind = secret_shape(text, strlen(text), 0, &n);
    if (!shapes[_i].kind) {
        ck_assert_msg(!kind, "'%s': taken for %s", text, kind);
        return;
    }
    ck_assert_msg(kind && strstr(kind, shapes[_i].kind), "'%s': %s", text, kind);
    ck_assert_uint_eq(n, shapes[_i].len);
}
END_TEST

START_TEST(test_a_key_begins_where_a_word_does)
{
    size_t n = 0;
    const char inside[] = "ta"
                          "sk-" BODY_20;
    const char after_break[] = "\\n"
                               "sk-" BODY_20;
    ck_assert_ptr_null(secret_shape(inside, sizeof(inside) - 1, 2, &n));
    ck_assert_ptr_nonnull(secret_shape(after_break, sizeof(after_break) - 1, 2, &n));
}
END_TEST

/* A text that goes on and on like a key is looked at in time that grows with its length only. One
 * assertion for all places: each that holds is a message, which Check keeps for the parent to read.
 */
START_TEST(test_no_text_takes_long)
{
    static const char *const pieces[] = {"AccountKey=", "eyJ", "eyJ.", "sk-", "-----BEGIN "};
    enum { BYTES = 4 << 20 };
    char *text = mem_new(BYTES);
    size_t len = strlen(pieces[_i]);
    size_t n = 0;
    for (size_t i = 0; i < BYTES; i++)
        text[i] = pieces[_i][i % len];
    size_t i = 0;
    while (i + len < BYTES && !secret_shape(text, BYTES, i, &n))
        i += len;
    ck_assert_uint_ge(i + len, BYTES);
    free(text);
}
END_TEST

Suite *shapes_suite(void)
{
    Suite *suite = suite_create("shapes");
    TCase *tc = tcase_create("shapes");
    tcase_add_loop_test(tc, test_a_key_is_known_by_its_look, 0, COUNT_OF(shapes));
    tcase_add_test(tc, test_a_key_begins_where_a_word_does);
    tcase_add_loop_test(tc, test_no_text_takes_long, 0, 5);
    suite_add_tcase(suite, tc);
    return suite;
}
