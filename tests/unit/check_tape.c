/* Texts with what the tape makes of them; jansson judges every one of them too. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "sim/base/tape.h"
#include "tests/fuzz/oracle.h"
#include "tests/unit/suites.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct good {
    const char *text;
    size_t len;
} goods[] = {
    {TEXT("null")},
    {TEXT(" \t\r\n true \t\r\n ")},
    {TEXT("[]")},
    {TEXT("{}")},
    {TEXT("[ ]")},
    {TEXT("{ }")},
    {TEXT("[[],{},[{}],null,true,false]")},
    {TEXT("{\"a\":1,\"b\":{\"a\":[1,2,{\"a\":3}]},\"c\":\"\"}")},
    {TEXT("{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }")},
    /* numbers */
    {TEXT("0")},
    {TEXT("-0")},
    {TEXT("-0.0e-0")},
    {TEXT("1E+5")},
    {TEXT("1e5")},
    {TEXT("0.1")},
    {TEXT("123456789012345678901234567890")},
    {TEXT("1.7976931348623157e308")},
    {TEXT("1e308")},
    {TEXT("2.2250738585072011e-308")},
    {TEXT("5e-324")},
    {TEXT("1e-400")}, /* too small is 0 */
    {TEXT("0.00000000000000000000000000000000000000000000000000000000000000000000000001e381")},
    {TEXT("0e999")},
    /* strings */
    {TEXT("\"\"")},
    {TEXT("\"0123456789abcde\"")},
    {TEXT("\"0123456789abcdef\"")},
    {TEXT("\"0123456789abcdefg\"")},
    {TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")},
    {TEXT("\"\\u0000\\u001f\\u0041\\u00e9\\u20AC\\uffff\"")},
    {TEXT("\"\\ud83d\\ude00 \\uD800\\uDC00 \\udbff\\udfff\"")},
    {TEXT("\"0123456789abcde\\n0123456789abcdef\\u00e9\"")},
    {TEXT("\"\x7f\"")},
    {TEXT("\"\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf\"")},
    {TEXT("\"\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf \xef\xbb\xbf\"")},
    /* keys */
    {TEXT("{\"\":1,\" \":2,\"\\n\":3,\"\\u00e9\":4}")},
    {TEXT("{\"a\":1,\"a\":2}")},
    {TEXT("{\"a\":1,\"\\u0061\":2}")},
};

START_TEST(test_accepts_what_is_json)
{
    const struct good *row = &goods[_i];
    struct tape t = {0};
    struct tape_fault f = {0};
    ck_assert_msg(tape_scan(&t, row->text, row->len, &f), "%s: at %zu: %s", row->text, f.offset,
                  f.what);
    ck_assert_uint_eq(t.at[0].next, t.n);
    tape_release(&t);
    const char *quarrel = oracle_quarrel(row->text, row->len);
    ck_assert_msg(!quarrel, "%s: jansson differs on %s", row->text, quarrel);
}
END_TEST

