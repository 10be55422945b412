/* A rollout to rows, on the engine thread that had it. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/base/secret.h"
#include "sim/run/rollout.h"
#include "sim/store/inside.h"
#include "tools/address.h"

enum {
    ZIP_LEVEL = 1, /* the first bytes saved are the cheap ones */
    UTF8_MORE = 3, /* bytes of a character behind its first, the most */
};

void scribe_release(struct scribe *x)
{
    if (x->zips)
        deflateEnd(&x->zip);
    rows_release(&x->rows);
    buf_release(&x->text);
    buf_release(&x->packed);
    *x = (struct scribe){0};
}

/* Compress x->text[0..len) into x->packed. False if that makes it no shorter. */
static bool pack(struct scribe *x, size_t len)
{
    if (!x->zips) {
        int ready = deflateInit(&x->zip, ZIP_LEVEL);
        assert(ready == Z_OK); /* else it is out of memory */
        (void)ready;
        x->zips = true;
    }
    deflateReset(&x->zip);
    buf_clear(&x->packed);
    buf_reserve(&x->packed, len);
    x->zip.next_in = (const Bytef *)x->text.at;
    x->zip.avail_in = (uInt)len;
    x->zip.next_out = (Bytef *)x->packed.at;
    x->zip.avail_out = (uInt)len;
    int rc = deflate(&x->zip, Z_FINISH);
    x->packed.len = len - x->zip.avail_out;
    return rc == Z_STREAM_END;
}

/* A body: masked, cut to `most` bytes between two characters, compressed if that pays. */
static void add_body(struct scribe *x, const char *text, size_t len, size_t most)
{
    if (!text || !len) {
        rows_null(&x->rows);
        return;
    }
    buf_clear(&x->text);
    secret_mask(&x->text, text, len);
    size_t n = x->text.len;
    if (n > most) {
        n = most;
        while (n > most - UTF8_MORE && ((unsigned char)x->text.at[n] & 0xc0) == 0x80)
            n--;
    }
    if (n > BODY_PACKED_FROM && pack(x, n))
        rows_blob(&x->rows, x->packed.at, x->packed.len);
    else
        rows_text(&x->rows, x->text.at, n);
}

static void add_masked(struct scribe *x, const char *text)
{
    if (!text) {
        rows_null(&x->rows);
        return;
    }
    buf_clear(&x->text);
    secret_mask(&x->text, text, strlen(text));
    rows_text(&x->rows, buf_text(&x->text), x->text.len);
}

static const double *others_of(const struct rollout_told *t)
{
    const struct wave *w = t->wave;
    return w->others && outcome_is_graded(t->end->outcome) ? w->others + t->number * w->n_others
                                                           : NULL;
}

/* The readings under which the reward is known, as bits. */
static unsigned known_readings(const struct rollout_told *t)
{
    unsigned known = 0;
    const double *other = others_of(t);
    for (int i = 0; other && i < READINGS; i++) {
        if (t->wave->readings >> i & 1)
            known |= isnan(*other++) ? 0 : 1u << i;
    }
    return known;
}

static void add_rollout(struct scribe *x, int64_t id, const struct rollout_told *t)
{
    const struct rollout_end *end = t->end;
    rows_begin(&x->rows, ROWS_ROLLOUT);
    rows_int(&x->rows, id);
    rows_int(&x->rows, (int64_t)end->row);
    rows_int(&x->rows, (int64_t)(t->number % t->wave->n_samples));
    rows_word(&x->rows, end->trace_id);
    rows_word(&x->rows, outcome_name(end->outcome));
    rows_real(&x->rows, outcome_is_graded(end->outcome) ? end->reward : NAN);
    rows_int(&x->rows, end->grade_flags);
    rows_int(&x->rows, end->grade_notes);
    rows_int(&x->rows, known_readings(t));
    rows_int(&x->rows, end->n_turns);
    rows_int(&x->rows, (int64_t)end->n_calls);
    rows_int(&x->rows, end->answered);
    rows_int(&x->rows, end->misaddressed);
    rows_int(&x->rows, t->duration_ns);
    rows_int(&x->rows, end->grade_ns);
    add_masked(x, end->why);
    add_body(x, t->rollout->answer.at, t->rollout->answer.len, BODY_KEPT_BYTES);
    rows_int(&x->rows, (int64_t)t->rollout->answer.len);
    add_body(x, end->sample, end->sample ? strlen(end->sample) : 0, SIZE_MAX);
}

