#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/cc.h"
#include "sim/base/tape.h"
#include "tests/unit/suites.h"
#include "tools/demo/catalog.h"
#include "tools/demo/endpoint.h"

static const char products[] =
    "{\"sku\":\"A-1\",\"name\":\"Otter Mug\",\"category\":\"cups\",\"price\":7.50}\n"
    "{\"sku\":\"A-2\",\"name\":\"Plain Mugs\",\"category\":\"cups\",\"price\":5, "
    "\"colour\":\"Red\"}\n"
    "{\"sku\":\"B-1\",\"name\":\"Bowl\",\"category\":\"bowls\",\"price\":9,"
    "\"description\":\"goes with the \\\"Otter\\\" mug, glass\"}\n";

/* A file with this text; the caller unlinks and frees the name. */
static char *scratch(const char *text)
{
    char *path = strdup("/tmp/rftsim-catalog-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    return path;
}

static enum err_code load(struct catalog **out, const char *text, struct err *e)
{
    char *path = scratch(text);
    enum err_code rc = catalog_load(out, path, e);
    unlink(path);
    free(path);
    return rc;
}

static const struct search_row {
    const char *name, *query;
    size_t top_k;
    const char *skus; /* in order */
} searches[] = {
    {"a name before a description", "otter", 3, "A-1 B-1 "},
    {"equal scores in file order", "mug", 3, "A-1 A-2 B-1 "},
    {"no more than asked for", "mug", 2, "A-1 A-2 "},
    {"case and plural do not matter", "MUGS", 1, "A-1 "},
    {"two s are no plural", "glas", 3, ""},
    {"words add up", "red mug", 3, "A-2 A-1 B-1 "},
    {"a word counts once", "bowl bowl BOWLS otter", 2, "B-1 A-1 "},
    {"the category", "cup", 3, "A-1 A-2 "},
    {"punctuation parts words", "otter/mug!", 1, "A-1 "},
    {"nothing shared, nothing found", "kettle", 3, ""},
    {"an empty query", "", 3, ""},
    {"letters say nothing", "a b c", 3, ""},
};

START_TEST(test_search)
{
    const struct search_row *row = &searches[_i];
    struct err e = {0};
    struct catalog *c = NULL;
    ck_assert_msg(!load(&c, products, &e), "%s", e.text);
    struct buf out = {0};
    catalog_search(c, row->query, strlen(row->query), row->top_k, &out);

    struct tape t = {0};
    struct tape_fault f = {0};
    ck_assert(tape_scan(&t, buf_text(&out), out.len, &f));
    struct buf skus = {0};
    size_t items = tape_get(&t, 0, "items");
    for (size_t i = 0; i < tape_count(&t, items); i++) {
        tape_string(&t, tape_get(&t, tape_index(&t, items, i), "sku"), &skus);
        buf_char(&skus, ' ');
    }
    ck_assert_msg(strcmp(buf_text(&skus), row->skus) == 0, "%s: %s", row->name, buf_text(&skus));
    buf_release(&skus);
    buf_release(&out);
    tape_release(&t);
    catalog_free(c);
}
END_TEST

static const struct bad_row {
    const char *text, *why;
} bad_files[] = {
    {"", ": no products"},
    {"{\"sku\":\"A\"}\n", ":1: a product needs"},
    {"{\"sku\":\"A\",\"name\":\"x\",\"price\":\"1\"}\n", ":1: a product needs"},
    {"{\"sku\":\"A\",\"name\":\"x\",\"price\":1}\n{\"sku\":\"A\",\"name\":\"y\",\"price\":1}\n",
     ":2: sku 'A' stands twice"},
    {"{\"sku\":\"A\",\"name\":\"x\",\"price\":1}\n{\"sku\"\n", ":2: "},
    {"[]\n", ":1: a product needs"},
};

START_TEST(test_bad_file)
{
    struct err e = {0};
    struct catalog *c = NULL;
    ck_assert_int_eq(load(&c, bad_files[_i].text, &e), ERR_DATA);
    ck_assert_msg(strstr(e.text, bad_files[_i].why), "%s", e.text);
    ck_assert_ptr_null(c);
}
END_TEST

START_TEST(test_no_file)
{
    struct err e = {0};
    struct catalog *c = NULL;
    ck_assert_int_eq(catalog_load(&c, "/nonexistent/products.jsonl", &e), ERR_IO);
}
END_TEST

#define SEARCH_A1                                                      \
    "{\\\"items\\\":[{\\\"sku\\\":\\\"A-1\\\",\\\"name\\\":\\\"Otter " \
    "Mug\\\",\\\"price\\\":7.50}]}"

static const struct call_row {
    const char *name, *path, *body;
    unsigned status;
    const char *answer;
} calls[] = {
    /* clang-format off */
    {"the body names the tool", "/tool",
     "{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"call_1\",\"name\":\"search_catalog\","
     "\"arguments\":\"{\\\"query\\\":\\\"otter\\\",\\\"top_k\\\":1}\",\"item\":{}}", 200,
     "{\"type\":\"function_call_output\",\"call_id\":\"call_1\",\"id\":\"fc_1\",\"output\":\"" SEARCH_A1 "\"}"},
    {"the path names it", "/tool/search_catalog", "{\"arguments\":\"{\\\"query\\\":\\\"otter\\\",\\\"top_k\\\":1}\"}", 200,
     "{\"type\":\"function_call_output\",\"call_id\":\"\",\"id\":\"\",\"output\":\"" SEARCH_A1 "\"}"},
    {"the path wins", "/tool/get_by_id", "{\"name\":\"search_catalog\",\"arguments\":{\"sku\":\"A-1\"}}", 200,
     "{\"type\":\"function_call_output\",\"call_id\":\"\",\"id\":\"\",\"output\":\"{\\\"sku\\\":\\\"A-1\\\","
     "\\\"name\\\":\\\"Otter Mug\\\",\\\"category\\\":\\\"cups\\\",\\\"price\\\":7.50}\"}"},
    {"no such product", "/tool/get_by_id", "{\"arguments\":\"{\\\"sku\\\":\\\"Z\\\"}\"}", 404, "{\"error\":\"no product with sku 'Z'\"}"},
    {"no such tool", "/tool/buy", "{}", 404, "{\"error\":\"unknown tool\"}"},
    {"no tool at all", "/tool", "{}", 404, "{\"error\":\"unknown tool\"}"},
    {"no such path", "/tools", "{}", 404, "{\"error\":\"no such path; POST to /tool or /tool/NAME\"}"},
    {"no JSON", "/tool", "{", 400, "{\"error\":\"body is not a JSON object\"}"},
    {"no body", "/tool", "", 400, "{\"error\":\"body is not a JSON object\"}"},
    {"no object", "/tool", "[]", 400, "{\"error\":\"body is not a JSON object\"}"},
    {"empty arguments", "/tool/get_by_id", "{\"arguments\":\"\"}", 400, "{\"error\":\"arguments is not JSON\"}"},
    {"arguments that are a list", "/tool/get_by_id", "{\"arguments\":\"[]\"}", 400, "{\"error\":\"arguments is not an object\"}"},
    {"no arguments", "/tool/get_by_id", "{}", 400, "{\"error\":\"'sku' must be a string, found nothing\"}"},
    {"a null", "/tool/get_by_id", "{\"arguments\":{\"sku\":null}}", 400, "{\"error\":\"'sku' must be a string, found null\"}"},
    {"a number for a query", "/tool/search_catalog", "{\"arguments\":{\"query\":7}}", 400, "{\"error\":\"'query' must be a string, found 7\"}"},
    {"half a hit", "/tool/search_catalog", "{\"arguments\":{\"query\":\"a\",\"top_k\":1.5}}", 400,
     "{\"error\":\"'top_k' must be a whole number from 1 to 50, found 1.5\"}"},
    {"too many hits", "/tool/search_catalog", "{\"arguments\":{\"query\":\"a\",\"top_k\":51}}", 400,
     "{\"error\":\"'top_k' must be a whole number from 1 to 50, found 51\"}"},
    {"a default of hits", "/tool/search_catalog", "{\"arguments\":{\"query\":\"zz\"}}", 200,
     "{\"type\":\"function_call_output\",\"call_id\":\"\",\"id\":\"\",\"output\":\"{\\\"items\\\":[]}\"}"},
    /* clang-format on */
};

START_TEST(test_call)
{
    const struct call_row *row = &calls[_i];
    struct err e = {0};
    struct catalog *c = NULL;
    ck_assert_msg(!load(&c, products, &e), "%s", e.text);
    struct endpoint_call call = {0};
    struct buf answer = {0};
    endpoint_read(&endpoint_catalog, row->path, row->body, strlen(row->body), &call);
    unsigned status = endpoint_answer(&endpoint_catalog, c, &call, &answer);
    ck_assert_msg(status == row->status && strcmp(buf_text(&answer), row->answer) == 0, "%s: %u %s",
                  row->name, status, buf_text(&answer));
    endpoint_call_release(&call);
    buf_release(&answer);
    catalog_free(c);
}
END_TEST

/* The mean reward of a policy that answers with the first hit: what the demo is about. */
static double first_hit_mean(const struct catalog *c, const char *path, size_t *n_rows)
{
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s", path);
    char *line = NULL;
    size_t room = 0;
    ssize_t len = 0;
    size_t right = 0;
    struct tape row = {0};
    struct tape hits = {0};
    struct tape_fault f = {0};
    for (*n_rows = 0; (len = getline(&line, &room, file)) > 0; ++*n_rows) {
        ck_assert(tape_scan(&row, line, (size_t)len, &f));
        struct buf query = {0};
        struct buf want = {0};
        struct buf out = {0};
        tape_string(&row, tape_get(&row, 0, "query"), &query);
        tape_string(&row, tape_get(&row, 0, "reference_answer"), &want);
        ck_assert_msg(catalog_product(c, buf_text(&want)) != NULL, "%s", buf_text(&want));
        catalog_search(c, buf_text(&query), query.len, 3, &out);
        ck_assert(tape_scan(&hits, buf_text(&out), out.len, &f));
        size_t first = tape_index(&hits, tape_get(&hits, 0, "items"), 0);
        ck_assert_msg(first != TAPE_NONE, "%s: no hit for '%s'", path, buf_text(&query));
        right += tape_is(&hits, tape_get(&hits, first, "sku"), buf_text(&want));
        buf_release(&query);
        buf_release(&want);
        buf_release(&out);
    }
    fclose(file);
    free(line);
    tape_release(&row);
    tape_release(&hits);
    return (double)right / (double)*n_rows;
}

START_TEST(test_the_shipped_rows_suit_the_shipped_products)
{
    struct err e = {0};
    struct catalog *c = NULL;
    ck_assert_msg(!catalog_load(&c, "datasets/catalog/products.jsonl", &e), "%s", e.text);
    ck_assert_uint_eq(catalog_count(c), 60);
    size_t n = 0;
    double train = first_hit_mean(c, "datasets/catalog/train.jsonl", &n);
    ck_assert_uint_eq(n, 44);
    ck_assert_double_eq_tol(train, 39.0 / 44, 1e-12);
    double valid = first_hit_mean(c, "datasets/catalog/valid.jsonl", &n);
    ck_assert_uint_eq(n, 22);
    ck_assert_double_eq_tol(valid, 20.0 / 22, 1e-12);
    catalog_free(c);
}
END_TEST

Suite *catalog_suite(void)
{
    Suite *suite = suite_create("catalog");
    TCase *search = tcase_create("search");
    tcase_add_loop_test(search, test_search, 0, COUNT_OF(searches));
    suite_add_tcase(suite, search);
    TCase *file = tcase_create("file");
    tcase_add_loop_test(file, test_bad_file, 0, COUNT_OF(bad_files));
    tcase_add_test(file, test_no_file);
    tcase_add_test(file, test_the_shipped_rows_suit_the_shipped_products);
    suite_add_tcase(suite, file);
    TCase *call = tcase_create("call");
    tcase_add_loop_test(call, test_call, 0, COUNT_OF(calls));
    suite_add_tcase(suite, call);
    return suite;
}
