#include "sim/check/convert.h"

#include <string.h>

#include "sim/check/message.h"
#include "sim/check/splice.h"
#include "sim/job/row_check.h"

static const char *const words[] = {
#define X(id, text) [CONVERT_##id] = text,
    CONVERT_LEFT(X)
#undef X
};

const char *convert_left_words(enum convert_left why)
{
    return words[why];
}

/* --- Faults (D040, D041) --------------------------------------------------------------------- */

static void fault(struct convert *c, const struct row_line *row, enum diag_code code, size_t v,
                  const char *fix, const char *what)
{
    size_t line = 0;
    size_t col = 0;
    struct buf pointer = {0};
    tape_place(row->text, c->tape.at[v].start, &line, &col);
    tape_pointer(&c->tape, v, &pointer);
    struct diag *d = diag_add(&c->found, DIAG_ERROR, code, row->file, row->line, col, "%s", what);
    diag_pointer(d, "%s", buf_text(&pointer));
    diag_fix(d, "%s", fix);
    diag_excerpt(d, row->text, row->len);
    buf_release(&pointer);
}

static size_t function_of(const struct tape *t, size_t call)
{
    return tape_get(t, call, "function");
}

/* The arguments as a tape of their own: a text that is an object, "" for none, or the object. */
static bool read_arguments(struct convert *c, size_t call)
{
    const struct tape *t = &c->tape;
    struct tape_fault f;
    size_t v = tape_get(t, function_of(t, call), "arguments");
    buf_clear(&c->text);
    if (tape_kind(t, v) == TAPE_STRING)
        tape_string(t, v, &c->text);
    else if (tape_kind(t, v) == TAPE_OBJECT)
        tape_compact(t, v, &c->text);
    else
        return false;
    if (!c->text.len)
        buf_text_add(&c->text, "{}");
    return tape_scan(&c->call, c->text.at, c->text.len, &f) &&
           tape_kind(&c->call, 0) == TAPE_OBJECT;
}

static bool check_arguments(struct convert *c, const struct row_line *row, size_t call)
{
    size_t arguments = tape_get(&c->tape, function_of(&c->tape, call), "arguments");
    size_t v = arguments == TAPE_NONE ? call : arguments;
    if (!read_arguments(c, call))
        fault(c, row, DIAG_D040, v, "write the arguments as JSON, with a JSON library",
              "\"arguments\" must be a text that is a JSON object");
    else if (c->call.duplicate != TAPE_NONE)
        fault(c, row, DIAG_D040, v, "keep one of the two",
              "\"arguments\" has a key twice, and readers differ in which one they take");
    else
        return true;
    return false;
}

static bool check_call(struct convert *c, const struct row_line *row, size_t call)
{
    static const char fix[] =
        "write {\"type\": \"function\", \"function\": {\"name\", \"arguments\"}}";
    const struct tape *t = &c->tape;
    size_t name = tape_get(t, function_of(t, call), "name");
    if (tape_kind(t, name) != TAPE_STRING || tape_is(t, name, "")) {
        fault(c, row, DIAG_D040, call, fix, "a call without a name in \"function\"");
        return false;
    }
    return check_arguments(c, row, call);
}

static bool check_turn(struct convert *c, const struct row_line *row, size_t turn)
{
    const struct tape *t = &c->tape;
    size_t calls = message_calls(t, turn);
    size_t old = tape_get(t, turn, "function_call");
    if (tape_kind(t, old) != TAPE_NULL) {
        fault(c, row, DIAG_D040, old, "write it as a call in \"tool_calls\"",
              "\"function_call\" is the old form");
        return false;
    }
    if (calls == TAPE_NONE)
        return true;
    if (tape_kind(t, calls) != TAPE_ARRAY) {
        fault(c, row, DIAG_D040, calls, "give \"tool_calls\" as a list",
              "\"tool_calls\" must be a list");
        return false;
    }
    bool fine = true;
    for (size_t v = calls + 1; v < t->at[calls].next; v = t->at[v].next)
        fine = check_call(c, row, v) && fine;
    return fine;
}