static const struct bad {
    const char *text;
    size_t len;
    size_t offset;
    const char *what; /* a part of it */
} bads[] = {
    {TEXT(""), 0, "the text ends"},
    {TEXT("  "), 2, "the text ends"},
    {TEXT("tru"), 3, "expected true"},
    {TEXT("trux"), 3, "expected true"},
    {TEXT("nul]"), 3, "expected null"},
    {TEXT("faLse"), 2, "expected false"},
    {TEXT("truex"), 4, "nothing more"},
    {TEXT("True"), 0, "lower case"},
    {TEXT("[None]"), 1, "None"},
    {TEXT("[NaN]"), 1, "NaN"},
    {TEXT("Infinity"), 0, "Infinity"},
    {TEXT("-Infinity"), 1, "a digit"},
    {TEXT("{'a':1}"), 1, "a key in double quotes"},
    {TEXT("['a']"), 1, "double quotes"},
    {TEXT("\xef\xbb\xbf{}"), 0, "byte order mark"},
    {TEXT("// no"), 0, "a value"},
    {TEXT("1 2"), 2, "nothing more"},
    {TEXT("{}}"), 2, "nothing more"},
    {TEXT("[1,]"), 3, "a comma too many"},
    {TEXT("[,1]"), 1, "a comma too many"},
    {TEXT("[1 2]"), 3, "',' or ']'"},
    {TEXT("[1}"), 2, "',' or ']'"},
    {TEXT("{\"a\":1]"), 6, "',' or '}'"},
    {TEXT("[1"), 2, "',' or ']'"},
    {TEXT("["), 1, "the text ends"},
    {TEXT("{"), 1, "a key"},
    {TEXT("{\"a\":1,}"), 7, "a comma too many"},
    {TEXT("{\"a\" 1}"), 5, "':'"},
    {TEXT("{\"a\":}"), 5, "a value"},
    {TEXT("{\"a\"}"), 4, "':'"},
    {TEXT("{a:1}"), 1, "a key"},
    {TEXT("{1:1}"), 1, "a key"},
    {TEXT("[\v1]"), 1, "a value"},
    {TEXT("[1]\0"), 3, "nothing more"},
    {TEXT("[1\0]"), 2, "',' or ']'"},
    {TEXT("\0"), 0, "a value"},
    /* numbers */
    {TEXT("-"), 1, "a digit"},
    {TEXT("+1"), 0, "a value"},
    {TEXT(".5"), 0, "a value"},
    {TEXT("01"), 1, "does not start with 0"},
    {TEXT("-00"), 2, "does not start with 0"},
    {TEXT("1."), 2, "a digit"},
    {TEXT("1.e5"), 2, "a digit"},
    {TEXT("1e"), 2, "a digit"},
    {TEXT("1e+"), 3, "a digit"},
    {TEXT("0x10"), 1, "nothing more"},
    {TEXT("[1e309]"), 1, "too large"},
    {TEXT("-1e400"), 0, "too large"},
    {TEXT("1.7976931348623159e308"), 0, "too large"},
    /* strings */
    {TEXT("\""), 1, "ends inside a string"},
    {TEXT("\"abc"), 4, "ends inside a string"},
    {TEXT("\"0123456789abcdef0123"), 21, "ends inside a string"},
    {TEXT("\"a\nb\""), 2, "control character"},
    {TEXT("\"0123456789abcdef\x1f\""), 17, "control character"},
    {TEXT("\"a\0b\""), 2, "control character"},
    {TEXT("\"\\x\""), 2, "after a backslash"},
    {TEXT("\"\\"), 2, "after a backslash"},
    {TEXT("\"\\u12g4\""), 5, "hexadecimal"},
    {TEXT("\"\\u12"), 5, "hexadecimal"},
    {TEXT("\"\\ud800\""), 1, "surrogate"},
    {TEXT("\"\\ud800\\n\""), 1, "surrogate"},
    {TEXT("\"\\ud800\\u0041\""), 1, "surrogate"},
    {TEXT("\"\\ud800\\ud800\""), 1, "surrogate"},
    {TEXT("\"ab\\udc00\""), 3, "surrogate"},
    {TEXT("\"\\ud800\\u12"), 11, "hexadecimal"},
    {TEXT("\"\x80\""), 1, "not UTF-8"},
    {TEXT("\"a\xc0\xaf\""), 2, "not UTF-8"}, /* overlong */
    {TEXT("\"\xc1\xbf\""), 1, "not UTF-8"},
    {TEXT("\"\xe0\x9f\xbf\""), 1, "not UTF-8"},
    {TEXT("\"\xf0\x8f\xbf\xbf\""), 1, "not UTF-8"},
    {TEXT("\"\xed\xa0\x80\""), 1, "not UTF-8"},     /* a surrogate */
    {TEXT("\"\xf4\x90\x80\x80\""), 1, "not UTF-8"}, /* above U+10FFFF */
    {TEXT("\"\xf5\x80\x80\x80\""), 1, "not UTF-8"},
    {TEXT("\"\xff\""), 1, "not UTF-8"},
    {TEXT("\"\xe2\x82\""), 1, "not UTF-8"}, /* cut short */
    {TEXT("\"\xe2\x82"), 1, "not UTF-8"},
    {TEXT("\"\xc3"), 1, "not UTF-8"},
    {TEXT("{\"a\\u0000\":1}"), 1, "a key with \\u0000"},
};

