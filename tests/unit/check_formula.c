#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grader/formula.h"
#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/base/num.h"
#include "sim/base/rng.h"
#include "tests/unit/suites.h"

static const char *const names[] = {"a", "b", "exact", "Exact", "_x1", "min"};
static const double values[] = {2, 3, 0.5, 0.25, 0, 7};

static const struct {
    const char *text;
    double value;
} rows[] = {
    {"1", 1},
    {"  12.5 ", 12.5},
    {"12.", 12},
    {".5", 0.5},
    {"1e3", 1000},
    {"2.5E-1", 0.25},
    {"1e+2", 100},
    {"a", 2},
    {"exact + Exact", 0.75}, /* case counts */
    {"_x1", 0},
    {"0.9 * exact + 0.1 * Exact", 0.9 * 0.5 + 0.1 * 0.25},
    {"(a + b) / 2", 2.5}, /* as recorded (MU-4) */
    {"a+b*2", 8},
    {"a*b+2", 8},
    {"(a+b)*2", 10},
    {"10-3-2", 5}, /* + - * / from left to right */
    {"16/4/2", 2},
    {"16/4*2", 8},
    {"1-2+3", 2},
    {"2^3^2", 512}, /* and ^ from right to left (GAP-31) */
    {"-2^2", -4},   /* ^ binds tighter than a sign */
    {"(-2)^2", 4},
    {"2^-1", 0.5},
    {"2^-1^2", 0.5},
    {"2^+2", 4},
    {"2*-3", -6},
    {"1--1", 2},
    {"1+-+-1", 2},
    {"--a", 2},
    {"-a*b", -6},
    {"2*3^2", 18},
    {"0^0", 1},
    {"(-8)^3", -512},
    {"min(a)", 2},
    {"min(b, a)", 2},
    {"max(1, a, b, -4)", 3},
    {"max(min(a, b), exact)", 2},
    {"min + min(min, a)", 9}, /* a grader may be called like a function */
    {"min (a, b)", 2},
    {"abs(-a)", 2},
    {"floor(-1.5)", -2},
    {"ceil(1.2)", 2},
    {"exp(0)", 1},
    {"sqrt(9)", 3},
    {"log(exp(2))", 2}, /* natural */
    {"log(1)", 0},
    {"a\n +\t\r b", 5},
    {"((((a))))", 2},
    {"1e-999", 0},
};

static struct formula *parsed(const char *text)
{
    struct formula_fault fault;
    struct formula *f = NULL;
    bool fine = formula_parse(&f, text, strlen(text), names, COUNT_OF(names), &fault);
    ck_assert_msg(fine, "%s: %zu: %s", text, fault.at, fault.why);
    return f;
}

START_TEST(test_comes_to)
{
    struct formula *f = parsed(rows[_i].text);
    struct formula_fault fault;
    double got = NAN;
    ck_assert(formula_eval(&got, f, values, &fault));
    ck_assert_msg(got == rows[_i].value, "%s: %.17g", rows[_i].text, got);
    formula_free(f);
}
END_TEST

