#include <string.h>

#include "sim/base/cc.h"
#include "sim/base/mem.h"
#include "sim/base/rng.h"
#include "tests/unit/suites.h"
#include "tools/address.h"
#include "tools/batch.h"

static const struct {
    const char *recipient;
    enum address address;
    const char *name;
    bool whole;
} recipients[] = {
    {"functions.search", ADDRESS_TOOL, "search", true},
    {"functions.a.b", ADDRESS_TOOL, "a.b", true},
    {"functions. ", ADDRESS_TOOL, " ", true},
    {"multi_tool_use.parallel", ADDRESS_BATCH, "multi_tool_use.parallel", true},
    {"find_user_id_by_email", ADDRESS_WRONG, "find_user_id_by_email", false}, /* recorded, 3.7 */
    {"functions.", ADDRESS_WRONG, "functions.", false},
    {"functions", ADDRESS_WRONG, "functions", false},
    {"", ADDRESS_WRONG, "", false},
    {".", ADDRESS_WRONG, ".", false},
    {".search", ADDRESS_WRONG, ".search", false},
    {"Functions.search", ADDRESS_WRONG, "Functions.search", true},
    {"browser.open", ADDRESS_WRONG, "browser.open", true},
    {"multi_tool_use.parallel2", ADDRESS_WRONG, "multi_tool_use.parallel2", true},
    {"multi_tool_use", ADDRESS_WRONG, "multi_tool_use", false},
};

START_TEST(test_whom_a_message_is_for)
{
    const char *recipient = recipients[_i].recipient;
    ck_assert_msg(address_of(recipient) == recipients[_i].address, "'%s'", recipient);
    ck_assert_str_eq(address_name(recipient), recipients[_i].name);
    ck_assert_msg(address_is_whole(recipient) == recipients[_i].whole, "'%s'", recipient);
}
END_TEST

#define USE(name, parameters) "{\"recipient_name\":\"" name "\",\"parameters\":" parameters "}"
#define USES(list)            "{\"tool_uses\":[" list "]}"
#define MISSING(x)                                                                \
    "content_type='system_error' name='MultiToolParseError' text='multi_tool_use" \
    " call to \"" x "\" missing namespace or name'"
#define INVALID "1 validation error for _MultiToolCallParam\n"

