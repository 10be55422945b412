#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/sha256.h"
#include "sim/view/html.h"
#include "sim/view/html_transcripts.h"
#include "sim/view/page.h"
#include "tests/browser/sample.h"
#include "tests/unit/scratch.h"
#include "tests/unit/suites.h"

/* A history with all that a page is made of. */
struct looked_at {
    struct history h;
    struct facts f;
    struct verdict v;
};

static void look(struct looked_at *l, const struct sample_spec *spec)
{
    sample_make(&l->h, spec);
    facts_make(&l->f, &l->h);
    verdict_make(&l->v, &l->f);
}

static void release(struct looked_at *l)
{
    verdict_release(&l->v);
    facts_release(&l->f);
    history_release(&l->h);
}

static const struct sample_spec small = {.n_steps = 3,
                                         .n_batch = 2,
                                         .n_train = 4,
                                         .n_samples = 4,
                                         .n_valid = 3,
                                         .n_eval_samples = 3,
                                         .eval_interval = 1,
                                         .has_parts = true};

/* FIPS 180-4's examples, and every way in which the end of a text meets the end of a block. */
static const struct {
    const char *text;
    size_t times;
    const char *base64;
} digests[] = {
    {"", 0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
    {"abc", 1, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="},
    {"a", 1000000, "zcduXJkU+5KBocfihNc+Z/GAmkiklyAOBG05zMcRLNA="},
    {"a", 55, "n0OQ+NMMLdkuyfCVtl4rmumwqSWlJY4kHJ8ekQ9zQxg="},
    {"a", 63, "fT50oF19sVvOStnsBljqmOPwbu7PFrTG//LaRX3cLzQ="},
    {"a", 64, "/+BU/nrgy23GXDr5th1SCfQ5hR20PQulmXM33xVGaOs="},
};

START_TEST(test_sha256_is_the_standard_s)
{
    struct buf text = {0};
    struct buf got = {0};
    uint8_t digest[SHA256_BYTES];
    for (size_t i = 0; i < digests[_i].times; i++)
        buf_text_add(&text, digests[_i].text);
    sha256(digest, text.at, text.len);
    buf_base64(&got, digest, sizeof(digest));
    ck_assert_str_eq(buf_text(&got), digests[_i].base64);
    buf_release(&text);
    buf_release(&got);
}
END_TEST

/* What gets into a script element, as JSON and then as it is written. */
static const struct {
    const char *json;
    const char *written;
} values[] = {
    {"[\"</script><!--\"]", "[\"\\u003c/script>\\u003c!--\"]"},
    {"[\"\\u2028|\\u2029|\\u2030\"]", "[\"\\u2028|\\u2029|\xe2\x80\xb0\"]"},
    {"[\"a\\u0000b\\\"\\\\\"]", "[\"a\\u0000b\\\"\\\\\"]"},
    {"{\"</b>\":{},\"x\":[]}", "{\"\\u003c/b>\":{},\"x\":[]}"},
    {"[0.1, -2, 3.0, 1e300, true, false, null]", "[0.1,-2,3,1e300,true,false,null]"},
    {"[\"0123456789\"]", "[\"0123456789\"]"},
    {"[\"0123456789a\"]", "[\"0123456789 ... (1 bytes more are not in this page)\"]"},
    {"[\"012345678\xc3\xa9\"]", "[\"012345678 ... (2 bytes more are not in this page)\"]"},
};

START_TEST(test_json_in_a_page)
{
    bool cut = strstr(values[_i].json, "012345678") != NULL;
    json_t *value = json_loads(values[_i].json, JSON_ALLOW_NUL, NULL);
    struct buf got = {0};
    ck_assert_ptr_nonnull(value);
    page_json(&got, value, cut ? 10 : SIZE_MAX);
    ck_assert_str_eq(buf_text(&got), values[_i].written);
    json_t *back = json_loads(buf_text(&got), JSON_ALLOW_NUL, NULL);
    ck_assert(cut || json_equal(back, value) || strchr(values[_i].json, '.'));
    json_decref(back);
    json_decref(value);
    buf_release(&got);
}
END_TEST

/* What stands between `from` and `to` in the page, from `*at` on; NULL if there is no more. */
static char *between(const char **at, const char *from, const char *to)
{
    const char *start = strstr(*at, from);
    if (!start)
        return NULL;
    start += strlen(from);
    const char *end = strstr(start, to);
    ck_assert_ptr_nonnull(end);
    *at = end;
    return mem_slice(start, (size_t)(end - start));
}

static void check_hashed(const char *page, const char *from, const char *to, size_t n)
{
    const char *at = page;
    char *part = NULL;
    size_t found = 0;
    while ((part = between(&at, from, to))) {
        uint8_t digest[SHA256_BYTES];
        struct buf named = {0};
        sha256(digest, part, strlen(part));
        buf_text_add(&named, "'sha256-");
        buf_base64(&named, digest, sizeof(digest));
        ck_assert_ptr_nonnull(strstr(page, buf_text(&named)));
        buf_release(&named);
        free(part);
        found++;
    }
    ck_assert_uint_eq(found, n);
}

START_TEST(test_the_policy_names_every_script_and_style)
{
    struct looked_at l;
    struct buf page = {0};
    struct err e = {0};
    look(&l, &small);
    ck_assert_int_eq(html_report(&page, &l.f, &l.v, &e), ERR_OK);
    check_hashed(page.at, "<script>", "</script>", 2);
    check_hashed(page.at, "<style>", "</style>", 1);
    ck_assert_ptr_nonnull(strstr(page.at, "default-src 'none'"));
    ck_assert_ptr_null(strstr(page.at, "unsafe"));
    buf_release(&page);
    release(&l);
}
END_TEST

static json_t *data_of(const struct buf *page)
{
    const char *at = page->at;
    char *text = between(&at, "id=\"data\">", "</script>");
    json_t *data = json_loads(text, JSON_ALLOW_NUL, NULL);
    free(text);
    ck_assert_ptr_nonnull(data);
    return data;
}

START_TEST(test_the_same_history_gives_the_same_bytes)
{
    struct buf pages[2] = {{0}, {0}};
    for (size_t i = 0; i < 2; i++) {
        struct looked_at l;
        struct err e = {0};
        look(&l, &small);
        ck_assert_int_eq(html_report(&pages[i], &l.f, &l.v, &e), ERR_OK);
        release(&l);
    }
    ck_assert_uint_eq(pages[0].len, pages[1].len);
    ck_assert_mem_eq(pages[0].at, pages[1].at, pages[0].len);
    buf_release(&pages[0]);
    buf_release(&pages[1]);
}
END_TEST

/* The value of a base64 digit. */
static unsigned digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return c == '=' ? 0 : (unsigned)(strchr(digits, c) - digits);
}

/* A block as it was before it was packed. */
static json_t *unpack(const struct buf *block)
{
    enum { ROOM = 1 << 20 };
    Bytef *packed = mem_new(block->len);
    char *text = mem_new(ROOM);
    uLongf n = ROOM - 1;
    for (size_t i = 0; i < block->len; i += 4) {
        unsigned group = 0;
        for (size_t k = 0; k < 4; k++)
            group = group << 6 | digit_of(block->at[i + k]);
        for (size_t k = 0; k < 3; k++)
            packed[i / 4 * 3 + k] = (Bytef)(group >> (16 - 8 * k));
    }
    ck_assert_int_eq(uncompress((Bytef *)text, &n, packed, block->len / 4 * 3), Z_OK);
    json_t *list = json_loads(text, JSON_ALLOW_NUL, NULL);
    free(packed);
    free(text);
    ck_assert_ptr_nonnull(list);
    return list;
}

/* A real 1.0 comes back as 1, so as texts. */
static void check_same(const json_t *a, const json_t *b)
{
    struct buf texts[2] = {{0}, {0}};
    page_json(&texts[0], a, SIZE_MAX);
    page_json(&texts[1], b, SIZE_MAX);
    ck_assert_str_eq(buf_text(&texts[0]), buf_text(&texts[1]));
    buf_release(&texts[0]);
    buf_release(&texts[1]);
}

START_TEST(test_every_transcript_is_in_its_block)
{
    struct looked_at l;
    struct html_rollouts r;
    struct html_transcripts t;
    struct err e = {0};
    look(&l, &small);
    html_rollouts_pick(&r, &l.f, &l.v, HTML_MOST_ROLLOUTS);
    html_transcripts_init(&t, &r);
    ck_assert_int_eq(html_transcripts_pack(&t, &r, &l.f, &l.v, 1 << 20, &e), ERR_OK);
    ck_assert_uint_eq(t.n, l.h.n_rollouts);
    size_t seen = 0;
    for (size_t i = 0; i < t.n_blocks; i++) {
        json_t *block = unpack(&t.blocks[i]);
        for (size_t k = 0; k < json_array_size(block); k++) {
            json_t *pair = json_array_get(block, k);
            size_t at = (size_t)json_integer_value(json_array_get(pair, 0)) - 1; /* ids from 1 */
            json_t *wanted = NULL;
            ck_assert_int_eq(t.block[at], (int)i);
            ck_assert_int_eq(history_transcript(&l.h, at, &wanted, &e), ERR_OK);
            check_same(json_array_get(pair, 1), wanted);
            json_decref(wanted);
            seen++;
        }
        json_decref(block);
    }
    ck_assert_uint_eq(seen, l.h.n_rollouts);
    html_transcripts_release(&t);
    html_rollouts_release(&r);
    release(&l);
}
END_TEST

/* Texts that cannot be compressed, and too little room for all of them. */
START_TEST(test_what_does_not_fit_is_left_out_fairly)
{
    enum { ROOM = 400000 };
    struct sample_spec spec = small;
    struct looked_at l;
    struct html_rollouts r;
    struct html_transcripts t;
    struct err e = {0};
    spec.n_steps = 6;
    spec.n_noise = 6000;
    look(&l, &spec);
    html_rollouts_pick(&r, &l.f, &l.v, HTML_MOST_ROLLOUTS);
    html_transcripts_init(&t, &r);
    ck_assert_int_eq(html_transcripts_pack(&t, &r, &l.f, &l.v, ROOM, &e), ERR_OK);
    ck_assert_uint_le(t.n_room, ROOM);
    ck_assert_uint_gt(t.n, 0);
    ck_assert_uint_lt(t.n, r.n);
    size_t n_named = 0;
    size_t *named = html_rollouts_named(&l.f, &l.v, &n_named);
    ck_assert_uint_gt(n_named, 0);
    for (size_t i = 0; i < n_named; i++)
        ck_assert_int_ge(t.block[named[i]], 0);
    free(named);
    html_transcripts_release(&t);
    html_rollouts_release(&r);
    release(&l);
}
END_TEST

START_TEST(test_of_too_many_rollouts_whole_rows_are_kept)
{
    enum { ROWS = 200 };
    struct looked_at l;
    struct html_rollouts r;
    struct sample_spec spec = small;
    spec.n_steps = 100;
    spec.n_train = ROWS;
    spec.eval_interval = 100;
    look(&l, &spec);
    size_t most = l.h.n_rollouts / 2;
    html_rollouts_pick(&r, &l.f, &l.v, most);
    ck_assert_uint_le(r.n, most);
    ck_assert_uint_eq(r.n + r.n_left, l.h.n_rollouts);
    ck_assert_uint_gt(r.n_rows_left, 0);
    size_t kept[2][ROWS] = {{0}};
    size_t all[2][ROWS] = {{0}};
    for (size_t i = 0; i < r.n; i++) {
        ck_assert(i == 0 || r.at[i] > r.at[i - 1]);
        kept[history_wave_of(&l.h, r.at[i])->phase][l.h.rollouts[r.at[i]].row]++;
    }
    for (size_t i = 0; i < l.h.n_rollouts; i++)
        all[history_wave_of(&l.h, i)->phase][l.h.rollouts[i].row]++;
    size_t largest = 0;
    for (size_t i = 0; i < 2 * ROWS; i++) {
        ck_assert(kept[i / ROWS][i % ROWS] == 0 ||
                  kept[i / ROWS][i % ROWS] == all[i / ROWS][i % ROWS]);
        largest = all[i / ROWS][i % ROWS] > largest ? all[i / ROWS][i % ROWS] : largest;
    }
    ck_assert_uint_gt(r.n + largest, most); /* no row that would have fitted is missing */
    size_t n_named = 0;
    size_t *named = html_rollouts_named(&l.f, &l.v, &n_named);
    for (size_t i = 0; i < n_named; i++)
        ck_assert_uint_gt(kept[history_wave_of(&l.h, named[i])->phase][l.h.rollouts[named[i]].row],
                          0);
    free(named);
    html_rollouts_release(&r);
    release(&l);
}
END_TEST

START_TEST(test_a_page_stays_small_whatever_the_run)
{
    struct sample_spec spec = {.n_steps = 1500,
                               .n_batch = 1,
                               .n_train = 30,
                               .n_samples = 8,
                               .n_valid = 4,
                               .n_eval_samples = 1,
                               .eval_interval = 5,
                               .n_noise = 500};
    struct looked_at l;
    struct buf page = {0};
    struct err e = {0};
    look(&l, &spec);
    ck_assert_uint_gt(l.h.n_rollouts, HTML_MOST_ROLLOUTS);
    ck_assert_int_eq(html_report(&page, &l.f, &l.v, &e), ERR_OK);
    ck_assert_uint_lt(page.len, HTML_MAX_BYTES);
    json_t *data = data_of(&page);
    json_t *columns = json_object_get(data, "rollouts");
    ck_assert_uint_le(json_array_size(json_object_get(columns, "id")), HTML_MOST_ROLLOUTS);
    ck_assert_int_eq(json_integer_value(json_object_get(data, "every")), 2);
    size_t n_valid = 0;
    size_t i = 0;
    json_t *point = NULL;
    json_array_foreach(json_object_get(json_object_get(data, "report"), "curve"), i, point)
    {
        n_valid += strcmp(json_string_value(json_object_get(point, "phase")), "valid") == 0;
    }
    ck_assert_uint_eq(n_valid, 1 + 1500 / 5);
    json_decref(data);
    buf_release(&page);
    release(&l);
}
END_TEST

static enum err_code no_transcript(void *self, const struct history *h, size_t rollout,
                                   json_t **out, struct err *e)
{
    (void)self;
    (void)out;
    return err_set(e, ERR_IO, "%s: rollout %zu cannot be read", h->path, rollout);
}

static void close_nothing(void *self)
{
    (void)self;
}

START_TEST(test_a_transcript_that_cannot_be_read_ends_it)
{
    static const struct history_source_ops broken = {no_transcript, close_nothing};
    struct looked_at l;
    struct buf page = {0};
    struct err e = {0};
    look(&l, &small);
    const struct history_source_ops *whole = l.h.ops;
    l.h.ops = &broken;
    ck_assert_int_eq(html_report(&page, &l.f, &l.v, &e), ERR_IO);
    ck_assert_uint_eq(page.len, 0);
    l.h.ops = whole;
    release(&l);
}
END_TEST

START_TEST(test_a_file_that_is_there_is_left_alone)
{
    struct looked_at l;
    struct err e = {0};
    const char *path = "report.html";
    look(&l, &small);
    ck_assert_int_eq(html_write(path, &l.f, &l.v, &e), ERR_OK);
    ck_assert_int_eq(html_write(path, &l.f, &l.v, &e), ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.text, "report.html"));
    release(&l);
}
END_TEST

Suite *html_suite(void)
{
    Suite *s = suite_create("html");
    TCase *t = tcase_create("html");
    tcase_add_loop_test(t, test_sha256_is_the_standard_s, 0, COUNT_OF(digests));
    tcase_add_loop_test(t, test_json_in_a_page, 0, COUNT_OF(values));
    tcase_add_test(t, test_the_policy_names_every_script_and_style);
    tcase_add_test(t, test_the_same_history_gives_the_same_bytes);
    tcase_add_test(t, test_every_transcript_is_in_its_block);
    tcase_add_test(t, test_what_does_not_fit_is_left_out_fairly);
    tcase_add_test(t, test_of_too_many_rollouts_whole_rows_are_kept);
    tcase_add_test(t, test_a_page_stays_small_whatever_the_run);
    tcase_add_test(t, test_a_transcript_that_cannot_be_read_ends_it);
    suite_add_tcase(s, t);
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, scratch_enter, scratch_leave);
    tcase_add_test(files, test_a_file_that_is_there_is_left_alone);
    suite_add_tcase(s, files);
    return s;
}