/* The second text has ^ under each byte that the fault names. */
static const struct {
    const char *text;
    const char *carets;
    const char *why;
    const char *fix;
} refused[] = {
    {"", "^", "is empty", "a formula is made of"},
    {"  ", "^", "is empty", "a formula is made of"},
    {"a +", "  ^", "ends where", "a formula is made of"},
    {"a +  ", "  ^", "ends where", "a formula is made of"},
    {"a + * b", "    ^", "expected a number, a name or '(', found '*'", "a formula is made of"},
    {"a ** b", "   ^", "found '*'", "a power is written ^"},
    {"0.9 * exct", "      ^^^^", "'exct' is the name of no grader", "did you mean 'exact'?"},
    {"EXACT", "^^^^^", "the name of no grader", "did you mean 'exact'?"},
    {"a + fuzzy", "    ^^^^^", "'fuzzy' is the name of no grader",
     "under graders (MU-2): a, b, exact, Exact, _x1, min"},
    {"c", "^", "'c' is the name of no grader", "under graders (MU-2): a, b"},
    {"2 a", "  ^", "expected an operator, found 'a'", "a product is written with *"},
    {"(a)(b)", "   ^", "expected an operator", "a product is written with *"},
    {"a % b", "  ^", "found '%'", "operators are + - * / ^"},
    {"a , b", "  ^", "found ','", "operators are"},
    {"a × b", "  ^^", "found '×'", "operators are"},
    {"(a + b", "^", "this '(' is never closed", "a formula is made of"},
    {"(a b)", "   ^", "expected an operator or ')'", "a formula is made of"},
    {"a + b)", "     ^", "found ')'", "a formula is made of"},
    {"()", " ^", "found ')'", "a formula is made of"},
    {"min()", "^^^^^", "min() needs an argument or more", "a formula is made of"},
    {"abs()", "^^^^^", "abs() needs an argument", "a formula is made of"},
    {"1 + abs(a, b)", "         ^", "abs() takes one argument", "a formula is made of"},
    {"log(a, 2)", "     ^", "log() takes one argument", "log is natural"},
    {"min(a, )", "       ^", "found ')'", "a formula is made of"},
    {"min(a b)", "      ^", "expected ',' or ')'", "a formula is made of"},
    {"min(a", "   ^", "never closed", "a formula is made of"},
    {"sqr(a)", "^^^", "there is no function 'sqr'", "did you mean 'sqrt'?"},
    {"mean(a)", "^^^^", "there is no function 'mean'", "did you mean 'min'?"},
    {"MIN(a)", "^^^", "there is no function 'MIN'", "did you mean 'min'?"},
    {"a(b)", "^", "there is no function 'a'", "functions are"},
    {"abs + 1", "^^^", "the function 'abs' has no arguments", "abs(...)"},
    {".", "^", "expected a digit", "a formula is made of"},
    {"1e", "^^", "exponent has no digits", "a formula is made of"},
    {"2 * 1e+ ", "    ^^^", "exponent has no digits", "a formula is made of"},
    {"1e999", "^^^^^", "too large", "a formula is made of"},
    {"1..2", "  ^", "expected an operator", "a formula is made of"},
    {"0x1", " ^", "expected an operator", "a product is written with *"},
    {"a = b", "  ^", "found '='", "no conditions"},
    {"a > 0.5", "  ^", "found '>'", "no conditions"},
    {"a if b", "  ^", "found 'i'", "no conditions"},
    {"a and b", "  ^", "found 'a'", "no conditions"},
    {"a android", "  ^", "found 'a'", "a product is written with *"},
};

START_TEST(test_a_fault_has_its_place)
{
    const char *text = refused[_i].text;
    struct formula_fault fault;
    struct formula *f = NULL;
    ck_assert_msg(!formula_parse(&f, text, strlen(text), names, COUNT_OF(names), &fault), "%s",
                  text);
    ck_assert_ptr_null(f);
    size_t at = strspn(refused[_i].carets, " ");
    ck_assert_msg(fault.at == at && fault.at + fault.len == strlen(refused[_i].carets),
                  "%s: %zu+%zu %s", text, fault.at, fault.len, fault.why);
    ck_assert_msg(strstr(fault.why, refused[_i].why) != NULL, "%s: %s", text, fault.why);
    ck_assert_msg(strstr(fault.fix, refused[_i].fix) != NULL, "%s: %s", text, fault.fix);
}
END_TEST

static const struct {
    const char *text;
    size_t at;
    const char *why;
} broken[] = {
    {"a / (b - 3)", 2, "division by zero"},
    {"1 / (1 / _x1)", 7, "division by zero"}, /* although IEEE has 0 for it */
    {"max(1, log(_x1))", 7, "the logarithm of 0"},
    {"log(-a)", 0, "the logarithm of a negative number"},
    {"min(0, sqrt(-1))", 7, "the square root of a negative number"},
    {"exp(1000)", 0, "too large"},
    {"10^308 * a * 10", 7, "too large"},
    {"_x1^-1", 3, "0 to a negative power"},
    {"(-8)^(1/3)", 4, "a negative number to a power that is no integer"},
    {"10^999", 2, "too large"},
};