START_TEST(test_says_where_and_why_it_is_not)
{
    const struct bad *row = &bads[_i];
    struct tape t = {0};
    struct tape_fault f = {0};
    ck_assert_msg(!tape_scan(&t, row->text, row->len, &f), "%s is accepted", row->text);
    ck_assert_msg(f.offset == row->offset, "%s: at %zu, not %zu", row->text, f.offset, row->offset);
    ck_assert_msg(strstr(f.what, row->what), "%s: %s", row->text, f.what);
    ck_assert_uint_eq(t.n, 0);
    ck_assert_int_eq(tape_kind(&t, 0), TAPE_NULL);
    tape_release(&t);
    const char *quarrel = oracle_quarrel(row->text, row->len);
    ck_assert_msg(!quarrel, "%s: jansson differs: %s", row->text, quarrel);
}
END_TEST

/* A text that ends anywhere within itself is read no further than that: the copy has no byte
 * after it, so that the sanitizers see a step too far. */
START_TEST(test_a_text_cut_short_is_no_json)
{
    static const char whole[] = "{\"a\\n\\u00e9\\ud83d\\ude00\":[true,false,null,-1.5e+3,"
                                "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\",{\"b\":[]}]}";
    for (size_t len = 0; len < sizeof(whole) - 1; len++) {
        char *copy = mem_new(len);
        memcpy(copy, whole, len);
        struct tape t = {0};
        struct tape_fault f = {0};
        ck_assert_msg(!tape_scan(&t, copy, len, &f), "%zu bytes", len);
        ck_assert_uint_le(f.offset, len);
        ck_assert_ptr_null(oracle_quarrel(copy, len));
        tape_release(&t);
        free(copy);
    }
}
END_TEST

/* `depth` lists in each other, with `inside` in the innermost. */
static char *nested(size_t depth, const char *inside)
{
    struct buf b = {0};
    for (size_t i = 0; i < depth; i++)
        buf_char(&b, '[');
    buf_text_add(&b, inside);
    for (size_t i = 0; i < depth; i++)
        buf_char(&b, ']');
    return buf_take(&b);
}

static const struct deep {
    size_t depth;
    const char *inside;
    bool ok;
} deeps[] = {
    {2047, "", true},   {2047, "1", true}, {2048, "", true},
    {2048, "1", false}, {2049, "", false}, {100000, "", false},
};

START_TEST(test_depth_is_bounded_as_in_jansson)
{
    const struct deep *row = &deeps[_i];
    char *text = nested(row->depth, row->inside);
    struct tape t = {0};
    struct tape_fault f = {0};
    ck_assert(tape_scan(&t, text, strlen(text), &f) == row->ok);
    if (!row->ok) {
        ck_assert_uint_eq(f.offset, TAPE_MAX_DEPTH);
        ck_assert_str_eq(f.what, "lists and objects are nested too deeply");
    }
    tape_release(&t);
    ck_assert_ptr_null(oracle_quarrel(text, strlen(text)));
    free(text);
}
END_TEST

START_TEST(test_a_text_beyond_the_bound_is_not_read)
{
    struct tape t = {0};
    struct tape_fault f = {0};
    ck_assert(!tape_scan(&t, "{}", (size_t)TAPE_MAX_BYTES + 1, &f));
    ck_assert_uint_eq(f.offset, TAPE_MAX_BYTES);
    tape_release(&t);
}
END_TEST

