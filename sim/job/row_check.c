#include "sim/job/row_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct check {
    const struct tape *tape;
    const struct row_line *line;
    struct diags *list; /* NULL: only count */
    bool supervised;    /* row_check_supervised() */
    size_t n;
};

/* A fault of the value, or key, at `v`. */
PRINTF(5, 6)
static void fault(struct check *c, enum diag_code code, size_t v, const char *fix, const char *fmt,
                  ...)
{
    if (c->n++ >= ROW_MAX_FAULTS || !c->list)
        return;
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct diag *d = row_fault(c->list, DIAG_ERROR, code, c->line, c->tape, v, "%s", text);
    if (fix)
        diag_fix(d, "%s", fix);
}

/* --- JSON (D001, D002, D003) ----------------------------------------------------------------- */

/* Python's json.dumps() writes these, and no other reader takes them. */
static bool is_no_number(const struct row_line *line, size_t at)
{
    const char *text = line->text + at;
    size_t len = line->len - at;
    return (len >= 3 && memcmp(text, "NaN", 3) == 0) ||
           (len >= 8 && memcmp(text, "Infinity", 8) == 0);
}

static const char *syntax_fix(const struct row_line *line, const struct tape_fault *f)
{
    const char *text = line->text;
    if (line->len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return "the file is UTF-16; save it as UTF-8";
    if (f->offset < line->len && text[f->offset] == '\0')
        return "the file is damaged or not UTF-8; write it anew";
    if (f->offset == line->len && line->len && text[0] == '[')
        return "write one object a line, with no list around them and no commas between them";
    if (f->offset == line->len)
        return "write each row on one line; this one is cut off, or goes on in the next line";
    if (strstr(f->what, "UTF-8"))
        return "save the file as UTF-8";
    if (strstr(f->what, "nested"))
        return "make the value flatter, or keep it as a text";
    if (is_no_number(line, f->offset))
        return "write null or a number; Python's json.dumps() refuses the others with "
               "allow_nan=False";
    if (f->offset < line->len && text[f->offset] == '{' && strstr(f->what, "nothing more"))
        return "write one object a line";
    return "write rows with a JSON library, such as Python's json.dumps()";
}

static void check_syntax(struct check *c, const struct tape_fault *f)
{
    if (c->n++ >= ROW_MAX_FAULTS || !c->list)
        return;
    bool nul = f->offset < c->line->len && c->line->text[f->offset] == '\0';
    struct diag *d = row_fault_at(c->list, DIAG_ERROR, DIAG_D001, c->line, f->offset, f->offset,
                                  "%s", nul ? "a NUL byte in the text" : f->what);
    diag_fix(d, "%s", syntax_fix(c->line, f));
}

static void check_duplicate(struct check *c)
{
    size_t key = c->tape->duplicate;
    if (key != TAPE_NONE)
        fault(c, DIAG_D003, key, "keep one of the two", "the key %s stands twice in this object",
              row_shown(c->tape, key).text);
}

/* --- messages (D004, D005, D006) ------------------------------------------------------------- */

enum role { ROLE_NONE, ROLE_DEVELOPER, ROLE_USER, ROLE_ASSISTANT, ROLE_TOOL };

static const char *const roles[] = {
    [ROLE_DEVELOPER] = "developer",
    [ROLE_USER] = "user",
    [ROLE_ASSISTANT] = "assistant",
    [ROLE_TOOL] = "tool",
};

/* DS-3; GAP-42 for "system". */
static enum role check_role(struct check *c, size_t message)
{
    static const char fix[] = "use developer, user, assistant or tool";
    size_t v = tape_get(c->tape, message, "role");
    if (v == TAPE_NONE) {
        fault(c, DIAG_D004, message, "add \"role\"", "a message without \"role\"");
        return ROLE_NONE;
    }
    for (enum role role = ROLE_DEVELOPER; role <= ROLE_TOOL; role++) {
        if (tape_is(c->tape, v, roles[role]))
            return role;
    }
    if (tape_is(c->tape, v, "system") && c->supervised)
        return ROLE_DEVELOPER;
    if (tape_is(c->tape, v, "system"))
        fault(c, DIAG_D005, v, "use \"developer\" instead", "the role \"system\" is not accepted");
    else if (tape_kind(c->tape, v) == TAPE_STRING)
        fault(c, DIAG_D005, v, fix, "unknown role %s", row_shown(c->tape, v).text);
    else
        fault(c, DIAG_D005, v, fix, "\"role\" must be a string, found %s",
              row_shown(c->tape, v).text);
    return ROLE_NONE;
}

/* What an assistant may do in place of saying something. */
static bool does_other(const struct tape *t, size_t message)
{
    return tape_kind(t, tape_get(t, message, "tool_calls")) == TAPE_ARRAY ||
           tape_kind(t, tape_get(t, message, "function_call")) == TAPE_OBJECT ||
           tape_kind(t, tape_get(t, message, "refusal")) == TAPE_STRING;
}

static void check_content(struct check *c, size_t message, enum role role)
{
    static const char fix[] = "give the message's text as a string, or a list of parts";
    size_t v = tape_get(c->tape, message, "content");
    enum tape_kind kind = tape_kind(c->tape, v); /* null if there is none */
    if (kind == TAPE_STRING || kind == TAPE_ARRAY)
        return;
    if (kind == TAPE_NULL && role == ROLE_ASSISTANT && does_other(c->tape, message))
        return;
    if (v == TAPE_NONE)
        fault(c, DIAG_D004, message, fix, "a message without \"content\"");
    else
        fault(c, DIAG_D004, v, fix, "\"content\" must be a string or a list, found %s",
              row_shown(c->tape, v).text);
}

static void check_messages(struct check *c)
{
    static const char fix[] = "give \"messages\" as a list that ends in the user's message";
    const struct tape *t = c->tape;
    size_t list = tape_get(t, 0, "messages");
    if (list == TAPE_NONE) {
        fault(c, DIAG_D004, 0, fix, "a row without \"messages\"");
        return;
    }
    if (tape_kind(t, list) != TAPE_ARRAY) {
        fault(c, DIAG_D004, list, fix, "\"messages\" must be a list, found %s",
              row_shown(t, list).text);
        return;
    }
    if (!tape_count(t, list))
        fault(c, DIAG_D004, list, fix, "\"messages\" is empty");
    enum role role = ROLE_NONE;
    size_t last = TAPE_NONE;
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        role = ROLE_NONE;
        last = v;
        if (tape_kind(t, v) != TAPE_OBJECT) {
            fault(c, DIAG_D004, v, NULL, "a message must be an object, found %s",
                  row_shown(t, v).text);
            continue;
        }
        role = check_role(c, v);
        check_content(c, v, role);
    }
    bool told = role == ROLE_NONE;
    if (!told && role != ROLE_USER && !c->supervised) /* DS-4 */
        fault(c, DIAG_D006, tape_get(t, last, "role"), "drop what follows the last user message",
              "the last message must have role \"user\", found \"%s\"", roles[role]);
}