START_TEST(test_a_value_that_is_not_finite_has_its_reason)
{
    struct formula *f = parsed(broken[_i].text);
    struct formula_fault fault = {0};
    double got = 0;
    ck_assert(!formula_eval(&got, f, values, &fault));
    ck_assert_msg(fault.at == broken[_i].at && strstr(fault.why, broken[_i].why), "%s: %zu: %s",
                  broken[_i].text, fault.at, fault.why);
    formula_free(f);
}
END_TEST

START_TEST(test_nothing_is_not_less_than_nothing)
{
    struct formula *f = parsed("-_x1 * a");
    struct formula_fault fault;
    double got = NAN;
    ck_assert(formula_eval(&got, f, values, &fault));
    ck_assert(got == 0 && !signbit(got));
    formula_free(f);
}
END_TEST

START_TEST(test_a_reward_that_is_not_finite_is_a_fault)
{
    static const char *const one[] = {"a"};
    struct formula_fault fault;
    struct formula *f = NULL;
    double got = 0;
    ck_assert(formula_parse(&f, "min(1, a)", 9, one, 1, &fault));
    ck_assert(!formula_eval(&got, f, (double[]){INFINITY}, &fault));
    ck_assert_uint_eq(fault.at, 7);
    formula_free(f);
}
END_TEST

START_TEST(test_has_bounds)
{
    static const char *const one[] = {"a"};
    static const struct {
        const char *open, *close;
    } nests[] = {{"(", ")"}, {"-", ""}, {"1^", ""}, {"1+2*min(1,", ")"}, {"a*(1+", ")"}};
    struct formula_fault fault;
    struct formula *f = NULL;
    for (size_t i = 0; i < COUNT_OF(nests); i++) {
        for (int n = 1; n < 200; n++) {
            struct buf text = {0};
            for (int k = 0; k < n; k++)
                buf_text_add(&text, nests[i].open);
            buf_char(&text, 'a');
            for (int k = 0; k < n; k++)
                buf_text_add(&text, nests[i].close);
            bool fine = formula_parse(&f, buf_text(&text), text.len, one, 1, &fault);
            ck_assert_msg(fine == (n <= FORMULA_MAX_DEPTH), "%s", buf_text(&text));
            double got = 0;
            ck_assert(!fine || formula_eval(&got, f, (double[]){0}, &fault));
            if (fine)
                formula_free(f);
            buf_release(&text);
        }
    }
    char *sum = mem_new(FORMULA_MAX_BYTES + 3);
    memset(sum, ' ', FORMULA_MAX_BYTES + 2);
    for (int i = 0; i <= FORMULA_MAX_BYTES; i++)
        sum[i] = i % 2 ? '+' : '1';
    ck_assert(formula_parse(&f, sum, FORMULA_MAX_BYTES - 1, NULL, 0, &fault));
    double got = 0;
    ck_assert(formula_eval(&got, f, NULL, &fault));
    ck_assert(got == FORMULA_MAX_BYTES / 2);
    formula_free(f);
    ck_assert(!formula_parse(&f, sum, FORMULA_MAX_BYTES + 1, NULL, 0, &fault));
    free(sum);
}
END_TEST

START_TEST(test_knows_what_it_uses)
{
    struct formula *f = parsed("exact + min(min, a)");
    const bool used[] = {true, false, true, false, false, true};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        ck_assert_int_eq(formula_uses(f, i), used[i]);
    formula_free(f);
    ck_assert(formula_is_name("_a1", 3) && !formula_is_name("1a", 2) && !formula_is_name("", 0) &&
              !formula_is_name("a-b", 3));
    ck_assert(formula_is_function("log", 3) && !formula_is_function("logs", 4));
}
END_TEST