static void add_turn(struct scribe *x, int64_t id, size_t turn, const char *kind,
                     const char *recipient, const char *text, size_t len)
{
    rows_begin(&x->rows, ROWS_TURN);
    rows_int(&x->rows, id);
    rows_int(&x->rows, (int64_t)turn);
    rows_word(&x->rows, kind);
    add_masked(x, recipient);
    add_body(x, text, len, BODY_KEPT_BYTES);
    rows_int(&x->rows, (int64_t)len);
}

/* Whether the tool's name says how it was written, too. */
static bool is_plain(const struct policy_call *c)
{
    size_t len = strlen(ADDRESS_NAMESPACE);
    return strncmp(c->address, ADDRESS_NAMESPACE, len) == 0 &&
           strcmp(c->address + len, c->name) == 0;
}

static void add_call(struct scribe *x, int64_t id, size_t turn, size_t i,
                     const struct rollout_told *t)
{
    const struct call_record *c = &t->end->calls[i];
    const struct policy_call *text = &t->rollout->calls[i];
    bool ours = c->tool != RUN_NO_TOOL;
    rows_begin(&x->rows, ROWS_CALL);
    rows_int(&x->rows, id);
    rows_int(&x->rows, (int64_t)i);
    rows_int(&x->rows, (int64_t)turn);
    if (ours)
        rows_int(&x->rows, c->tool);
    else
        rows_null(&x->rows);
    add_masked(x, ours && is_plain(text) ? NULL : text->address);
    rows_word(&x->rows, tool_kind_row(c->kind)->id);
    rows_int(&x->rows, c->status);
    rows_int(&x->rows, c->attempts);
    rows_int(&x->rows, c->latency_ns);
    rows_int(&x->rows, c->warnings);
    add_body(x, text->arguments, text->arguments_len, BODY_KEPT_BYTES);
    rows_int(&x->rows, (int64_t)text->arguments_len);
    add_body(x, text->output, text->output_len, BODY_KEPT_BYTES);
    rows_int(&x->rows, c->output_bytes);
}

/* Turns that made calls, or meant to. */
static void add_turns(struct scribe *x, int64_t id, const struct rollout_told *t)
{
    const struct rollout *r = t->rollout;
    bool all = r->misaddressed || t->end->outcome == OUTCOME_DISCARDED_TOOL;
    size_t n = (size_t)r->n_turns - (all ? 0 : 1); /* the last one was something else */
    for (size_t turn = 0; turn < n; turn++) {
        const struct policy_past *past = &r->turns[turn];
        bool made =
            past->from + past->n_calls <= t->end->n_calls; /* else it has a row of its own */
        if (made && (past->batch || past->beside))
            add_turn(x, id, turn, past->batch ? "batch" : "text", NULL, past->beside,
                     past->beside_len);
        for (size_t i = past->from; i < past->from + past->n_calls; i++) {
            const struct policy_call *c = &r->calls[i];
            if (i < t->end->n_calls)
                add_call(x, id, turn, i, t);
            else
                add_turn(x, id, turn, "misaddressed", c->address, c->arguments, c->arguments_len);
        }
    }
}