/* --- duplicate keys --- */

static const struct twice {
    const char *text;
    size_t index; /* of the entry, or TAPE_NONE */
} twices[] = {
    {"{\"a\":1,\"b\":2}", TAPE_NONE},
    {"{\"a\":1,\"a\":2}", 3},
    {"{\"\":1,\"\":2}", 3},
    {"{\"a\":{\"a\":1},\"b\":{\"a\":1}}", TAPE_NONE},
    {"{\"a\":{\"b\":1,\"b\":1},\"a\":2}", 5},
    {"{\"a\":1,\"a\":{\"b\":1,\"b\":1}}", 3},
    {"[{\"a\":1},{\"a\":1,\"c\":3,\"a\":2,\"a\":4}]", 9},
    {"{\"a\":1,\"\\u0061\":2}", 3},
    {"{\"\\u0061\":1,\"\\u0062\":2}", TAPE_NONE},
    {"{\"\\n\":1,\"\\u000A\":2}", 3},
    {"{\"\xc3\xa9\":1,\"e\":2,\"\\u00e9\":3}", 5},
    {"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", 3},
};

START_TEST(test_a_key_given_twice_is_seen)
{
    const struct twice *row = &twices[_i];
    struct tape t = {0};
    struct tape_fault f = {0};
    ck_assert(tape_scan(&t, row->text, strlen(row->text), &f));
    ck_assert_msg(t.duplicate == row->index, "%s: %zu", row->text, t.duplicate);
    tape_release(&t);
    ck_assert_ptr_null(oracle_quarrel(row->text, strlen(row->text)));
}
END_TEST

/* An object of n keys, all as long and much alike; key number `again` stands for key 0 once more.*/
static char *wide(size_t n, size_t again)
{
    struct buf b = {0};
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%c\"key %07zu of them all\":%zu", i ? ',' : '{', i == again ? 0 : i, i);
    buf_char(&b, '}');
    return buf_take(&b);
}

static const size_t widths[] = {2, 3, 15, 16, 17, 18, 63, 64, 65, 1000, 200000};

/* 200,000 keys compared in pairs would take minutes. */
START_TEST(test_objects_of_any_width_are_searched)
{
    size_t n = widths[_i];
    const size_t agains[] = {SIZE_MAX, 1, n / 2, n - 1};
    for (size_t i = 0; i < COUNT_OF(agains); i++) {
        size_t again = agains[i];
        char *text = wide(n, again);
        struct tape t = {0};
        struct tape_fault f = {0};
        ck_assert(tape_scan(&t, text, strlen(text), &f));
        ck_assert_uint_eq(tape_count(&t, 0), n);
        ck_assert_uint_eq(t.duplicate, again == SIZE_MAX ? TAPE_NONE : 1 + 2 * again);
        tape_release(&t);
        free(text);
    }
}
END_TEST

/* --- looking things up --- */

static const char sample[] =
    "{ \"messages\": [ {\"role\": \"user\", \"content\": \"a\\u0000\\\"b\\\"\\ud83d\\ude00\"} ],\n"
    "  \"n\": -1.50e1, \"yes\": true, \"no\": false, \"nil\": null, \"k\\u00e9y\": [ ],\n"
    "  \"twice\": 1, \"twice\": [1, [2, 3], 4], \"\": { } }";

static struct tape tape;

static void setup(void)
{
    struct tape_fault f;
    ck_assert(tape_scan(&tape, sample, sizeof(sample) - 1, &f));
}

static void teardown(void)
{
    tape_release(&tape);
}

