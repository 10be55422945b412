#include "sim/policy/command_line.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/text.h"

/* --- asking ---------------------------------------------------------------------------------- */

enum { NAME_OF_ROLLOUT = 0x726f6c6c, NAME_OF_TURN = 0x7475726e }; /* streams of the rollout's */

static void add_ids(struct buf *out, uint64_t id, const struct policy_view *view)
{
    struct rng of_rollout = view->rng;
    struct rng of_turn = view->rng;
    rng_mix(&of_rollout, NAME_OF_ROLLOUT);
    rng_mix(&of_turn, NAME_OF_TURN);
    rng_mix(&of_turn, view->turn);
    unsigned long long high = rng_u64(&of_rollout);
    unsigned long long low = rng_u64(&of_rollout);
    unsigned long long seed = rng_u64(&of_turn) >> 11; /* every reader of JSON has 53 bits */
    buf_printf(out, "{\"id\":%llu,\"rollout\":\"%016llx%016llx\",\"turn\":%zu,\"seed\":%llu",
               (unsigned long long)id, high, low, view->turn, seed);
}

static void add_field(struct buf *out, const struct tape *row, const char *key)
{
    size_t v = tape_get(row, 0, key);
    buf_printf(out, ",\"%s\":", key);
    if (v == TAPE_NONE)
        buf_text_add(out, "null");
    else
        tape_line(row, v, out);
}

/* The job's, by name alone, for a row that has none (GAP-24). */
static void add_tools(struct buf *out, const struct tape *row, const struct job *job)
{
    if (tape_kind(row, tape_get(row, 0, "tools")) == TAPE_ARRAY) {
        add_field(out, row, "tools");
        return;
    }
    buf_text_add(out, ",\"tools\":[");
    for (size_t i = 0; i < job->n_tools; i++) {
        const char *name = job->tools[i].name;
        buf_printf(out, "%s{\"type\":\"function\",\"function\":{\"name\":", i ? "," : "");
        buf_json(out, name, strlen(name));
        buf_text_add(out, "}}");
    }
    buf_char(out, ']');
}

/* What a model would not see. */
static void add_item(struct buf *out, const struct tape *row)
{
    const char *before = "";
    buf_text_add(out, ",\"item\":{");
    for (size_t key = 1; key < row->n; key = row->at[key + 1].next) {
        if (tape_is(row, key, "messages") || tape_is(row, key, "tools") ||
            tape_is(row, key, "parallel_tool_calls"))
            continue;
        buf_text_add(out, before);
        tape_line(row, key, out);
        buf_char(out, ':');
        tape_line(row, key + 1, out);
        before = ",";
    }
    buf_char(out, '}');
}

static void add_call(struct buf *out, const struct policy_call *c)
{
    buf_text_add(out, "{\"name\":");
    buf_json(out, c->name, strlen(c->name));
    buf_text_add(out, ",\"arguments\":");
    buf_json(out, c->arguments, c->arguments_len);
    buf_text_add(out, ",\"output\":");
    buf_json(out, c->output, c->output_len);
    buf_char(out, '}');
}

static void add_turn(struct buf *out, const struct policy_past *turn)
{
    buf_text_add(out, "{\"calls\":[");
    for (size_t i = 0; i < turn->n_calls; i++)
        buf_printf(out, "%s%zu", i ? "," : "", turn->from + i);
    buf_printf(out, "],\"batch\":%s}", turn->batch ? "true" : "false");
}

void command_line_ask(struct buf *out, uint64_t id, const struct policy_view *view,
                      const struct job *job)
{
    add_ids(out, id, view);
    add_field(out, view->item, "messages");
    add_tools(out, view->item, job);
    add_field(out, view->item, "parallel_tool_calls");
    add_item(out, view->item);
    buf_text_add(out, ",\"calls\":[");
    for (size_t i = 0; i < view->n_calls; i++) {
        buf_text_add(out, i ? "," : "");
        add_call(out, &view->calls[i]);
    }
    buf_text_add(out, "],\"turns\":[");
    for (size_t i = 0; i < view->turn; i++) {
        buf_text_add(out, i ? "," : "");
        add_turn(out, &view->turns[i]);
    }
    buf_text_add(out, "]}\n");
}

void command_cut(struct buf *why)
{
    secret_blot(why->at, why->len);
    buf_cut(why, why->len < COMMAND_SAID_MAX ? why->len : COMMAND_SAID_MAX);
    text_one_line(why->at);
    why->len = strlen(why->at);
}

/* --- reading --------------------------------------------------------------------------------- */

struct reading {
    struct command_reader *reader;
    const struct tape *tape;
    struct policy_turn *turn;
};

/* Whose answer it is; 0 if it does not say. */
static uint64_t id_of(const struct tape *t)
{
    size_t v = tape_get(t, 0, "id");
    double id = tape_kind(t, v) == TAPE_NUMBER ? tape_number(t, v) : 0;
    bool whole = id >= 1 && id <= 9007199254740992.0 && id == floor(id);
    return whole ? (uint64_t)id : 0;
}

/* Append the name at `v`, of which NUL would be the end. NULL if it is none. There is room, so
 * those before it stay where they are. */
static const char *add_name(const struct reading *r, size_t v)
{
    struct buf *names = &r->reader->names;
    size_t from = names->len;
    if (tape_kind(r->tape, v) != TAPE_STRING)
        return NULL;
    tape_string(r->tape, v, names);
    if (memchr(names->at + from, '\0', names->len - from))
        return NULL;
    buf_char(names, '\0');
    return names->at + from;
}