/* What comes out: the calls, "address arguments" with a semicolon behind each, or the text. */
static const struct row {
    const char *name;
    const char *text;
    enum tool_kind kind;
    const char *out;
} rows[] = {
    {"two calls as recorded (3.7), arguments spaced as Python does (4.2)",
     USES(USE("functions.a", "{\"order_id\":\"#W1\",\"ids\":[\"3\",\"4\"]}") "," USE("functions.b",
                                                                                     "{}")),
     TOOL_KIND_FINE,
     "functions.a {\"order_id\": \"#W1\", \"ids\": [\"3\", \"4\"]};functions.b {};"},
    {"white space and numbers",
     " { \"tool_uses\" : [ {\"parameters\" : { \"x\" :\t1.50 } ,\n "
     "\"recipient_name\" : \"functions.a\"} ] } ",
     TOOL_KIND_FINE, "functions.a {\"x\": 1.50};"},
    {"commas and colons in a text are left alone", USES(USE("functions.a", "{\"x,y\":\":,\\\"\"}")),
     TOOL_KIND_FINE, "functions.a {\"x,y\": \":,\\\"\"};"},
    {"an empty list is a batch of no calls", USES(""), TOOL_KIND_FINE, ""},
    {"members that nobody asked for are passed over",
     "{\"why\":1,\"tool_uses\":[{\"id\":null,\"recipient_name\":\"functions.a\",\"parameters\":{}}]"
     "}",
     TOOL_KIND_FINE, "functions.a {};"},
    {"of a key that stands twice the last counts",
     "{\"tool_uses\":3,\"tool_uses\":[{\"recipient_name\":\"a\",\"recipient_name\":"
     "\"functions.a\",\"parameters\":3,\"parameters\":{\"x\":1,\"x\":2}}]}",
     TOOL_KIND_FINE, "functions.a {\"x\": 1, \"x\": 2};"},
    {"escapes in an address are read", USES(USE("\\u0066unctions.\\u00e9\\n", "{}")),
     TOOL_KIND_FINE, "functions.\xc3\xa9\n {};"},
    {"an address never ends at a NUL", USES(USE("functions.a\\u0000b", "{}")), TOOL_KIND_FINE,
     "functions.a\xef\xbf\xbd"
     "b {};"},
    {"another namespace is some tool's too", USES(USE("browser.open", "{}")), TOOL_KIND_FINE,
     "browser.open {};"},
    {"and so is a batch in a batch", USES(USE("multi_tool_use.parallel", "{\"tool_uses\":[]}")),
     TOOL_KIND_FINE, "multi_tool_use.parallel {\"tool_uses\": []};"},

    {"no namespace: the recorded text", USES(USE("policy_verify_return", "{}")),
     TOOL_KIND_NO_NAMESPACE, MISSING("policy_verify_return")},
    {"the first without one is told",
     USES(USE("functions.a", "{}") "," USE("calculate", "{}") "," USE("b", "{}")),
     TOOL_KIND_NO_NAMESPACE, MISSING("calculate")},
    {"no name", USES(USE("functions.", "{}")), TOOL_KIND_NO_NAMESPACE, MISSING("functions.")},
    {"nothing at all", USES(USE("", "{}")), TOOL_KIND_NO_NAMESPACE, MISSING("")},
    {"the text is a repr", USES(USE("it's\\n\\\\\\u0001", "{}")), TOOL_KIND_NO_NAMESPACE,
     MISSING("it\\'s\\n\\\\\\x01")},

    {"not JSON", "{\"tool_uses\":[", TOOL_KIND_BAD_BATCH, INVALID "  Input should be JSON"},
    {"nothing", "", TOOL_KIND_BAD_BATCH, INVALID "  Input should be JSON"},
    {"not UTF-8", USES(USE("functions.\xff", "{}")), TOOL_KIND_BAD_BATCH,
     INVALID "  Input should be JSON"},
    {"half a surrogate", USES(USE("functions.\\ud800", "{}")), TOOL_KIND_BAD_BATCH,
     INVALID "  Input should be JSON"},
    {"not an object", "[]", TOOL_KIND_BAD_BATCH, INVALID "  Input should be an object"},
    {"no list", "{}", TOOL_KIND_BAD_BATCH, INVALID "tool_uses\n  Field required"},
    {"a list that is none", "{\"tool_uses\":{}}", TOOL_KIND_BAD_BATCH,
     INVALID "tool_uses\n  Input should be a list"},
    {"a use that is no object", "{\"tool_uses\":[null]}", TOOL_KIND_BAD_BATCH,
     INVALID "tool_uses.0\n  Input should be an object"},
    {"both members missing make the recorded heading", USES("{\"name\":\"a\"}"),
     TOOL_KIND_BAD_BATCH,
     "2 validation errors for _MultiToolCallParam\n"
     "tool_uses.0.recipient_name\n  Field required\n"
     "tool_uses.0.parameters\n  Field required"},
    {"the shape is looked at before the addresses",
     USES(USE("bare", "{}") ",{\"recipient_name\":null,\"parameters\":\"{}\"}"),
     TOOL_KIND_BAD_BATCH,
     "2 validation errors for _MultiToolCallParam\n"
     "tool_uses.1.recipient_name\n  Input should be a string\n"
     "tool_uses.1.parameters\n  Input should be an object"},
};

static void add_outcome(struct buf *out, const struct batch *b)
{
    if (b->kind != TOOL_KIND_FINE)
        buf_add(out, b->text.at, b->text.len);
    for (size_t i = 0; i < b->n_calls; i++) {
        const struct batch_call *call = &b->calls[i];
        buf_printf(out, "%s %.*s;", b->text.at + call->address, (int)call->len,
                   b->text.at + call->from);
    }
}

START_TEST(test_a_batch_is_what_its_row_says)
{
    const struct row *row = &rows[_i];
    struct tape scratch = {0};
    struct buf out = {0};
    struct batch b;
    batch_read(&b, row->text, strlen(row->text), &scratch);
    add_outcome(&out, &b);
    ck_assert_msg(b.kind == row->kind, "%s: %s", row->name, tool_kind_row(b.kind)->id);
    ck_assert_msg(strcmp(buf_text(&out), row->out) == 0, "%s: %s", row->name, buf_text(&out));
    batch_release(&b);
    buf_release(&out);
    tape_release(&scratch);
}
END_TEST

