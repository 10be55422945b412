#include "sim/check/row_messages.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CALLS_COMPARED = 128 }; /* more calls in one message are not matched to their answers */

struct look {
    const struct tape *t;
    const struct row_line *line;
    struct diags *found;
};

/* The calls of an assistant message that wait for their answers. */
struct calls {
    size_t list; /* TAPE_NONE: none wait */
    size_t n;
    uint64_t answered[CALLS_COMPARED / 64];
};

PRINTF(5, 6)
static void fault(const struct look *k, enum diag_code code, size_t v, const char *fix,
                  const char *fmt, ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    const struct diag_code_row *row = diag_code_row(code);
    struct diag *d = row_fault(k->found, row->severity, code, k->line, k->t, v, "%s", text);
    diag_fix(d, "%s", fix ? fix : row->fix);
}

void message_read(const struct tape *t, size_t v, struct message *out)
{
    *out = (struct message){TAPE_NONE, TAPE_NONE, TAPE_NONE, TAPE_NONE};
    if (tape_kind(t, v) != TAPE_OBJECT)
        return;
    for (size_t key = v + 1; key < t->at[v].next; key = t->at[key + 1].next) {
        size_t len = t->at[key].end - t->at[key].start - 2;
        if ((len == 4 || t->at[key].escaped) && tape_is(t, key, "role"))
            out->role = key + 1;
        else if ((len == 7 || t->at[key].escaped) && tape_is(t, key, "content"))
            out->content = key + 1;
        else if (len >= 10 && tape_is(t, key, "tool_calls"))
            out->tool_calls = key + 1;
        else if (len >= 12 && tape_is(t, key, "tool_call_id"))
            out->tool_call_id = key + 1;
    }
}

/* --- Content (D018, D019) -------------------------------------------------------------------- */

static void check_part(const struct look *k, size_t v)
{
    size_t type = tape_get(k->t, v, "type");
    if (tape_kind(k->t, v) != TAPE_OBJECT)
        fault(k, DIAG_D019, v, NULL, "a part of content must be an object, found %s",
              row_shown(k->t, v).text);
    else if (type == TAPE_NONE)
        fault(k, DIAG_D019, v, NULL, "a part of content without \"type\"");
    else if (tape_is(k->t, type, "refusal"))
        return; /* an assistant's */
    else if (!tape_is(k->t, type, "text"))
        fault(k, DIAG_D019, type, NULL, "a part of content must be of type \"text\", found %s",
              row_shown(k->t, type).text);
    else if (tape_kind(k->t, tape_get(k->t, v, "text")) != TAPE_STRING)
        fault(k, DIAG_D019, v, NULL, "a part of type \"text\" without a string in \"text\"");
}

static void check_content(const struct look *k, const struct message *m)
{
    const struct tape *t = k->t;
    size_t v = m->content;
    if (tape_kind(t, v) == TAPE_ARRAY) {
        if (!tape_count(t, v))
            fault(k, DIAG_D019, v, NULL, "content is a list without parts");
        for (size_t part = v + 1; part < t->at[v].next; part = t->at[part].next)
            check_part(k, part);
        return;
    }
    if (tape_kind(t, v) != TAPE_STRING || !tape_is_blank(t, v))
        return;
    bool calls = tape_kind(t, m->tool_calls) == TAPE_ARRAY;
    if (calls || tape_is(t, m->role, "tool")) /* a tool may well have nothing to say */
        return;
    fault(k, DIAG_D018, v, NULL, "the content of a message with role %s is %s",
          row_shown(t, m->role).text,
          t->at[v].end - t->at[v].start == 2 ? "empty" : "white space only");
}

/* --- Calls and their answers (D020, D021) ---------------------------------------------------- */

