#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/check/row_text.h"
#include "sim/check/survey.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

static const struct survey_plan plan = {
    .path = "rows.jsonl", .allow_small = true, .has_tools = true, .read = "{{item.answer}}"};

/* "D018 D031", of what was found in a file, in the order of the codes. */
static char *codes_of(const struct diags *found)
{
    struct buf out = {0};
    for (int i = 0; i < DIAG_N_CODES; i++) {
        if (found->counts[i])
            buf_printf(&out, "%s%s", out.len ? " " : "", diag_name((enum diag_code)i));
    }
    buf_char(&out, '\0');
    return buf_take(&out);
}

/* --- One row ---------------------------------------------------------------------------------- */

#define USER(text)  "{\"role\":\"user\",\"content\":" text "}"
#define ROW(list)   "{\"messages\":[" list "],\"answer\":\"7\"}"
#define TOOLS(text) "{\"messages\":[" USER("\"hi\"") "],\"tools\":" text ",\"answer\":\"7\"}"
#define TOOL(rest)  TOOLS("[{\"type\":\"function\",\"function\":{" rest "}}]")
#define CALL(id) \
    "{\"id\":\"" id "\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"
#define CALLS(list) "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" list "]}"
#define ANSWER(id)  "{\"role\":\"tool\",\"content\":\"\",\"tool_call_id\":\"" id "\"}"

static const struct {
    const char *row;
    const char *codes;
} rows[] = {
    {ROW(USER("\"hi\"")), ""},
    {ROW(USER("\"\"")), "D018"},
    {ROW(USER("\"\\n\\t \"")), "D018"},
    {ROW(USER("\"\\\\n\"")), ""},
    {ROW(USER("[]")), "D019"},
    {ROW(USER("[{\"type\":\"text\",\"text\":\"hi\"}]")), ""},
    {ROW(USER("[{\"type\":\"text\",\"text\":7}]")), "D019"},
    {ROW(USER("[{\"text\":\"hi\"}]")), "D019"},
    {ROW(USER("[\"hi\"]")), "D019"},
    {ROW(USER("[{\"type\":\"input_audio\",\"input_audio\":{}}]")), "D019"},
    {ROW(CALLS(CALL("1")) "," ANSWER("1") "," USER("\"hi\"")), ""},
    {ROW(CALLS(CALL("1") "," CALL("2")) "," ANSWER("2") "," ANSWER("1") "," USER("\"hi\"")), ""},
    {ROW(CALLS(CALL("1") "," CALL("2")) "," ANSWER("2") "," USER("\"hi\"")), "D020"},
    {ROW(CALLS(CALL("1")) "," ANSWER("10") "," USER("\"hi\"")), "D020"},
    {ROW(CALLS(CALL("1")) "," ANSWER("1") "," USER("\"hi\"") "," ANSWER("1") "," USER("\"hi\"")),
     "D020"},
    {ROW(CALLS("7") "," USER("\"hi\"")), "D020 D021"},
    {ROW("{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":{}}," USER("\"hi\"")),
     "D018 D021"},
    {ROW(CALLS("") "," USER("\"hi\"")), ""},
    {TOOL("\"name\":\"f\""), ""},
    {TOOL("\"name\":\"f.g\""), "D022"},
    {TOOL("\"name\":\"f\\u0061\""), "D022"}, /* as written: no writer escapes a letter */
    {TOOL("\"name\":\"f\",\"description\":7"), "D022"},
    {TOOL("\"name\":\"f\",\"strict\":false"), ""},
    {TOOL("\"name\":\"f\",\"strict\":0"), "S013"},
    {TOOL("\"name\":\"f\",\"parameters\":{}"), "S003"},
    {TOOL("\"name\":\"f\",\"parameters\":{\"type\":\"object\"}"), ""},
    {TOOL("\"name\":\"f\",\"parameters\":{\"type\":[\"object\"]}"), "S003"},
    {TOOL("\"name\":\"\""), "D007"},
    {TOOLS("[7]"), "D007"},
    {TOOLS("null"), ""},
    {"{\"messages\":[" USER("\"hi\"") "],\"answer\":\"7\",\"parallel_tool_calls\":0}", "D024"},
    {ROW(USER("\"a\\u0007b\"")), "D026"},
    {ROW(USER("\"a\\\\u0007b\"")), ""},
    {ROW(USER("\"a\\\\\\u0007b\"")), "D026"},
    {ROW(USER("\"a\\bb\"")), "D026"},
    {ROW(USER("\"a\\u0085b\xc2\x85\"")), ""}, /* NEL ends lines */
    {ROW(USER("\"a\xc2\x91\"")), "D026"},
    {ROW(USER("\"a\\\\nB\\\\nC\"")), "D027"},
    {ROW(USER("\"a\\\\nB\\nC\\\\nD\"")), ""},
    {ROW(USER("\"a\\\\nB\"") "," USER("\"C\\\\nD\"")), ""},
    {ROW(USER("\"Please, LET ME THINK.\"")), "D028"},
    {ROW(USER("\"let me thin\"")), ""},
    {ROW(USER("\"\\nthink carefully\"")), "D028"},
    {ROW("{\"role\":\"developer\",\"content\":\"chain-of-thought\"}," USER("\"hi\"")), "D028"},
    {"{\"messages\":[" USER("\"hi\"") "],\"answer\":\"chain of thought\"}", ""},
    {ROW(USER("\"a\xef\xbf\xbd\"")), "D030"},
    {ROW(USER("\"a\\uFFFD\"")), "D030"},
    {ROW(USER("\"don\xc3\xa2\xe2\x82\xac\xe2\x84\xa2t\"")), "D030"},
    {ROW(USER("\"5 \xe2\x82\xac\"")), ""},
    {ROW(USER("\"caf\xc3\x83\xc2\xa9\"")), "D030"},
    {ROW(USER("\"S\xc3\x83O \xc2\xa9\"")), ""},
    {"[]", "D002"},
    {"{\"messages\"", "D001"},
    {"{}", "D004 D039"},
};

