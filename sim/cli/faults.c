#include "sim/cli/faults.h"

#include <jansson.h>
#include <stdlib.h>

#include "sim/base/cc.h"
#include "sim/base/wrap.h"
#include "tools/kind.h"

enum {
    COLUMNS = 100,
    KEY_COLUMN = 12, /* the words of a fate or a text */
    WORDS_COLUMN = 44,
    VERSION = 1,
};

static const enum tool_fate fates[] = {
#define X(name, id, words) TOOL_##name,
    TOOL_FATES(X)
#undef X
};

static const enum tool_text texts[] = {
#define X(name, id, words) TOOL_TEXT_##name,
    TOOL_TEXTS(X)
#undef X
};

static void add_meaning(struct buf *out, const char *id, const char *words)
{
    buf_printf(out, "  %-*s", KEY_COLUMN - 2, id);
    wrap_within(out, COLUMNS, KEY_COLUMN, KEY_COLUMN, words);
}

/* What the columns say, above the table that uses it. */
static void add_legend(struct buf *out)
{
    buf_text_add(
        out,
        "What can come of a tool call. No row gives a reward; only the grader does.\n\nfollows\n");
    for (size_t i = 0; i < COUNT_OF(fates); i++)
        add_meaning(out, tool_fate_id(fates[i]), tool_fate_words(fates[i]));
    buf_text_add(out, "\nshown: whose words the model is given\n");
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i] != TOOL_TEXT_NOTHING)
            add_meaning(out, tool_text_id(texts[i]), tool_text_words(texts[i]));
    }
    buf_text_add(out, "\nbreaks: the endpoint breaks the contract; a bug, not a bad day\n\n");
}

static void add_row(struct buf *out, const struct tool_kind_row *row)
{
    const char *shown = row->text == TOOL_TEXT_NOTHING ? "-" : tool_text_id(row->text);
    buf_printf(out, "%-18s %-7s %-8s %-6s  ", row->id, tool_fate_id(row->fate), shown,
               row->violation ? "breaks" : "");
    struct buf words = {0};
    buf_printf(&words, "%s (%s)", row->words, row->rule);
    wrap_within(out, COLUMNS, WORDS_COLUMN, WORDS_COLUMN, buf_text(&words));
    buf_release(&words);
    if (*row->fix) {
        buf_printf(out, "%*sfix: ", WORDS_COLUMN, "");
        wrap_within(out, COLUMNS, WORDS_COLUMN + 5, WORDS_COLUMN + 5, row->fix);
    }
}

void faults_text(struct buf *out)
{
    add_legend(out);
    buf_printf(out, "%-18s %-7s %-8s %-6s  %s\n", "kind", "follows", "shown", "", "what happened");
    for (int i = 0; i < TOOL_N_KINDS; i++)
        add_row(out, tool_kind_row((enum tool_kind)i));
}

static json_t *meaning(const char *id, const char *words)
{
    return json_pack("{s:s, s:s}", "id", id, "words", words);
}

static json_t *row_of(const struct tool_kind_row *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "id", row->id, "words", row->words,
                     "follows", tool_fate_id(row->fate), "shown", tool_text_id(row->text),
                     "violation", row->violation, "rule", row->rule, "fix", row->fix);
}

void faults_json(struct buf *out)
{
    json_t *follows = json_array();
    for (size_t i = 0; i < COUNT_OF(fates); i++)
        json_array_append_new(follows, meaning(tool_fate_id(fates[i]), tool_fate_words(fates[i])));
    json_t *shown = json_array();
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        json_array_append_new(shown, meaning(tool_text_id(texts[i]), tool_text_words(texts[i])));
    json_t *kinds = json_array();
    for (int i = 0; i < TOOL_N_KINDS; i++)
        json_array_append_new(kinds, row_of(tool_kind_row((enum tool_kind)i)));
    json_t *all = json_pack("{s:s, s:i, s:o, s:o, s:o}", "type", "faults", "version", VERSION,
                            "follows", follows, "shown", shown, "kinds", kinds);
    char *text = json_dumps(all, JSON_COMPACT);
    buf_text_add(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(all);
}
