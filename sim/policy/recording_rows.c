#include "sim/policy/recording_rows.h"

#include "sim/job/dataset.h"
#include "sim/job/row_digest.h"

/* The text of a message's content: a string, or a list of parts that have one. */
static void add_content(const struct tape *t, size_t v, struct buf *out)
{
    if (tape_kind(t, v) == TAPE_STRING)
        tape_string(t, v, out);
    if (tape_kind(t, v) != TAPE_ARRAY)
        return;
    for (size_t part = v + 1; part < t->at[v].next; part = t->at[part].next) {
        size_t text = tape_get(t, part, "text");
        if (tape_kind(t, text) == TAPE_STRING)
            tape_string(t, text, out);
    }
}

static struct recorded_text take(struct recording *r, struct buf *text)
{
    struct recorded_text out = recording_text(r, buf_text(text), text->len);
    buf_clear(text);
    return out;
}

static size_t calls_of(const struct tape *t, size_t message)
{
    size_t calls = tape_get(t, message, "tool_calls");
    bool some = tape_is(t, tape_get(t, message, "role"), "assistant") && tape_count(t, calls) > 0 &&
                tape_kind(t, calls) == TAPE_ARRAY;
    return some ? calls : TAPE_NONE;
}

/* The tool's message that answers call number `i` of the message at `from`, before the next message
 * with calls; TAPE_NONE. */
static size_t find_answer(const struct tape *t, size_t list, size_t from, size_t call, size_t i)
{
    size_t id = tape_get(t, call, "id");
    for (size_t m = t->at[from].next; m < t->at[list].next; m = t->at[m].next) {
        if (calls_of(t, m) != TAPE_NONE)
            break;
        if (!tape_is(t, tape_get(t, m, "role"), "tool"))
            continue;
        size_t of = tape_get(t, m, "tool_call_id");
        bool named = tape_kind(t, id) == TAPE_STRING && tape_kind(t, of) == TAPE_STRING;
        if (named ? tape_is_same(t, id, of) : i-- == 0)
            return m;
    }
    return TAPE_NONE;
}

static void add_answer(struct recording *r, struct recorded_call *call, const struct tape *t,
                       size_t message)
{
    struct buf text = {0};
    if (message == TAPE_NONE)
        return;
    add_content(t, tape_get(t, message, "content"), &text);
    call->fate = RECORDED_ANSWERED; /* kind 0: fine (tools/kind.h) */
    call->output = take(r, &text);
    buf_release(&text);
}

static void add_turn(struct recording *r, const struct tape *t, size_t list, size_t message)
{
    struct buf text = {0};
    size_t calls = calls_of(t, message);
    struct recorded_turn *turn = recording_add_turn(r, RECORDED_CALLS);
    turn->batch = tape_count(t, calls) > 1;
    size_t i = 0;
    for (size_t v = calls + 1; v < t->at[calls].next; v = t->at[v].next, i++) {
        struct recorded_call *call = recording_add_call(r);
        size_t function = tape_get(t, v, "function");
        size_t what = function == TAPE_NONE ? v : function; /* Responses has them in the call */
        size_t name = tape_get(t, what, "name");
        size_t arguments = tape_get(t, what, "arguments");
        add_content(t, name, &text);
        call->name = take(r, &text).at;
        if (tape_kind(t, arguments) == TAPE_STRING)
            tape_string(t, arguments, &text);
        else if (arguments != TAPE_NONE)
            tape_compact(t, arguments, &text);
        call->arguments = take(r, &text);
        add_answer(r, call, t, find_answer(t, list, message, v, i));
    }
    buf_release(&text);
}

static void add_end(struct recording *r, const struct tape *t, size_t answer)
{
    static const char none[] = "the row's turns end without an answer";
    struct buf text = {0};
    bool have = answer != TAPE_NONE;
    struct recorded_turn *turn = recording_add_turn(r, have ? RECORDED_ANSWER : RECORDED_END);
    if (have)
        add_content(t, tape_get(t, answer, "content"), &text);
    else
        buf_text_add(&text, none);
    turn->text = take(r, &text);
    buf_release(&text);
}

/* Whether a message is a text of the assistant, for the user. */
static bool is_answer(const struct tape *t, size_t message)
{
    size_t content = tape_get(t, message, "content");
    return tape_is(t, tape_get(t, message, "role"), "assistant") &&
           calls_of(t, message) == TAPE_NONE &&
           (tape_kind(t, content) == TAPE_STRING || tape_kind(t, content) == TAPE_ARRAY);
}

void recording_add_talk(struct recording *r, int phase, const struct tape *item, const char *field)
{
    size_t row = recording_add_row(r, phase, row_digest(item));
    size_t list = tape_get(item, 0, field);
    size_t answer = TAPE_NONE;
    bool begun = false;
    if (tape_kind(item, list) != TAPE_ARRAY)
        return;
    for (size_t m = list + 1; m < item->at[list].next; m = item->at[m].next) {
        bool calls = calls_of(item, m) != TAPE_NONE;
        if (is_answer(item, m))
            answer = m;
        if (!begun && (calls || is_answer(item, m))) {
            recording_add_episode(r, phase, -1, row, 0);
            begun = true;
        }
        if (calls) {
            add_turn(r, item, list, m);
            answer = TAPE_NONE; /* said before more was done */
        }
    }
    if (begun)
        add_end(r, item, answer);
}

enum err_code recording_add_rows(struct recording *r, int phase, const struct dataset *d,
                                 const char *field, struct err *e)
{
    for (size_t i = 0; i < dataset_count(d); i++) {
        struct row row = {0};
        enum err_code rc = dataset_row(d, i, &row, e);
        if (rc)
            return rc;
        recording_add_talk(r, phase, &row.tape, field);
        row_release(&row);
    }
    return ERR_OK;
}