START_TEST(test_looks_up_by_key_and_index)
{
    size_t message = tape_index(&tape, tape_get(&tape, 0, "messages"), 0);
    ck_assert(tape_is(&tape, tape_get(&tape, message, "role"), "user"));
    ck_assert(!tape_is(&tape, tape_get(&tape, message, "role"), "use"));
    ck_assert(!tape_is(&tape, tape_get(&tape, message, "role"), "users"));
    ck_assert(!tape_is(&tape, tape_get(&tape, message, "content"), "a"));
    ck_assert(!tape_is(&tape, message, "user"));
    ck_assert_int_eq(tape_kind(&tape, tape_get(&tape, 0, "k\xc3\xa9y")), TAPE_ARRAY);
    ck_assert_int_eq(tape_kind(&tape, tape_get(&tape, 0, "")), TAPE_OBJECT);
    ck_assert_int_eq(tape_kind(&tape, tape_key(&tape, 0, "noxxx", 2)), TAPE_FALSE);
    ck_assert(tape_number(&tape, tape_get(&tape, 0, "n")) == -15);
}
END_TEST

START_TEST(test_the_last_of_two_counts)
{
    size_t v = tape_get(&tape, 0, "twice");
    ck_assert_uint_eq(tape_count(&tape, v), 3);
    ck_assert(tape_number(&tape, tape_index(&tape, tape_index(&tape, v, 1), 1)) == 3);
    ck_assert(tape_number(&tape, tape_index(&tape, v, 2)) == 4);
}
END_TEST

START_TEST(test_what_is_not_there_is_none_and_chains)
{
    ck_assert_uint_eq(tape_get(&tape, 0, "nope"), TAPE_NONE);
    ck_assert_uint_eq(tape_get(&tape, tape_get(&tape, 0, "n"), "x"), TAPE_NONE);
    ck_assert_uint_eq(tape_index(&tape, 0, 0), TAPE_NONE);
    ck_assert_uint_eq(tape_index(&tape, tape_get(&tape, 0, "twice"), 3), TAPE_NONE);
    ck_assert_uint_eq(tape_get(&tape, tape_index(&tape, TAPE_NONE, 0), "a"), TAPE_NONE);
    ck_assert_uint_eq(tape_count(&tape, TAPE_NONE), 0);
    ck_assert_uint_eq(tape_count(&tape, tape_get(&tape, 0, "n")), 0);
    ck_assert(!tape_is(&tape, TAPE_NONE, ""));
    ck_assert_str_eq(tape_kind_words(tape_kind(&tape, TAPE_NONE)), "null");
}
END_TEST

START_TEST(test_unescapes_into_a_buffer)
{
    struct buf out = {0};
    buf_text_add(&out, ">");
    size_t message = tape_index(&tape, tape_get(&tape, 0, "messages"), 0);
    tape_string(&tape, tape_get(&tape, message, "content"), &out);
    static const char want[] = ">a\0\"b\"\xf0\x9f\x98\x80";
    ck_assert_mem_eq(out.at, want, sizeof(want));
    ck_assert_uint_eq(out.len, sizeof(want) - 1);
    buf_release(&out);
}
END_TEST

START_TEST(test_gives_a_value_spaced_as_python_does)
{
    static const char text[] = " {\"a,b\" :[1 ,{ },[],\":\"] , \"\\\"\":{\"c\":null}}\n";
    struct tape t = {0};
    struct tape_fault f;
    struct buf out = {0};
    ck_assert(tape_scan(&t, text, sizeof(text) - 1, &f));
    tape_spaced(&t, 0, &out);
    ck_assert_str_eq(buf_text(&out), "{\"a,b\": [1, {}, [], \":\"], \"\\\"\": {\"c\": null}}");
    buf_clear(&out);
    tape_spaced(&t, tape_get(&t, 0, "\""), &out);
    ck_assert_str_eq(buf_text(&out), "{\"c\": null}");
    buf_release(&out);
    tape_release(&t);
}
END_TEST

