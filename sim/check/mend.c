#include "sim/check/mend.h"

#include <string.h>

#include "sim/base/cc.h"
#include "sim/check/message.h"
#include "sim/check/splice.h"

static const struct {
    const char *name;
    const char *words;
} kinds[] = {
#define X(id, name, words) [MEND_##id] = {name, words},
    MEND_MAP(X)
#undef X
};

const char *mend_name(enum mend kind)
{
    return kinds[kind].name;
}

const char *mend_words(enum mend kind)
{
    return kinds[kind].words;
}

static const char *const fields[MEND_N_FIELDS] = {
    "reference_answer", "dropped_answer",   "dropped_answer_2", "dropped_answer_3",
    "dropped_answer_4", "dropped_answer_5", "dropped_answer_6", "dropped_answer_7",
    "dropped_answer_8", "dropped_answer_9",
};

/* --- The answer at the end ------------------------------------------------------------------- */

/* Whether nothing is lost with the member of a turn whose key is at `key`: what is kept is its
 * text, and who gave it weight 0 meant it for no one to learn. */
static bool may_go(const struct tape *t, size_t key)
{
    size_t v = key + 1;
    enum tape_kind kind = tape_kind(t, v);
    if (tape_is(t, key, "role") || tape_is(t, key, "content"))
        return true;
    if (tape_is(t, key, "weight"))
        return kind == TAPE_NUMBER && tape_number(t, v) != 0;
    return kind == TAPE_NULL || (kind == TAPE_ARRAY && !tape_count(t, v));
}

/* Whether a turn of the assistant is a text and nothing else. */
static bool is_plain_answer(const struct tape *t, size_t message)
{
    if (!message_is(t, message, "assistant"))
        return false;
    for (size_t key = message + 1; key < t->at[message].next; key = t->at[key + 1].next) {
        if (!may_go(t, key))
            return false;
    }
    return true;
}

struct tail {
    size_t kept;     /* the last message that stays: the user's; TAPE_NONE if there is no tail */
    struct buf text; /* of what follows it, a blank line between turns */
};

static struct tail find_tail(const struct tape *t)
{
    struct tail tail = {.kept = TAPE_NONE};
    size_t list = tape_get(t, 0, "messages");
    bool fine = false;
    if (t->duplicate != TAPE_NONE || tape_kind(t, list) != TAPE_ARRAY)
        return tail;
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        if (message_is(t, v, "user")) {
            buf_clear(&tail.text);
            tail.kept = v;
            fine = true;
        } else if (tail.kept != TAPE_NONE) {
            if (t->at[tail.kept].next != v)
                buf_text_add(&tail.text, "\n\n");
            fine = fine && is_plain_answer(t, v) && message_text(t, v, &tail.text);
        }
    }
    if (!fine || t->at[tail.kept].next == t->at[list].next)
        tail.kept = TAPE_NONE;
    return tail;
}

static bool holds(const struct tape *t, size_t v, const struct buf *text)
{
    struct buf held = {0};
    if (tape_kind(t, v) == TAPE_STRING)
        tape_string(t, v, &held);
    bool same = tape_kind(t, v) == TAPE_STRING && held.len == text->len &&
                memcmp(buf_text(&held), buf_text(text), held.len) == 0;
    buf_release(&held);
    return same;
}

void mend_note_fields(const struct tape *t, unsigned *taken)
{
    struct tail tail = find_tail(t);
    for (unsigned i = 0; i < MEND_N_FIELDS; i++) {
        size_t v = tape_get(t, 0, fields[i]);
        if (v != TAPE_NONE && !(tail.kept != TAPE_NONE && holds(t, v, &tail.text)))
            *taken |= 1u << i;
    }
    buf_release(&tail.text);
}

const char *mend_field(unsigned taken)
{
    for (unsigned i = 0; i < MEND_N_FIELDS; i++) {
        if (!(taken & 1u << i))
            return fields[i];
    }
    return NULL;
}

/* --- The row --------------------------------------------------------------------------------- */

static void drop_tail(struct splice *s, size_t list, const struct tail *tail, const char *field)
{
    const struct tape *t = s->tape;
    splice_keep(s, t->at[tail->kept].end);
    size_t last = tail->kept;
    while (t->at[last].next < t->at[list].next)
        last = t->at[last].next;
    s->done = t->at[last].end;
    if (tape_get(t, 0, field) != TAPE_NONE) /* it holds this text */
        return;
    splice_keep(s, t->at[0].end - 1);
    buf_printf(s->out, ", \"%s\": ", field);
    buf_json(s->out, buf_text(&tail->text), tail->text.len);
}

unsigned mend_row(const struct tape *t, const char *field, struct buf *out)
{
    struct splice s = {.tape = t, .out = out};
    struct tail tail = find_tail(t);
    size_t list = tape_get(t, 0, "messages");
    unsigned done = 0;
    if (t->duplicate == TAPE_NONE && tape_kind(t, list) == TAPE_ARRAY) {
        bool drops = field && tail.kept != TAPE_NONE;
        size_t end = drops ? t->at[tail.kept].next : t->at[list].next;
        done = message_mend_roles(&s, list + 1, end) ? 1u << MEND_ROLE : 0;
        if (drops) {
            drop_tail(&s, list, &tail, field);
            done |= 1u << MEND_ANSWER;
        }
    }
    splice_keep(&s, t->len);
    buf_release(&tail.text);
    return done;
}