static void add_attempts(struct scribe *x, int64_t id, const struct rollout_told *t)
{
    int64_t number = 0;
    for (size_t i = 0; i < t->n_attempts; i++) {
        const struct attempt_record *a = &t->attempts[i];
        number = i && a->call == t->attempts[i - 1].call ? number + 1 : 0;
        rows_begin(&x->rows, ROWS_ATTEMPT);
        rows_int(&x->rows, id);
        rows_int(&x->rows, a->call);
        rows_int(&x->rows, number);
        rows_word(&x->rows, tool_kind_row(a->kind)->id);
        rows_int(&x->rows, a->status);
        rows_int(&x->rows, a->latency_ns);
    }
}

static void add_parts(struct scribe *x, int64_t id, const struct rollout_told *t)
{
    const struct wave *w = t->wave;
    if (!w->parts || !outcome_is_graded(t->end->outcome))
        return;
    for (size_t i = 0; i < w->n_parts; i++) {
        const struct grade_part *part = &w->parts[t->number * w->n_parts + i];
        rows_begin(&x->rows, ROWS_PART);
        rows_int(&x->rows, id);
        rows_int(&x->rows, (int64_t)i + 1);
        rows_real(&x->rows, part->reward);
        rows_int(&x->rows, part->flags);
        rows_int(&x->rows, part->ns);
    }
}

/* 0 and -0 are two. */
static bool is_same(double a, double b)
{
    return a == b && signbit(a) == signbit(b);
}

static void add_others(struct scribe *x, int64_t id, const struct rollout_told *t)
{
    const double *other = others_of(t);
    for (int i = 0; other && i < READINGS; i++) {
        if (!(t->wave->readings >> i & 1))
            continue;
        double reward = *other++;
        if (isnan(reward) || is_same(reward, t->end->reward))
            continue;
        rows_begin(&x->rows, ROWS_OTHER);
        rows_int(&x->rows, id);
        rows_int(&x->rows, i);
        rows_real(&x->rows, reward);
    }
}

static void add_notes(struct scribe *x, int64_t id, const struct rollout_end *end)
{
    for (int i = 0; i < GRADE_N_NOTES; i++) {
        if (!(end->grade_notes >> i & 1) || !end->noted[i].key)
            continue;
        rows_begin(&x->rows, ROWS_NOTE);
        rows_int(&x->rows, id);
        rows_int(&x->rows, i);
        rows_word(&x->rows, end->noted[i].key);
        rows_word(&x->rows, end->noted[i].path);
    }
}

static void add_choices(struct scribe *x, int64_t id, const struct rollout_end *end)
{
    if (!end->choices)
        return;
    struct buf *text = &x->text;
    buf_clear(text);
    for (int i = 0; i < end->n_turns; i++)
        buf_printf(text, "%s%d", i ? " " : "", end->choices[i] - 1);
    rows_begin(&x->rows, ROWS_CHOICE);
    rows_int(&x->rows, id);
    rows_text(&x->rows, text->at, text->len);
}

/* Nothing of a policy that asks no model. */
static void add_tokens(struct scribe *x, int64_t id, const struct tokens *t)
{
    if (!t->n_turns)
        return;
    rows_begin(&x->rows, ROWS_TOKENS);
    rows_int(&x->rows, id);
    rows_int(&x->rows, t->n_turns);
    rows_int(&x->rows, t->n_reasoning);
    rows_int(&x->rows, t->prompt);
    rows_int(&x->rows, t->completion);
    rows_int(&x->rows, t->reasoning);
}

void store_rollout(struct store *s, const struct rollout_told *t)
{
    if (store_has_failed(s))
        return;
    assert(t->worker < s->n_scribes);
    struct scribe *x = &s->scribes[t->worker];
    int64_t id = s->wave << ROLLOUT_NUMBER_BITS | (int64_t)t->number;
    rows_clear(&x->rows);
    add_rollout(x, id, t);
    add_turns(x, id, t);
    add_attempts(x, id, t);
    add_parts(x, id, t);
    add_others(x, id, t);
    add_notes(x, id, t->end);
    add_choices(x, id, t->end);
    add_tokens(x, id, &t->end->tokens);
    writer_put(s->writer, &x->rows);
}