/* --- tools (D007) ---------------------------------------------------------------------------- */

static void check_tool(struct check *c, size_t v)
{
    static const char fix[] = "write {\"type\": \"function\", \"function\": {\"name\": ...}}";
    const struct tape *t = c->tape;
    if (tape_kind(t, v) != TAPE_OBJECT) {
        fault(c, DIAG_D007, v, fix, "a tool must be an object, found %s", row_shown(t, v).text);
        return;
    }
    size_t type = tape_get(t, v, "type");
    if (type == TAPE_NONE)
        fault(c, DIAG_D007, v, fix, "a tool without \"type\"");
    else if (!tape_is(t, type, "function"))
        fault(c, DIAG_D007, type, fix, "the type of a tool must be \"function\", found %s",
              row_shown(t, type).text);
    size_t function = tape_get(t, v, "function");
    size_t name = tape_get(t, function, "name");
    if (function == TAPE_NONE && c->supervised && tape_get(t, v, "name") != TAPE_NONE) {
        function = v; /* the other API's form, with no object around the name */
        name = tape_get(t, v, "name");
    }
    if (function == TAPE_NONE)
        fault(c, DIAG_D007, v, fix, "a tool without \"function\"");
    else if (tape_kind(t, function) != TAPE_OBJECT)
        fault(c, DIAG_D007, function, fix, "\"function\" must be an object, found %s",
              row_shown(t, function).text);
    else if (name == TAPE_NONE)
        fault(c, DIAG_D007, function, fix, "a function without \"name\"");
    else if (tape_kind(t, name) != TAPE_STRING || tape_is(t, name, ""))
        fault(c, DIAG_D007, name, fix, "the name of a function must be a string, found %s",
              row_shown(t, name).text);
}

/* DS-6. The service writes null where a row has none (1.4), so null is none here too. */
static void check_tools(struct check *c)
{
    const struct tape *t = c->tape;
    size_t list = tape_get(t, 0, "tools");
    if (tape_kind(t, list) == TAPE_NULL || list == t->again)
        return;
    if (tape_kind(t, list) != TAPE_ARRAY) {
        fault(c, DIAG_D007, list, "give \"tools\" as a list, or leave it out",
              "\"tools\" must be a list, found %s", row_shown(t, list).text);
        return;
    }
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next)
        check_tool(c, v);
}

void row_check_line(const struct line *line, const char *file, size_t number, struct diags *list)
{
    if (line->marked)
        diag_fix(diag_add(list, DIAG_WARNING, DIAG_D010, file, number, 1,
                          "the file starts with a byte order mark"),
                 "save the file as UTF-8 without one");
    if (line->too_long)
        diag_fix(diag_add(list, DIAG_ERROR, DIAG_D008, file, number, 1, "a row of more than %d MiB",
                          LINES_MAX_BYTES >> 20),
                 "shorten the row, or keep what it carries in a file of its own");
}

static size_t check_row(struct check *c, struct tape *t)
{
    struct tape_fault f = {0};
    if (!tape_scan(t, c->line->text, c->line->len, &f)) {
        check_syntax(c, &f);
        return c->n;
    }
    if (tape_kind(t, 0) != TAPE_OBJECT) {
        fault(c, DIAG_D002, 0, "write one object a line", "a row must be an object, found %s",
              tape_kind_words(tape_kind(t, 0)));
        return c->n;
    }
    check_duplicate(c);
    check_messages(c);
    check_tools(c);
    return c->n;
}

size_t row_check(struct tape *t, const struct row_line *line, struct diags *list)
{
    struct check c = {.tape = t, .line = line, .list = list};
    return check_row(&c, t);
}

size_t row_check_supervised(struct tape *t, const struct row_line *line, struct diags *list)
{
    struct check c = {.tape = t, .line = line, .list = list, .supervised = true};
    return check_row(&c, t);
}
