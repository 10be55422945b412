#include "sim/view/findings.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/view/json.h"
#include "sim/view/statistics.h"

enum { VERSION = 1 };

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void add_counts(struct buf *out, const struct check *c)
{
    for (int i = 0; i < DIAG_N_CODES; i++) {
        size_t n = 0;
        const struct diags *list = NULL;
        for (size_t k = 0; (list = check_list(c, k)); k++)
            n += list->counts[i];
        if (n)
            buf_printf(out, "  %s %6zu  %s\n", diag_name((enum diag_code)i), n,
                       diag_code_row((enum diag_code)i)->title);
    }
}

static void add_file(struct buf *out, const char *name, const struct survey *s)
{
    if (s->path)
        buf_printf(out, "  %-12s %s: %zu row%s\n", name, s->path, s->n_rows, plural(s->n_rows));
}

/* What came from standard input is not there to be read again. */
static void add_next(struct buf *out, const struct check *c, size_t n_errors)
{
    const char *path = c->path;
    const char *job = strcmp(path, "-") == 0 ? "JOB" : path;
    if (n_errors)
        buf_printf(out,
                   "\nnext: mend these, then rftsim check %s again\n"
                   "      rftsim help CODE tells more of one\n",
                   job);
    else if (c->found.counts[DIAG_J002])
        buf_printf(out, "\nnext: take the unknown keys away, then rftsim run %s\n", job);
    else
        buf_printf(out, "\nnext: rftsim run %s\n", job);
}

/* Of each file that was read. */
static json_t *all_statistics(const struct check *c)
{
    json_t *list = json_array();
    const struct survey *const files[] = {&c->train, &c->valid};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        if (files[i]->n_rows)
            json_array_append_new(list, statistics_of(files[i]));
    }
    return list;
}

static void add_statistics(struct buf *out, const struct check *c)
{
    json_t *list = all_statistics(c);
    json_t *one = NULL;
    size_t i = 0;
    json_array_foreach(list, i, one) statistics_write(out, one);
    json_decref(list);
}

void findings_write(struct buf *out, const struct check *c)
{
    const struct diags *list = NULL;
    for (size_t i = 0; (list = check_list(c, i)); i++)
        diags_write_grouped(list, out);
    if (c->stats)
        add_statistics(out, c);
    size_t n_errors = check_errors(c);
    size_t n_warnings = check_warnings(c);
    buf_printf(out, "%schecked %s\n", n_errors || n_warnings ? "\n" : "", c->path);
    add_file(out, "training", &c->train);
    add_file(out, "validation", &c->valid);
    for (size_t i = 0; i < c->n_facts; i++)
        buf_printf(out, "  %-12s %s\n", c->facts[i].name, c->facts[i].text);
    buf_printf(out, "\n%zu error%s, %zu warning%s\n", n_errors, plural(n_errors), n_warnings,
               plural(n_warnings));
    add_counts(out, c);
    add_next(out, c, n_errors);
}

static json_t *finding_of(const struct diag *d)
{
    return json_pack("{s:s, s:s, s:o, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "code",
                     diag_name(d->code), "severity", diag_severity_name(d->severity), "file",
                     json_text(d->file), "line", (json_int_t)d->line, "column", (json_int_t)d->col,
                     "span", (json_int_t)d->span, "text", json_text(d->text), "pointer",
                     json_text(d->pointer), "why", json_text(diag_why_of(d)), "fix",
                     json_text(diag_fix_of(d)));
}

void findings_write_json(struct buf *out, const struct check *c)
{
    json_t *found = json_array();
    json_t *counts = json_object();
    json_t *facts = json_object();
    for (size_t i = 0; i < c->n_facts; i++)
        json_object_set_new(facts, c->facts[i].name, json_text(c->facts[i].text));
    const struct diags *list = NULL;
    for (size_t i = 0; (list = check_list(c, i)); i++) {
        for (size_t k = 0; k < list->n; k++)
            json_array_append_new(found, finding_of(&list->at[k]));
        for (int k = 0; k < DIAG_N_CODES; k++) {
            const char *name = diag_name((enum diag_code)k);
            json_int_t n = json_integer_value(json_object_get(counts, name));
            if (list->counts[k])
                json_object_set_new(counts, name, json_integer(n + (json_int_t)list->counts[k]));
        }
    }
    json_t *all = json_pack("{s:s, s:i, s:o, s:I, s:I, s:o, s:o, s:o}", "type", "check", "version",
                            VERSION, "job", json_text(c->path), "errors",
                            (json_int_t)check_errors(c), "warnings", (json_int_t)check_warnings(c),
                            "counts", counts, "facts", facts, "findings", found);
    if (c->stats)
        json_object_set_new(all, "statistics", all_statistics(c));
    json_line(out, all);
}