/* The arguments of a call as the model would write them: an object, or any text. */
static bool add_arguments(const struct reading *r, size_t v)
{
    struct buf *text = &r->turn->text;
    switch (tape_kind(r->tape, v)) {
    case TAPE_OBJECT:
        tape_compact(r->tape, v, text);
        return true;
    case TAPE_STRING:
        tape_string(r->tape, v, text);
        return true;
    case TAPE_NULL:
        buf_text_add(text, "{}");
        return true;
    case TAPE_FALSE:
    case TAPE_TRUE:
    case TAPE_NUMBER:
    case TAPE_ARRAY:
        break;
    }
    return false;
}

/* Each of these fills the turn, or says what is wrong. */
static const char *read_answer(const struct reading *r, size_t v)
{
    if (tape_kind(r->tape, v) != TAPE_STRING)
        return "its \"answer\" is no text";
    r->turn->kind = POLICY_ANSWER;
    tape_string(r->tape, v, &r->turn->text);
    return NULL;
}

static const char *read_call(const struct reading *r, size_t v, const char *key)
{
    size_t from = r->turn->text.len;
    const char *name = add_name(r, tape_get(r->tape, v, key));
    if (!name)
        return key[0] == 'n' ? "a call has no \"name\" that is a text"
                             : "its message has no \"recipient\" that is a text";
    if (!add_arguments(r, tape_get(r->tape, v, "arguments")))
        return "\"arguments\" are an object, or a text that is sent as it is";
    policy_turn_call(r->turn, name, from);
    return NULL;
}

static const char *read_calls(const struct reading *r, size_t v)
{
    size_t n = tape_kind(r->tape, v) == TAPE_ARRAY ? tape_count(r->tape, v) : 0;
    const char *fault = NULL;
    if (!n)
        return "its \"calls\" are no list of at least one call";
    if (n > COMMAND_CALLS_MAX)
        return "it has more than 128 calls";
    r->turn->kind = POLICY_CALLS;
    for (size_t i = 0; i < n && !fault; i++)
        fault = read_call(r, tape_index(r->tape, v, i), "name");
    return fault;
}

/* "all" is how the service's model marks its answer (contract 6.6). */
static const char *read_message(const struct reading *r, size_t v)
{
    r->turn->kind = POLICY_MESSAGE;
    if (tape_is(r->tape, tape_get(r->tape, v, "recipient"), "all"))
        return "a message to \"all\" is the answer, which is an \"answer\" here";
    return read_call(r, v, "recipient");
}

static const char *read_error(const struct reading *r, size_t v)
{
    struct buf *text = &r->turn->text;
    if (tape_kind(r->tape, v) != TAPE_STRING)
        return "its \"error\" is no text";
    r->turn->kind = POLICY_FAILED;
    buf_text_add(text, "the program says: ");
    tape_string(r->tape, v, text);
    command_cut(text);
    return NULL;
}

static const struct {
    const char *key;
    const char *(*read)(const struct reading *r, size_t v);
} parts[] = {
    {"answer", read_answer},
    {"calls", read_calls},
    {"message", read_message},
    {"error", read_error},
};

static const char *read_turn(const struct reading *r)
{
    size_t found = COUNT_OF(parts);
    size_t value = TAPE_NONE;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        size_t v = tape_get(r->tape, 0, parts[i].key);
        if (v == TAPE_NONE)
            continue;
        if (value != TAPE_NONE)
            return "it has several of \"answer\", \"calls\", \"message\" and \"error\"";
        found = i;
        value = v;
    }
    if (value == TAPE_NONE)
        return "it has no \"answer\", \"calls\", \"message\" or \"error\"";
    return parts[found].read(r, value);
}

/* `why`, and the beginning of the line, of which values are masked before it is cut. */
static enum command_reply strange(char why[COMMAND_WHY_ROOM], const char *what, const char *line,
                                  size_t len)
{
    enum { SHOWN = 80, SEEN = 4096 };
    char *text = mem_slice(line, len < SEEN ? len : SEEN);
    secret_blot(text, len < SEEN ? len : SEEN);
    snprintf(why, COMMAND_WHY_ROOM, "it wrote a line that %s: %.*s%s", what,
             (int)(len < SHOWN ? len : SHOWN), text, len > SHOWN ? "..." : "");
    text_one_line(why);
    free(text);
    return COMMAND_STRANGE;
}

enum command_reply command_line_read(struct command_reader *r, const char *line, size_t len,
                                     uint64_t *id, struct policy_turn *turn,
                                     char why[COMMAND_WHY_ROOM])
{
    struct tape_fault fault;
    struct reading reading = {r, &r->tape, turn};
    policy_turn_clear(turn);
    buf_clear(&r->names);
    if (len > COMMAND_LINE_MAX)
        return strange(why, "is longer than 4 MB", line, len);
    if (!tape_scan(&r->tape, line, len, &fault))
        return strange(why, "is no JSON", line, len);
    *id = id_of(&r->tape);
    if (!*id)
        return strange(why, "has no \"id\" of a turn", line, len);
    buf_reserve(&r->names, len + COMMAND_CALLS_MAX);
    const char *unfit = read_turn(&reading);
    if (!unfit)
        return COMMAND_TURN;
    policy_turn_fail(turn, "the program's answer is none: %s", unfit);
    return COMMAND_UNFIT;
}

void command_reader_release(struct command_reader *r)
{
    tape_release(&r->tape);
    buf_release(&r->names);
}