/* A random formula in as few brackets as may be, written from the grammar down. */
static void write_random(struct buf *out, struct rng *r, int depth)
{
    static const char *const between[] = {" + ", "-", "*", " / ", "^", "^", " +-", "*-", "^-"};
    static const char *const calls[] = {"abs(", "floor(", "ceil(", "exp(", "sqrt(", "log("};
    uint64_t pick = rng_u64(r) % (depth > 5 ? 3 : 10);
    if (pick == 0) {
        buf_printf(out, "%.3g", rng_unit(r) * 4);
    } else if (pick < 3) {
        buf_text_add(out, names[rng_u64(r) % COUNT_OF(names)]);
    } else if (pick < 7) {
        write_random(out, r, depth + 1);
        buf_text_add(out, between[rng_u64(r) % COUNT_OF(between)]);
        write_random(out, r, depth + 1);
    } else if (pick == 7) {
        buf_text_add(out, calls[rng_u64(r) % COUNT_OF(calls)]);
        write_random(out, r, depth + 1);
        buf_char(out, ')');
    } else if (pick == 8) {
        buf_text_add(out, rng_u64(r) % 2 ? "min(" : "max(");
        for (uint64_t n = rng_u64(r) % 3 + 1; n; n--) {
            write_random(out, r, depth + 1);
            buf_char(out, n > 1 ? ',' : ')');
        }
    } else {
        buf_text_add(out, rng_u64(r) % 2 ? "-(" : "(");
        write_random(out, r, depth + 1);
        buf_char(out, ')');
    }
}

/* The program as a text again, with brackets around everything. */
static char *bracketed(const struct formula *f)
{
    static const char *const signs[] = {
        [FORMULA_ADD] = "+",       [FORMULA_SUBTRACT] = "-", [FORMULA_MULTIPLY] = "*",
        [FORMULA_DIVIDE] = "/",    [FORMULA_POWER] = "^",    [FORMULA_MIN] = "min",
        [FORMULA_MAX] = "max",     [FORMULA_NEGATE] = "-",   [FORMULA_ABS] = "abs",
        [FORMULA_FLOOR] = "floor", [FORMULA_CEIL] = "ceil",  [FORMULA_EXP] = "exp",
        [FORMULA_SQRT] = "sqrt",   [FORMULA_LOG] = "log"};
    char *stack[FORMULA_STACK];
    size_t n = 0;
    char number[NUM_ROOM];
    for (const struct formula_op *op = f->ops; op < f->ops + f->n_ops; op++) {
        bool is_value = op->kind == FORMULA_NUMBER || op->kind == FORMULA_NAME;
        char *b = !is_value && op->kind < FORMULA_NEGATE ? stack[--n] : NULL;
        char *a = is_value ? NULL : stack[--n];
        if (op->kind == FORMULA_NUMBER)
            stack[n++] = mem_printf("(%s)", num_shortest(number, op->number));
        else if (op->kind == FORMULA_NAME)
            stack[n++] = mem_printf("(%s)", names[op->name]);
        else if (op->kind == FORMULA_MIN || op->kind == FORMULA_MAX)
            stack[n++] = mem_printf("(%s(%s,%s))", signs[op->kind], a, b);
        else if (b)
            stack[n++] = mem_printf("(%s%s%s)", a, signs[op->kind], b);
        else
            stack[n++] = mem_printf("(%s%s)", signs[op->kind], a);
        free(a);
        free(b);
    }
    ck_assert_uint_eq(n, 1);
    return stack[0];
}

/* Brackets around everything change nothing: the program had the order that they say. */
START_TEST(test_brackets_around_everything_change_nothing)
{
    struct rng r = rng_seed(7);
    size_t n_deep = 0;
    for (int i = 0; i < 3000; i++) {
        struct buf text = {0};
        write_random(&text, &r, 0);
        struct formula *f = parsed(buf_text(&text));
        char *full = bracketed(f);
        struct formula_fault fault;
        struct formula *again = NULL;
        if (!formula_parse(&again, full, strlen(full), names, COUNT_OF(names), &fault)) {
            /* the one thing that brackets may do */
            ck_assert_msg(strstr(fault.why, "levels") || strstr(fault.why, "bytes"), "%s: %s", full,
                          fault.why);
            n_deep++;
        }
        for (int k = 0; again && k < 5; k++) {
            double at[COUNT_OF(names)];
            for (size_t v = 0; v < COUNT_OF(names); v++)
                at[v] = rng_unit(&r) * 6 - 3;
            double one = 0;
            double two = 0;
            bool fine = formula_eval(&one, f, at, &fault);
            ck_assert_msg(formula_eval(&two, again, at, &fault) == fine, "%s", buf_text(&text));
            ck_assert_msg(memcmp(&one, &two, sizeof(one)) == 0, "%s: %g, %g", buf_text(&text), one,
                          two);
        }
        formula_free(again);
        formula_free(f);
        free(full);
        buf_release(&text);
    }
    ck_assert_uint_lt(n_deep, 300);
}
END_TEST

