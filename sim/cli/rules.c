#include "sim/cli/rules.h"

#include <jansson.h>

#include "sim/base/wrap.h"
#include "sim/report/verdict.h"
#include "sim/view/json.h"

enum { COLUMNS = 100, WORDS_COLUMN = 17, LABEL_COLUMN = 26, VERSION = 1 };

static void add_when(struct buf *out, const char *label, const char *when)
{
    if (!*when)
        return;
    buf_printf(out, "%*s%-9s", WORDS_COLUMN, "", label);
    wrap_within(out, COLUMNS, LABEL_COLUMN, LABEL_COLUMN, when);
}

void rules_text(struct buf *out)
{
    buf_text_add(out,
                 "Would a job have survived? What 'rftsim report' looks at, in this order, and "
                 "when it says so.\n\n");
    for (int i = 0; i < VERDICT_N_RULES; i++) {
        enum verdict_rule rule = (enum verdict_rule)i;
        buf_printf(out, "  %-*s", WORDS_COLUMN - 2, verdict_rule_id(rule));
        wrap_within(out, COLUMNS, WORDS_COLUMN, WORDS_COLUMN, verdict_rule_words(rule));
        add_when(out, "warning", verdict_rule_warns(rule));
        add_when(out, "fatal", verdict_rule_kills(rule));
    }
    buf_text_add(out,
                 "\nWhat a source does not hold is not looked at, which is said. Differences of "
                 "rewards are in parts\nof the highest reward if that is above 1.\n");
}

void rules_json(struct buf *out)
{
    json_t *list = json_array();
    for (int i = 0; i < VERDICT_N_RULES; i++) {
        enum verdict_rule rule = (enum verdict_rule)i;
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "id", verdict_rule_id(rule),
                                              "words", verdict_rule_words(rule), "warning",
                                              verdict_rule_warns(rule), "fatal",
                                              verdict_rule_kills(rule)));
    }
    json_line(out, json_pack("{s:s, s:i, s:o}", "type", "verdict_rules", "version", VERSION,
                             "rules", list));
}
