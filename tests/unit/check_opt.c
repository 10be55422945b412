#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/wrap.h"
#include "sim/cli/opt.h"
#include "tests/unit/suites.h"

struct into {
    unsigned count;
    bool flag, quiet;
    const char *text;
    struct words many;
};

static const struct opt table[] = {
    {"big", 0, OPT_COUNT, offsetof(struct into, count), "N", "the same, unbounded", 1, UINT_MAX},
    {"check-count", 'c', OPT_COUNT, offsetof(struct into, count), "N", "a count", 1, 9},
    {"check-flag", 'f', OPT_FLAG, offsetof(struct into, flag), NULL, "a flag", 0, 0},
    {"check-many", 'm', OPT_MANY, offsetof(struct into, many), "TEXT", "many texts", 0, 0},
    {"check-text", 0, OPT_TEXT, offsetof(struct into, text), "FILE", "a text", 0, 0},
    {"quiet", 'q', OPT_FLAG, offsetof(struct into, quiet), NULL, "a second flag", 0, 0},
    {0},
};

/* `want` shows the outcome: count, flag, quiet, text, the many, the operands; or the error. */
static const struct row {
    const char *name;
    const char *argv[7];
    const char *variables; /* NAME=VALUE, separated by blanks; set for the parse */
    const char *want;
} rows[] = {
    /* clang-format off */
    {"nothing given leaves the fields", {0}, NULL, "5 -- - [] []"},
    {"a joined value", {"--check-count=3", "op"}, NULL, "3 -- - [] [op]"},
    {"a value apart", {"--check-count", "4", "-f", "op"}, NULL, "4 f- - [] [op]"},
    {"letters with values", {"-c5", "-c", "6"}, NULL, "6 -- - [] []"},
    {"letters in a row", {"-fqc7"}, NULL, "7 fq - [] []"},
    {"options after operands", {"a", "-f", "b", "-c1"}, NULL, "1 f- - [] [a b]"},
    {"two dashes end the options", {"-f", "--", "-q", "--x"}, NULL, "5 f- - [] [-q --x]"},
    {"one dash is an operand", {"-"}, NULL, "5 -- - [] [-]"},
    {"many keep their order", {"-mb", "--check-many=a", "-m", "c"}, NULL, "5 -- - [b a c] []"},
    {"a text may be empty", {"--check-text="}, NULL, "5 --  [] []"},
    {"the last one wins", {"--check-text=a", "--check-text=b"}, NULL, "5 -- b [] []"},

    {"a variable", {"op"}, "RFTSIM_CHECK_COUNT=2 RFTSIM_CHECK_TEXT=t", "2 -- t [] [op]"},
    {"a flag wins over it", {"-c3"}, "RFTSIM_CHECK_COUNT=2", "3 -- - [] []"},
    {"even over a bad one", {"-c3"}, "RFTSIM_CHECK_COUNT=x", "3 -- - [] []"},
    {"a flag's variable", {0}, "RFTSIM_CHECK_FLAG=yes RFTSIM_QUIET=0", "5 f- - [] []"},
    {"one of many", {0}, "RFTSIM_CHECK_MANY=a", "5 -- - [a] []"},
    {"an empty variable is unset", {0}, "RFTSIM_CHECK_COUNT= RFTSIM_CHECK_FLAG=", "5 -- - [] []"},

    {"too large", {"--check-count", "10"}, NULL, "--check-count: '10' is not a count from 1 to 9"},
    {"too small", {"-c0"}, NULL, "--check-count: '0' is not a count from 1 to 9"},
    {"a sign", {"--big=-1"}, NULL, "--big: '-1' is not a count of 1 or more"},
    {"far too large", {"--big=99999999999999999999"}, NULL,
     "--big: '99999999999999999999' is not a count of 1 or more"},
    {"a blank in front", {"-c", " 3"}, NULL, "--check-count: ' 3' is not a count from 1 to 9"},
    {"something behind", {"-c3x"}, NULL, "--check-count: '3x' is not a count from 1 to 9"},
    {"no value", {"--check-count"}, NULL, "--check-count: needs a value, N"},
    {"a value for a flag", {"--check-flag=1"}, NULL, "--check-flag: takes no value"},
    {"unknown", {"--nope=3"}, NULL, "no option --nope=3"},
    {"a prefix is not enough", {"--check"}, NULL, "no option --check"},
    {"unknown letter", {"-fx"}, NULL, "no option -fx"},
    {"a bad variable", {0}, "RFTSIM_CHECK_COUNT=0",
     "RFTSIM_CHECK_COUNT: '0' is not a count from 1 to 9"},
    {"a bad flag variable", {0}, "RFTSIM_QUIET=maybe", "RFTSIM_QUIET: 'maybe' is neither 1 nor 0"},
    /* clang-format on */
};

