#include "sim/check/row_tools.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct look {
    const struct tape *t;
    const struct row_line *line;
    struct diags *found;
    size_t n;
};

PRINTF(5, 6)
static void fault(struct look *k, enum diag_code code, size_t v, const char *fix, const char *fmt,
                  ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    k->n++;
    diag_fix(row_fault(k->found, DIAG_ERROR, code, k->line, k->t, v, "%s", text), "%s", fix);
}

static void check_name(struct look *k, size_t v)
{
    static const char fix[] = "use 1 to 64 of the letters a-z and A-Z, digits, _ and -";
    size_t len = 0;
    if (tape_kind(k->t, v) != TAPE_STRING || tape_is(k->t, v, ""))
        return; /* D007 */
    const char *text = tape_text(k->t, v, &len);
    len -= 2;
    if (len > ROW_MAX_TOOL_NAME)
        fault(k, DIAG_D022, v, fix, "the name of a function has %zu characters, more than %d", len,
              ROW_MAX_TOOL_NAME);
    for (const char *c = text + 1; c < text + 1 + len; c++) {
        if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-') {
            fault(k, DIAG_D022, v, fix, "the name of a function has other characters: %s",
                  row_shown(k->t, v).text);
            return;
        }
    }
}

static void check_function(struct look *k, size_t function)
{
    const struct tape *t = k->t;
    size_t description = tape_get(t, function, "description");
    check_name(k, tape_get(t, function, "name"));
    if (tape_kind(t, description) != TAPE_STRING && tape_kind(t, description) != TAPE_NULL)
        fault(k, DIAG_D022, description, "write it as a string",
              "\"description\" must be a string, found %s", row_shown(t, description).text);
}

static size_t name_of(const struct tape *t, size_t tool)
{
    size_t v = tape_get(t, tape_get(t, tool, "function"), "name");
    return tape_kind(t, v) == TAPE_STRING ? v : TAPE_NONE;
}

static void check_unique(struct look *k, size_t list)
{
    const struct tape *t = k->t;
    size_t names[ROW_MAX_TOOLS];
    size_t n = 0;
    for (size_t v = list + 1; v < t->at[list].next && n < ROW_MAX_TOOLS; v = t->at[v].next) {
        size_t name = name_of(t, v);
        if (name == TAPE_NONE)
            continue;
        size_t i = 0;
        while (i < n && !tape_is_same(t, names[i], name))
            i++;
        if (i < n)
            fault(k, DIAG_D023, name, "keep one of the two", "the tool %s is given twice",
                  row_shown(t, name).text);
        names[n++] = name;
    }
}

bool row_tools_check(const struct tape *t, size_t list, const struct row_line *line,
                     struct diags *found)
{
    struct look k = {t, line, found, 0};
    if (tape_kind(t, list) != TAPE_ARRAY)
        return true;
    size_t n = tape_count(t, list);
    if (n > ROW_MAX_TOOLS)
        fault(&k, DIAG_D022, list, "give the model fewer tools",
              "%zu tools, more than the %d of a chat request", n, ROW_MAX_TOOLS);
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        size_t function = tape_get(t, v, "function");
        if (tape_kind(t, function) == TAPE_OBJECT)
            check_function(&k, function);
    }
    check_unique(&k, list);
    return !k.n;
}

void row_parallel_check(const struct tape *t, size_t v, const struct row_line *line,
                        struct diags *found)
{
    struct look k = {t, line, found, 0};
    if (tape_kind(t, v) > TAPE_TRUE)
        fault(&k, DIAG_D024, v, "write true or false without quotes, or leave it out",
              "\"parallel_tool_calls\" must be true or false, found %s", row_shown(t, v).text);
}