START_TEST(test_gives_a_value_as_it_stands_and_compact)
{
    size_t len = 0;
    const char *text = tape_text(&tape, tape_get(&tape, 0, "twice"), &len);
    ck_assert_uint_eq(len, 14);
    ck_assert_mem_eq(text, "[1, [2, 3], 4]", len);

    struct buf out = {0};
    tape_compact(&tape, 0, &out);
    ck_assert_str_eq(buf_text(&out),
                     "{\"messages\":[{\"role\":\"user\",\"content\":"
                     "\"a\\u0000\\\"b\\\"\\ud83d\\ude00\"}],"
                     "\"n\":-1.50e1,\"yes\":true,\"no\":false,\"nil\":null,\"k\\u00e9y\":[],"
                     "\"twice\":1,\"twice\":[1,[2,3],4],\"\":{}}");
    buf_clear(&out);
    tape_compact(&tape, tape_get(&tape, 0, "twice"), &out);
    ck_assert_str_eq(buf_text(&out), "[1,[2,3],4]");
    buf_release(&out);
}
END_TEST

START_TEST(test_a_tape_is_used_again)
{
    struct tape_fault f;
    ck_assert(tape_scan(&tape, "[1]", 3, &f));
    ck_assert_uint_eq(tape.n, 2);
    ck_assert_uint_eq(tape.duplicate, TAPE_NONE);
    ck_assert(!tape_scan(&tape, "[1", 2, &f));
    ck_assert_uint_eq(tape_get(&tape, 0, "n"), TAPE_NONE);
}
END_TEST

static const struct spot {
    const char *text;
    size_t offset;
    size_t line;
    size_t col;
} spots[] = {
    {"", 0, 1, 1},      {"abc", 0, 1, 1},
    {"abc", 3, 1, 4},   {"a\nbc", 1, 1, 2},
    {"a\nbc", 2, 2, 1}, {"a\n\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80x", 12, 3, 4},
};

START_TEST(test_places_count_code_points)
{
    size_t line = 0;
    size_t col = 0;
    tape_place(spots[_i].text, spots[_i].offset, &line, &col);
    ck_assert_uint_eq(line, spots[_i].line);
    ck_assert_uint_eq(col, spots[_i].col);
}
END_TEST

/* By the entries of {"a/b":[1,{"~":[2,3]}],"":{"x":4}}. */
static const char *const pointers[] = {
    "",           "/a~1b",      "/a~1b",        "/a~1b/0",      "/a~1b/1",
    "/a~1b/1/~0", "/a~1b/1/~0", "/a~1b/1/~0/0", "/a~1b/1/~0/1", "/",
    "/",          "//x",        "//x",
};

START_TEST(test_points_to_values)
{
    static const char text[] = "{\"a\\/b\":[1,{\"~\":[2,3]}],\"\":{\"x\":4}}";
    struct tape t = {0};
    struct tape_fault f;
    struct buf out = {0};
    ck_assert(tape_scan(&t, text, sizeof(text) - 1, &f));
    ck_assert_uint_eq(t.n, COUNT_OF(pointers));
    tape_pointer(&t, (size_t)_i, &out);
    ck_assert_str_eq(buf_text(&out), pointers[_i]);
    buf_release(&out);
    tape_release(&t);
}
END_TEST

/* --- random texts --- */

static size_t below(struct rng *r, size_t n)
{
    return (size_t)(rng_u64(r) % n);
}

static const char *const scraps[] = {
    "0",
    "-1",
    "1.5",
    "1e5",
    "1E-7",
    "123456789012345678",
    "1e308",
    "-0",
    "true",
    "false",
    "null",
    "\"\"",
    "\"a\"",
    "\"\\n\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\xc3\xa9\xe2\x82\xac\"",
    "\"a long string, longer than a block of sixteen\"",
    "[]",
    "{}",
};

static const char *const names[] = {
    "\"a\"",       "\"b\"", "\"\\u0061\"",  "\"role\"",
    "\"content\"", "\"\"",  "\"\xc3\xa9\"", "\"a key of some length\""};