/* A formula built from its value: what the parser must make of it is known without a parser. */
static double build(struct buf *out, struct rng *r, int depth)
{
    uint64_t pick = rng_u64(r) % (depth > 4 ? 2 : 7);
    if (pick == 0) {
        double number = (double)(rng_u64(r) % 9 + 1) / 4;
        buf_printf(out, "%g", number);
        return number;
    }
    if (pick == 1) {
        size_t v = rng_u64(r) % COUNT_OF(names);
        buf_text_add(out, names[v]);
        return values[v];
    }
    static const char *const forms[][3] = {
        [2] = {"(", "+", ")"},      [3] = {"(", " - ", ")"},   [4] = {"((", ")*(", "))"},
        [5] = {"((", ")*-(", "))"}, [6] = {"max(", ", ", ")"},
    };
    buf_text_add(out, forms[pick][0]);
    double a = build(out, r, depth + 1);
    buf_text_add(out, forms[pick][1]);
    double b = build(out, r, depth + 1);
    buf_text_add(out, forms[pick][2]);
    if (pick == 6)
        return a > b ? a : b;
    return pick == 2 ? a + b : pick == 3 ? a - b : pick == 4 ? a * b : a * -b;
}

START_TEST(test_comes_to_what_it_was_built_from)
{
    struct rng r = rng_seed(11);
    for (int i = 0; i < 3000; i++) {
        struct buf text = {0};
        double want = build(&text, &r, 0);
        struct formula *f = parsed(buf_text(&text));
        struct formula_fault fault;
        double got = NAN;
        ck_assert_msg(formula_eval(&got, f, values, &fault), "%s: %s", buf_text(&text), fault.why);
        ck_assert_msg(got == want, "%s: %g, not %g", buf_text(&text), got, want);
        formula_free(f);
        buf_release(&text);
    }
}
END_TEST

static const struct {
    const char *text, *shown;
} shows[] = {
    {"0.9 * exact + 0.1*Exact", "0.9 * 0.5 + 0.1*0.25"},
    {"a", "2"},
    {"1e3 * exact", "1e3 * 0.5"}, /* the e of a number is no name */
    {"min(min, a)", "min(7, 2)"},
    {"(a ^ -b)\n", "(2 ^ -3)\n"},
    {"12", "12"},
};

START_TEST(test_is_shown_with_the_numbers_put_in)
{
    struct formula *f = parsed(shows[_i].text);
    struct buf out = {0};
    formula_show(&out, f, shows[_i].text, values);
    ck_assert_str_eq(buf_text(&out), shows[_i].shown);
    formula_free(f);
    buf_release(&out);
}
END_TEST

START_TEST(test_shows_what_is_below_zero_in_brackets)
{
    static const double below[] = {-2, -0.5, 0, 0, 0, 0};
    struct formula *f = parsed("a - b");
    struct buf out = {0};
    formula_show(&out, f, "a - b", below);
    ck_assert_str_eq(buf_text(&out), "(-2) - (-0.5)");
    formula_free(f);
    buf_release(&out);
}
END_TEST

Suite *formula_suite(void)
{
    Suite *suite = suite_create("formula");
    TCase *tcase = tcase_create("formula");
    tcase_add_loop_test(tcase, test_comes_to, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_fault_has_its_place, 0, COUNT_OF(refused));
    tcase_add_loop_test(tcase, test_a_value_that_is_not_finite_has_its_reason, 0, COUNT_OF(broken));
    tcase_add_test(tcase, test_nothing_is_not_less_than_nothing);
    tcase_add_test(tcase, test_a_reward_that_is_not_finite_is_a_fault);
    tcase_add_test(tcase, test_has_bounds);
    tcase_add_test(tcase, test_knows_what_it_uses);
    tcase_add_loop_test(tcase, test_is_shown_with_the_numbers_put_in, 0, COUNT_OF(shows));
    tcase_add_test(tcase, test_shows_what_is_below_zero_in_brackets);
    tcase_add_test(tcase, test_brackets_around_everything_change_nothing);
    tcase_add_test(tcase, test_comes_to_what_it_was_built_from);
    suite_add_tcase(suite, tcase);
    return suite;
}
