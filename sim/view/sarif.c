#include "sim/view/sarif.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/view/json.h"

static json_t *text_of(const char *text)
{
    return json_pack("{s:o}", "text", json_text(text));
}

static json_t *rules(void)
{
    json_t *all = json_array();
    for (int i = 0; i < DIAG_N_CODES; i++) {
        const struct diag_code_row *row = diag_code_row((enum diag_code)i);
        json_array_append_new(all, json_pack("{s:s, s:o, s:o, s:o, s:{s:s}, s:{s:s}}", "id",
                                             row->name, "shortDescription", text_of(row->title),
                                             "fullDescription", text_of(row->why), "help",
                                             text_of(row->fix), "defaultConfiguration", "level",
                                             diag_severity_name(row->severity), "properties",
                                             "contractRule", row->rule));
    }
    return all;
}

/* A path as a URI reference (RFC 3986): an absolute one with its scheme. */
static char *uri_of(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/-._~!$&'()*+,;=@";
    struct buf uri = {0};
    if (*path == '/')
        buf_text_add(&uri, "file://");
    for (const char *c = path; *c; c++) {
        if (strchr(plain, *c))
            buf_char(&uri, *c);
        else
            buf_printf(&uri, "%%%02X", (unsigned char)*c);
    }
    return buf_take(&uri);
}

static json_t *location_of(const struct diag *d)
{
    char *uri = uri_of(d->file);
    json_t *physical = json_pack("{s:{s:s}}", "artifactLocation", "uri", uri);
    free(uri);
    if (d->line) {
        size_t end = d->col + (d->span ? d->span : 1);
        json_object_set_new(physical, "region",
                            json_pack("{s:I, s:I, s:I}", "startLine", (json_int_t)d->line,
                                      "startColumn", (json_int_t)d->col, "endColumn",
                                      (json_int_t)end));
    }
    json_t *location = json_pack("{s:o}", "physicalLocation", physical);
    if (d->pointer && *d->pointer)
        json_object_set_new(location, "logicalLocations",
                            json_pack("[{s:o, s:s}]", "fullyQualifiedName", json_text(d->pointer),
                                      "kind", "value"));
    return location;
}

static json_t *result_of(const struct diag *d)
{
    char *text = mem_printf("%s. Fix: %s", d->text, diag_fix_of(d));
    json_t *result = json_pack("{s:s, s:i, s:s, s:o, s:[o]}", "ruleId", diag_name(d->code),
                               "ruleIndex", (int)d->code, "level", diag_severity_name(d->severity),
                               "message", text_of(text), "locations", location_of(d));
    free(text);
    return result;
}

/* Those of a code that were counted only. */
static json_t *notification_of(const char *file, enum diag_code code, size_t n)
{
    char *text = mem_printf("%s: %zu more of %s (%s) are not shown", file, n, diag_name(code),
                            diag_code_row(code)->title);
    json_t *all = json_pack("{s:s, s:o, s:{s:s, s:i}}", "level", "note", "message", text_of(text),
                            "associatedRule", "id", diag_name(code), "index", (int)code);
    free(text);
    return all;
}

static void add_list(const struct diags *list, json_t *results, json_t *rest, json_t *counts)
{
    size_t kept[DIAG_N_CODES] = {0};
    for (size_t i = 0; i < list->n; i++) {
        json_array_append_new(results, result_of(&list->at[i]));
        kept[list->at[i].code]++;
    }
    for (int i = 0; i < DIAG_N_CODES; i++) {
        enum diag_code code = (enum diag_code)i;
        json_int_t before = json_integer_value(json_object_get(counts, diag_name(code)));
        if (list->counts[i])
            json_object_set_new(counts, diag_name(code),
                                json_integer(before + (json_int_t)list->counts[i]));
        if (list->counts[i] > kept[i])
            json_array_append_new(
                rest, notification_of(list->at[0].file, code, list->counts[i] - kept[i]));
    }
}

void sarif_write(struct buf *out, const struct check *c)
{
    json_t *results = json_array();
    json_t *rest = json_array();
    json_t *counts = json_object();
    const struct diags *list = NULL;
    for (size_t i = 0; (list = check_list(c, i)); i++)
        add_list(list, results, rest, counts);
    json_t *driver = json_pack("{s:s, s:s, s:o}", "name", "rftsim", "semanticVersion",
                               RFTSIM_VERSION, "rules", rules());
    json_t *run = json_pack("{s:{s:o}, s:s, s:[{s:b, s:o}], s:o, s:{s:o, s:I, s:I}}", "tool",
                            "driver", driver, "columnKind", "unicodeCodePoints", "invocations",
                            "executionSuccessful", 1, "toolExecutionNotifications", rest, "results",
                            results, "properties", "counts", counts, "errors",
                            (json_int_t)check_errors(c), "warnings", (json_int_t)check_warnings(c));
    json_t *all =
        json_pack("{s:s, s:s, s:[o]}", "$schema", "https://json.schemastore.org/sarif-2.1.0.json",
                  "version", "2.1.0", "runs", run);
    json_line(out, all);
}
