#include "sim/cli/findings.h"

#include <jansson.h>
#include <stdlib.h>
#include <strings.h>

#include "sim/base/wrap.h"

enum {
    COLUMNS = 100,
    TITLE_COLUMN = 16,
    LABEL_COLUMN = 12,
    VERSION = 1,
};

static void add_line(struct buf *out, const struct diag_code_row *row)
{
    buf_printf(out, "%-6s%-*s", row->name, TITLE_COLUMN - 6, diag_severity_name(row->severity));
    struct buf words = {0};
    buf_printf(&words, "%s (%s)", row->title, row->rule);
    wrap_within(out, COLUMNS, TITLE_COLUMN, TITLE_COLUMN, buf_text(&words));
    buf_release(&words);
}

void findings_text(struct buf *out)
{
    buf_text_add(out, "What can be found in a job before it runs. 'rftsim help CODE' tells more of "
                      "one.\n\nJ the job file   P python graders   D the datasets   S schemas\n"
                      "X job and rows together   N this machine and the network\n\n");
    for (int i = 0; i < DIAG_N_CODES; i++)
        add_line(out, diag_code_row((enum diag_code)i));
}

static json_t *row_of(enum diag_code code)
{
    const struct diag_code_row *row = diag_code_row(code);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "code", row->name, "severity",
                     diag_severity_name(row->severity), "title", row->title, "rule", row->rule,
                     "why", row->why, "fix", row->fix);
}

static void put(struct buf *out, json_t *all)
{
    char *text = json_dumps(all, JSON_COMPACT);
    buf_text_add(out, text);
    buf_char(out, '\n');
    free(text);
    json_decref(all);
}

void findings_json(struct buf *out)
{
    json_t *list = json_array();
    for (int i = 0; i < DIAG_N_CODES; i++)
        json_array_append_new(list, row_of((enum diag_code)i));
    put(out,
        json_pack("{s:s, s:i, s:o}", "type", "findings", "version", VERSION, "findings", list));
}

bool findings_find(const char *name, enum diag_code *out)
{
    for (int i = 0; i < DIAG_N_CODES; i++) {
        if (strcasecmp(name, diag_name((enum diag_code)i)) == 0) {
            *out = (enum diag_code)i;
            return true;
        }
    }
    return false;
}

static void add_fact(struct buf *out, const char *label, const char *text)
{
    buf_printf(out, "  %-*s", LABEL_COLUMN - 2, label);
    wrap_within(out, COLUMNS, LABEL_COLUMN, LABEL_COLUMN, text);
}

void finding_text(struct buf *out, enum diag_code code)
{
    const struct diag_code_row *row = diag_code_row(code);
    buf_printf(out, "%s: %s\n\n", row->name, row->title);
    add_fact(out, "severity", diag_severity_name(row->severity));
    add_fact(out, "why", row->why);
    add_fact(out, "fix", row->fix);
    add_fact(out, "rule", row->rule);
}

void finding_json(struct buf *out, enum diag_code code)
{
    put(out, row_of(code));
}