/* Everything that could stand in the way later on. */
static bool check_row(struct convert *c, const struct row_line *row)
{
    static const char *const fields[] = {"expected_calls", "reference_answer"};
    const struct tape *t = &c->tape;
    if (row_check_supervised(&c->tape, row, &c->found))
        return false;
    bool fine = true;
    for (size_t i = 0; i < 2; i++) {
        size_t v = tape_get(t, 0, fields[i]);
        if (v != TAPE_NONE)
            fault(c, row, DIAG_D041, v, "give the row's field another name",
                  i ? "the row has a field reference_answer"
                    : "the row has a field expected_calls");
        fine = fine && v == TAPE_NONE;
    }
    size_t list = tape_get(t, 0, "messages");
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        if (message_is(t, v, "assistant"))
            fine = check_turn(c, row, v) && fine;
    }
    return fine;
}

/* --- A row made ------------------------------------------------------------------------------ */

/* Turns from..end that answer the message `kept`. */
struct decision {
    size_t kept; /* TAPE_NONE: there is none */
    size_t from;
    size_t end;
    size_t n;          /* turns */
    const char *go_on; /* said behind `kept`; NULL: `kept` is the user's */
};

static void add_messages(struct splice *s, size_t list, const struct decision *d)
{
    const struct tape *t = s->tape;
    message_mend_roles(s, list + 1, t->at[d->kept].next);
    splice_keep(s, t->at[d->kept].end);
    if (d->go_on) {
        buf_text_add(s->out, ", {\"role\": \"user\", \"content\": ");
        buf_json(s->out, d->go_on, strlen(d->go_on));
        buf_char(s->out, '}');
    }
    size_t last = d->kept;
    while (t->at[last].next < t->at[list].next)
        last = t->at[last].next;
    s->done = t->at[last].end;
}

/* A tool whose name stands beside its type: put an object around all but the type. */
static void add_tools(struct splice *s, size_t list)
{
    const struct tape *t = s->tape;
    if (tape_kind(t, list) != TAPE_ARRAY)
        return;
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        if (tape_get(t, v, "function") != TAPE_NONE)
            continue;
        splice_replace(s, v, "{\"type\": \"function\", \"function\": {");
        bool first = true;
        for (size_t key = v + 1; key < t->at[v].next; key = t->at[key + 1].next) {
            if (tape_is(t, key, "type"))
                continue;
            buf_text_add(s->out, first ? "" : ", ");
            buf_add(s->out, t->text + t->at[key].start, t->at[key + 1].end - t->at[key].start);
            first = false;
        }
        buf_text_add(s->out, "}}");
    }
}

static void add_calls(struct convert *c, size_t turn, bool *first)
{
    const struct tape *t = &c->tape;
    size_t calls = message_calls(t, turn);
    for (size_t v = calls + 1; calls != TAPE_NONE && v < t->at[calls].next; v = t->at[v].next) {
        size_t len = 0;
        const char *name = tape_text(t, tape_get(t, function_of(t, v), "name"), &len);
        buf_text_add(&c->row, *first ? "{\"name\": " : ", {\"name\": ");
        buf_add(&c->row, name, len);
        buf_text_add(&c->row, ", \"arguments\": ");
        if (read_arguments(c, v)) /* check_call() has seen that it can be */
            tape_spaced(&c->call, 0, &c->row);
        buf_char(&c->row, '}');
        *first = false;
    }
}

static void add_expected(struct convert *c, const struct decision *d)
{
    const struct tape *t = &c->tape;
    size_t last = TAPE_NONE;
    bool first = true;
    buf_text_add(&c->row, ", \"expected_calls\": [");
    for (size_t v = d->from; v < d->end; v = t->at[v].next) {
        if (!message_is(t, v, "assistant"))
            continue;
        add_calls(c, v, &first);
        last = v;
    }
    buf_char(&c->row, ']');
    buf_clear(&c->text);
    if (message_calls(t, last) == TAPE_NONE && message_text(t, last, &c->text)) {
        buf_text_add(&c->row, ", \"reference_answer\": ");
        buf_json(&c->row, buf_text(&c->text), c->text.len);
    }
}

static enum err_code make(struct convert *c, const struct decision *d, struct err *e)
{
    const struct tape *t = &c->tape;
    struct splice s = {.tape = t, .out = &c->row, .done = t->at[0].start};
    buf_clear(&c->row);
    for (size_t key = 1; key < t->at[0].next; key = t->at[key + 1].next) {
        if (tape_is(t, key, "messages"))
            add_messages(&s, key + 1, d);
        else if (tape_is(t, key, "tools"))
            add_tools(&s, key + 1);
    }
    splice_keep(&s, t->at[0].end - 1);
    add_expected(c, d);
    buf_text_add(&c->row, "}\n");
    c->n_made++;
    return c->put(c->arg, &c->row, e);
}