START_TEST(test_a_row_has_the_faults_its_table_says)
{
    struct survey s;
    struct err e = {0};
    char *text = mem_printf("%s\n", rows[_i].row);
    scratch_file("rows.jsonl", text);
    survey_init(&s, &plan);
    ck_assert_int_eq(survey_file(&s, 1, &e), ERR_OK);
    char *codes = codes_of(&s.found);
    ck_assert_msg(strcmp(codes, rows[_i].codes) == 0, "%s: found '%s', wanted '%s'", rows[_i].row,
                  codes, rows[_i].codes);
    free(codes);
    free(text);
    survey_release(&s);
}
END_TEST

/* --- Blocks ----------------------------------------------------------------------------------- */

/* A file with a little of everything that can be wrong. */
static char *faulty_row(struct rng *r, size_t i)
{
    static const char *const texts[] = {
        "plain",
        "let me think",
        "a\\u0007",
        "x\\\\nY\\\\nZ",
        "caf\xef\xbf\xbd",
        "",
        "plain again, longer",
        "What is the sum of all these and one?",
    };
    static const char *const fields[] = {
        "\"answer\":\"%zu\"",           "\"answer\":%zu",  "\"answer\":null",
        "\"answer\":\"\",\"more\":%zu", "\"other\":[%zu]", "\"answer\":\"same\"",
    };
    struct buf row = {0};
    if (rng_u64(r) % 20 == 0)
        return mem_text(rng_u64(r) % 2 ? "" : "{\"messages\": nothing}");
    const char *field = fields[rng_u64(r) % COUNT_OF(fields)];
    const char *number = strstr(field, "%zu");
    buf_printf(&row, "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],",
               texts[rng_u64(r) % COUNT_OF(texts)]);
    buf_add(&row, field, number ? (size_t)(number - field) : strlen(field));
    if (number)
        buf_printf(&row, "%zu%s", i % 10, number + 3);
    buf_char(&row, '}');
    return buf_take(&row);
}

struct rows {
    char *at[300];
    size_t offset[300]; /* in rows.jsonl */
    size_t n;
};

static void rows_write(struct rows *r)
{
    struct buf text = {0};
    for (size_t i = 0; i < r->n; i++) {
        r->offset[i] = text.len;
        buf_printf(&text, "%s\n", r->at[i]);
    }
    scratch_file("rows.jsonl", text.at);
    buf_release(&text);
}

static void survey_part(struct survey *block, const struct rows *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct line line = {
            .text = r->at[i], .len = strlen(r->at[i]), .offset = r->offset[i], .ended = true};
        survey_line(block, &line, i - from);
    }
}

static char *told(struct survey *whole)
{
    struct buf out = {0};
    row_text_conclude(&whole->firsts, whole->n_rows, &whole->found);
    fields_conclude(&whole->fields, whole->path, plan.read, &whole->found);
    ledger_repeats(&(struct ledger_file){whole->path, &whole->ledger}, &whole->found);
    diags_write(&whole->found, SIZE_MAX, &out);
    for (int i = 0; i < DIAG_N_CODES; i++)
        buf_printf(&out, "%zu ", whole->found.counts[i]);
    buf_printf(&out, "%zu %zu %zu %zu", whole->n_rows, whole->n_faulty, whole->ledger.n,
               whole->found.n_errors);
    for (size_t i = 0; i < whole->ledger.n; i++)
        buf_printf(&out, " %llx", (unsigned long long)whole->ledger.at[i].row);
    return buf_take(&out);
}

