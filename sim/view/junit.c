#include "sim/view/junit.h"

#include <string.h>

#include "sim/base/text.h"

/* XML 1.0 has no way to write control characters, nor what is no UTF-8. */
static void add_text(struct buf *out, const char *text)
{
    struct buf valid = {0};
    text_add_valid(&valid, text, strlen(text));
    for (const char *c = buf_text(&valid); *c; c++) {
        static const char special[] = "&<>\"'";
        static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
        const char *found = strchr(special, *c);
        if (found)
            buf_text_add(out, names[found - special]);
        else
            buf_add(out, (unsigned char)*c < 0x20 && *c != '\n' && *c != '\t' ? " " : c, 1);
    }
    buf_release(&valid);
}

static void open_case(struct buf *out, const char *class, const char *name)
{
    buf_printf(out, "    <testcase classname=\"rftsim.%s\" name=\"", class);
    add_text(out, name);
    buf_text_add(out, "\">");
}

static void add_failure(struct buf *out, const char *type, const char *text, const char *more)
{
    buf_printf(out, "<failure type=\"%s\" message=\"", type);
    add_text(out, text);
    buf_text_add(out, "\">");
    add_text(out, more ? more : text);
    buf_text_add(out, "</failure></testcase>\n");
}

static bool fails(const struct verdict_line *line, bool strict)
{
    return line->severity == VERDICT_FATAL || (strict && line->severity == VERDICT_WARNING);
}

static void add_line(struct buf *out, const struct verdict_line *line, bool strict)
{
    open_case(out, "verdict", verdict_rule_id(line->rule));
    if (fails(line, strict)) {
        add_failure(out, verdict_severity_id(line->severity), line->text, line->evidence);
        return;
    }
    buf_printf(out, "<system-out>%s: ", verdict_severity_id(line->severity));
    add_text(out, line->text);
    buf_text_add(out, "</system-out></testcase>\n");
}

static void add_skipped(struct buf *out, const struct verdict *v)
{
    for (int i = 0; i < VERDICT_N_RULES; i++) {
        if (v->checked[i])
            continue;
        open_case(out, "verdict", verdict_rule_id((enum verdict_rule)i));
        buf_text_add(out, "<skipped message=\"not known of this source\"/></testcase>\n");
    }
}

/* The verdict's own gate says what its lines say. */
static size_t first_gate(const struct gates_result *gates)
{
    return gates->n ? 1 : 0;
}

static void add_gates(struct buf *out, const struct gates_result *gates)
{
    for (size_t i = first_gate(gates); i < gates->n; i++) {
        const struct gate *gate = &gates->at[i];
        open_case(out, "gate", gate->name);
        if (gate->met)
            buf_text_add(out, "</testcase>\n");
        else
            add_failure(out, "gate", gate->text, NULL);
    }
}

static size_t count_failures(const struct verdict *v, const struct gates_result *gates, bool strict)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += fails(&v->at[i], strict);
    for (size_t i = first_gate(gates); i < gates->n; i++)
        n += !gates->at[i].met;
    return n;
}

void junit_write(struct buf *out, const struct facts *f, const struct verdict *v,
                 const struct gates_result *gates, bool strict)
{
    const struct history *h = f->of;
    size_t n = VERDICT_N_RULES + gates->n - first_gate(gates);
    buf_text_add(out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
    add_text(out, h->path ? h->path : h->title ? h->title : "rftsim report");
    buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", n,
               count_failures(v, gates, strict), v->n_unchecked);
    for (size_t i = 0; i < v->n; i++)
        add_line(out, &v->at[i], strict);
    add_skipped(out, v);
    add_gates(out, gates);
    buf_text_add(out, "  </testsuite>\n</testsuites>\n");
}