static void show_words(const struct words *w, struct buf *out)
{
    for (size_t i = 0; i < w->n; i++)
        buf_printf(out, "%s%s", i ? " " : "", w->at[i]);
}

static void show(const struct into *into, const struct words *operands, struct buf *out)
{
    buf_printf(out, "%u %c%c %s [", into->count, into->flag ? 'f' : '-', into->quiet ? 'q' : '-',
               into->text ? into->text : "-");
    show_words(&into->many, out);
    buf_text_add(out, "] [");
    show_words(operands, out);
    buf_char(out, ']');
}

/* Set the row's variables, or unset them again. */
static void variables(const char *list, bool set)
{
    char copy[128];
    snprintf(copy, sizeof(copy), "%s", list ? list : "");
    char *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        char *value = strchr(word, '=');
        *value++ = '\0';
        if (set)
            setenv(word, value, 1);
        else
            unsetenv(word);
    }
}

START_TEST(test_parses_its_row)
{
    const struct row *row = &rows[_i];
    const char *argv[8] = {"x"};
    int argc = 1;
    while (argc < 8 && row->argv[argc - 1]) {
        argv[argc] = row->argv[argc - 1];
        argc++;
    }
    struct err e = {0};
    struct into into = {.count = 5};
    struct words operands = {0};
    struct buf got = {0};

    variables(row->variables, true);
    enum err_code rc = opt_parse(table, argc, argv, &into, &operands, &e);
    variables(row->variables, false);

    ck_assert(rc == ERR_OK || rc == ERR_USAGE);
    if (rc)
        buf_text_add(&got, e.text);
    else
        show(&into, &operands, &got);
    ck_assert_msg(strcmp(buf_text(&got), row->want) == 0, "%s: %s", row->name, buf_text(&got));
    buf_release(&got);
    words_release(&operands);
    opt_release(table, &into);
}
END_TEST

START_TEST(test_a_near_name_is_offered)
{
    static const struct {
        const char *word, *fix;
    } words[] = {
        {"--check-cuont=3", "did you mean --check-count?"},
        {"-quiet", "did you mean --quiet?"},
        {"--zzz", ""},
    };
    const char *argv[] = {"x", words[_i].word};
    struct err e = {0};
    struct into into = {0};
    struct words operands = {0};
    ck_assert_int_eq(opt_parse(table, 2, argv, &into, &operands, &e), ERR_USAGE);
    ck_assert_str_eq(e.fix, words[_i].fix);
}
END_TEST

START_TEST(test_help_lines_up)
{
    static const struct opt two[] = {
        {"out", 'o', OPT_TEXT, 0, "DIR", "where the run folder goes; it must not be there already",
         0, 0},
        {"a-considerably-long-name", 0, OPT_FLAG, 0, NULL, "below", 0, 0},
        {0},
    };
    struct buf out = {0};
    opt_help(two, &out);
    ck_assert_str_eq(buf_text(&out),
                     "  -o, --out DIR             where the run folder goes; it must not be there\n"
                     "                            already\n"
                     "      --a-considerably-long-name\n"
                     "                            below\n");
    buf_release(&out);
}
END_TEST

static const struct {
    const char *text;
    const char *want; /* with the cursor at 76 of 80 and an indent of 2 */
} fills[] = {
    {"", "\n"},
    {"abcd", "abcd\n"},
    {"ab c d", "ab c\n  d\n"},
    {"abcdefgh ij", "abcdefgh\n  ij\n"},
    {"a\nb", "a\n  b\n"},
    {"a  \n", "a\n"},
};

START_TEST(test_fills_lines)
{
    struct buf out = {0};
    wrap_add(&out, 76, 2, fills[_i].text);
    ck_assert_str_eq(buf_text(&out), fills[_i].want);
    buf_release(&out);
}
END_TEST

Suite *opt_suite(void)
{
    Suite *suite = suite_create("opt");
    TCase *parse = tcase_create("parse");
    tcase_add_loop_test(parse, test_parses_its_row, 0, COUNT_OF(rows));
    tcase_add_loop_test(parse, test_a_near_name_is_offered, 0, 3);
    suite_add_tcase(suite, parse);
    TCase *help = tcase_create("help");
    tcase_add_test(help, test_help_lines_up);
    tcase_add_loop_test(help, test_fills_lines, 0, COUNT_OF(fills));
    suite_add_tcase(suite, help);
    return suite;
}