/* Blocks of up to `most` rows each; what is told of the whole, the caller's. */
static char *told_of_blocks(const struct rows *file, struct rng *r, size_t most)
{
    struct survey whole;
    struct survey block;
    survey_init(&whole, &plan);
    survey_init(&block, &plan);
    for (size_t from = 0; from < file->n;) {
        size_t to = from + 1 + rng_u64(r) % most;
        to = to > file->n ? file->n : to;
        survey_part(&block, file, from, to);
        survey_join(&whole, &block, from);
        from = to;
    }
    char *text = told(&whole);
    survey_release(&whole);
    survey_release(&block);
    return text;
}

static void check_blocks(struct rows *file, struct rng *r)
{
    rows_write(file);
    char *want = told_of_blocks(file, &(struct rng){0}, 1);
    for (size_t most = 2; most < 400; most *= 3) {
        char *got = told_of_blocks(file, r, most);
        ck_assert_str_eq(want, got);
        free(got);
    }
    free(want);
}

static void rows_release(struct rows *file)
{
    for (size_t i = 0; i < file->n; i++)
        free(file->at[i]);
}

/* However a file is cut into blocks, the same is told of it. */
START_TEST(test_blocks_come_to_the_same_as_the_whole)
{
    struct rng r = rng_seed((uint64_t)_i);
    struct rows file = {.n = 300};
    for (size_t i = 0; i < file.n; i++)
        file.at[i] = faulty_row(&r, i);
    check_blocks(&file, &r);
    rows_release(&file);
}
END_TEST

/* A field that ends somewhere, one that begins there, and a row that stood long before. */
START_TEST(test_what_changes_between_blocks_is_seen)
{
    struct rng r = rng_seed((uint64_t)_i);
    struct rows file = {.n = 40};
    for (size_t i = 0; i < file.n; i++)
        file.at[i] = mem_printf("{\"messages\":[" USER("\"%zu\"") "],\"%s\":\"%zu\"}", i % 39,
                                i % 39 < 20 ? "old" : "new", i % 39);
    check_blocks(&file, &r);
    char *text = told_of_blocks(&file, &r, 15);
    ck_assert_ptr_nonnull(strstr(text, "rows.jsonl:21:1: warning[D035]: the field \"old\" is "
                                       "missing in 19 of 40 rows"));
    ck_assert_ptr_nonnull(strstr(text, "rows.jsonl:1:1: warning[D035]: the field \"new\" is "
                                       "missing in 21 of 40 rows"));
    ck_assert_ptr_nonnull(strstr(text, "rows.jsonl:40:1: warning[D031]: 1 of 40 rows stand there "
                                       "before; the first repeats line 1"));
    free(text);
    rows_release(&file);
}
END_TEST

/* The first row is found again behind a byte order mark. */
START_TEST(test_a_mark_hides_no_row)
{
    struct survey s;
    struct err e = {0};
    struct buf out = {0};
    scratch_file("rows.jsonl", "\xef\xbb\xbf" ROW(USER("\"hi\"")) "\n\n" ROW(
                                   USER("\"ho\"")) "\n" ROW(USER("\"hi\"")) "\n");
    survey_init(&s, &plan);
    ck_assert_int_eq(survey_file(&s, 1, &e), ERR_OK);
    diags_write(&s.found, SIZE_MAX, &out);
    ck_assert_ptr_nonnull(strstr(buf_text(&out), "rows.jsonl:4:1: warning[D031]: 1 of 3 rows stand "
                                                 "there before; the first repeats line 1"));
    buf_release(&out);
    survey_release(&s);
}
END_TEST

Suite *survey_suite(void)
{
    Suite *suite = suite_create("survey");
    TCase *tc = tcase_create("survey");
    tcase_add_checked_fixture(tc, scratch_enter, scratch_leave);
    tcase_add_loop_test(tc, test_a_row_has_the_faults_its_table_says, 0, COUNT_OF(rows));
    tcase_add_loop_test(tc, test_blocks_come_to_the_same_as_the_whole, 0, 20);
    tcase_add_loop_test(tc, test_what_changes_between_blocks_is_seen, 0, 5);
    tcase_add_test(tc, test_a_mark_hides_no_row);
    suite_add_tcase(suite, tc);
    return suite;
}