static void check_call(const struct look *k, size_t v)
{
    const struct tape *t = k->t;
    size_t function = tape_get(t, v, "function");
    size_t arguments = tape_get(t, function, "arguments");
    if (tape_kind(t, v) != TAPE_OBJECT)
        fault(k, DIAG_D021, v, NULL, "a call must be an object, found %s", row_shown(t, v).text);
    else if (tape_kind(t, tape_get(t, v, "id")) != TAPE_STRING)
        fault(k, DIAG_D021, v, NULL, "a call without a string in \"id\"");
    else if (!tape_is(t, tape_get(t, v, "type"), "function"))
        fault(k, DIAG_D021, v, NULL, "a call without \"type\": \"function\"");
    else if (tape_kind(t, tape_get(t, function, "name")) != TAPE_STRING)
        fault(k, DIAG_D021, v, NULL, "a call without the name of its function");
    else if (arguments == TAPE_NONE)
        fault(k, DIAG_D021, function, NULL, "a call without \"arguments\"");
    else if (tape_kind(t, arguments) != TAPE_STRING)
        fault(k, DIAG_D021, arguments, NULL,
              "\"arguments\" must be a string that holds JSON, found %s",
              row_shown(t, arguments).text);
}

static void check_calls(const struct look *k, size_t list)
{
    const struct tape *t = k->t;
    if (tape_kind(t, list) == TAPE_NULL)
        return;
    if (tape_kind(t, list) != TAPE_ARRAY) {
        fault(k, DIAG_D021, list, NULL, "\"tool_calls\" must be a list, found %s",
              row_shown(t, list).text);
        return;
    }
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next)
        check_call(k, v);
}

static void open_calls(const struct look *k, struct calls *c, size_t list)
{
    *c = (struct calls){.list = TAPE_NONE};
    if (tape_kind(k->t, list) != TAPE_ARRAY)
        return;
    c->n = tape_count(k->t, list);
    c->list = c->n && c->n <= CALLS_COMPARED ? list : TAPE_NONE;
}

/* What is left when another message than a tool's follows. */
static void close_calls(const struct look *k, struct calls *c)
{
    if (c->list == TAPE_NONE)
        return;
    size_t v = c->list + 1;
    for (size_t i = 0; i < c->n; i++, v = k->t->at[v].next) {
        if (!(c->answered[i / 64] >> (i % 64) & 1)) {
            fault(k, DIAG_D020, v, NULL, "a call without a tool message that answers it");
            break;
        }
    }
    c->list = TAPE_NONE;
}

static void check_answer(const struct look *k, struct calls *c, size_t message,
                         const struct message *m)
{
    const struct tape *t = k->t;
    if (tape_kind(t, m->tool_call_id) != TAPE_STRING) {
        fault(k, DIAG_D020, message, NULL, "a tool message without a string in \"tool_call_id\"");
        return;
    }
    if (c->n > CALLS_COMPARED)
        return;
    size_t v = c->list == TAPE_NONE ? TAPE_NONE : c->list + 1;
    for (size_t i = 0; v != TAPE_NONE && i < c->n; i++, v = t->at[v].next) {
        if (tape_is_same(t, m->tool_call_id, tape_get(t, v, "id"))) {
            c->answered[i / 64] |= 1ull << (i % 64);
            return;
        }
    }
    fault(k, DIAG_D020, m->tool_call_id, NULL,
          "no call of the assistant message before it has the id %s",
          row_shown(t, m->tool_call_id).text);
}

void row_messages_check(const struct tape *t, size_t list, const struct row_line *line,
                        struct diags *found)
{
    const struct look k = {t, line, found};
    struct calls calls = {.list = TAPE_NONE};
    if (tape_kind(t, list) != TAPE_ARRAY)
        return;
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        struct message m;
        message_read(t, v, &m);
        check_content(&k, &m);
        if (tape_is(t, m.role, "tool")) {
            check_answer(&k, &calls, v, &m);
            continue;
        }
        close_calls(&k, &calls);
        check_calls(&k, m.tool_calls);
        open_calls(&k, &calls, m.tool_calls);
    }
    close_calls(&k, &calls);
}