static void add_value(struct buf *out, struct rng *r, int depth)
{
    static const char *const gaps[] = {"", "", "", " ", "\n\t"};
    size_t n = depth > 5 ? 0 : below(r, 6);
    bool object = below(r, 2);
    if (n == 0) {
        buf_text_add(out, scraps[below(r, COUNT_OF(scraps))]);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        buf_char(out, i ? ',' : object ? '{' : '[');
        buf_text_add(out, gaps[below(r, COUNT_OF(gaps))]);
        if (object) {
            buf_text_add(out, names[below(r, COUNT_OF(names))]);
            buf_char(out, ':');
        }
        add_value(out, r, depth + 1);
        buf_text_add(out, gaps[below(r, COUNT_OF(gaps))]);
    }
    buf_char(out, object ? '}' : ']');
}

static void damage(struct buf *text, struct rng *r)
{
    static const char bytes[] = "\"\\{}[],:0-.eEu \n\x01\x80\xc3\xed\xf4\xff"
                                "tfnd8";
    size_t at = below(r, text->len);
    switch (below(r, 3)) {
    case 0:
        text->at[at] = bytes[below(r, sizeof(bytes) - 1)];
        break;
    case 1:
        memmove(text->at + at, text->at + at + 1, text->len - at);
        text->len--;
        break;
    default:
        buf_char(text, text->at[at]);
        break;
    }
}

static const int seeds[] = {1, 2, 3, 4};

START_TEST(test_random_texts_mean_the_same_to_jansson)
{
    struct rng r = rng_seed((uint64_t)seeds[_i]);
    struct buf text = {0};
    for (int round = 0; round < 600; round++) {
        buf_clear(&text);
        add_value(&text, &r, 0);
        const char *quarrel = oracle_quarrel(text.at, text.len);
        ck_assert_msg(!quarrel, "round %d: %s: %.400s", round, quarrel, text.at);
        for (int i = 0; i < 4 && text.len > 1; i++) {
            damage(&text, &r);
            quarrel = oracle_quarrel(text.at, text.len);
            ck_assert_msg(!quarrel, "round %d, damaged: %s: %.400s", round, quarrel, text.at);
        }
    }
    buf_release(&text);
}
END_TEST

Suite *tape_suite(void)
{
    Suite *suite = suite_create("tape");
    TCase *scan = tcase_create("scan");
    tcase_set_timeout(scan, 60);
    tcase_add_loop_test(scan, test_accepts_what_is_json, 0, COUNT_OF(goods));
    tcase_add_loop_test(scan, test_says_where_and_why_it_is_not, 0, COUNT_OF(bads));
    tcase_add_test(scan, test_a_text_cut_short_is_no_json);
    tcase_add_loop_test(scan, test_depth_is_bounded_as_in_jansson, 0, COUNT_OF(deeps));
    tcase_add_test(scan, test_a_text_beyond_the_bound_is_not_read);
    tcase_add_loop_test(scan, test_a_key_given_twice_is_seen, 0, COUNT_OF(twices));
    tcase_add_loop_test(scan, test_objects_of_any_width_are_searched, 0, COUNT_OF(widths));
    tcase_add_loop_test(scan, test_places_count_code_points, 0, COUNT_OF(spots));
    tcase_add_loop_test(scan, test_points_to_values, 0, COUNT_OF(pointers));
    tcase_add_loop_test(scan, test_random_texts_mean_the_same_to_jansson, 0, COUNT_OF(seeds));
    suite_add_tcase(suite, scan);

    TCase *look = tcase_create("look");
    tcase_add_checked_fixture(look, setup, teardown);
    tcase_add_test(look, test_looks_up_by_key_and_index);
    tcase_add_test(look, test_the_last_of_two_counts);
    tcase_add_test(look, test_what_is_not_there_is_none_and_chains);
    tcase_add_test(look, test_unescapes_into_a_buffer);
    tcase_add_test(look, test_gives_a_value_as_it_stands_and_compact);
    tcase_add_test(look, test_gives_a_value_spaced_as_python_does);
    tcase_add_test(look, test_a_tape_is_used_again);
    suite_add_tcase(suite, look);
    return suite;
}
