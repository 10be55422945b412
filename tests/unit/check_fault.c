#include <string.h>

#include "sim/base/cc.h"
#include "tests/unit/suites.h"
#include "tools/demo/fault.h"

static const char *const tools[] = {"search_catalog", "get_by_id", NULL};

static const struct good_row {
    const char *spec;
    struct fault_rule want;
} good[] = {
    {"search_catalog:503@0.1", {0, FAULT_STATUS, 503, 0.1}},
    {"get_by_id:400@1", {1, FAULT_STATUS, 400, 1}},
    {"*:599@0", {FAULT_ANY_TOOL, FAULT_STATUS, 599, 0}},
    {"*:latency=200@0.5", {FAULT_ANY_TOOL, FAULT_LATENCY, 200, 0.5}},
    {"search_catalog:oversize@0.05", {0, FAULT_OVERSIZE, 0, 0.05}},
    {"get_by_id:malformed@1e-2", {1, FAULT_MALFORMED, 0, 0.01}},
};

START_TEST(test_reads_a_rule)
{
    const struct good_row *row = &good[_i];
    struct faults f = {0};
    struct err e = {0};
    ck_assert_msg(!faults_add(&f, row->spec, tools, &e), "%s: %s", row->spec, e.text);
    ck_assert_uint_eq(f.n, 1);
    ck_assert_uint_eq(f.at[0].tool, row->want.tool);
    ck_assert_int_eq(f.at[0].kind, row->want.kind);
    ck_assert_uint_eq(f.at[0].value, row->want.value);
    ck_assert(f.at[0].rate == row->want.rate);
    faults_release(&f);
}
END_TEST

static const struct bad_row {
    const char *spec;
    const char *why; /* within the message */
} bad[] = {
    {"", "TOOL:KIND@RATE"},
    {"search_catalog", "TOOL:KIND@RATE"},
    {"search_catalog:503", "TOOL:KIND@RATE"},
    {"503@0.1", "TOOL:KIND@RATE"},
    {"search:503@0.1", "no tool 'search'"},
    {":503@0.1", "no tool ''"},
    {"*:399@0.1", "no kind of fault '399'"},
    {"*:600@0.1", "no kind of fault '600'"},
    {"*:4294967796@0.1", "no kind of fault"},
    {"*:50x@0.1", "no kind of fault '50x'"},
    {"*:slow@0.1", "no kind of fault 'slow'"},
    {"*:@0.1", "no kind of fault ''"},
    {"*:latency=@0.1", "no kind of fault 'latency='"},
    {"*:latency=0@0.1", "latency '0'"},
    {"*:latency=600001@0.1", "latency '600001'"},
    {"*:503@", "rate ''"},
    {"*:503@1.1", "rate '1.1'"},
    {"*:503@-0.1", "rate '-0.1'"},
    {"*:503@ten", "rate 'ten'"},
};

START_TEST(test_refuses_what_is_no_rule)
{
    const struct bad_row *row = &bad[_i];
    struct faults f = {0};
    struct err e = {0};
    ck_assert_int_eq(faults_add(&f, row->spec, tools, &e), ERR_USAGE);
    ck_assert_msg(strstr(e.text, row->why), "%s: %s", row->spec, e.text);
    ck_assert_uint_eq(f.n, 0);
}
END_TEST

static struct faults rules(uint64_t seed, const char *const *specs)
{
    struct faults f = {.seed = seed};
    struct err e = {0};
    for (; *specs; specs++)
        ck_assert_msg(!faults_add(&f, *specs, tools, &e), "%s", e.text);
    return f;
}

static size_t count(const struct faults *f, size_t tool, uint64_t n)
{
    size_t fired = 0;
    for (uint64_t i = 0; i < n; i++)
        fired += faults_decide(f, tool, i).kind != FAULT_NONE;
    return fired;
}

START_TEST(test_rates_are_kept_tool_by_tool)
{
    struct faults f = rules(7, (const char *[]){"search_catalog:503@0.1", NULL});
    size_t fired = count(&f, 0, 10000);
    ck_assert_uint_gt(fired, 900); /* three standard deviations are 90 */
    ck_assert_uint_lt(fired, 1100);
    ck_assert_uint_eq(count(&f, 1, 10000), 0);
    faults_release(&f);
}
END_TEST

START_TEST(test_the_seed_decides_and_order_does_not)
{
    const char *const spec[] = {"*:503@0.5", NULL};
    struct faults a = rules(1, spec);
    struct faults b = rules(1, spec);
    struct faults c = rules(2, spec);
    size_t other = 0;
    for (uint64_t i = 64; i-- > 0;) {
        struct fault_verdict x = faults_decide(&a, 0, i);
        ck_assert_int_eq(x.kind, faults_decide(&b, 0, i).kind);
        other += x.kind != faults_decide(&c, 0, i).kind;
    }
    ck_assert_uint_gt(other, 0);
    faults_release(&a);
    faults_release(&b);
    faults_release(&c);
}
END_TEST

START_TEST(test_latencies_add_up_and_the_first_answer_counts)
{
    struct faults f =
        rules(1, (const char *[]){"*:latency=20@1", "*:418@0", "get_by_id:malformed@1", "*:503@1",
                                  "get_by_id:latency=3@1", NULL});
    struct fault_verdict search = faults_decide(&f, 0, 0);
    ck_assert_int_eq(search.kind, FAULT_STATUS);
    ck_assert_uint_eq(search.status, 503);
    ck_assert_uint_eq(search.latency_ms, 20);
    struct fault_verdict get = faults_decide(&f, 1, 0);
    ck_assert_int_eq(get.kind, FAULT_MALFORMED);
    ck_assert_uint_eq(get.latency_ms, 23);
    faults_release(&f);
}
END_TEST

Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *read = tcase_create("read");
    tcase_add_loop_test(read, test_reads_a_rule, 0, COUNT_OF(good));
    tcase_add_loop_test(read, test_refuses_what_is_no_rule, 0, COUNT_OF(bad));
    suite_add_tcase(suite, read);
    TCase *decide = tcase_create("decide");
    tcase_add_test(decide, test_rates_are_kept_tool_by_tool);
    tcase_add_test(decide, test_the_seed_decides_and_order_does_not);
    tcase_add_test(decide, test_latencies_add_up_and_the_first_answer_counts);
    suite_add_tcase(suite, decide);
    return suite;
}
