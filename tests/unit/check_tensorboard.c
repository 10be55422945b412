/* Event files, byte by byte. */
#include <math.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/view/tensorboard.h"
#include "tests/unit/suites.h"

static void same_hex(const struct buf *got, const char *want)
{
    struct buf hex = {0};
    for (size_t i = 0; i < got->len; i++)
        buf_printf(&hex, "%02x", (unsigned char)got->at[i]);
    ck_assert_str_eq(buf_text(&hex), want);
    buf_release(&hex);
}

/* Both as protoc --encode writes the message, with the sums of tests/export/events.py. */
START_TEST(test_a_file_begins_with_its_version)
{
    struct buf file = {0};
    tensorboard_begin(&file, 1.5);
    same_hex(&file, "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a32"
                    "2a28646c");
    buf_release(&file);
}
END_TEST

START_TEST(test_an_event)
{
    struct buf file = {0};
    struct buf summary = {0};
    tensorboard_value(&summary, "a/b", 0.25);
    tensorboard_value(&summary, "not known", NAN);
    tensorboard_value(&summary, "c", -3);
    tensorboard_event(&file, 1.5, 300, &summary);
    same_hex(&file, "2400000000000000422b804d09000000000000f83f10ac022a160a0a0a03612f62150000803e"
                    "0a080a016315000040c05dcf2233");
    buf_release(&summary);
    buf_release(&file);
}
END_TEST

static const struct {
    const char *name;
    const char *tag;
    double value;
    const char *want;
} values[] = {
    {"zero is told", "z", 0, "0a080a017a1500000000"},
    {"what no float can hold is infinite", "z", -1e300, "0a080a017a15000080ff"},
    {"what is no UTF-8 is replaced", "\xff", 1, "0a0a0a03efbfbd150000803f"},
};

START_TEST(test_a_value)
{
    struct buf summary = {0};
    tensorboard_value(&summary, values[_i].tag, values[_i].value);
    same_hex(&summary, values[_i].want);
    buf_release(&summary);
}
END_TEST

START_TEST(test_long_lengths_take_more_bytes)
{
    char tag[201];
    struct buf summary = {0};
    memset(tag, 'x', 200);
    tag[200] = '\0';
    tensorboard_value(&summary, tag, 1);
    ck_assert_uint_eq(summary.len, 3 + 3 + 200 + 5);
    ck_assert_mem_eq(summary.at, "\x0a\xd0\x01\x0a\xc8\x01x", 7);
    buf_release(&summary);
}
END_TEST

Suite *tensorboard_suite(void)
{
    Suite *suite = suite_create("tensorboard");
    TCase *bytes = tcase_create("bytes");
    tcase_add_test(bytes, test_a_file_begins_with_its_version);
    tcase_add_test(bytes, test_an_event);
    tcase_add_loop_test(bytes, test_a_value, 0, COUNT_OF(values));
    tcase_add_test(bytes, test_long_lengths_take_more_bytes);
    suite_add_tcase(suite, bytes);
    return suite;
}