static const struct {
    size_t n;
    enum tool_kind kind;
    const char *text;
} lengths[] = {
    {BATCH_MAX_CALLS, TOOL_KIND_FINE, ""},
    {BATCH_MAX_CALLS + 1, TOOL_KIND_BAD_BATCH,
     INVALID "tool_uses\n  List should have at most 128 items, not 129"},
    {100000, TOOL_KIND_BAD_BATCH,
     INVALID "tool_uses\n  List should have at most 128 items, not 100000"},
};

START_TEST(test_a_batch_has_a_bound)
{
    struct buf text = {0};
    buf_text_add(&text, "{\"tool_uses\":[");
    for (size_t i = 0; i < lengths[_i].n; i++)
        buf_printf(&text, "%s" USE("functions.a", "{\"i\":%zu}"), i ? "," : "", i);
    buf_text_add(&text, "]}");
    struct tape scratch = {0};
    struct batch b;
    batch_read(&b, text.at, text.len, &scratch);
    ck_assert_int_eq(b.kind, lengths[_i].kind);
    if (b.kind == TOOL_KIND_FINE)
        ck_assert_uint_eq(b.n_calls, lengths[_i].n);
    else
        ck_assert_str_eq(buf_text(&b.text), lengths[_i].text);
    batch_release(&b);
    tape_release(&scratch);
    buf_release(&text);
}
END_TEST

/* Parameters nested as deep as JSON may be here, and one deeper; then lists in the place of all. */
START_TEST(test_depth_does_no_harm)
{
    static const struct {
        size_t depth;
        enum tool_kind kind;
    } deep[] = {{TAPE_MAX_DEPTH - 4 - 1, TOOL_KIND_FINE},
                {TAPE_MAX_DEPTH, TOOL_KIND_BAD_BATCH},
                {1000000, TOOL_KIND_BAD_BATCH}};
    for (size_t i = 0; i < COUNT_OF(deep); i++) {
        struct buf text = {0};
        buf_text_add(&text, "{\"tool_uses\":[{\"recipient_name\":\"functions.a\",\"parameters\":"
                            "{\"x\":");
        for (size_t k = 0; k < deep[i].depth; k++)
            buf_char(&text, '[');
        for (size_t k = 0; k < deep[i].depth; k++)
            buf_char(&text, ']');
        buf_text_add(&text, "}}]}");
        struct tape scratch = {0};
        struct batch b;
        batch_read(&b, text.at, text.len, &scratch);
        ck_assert_msg(b.kind == deep[i].kind, "%zu deep: %s", deep[i].depth, buf_text(&b.text));
        batch_release(&b);
        tape_release(&scratch);
        buf_release(&text);
    }
}
END_TEST

/* A batch with one byte changed is some batch or an error text; the sanitizers see the rest. */
START_TEST(test_damage_does_no_harm)
{
    static const char good[] = USES(USE("functions.a", "{\"q\":\"x\"}") "," USE("b", "{}"));
    struct rng r = rng_seed(1);
    struct tape scratch = {0};
    for (int round = 0; round < 20000; round++) {
        char text[sizeof(good)];
        memcpy(text, good, sizeof(good));
        for (int i = 0; i < 2; i++)
            text[rng_u64(&r) % (sizeof(good) - 1)] = (char)rng_u64(&r);
        struct batch b;
        batch_read(&b, text, sizeof(good) - 1, &scratch);
        ck_assert((b.kind == TOOL_KIND_FINE) == (b.n_calls > 0));
        batch_release(&b);
    }
    tape_release(&scratch);
}
END_TEST

Suite *batch_suite(void)
{
    Suite *suite = suite_create("batch");
    TCase *tcase = tcase_create("batch");
    tcase_add_loop_test(tcase, test_whom_a_message_is_for, 0, COUNT_OF(recipients));
    tcase_add_loop_test(tcase, test_a_batch_is_what_its_row_says, 0, COUNT_OF(rows));
    tcase_add_loop_test(tcase, test_a_batch_has_a_bound, 0, COUNT_OF(lengths));
    tcase_add_test(tcase, test_depth_does_no_harm);
    tcase_add_test(tcase, test_damage_does_no_harm);
    suite_add_tcase(suite, tcase);
    return suite;
}