/* --- Which decisions there are --------------------------------------------------------------- */

static bool is_untrained(const struct tape *t, size_t turn)
{
    size_t weight = tape_get(t, turn, "weight");
    return tape_kind(t, weight) == TAPE_NUMBER && tape_number(t, weight) == 0;
}

static bool says_nothing(struct convert *c, size_t turn)
{
    buf_clear(&c->text);
    return message_calls(&c->tape, turn) == TAPE_NONE &&
           !(message_text(&c->tape, turn, &c->text) && c->text.len);
}

/* Whether a row can end where the turn at d->from begins; d->go_on is then filled. */
static enum convert_left place(const struct convert *c, struct decision *d)
{
    const struct tape *t = &c->tape;
    bool known = d->kept != TAPE_NONE;
    d->go_on = NULL;
    if (known && message_is(t, d->kept, "user"))
        return CONVERT_N_LEFT;
    if (!known || !message_is(t, d->kept, "tool"))
        return CONVERT_NOT_AFTER_USER;
    d->go_on = c->whole ? NULL : c->go_on;
    return d->go_on ? CONVERT_N_LEFT : CONVERT_AFTER_TOOL;
}

/* With `whole`, take in all turns up to the next message that is neither the assistant's nor a
 * tool's. Returns the last. */
static size_t take_in(const struct convert *c, struct decision *d, size_t list)
{
    const struct tape *t = &c->tape;
    size_t last = d->from;
    while (c->whole && d->end < t->at[list].next) {
        bool turn = message_is(t, d->end, "assistant");
        if (!turn && !message_is(t, d->end, "tool"))
            break;
        d->n += turn;
        last = turn ? d->end : last;
        d->end = t->at[d->end].next;
    }
    return last;
}

/* Why the turn at d->from is left out, or CONVERT_N_LEFT; d->end and d->n are then filled. */
static enum convert_left judge(struct convert *c, struct decision *d, size_t list, size_t n_made)
{
    d->n = 1;
    enum convert_left why = place(c, d);
    if (why != CONVERT_N_LEFT)
        return why;
    size_t last = take_in(c, d, list);
    if (is_untrained(&c->tape, last))
        return CONVERT_UNTRAINED;
    if (d->n == 1 && says_nothing(c, last))
        return CONVERT_SAYS_NOTHING;
    return n_made < CONVERT_MAX_ROWS ? CONVERT_N_LEFT : CONVERT_TOO_MANY;
}

static enum err_code decide(struct convert *c, struct decision *d, size_t list, size_t *n_made,
                            struct err *e)
{
    enum convert_left why = judge(c, d, list, *n_made);
    c->n_decisions += d->n;
    if (why == CONVERT_N_LEFT) {
        ++*n_made;
        c->n_converted += d->n;
        return make(c, d, e);
    }
    if (!c->left[why].n)
        c->left[why].first = c->n_lines;
    c->left[why].n += d->n;
    return ERR_OK;
}

static enum err_code convert_row(struct convert *c, struct err *e)
{
    const struct tape *t = &c->tape;
    size_t list = tape_get(t, 0, "messages");
    size_t n_made = 0;
    size_t n_before = c->n_decisions;
    struct decision d = {.kept = TAPE_NONE, .from = list + 1};
    enum err_code rc = ERR_OK;
    while (!rc && d.from < t->at[list].next) {
        d.end = t->at[d.from].next;
        if (message_is(t, d.from, "assistant"))
            rc = decide(c, &d, list, &n_made, e);
        while (d.from < d.end) {
            d.kept = d.from;
            d.from = t->at[d.from].next;
        }
    }
    c->n_answerless += c->n_decisions == n_before;
    return rc;
}

enum err_code convert_line(struct convert *c, const struct line *line, struct err *e)
{
    c->n_lines++;
    c->found.most_each = CONVERT_MOST_EACH;
    struct row_line row = {c->path, c->n_lines, line->text, line->len};
    row_check_line(line, c->path, c->n_lines, &c->found);
    if (line->blank)
        return ERR_OK;
    c->n_rows++;
    if (!line->too_long && check_row(c, &row))
        return convert_row(c, e);
    c->n_faulty++;
    return ERR_OK;
}

void convert_release(struct convert *c)
{
    diags_release(&c->found);
    tape_release(&c->tape);
    tape_release(&c->call);
    buf_release(&c->text);
    buf_release(&c->row);
}
