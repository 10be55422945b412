#include "sim/run/drift.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/secret.h"
#include "sim/base/tape.h"
#include "sim/run/rollout.h"

enum { MOST_KEYS = 4096 }; /* of an object whose keys are looked for in another order */

/* --- Values ---------------------------------------------------------------------------------- */

/* Two tapes, and the first value of `was` that is another in `now`. */
struct pair {
    const struct tape *was;
    const struct tape *now;
    size_t differs;
};

static bool is_integer(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr(".eE", text[i]))
            return false;
    }
    return true;
}

/* Integers that no double tells apart are two; -0 is 0. */
static bool same_numbers(const struct pair *p, size_t a, size_t b)
{
    size_t n = 0;
    size_t m = 0;
    const char *x = tape_text(p->was, a, &n);
    const char *y = tape_text(p->now, b, &m);
    if (n == m && memcmp(x, y, n) == 0)
        return true;
    double was = tape_number(p->was, a);
    bool integers = is_integer(x, n) && is_integer(y, m);
    return (!integers || was == 0) && was == tape_number(p->now, b);
}

static bool same_strings(const struct pair *p, size_t a, size_t b)
{
    size_t n = 0;
    size_t m = 0;
    const char *x = tape_text(p->was, a, &n);
    const char *y = tape_text(p->now, b, &m);
    if (n == m && memcmp(x, y, n) == 0)
        return true;
    if (!p->was->at[a].escaped && !p->now->at[b].escaped)
        return false;
    struct buf text = {0};
    tape_string(p->was, a, &text);
    bool same = tape_is_text(p->now, b, buf_text(&text), text.len);
    buf_release(&text);
    return same;
}

static bool same(struct pair *p, size_t a, size_t b);

static bool same_lists(struct pair *p, size_t a, size_t b) /* NOLINT(misc-no-recursion): by depth */
{
    size_t i = a + 1;
    size_t k = b + 1;
    if (tape_count(p->was, a) != tape_count(p->now, b)) {
        p->differs = a;
        return false;
    }
    for (; i < p->was->at[a].next; i = p->was->at[i].next, k = p->now->at[k].next) {
        if (!same(p, i, k))
            return false;
    }
    return true;
}

/* The value in `b` of the key at `key`; most often `guess` is that key there. */
static size_t value_of(const struct pair *p, size_t key, size_t b, size_t guess, bool ordered)
{
    if (guess < p->now->at[b].next && same_strings(p, key, guess))
        return guess + 1;
    if (ordered)
        return TAPE_NONE;
    struct buf name = {0};
    tape_string(p->was, key, &name);
    size_t v = tape_key(p->now, b, buf_text(&name), name.len);
    buf_release(&name);
    return v;
}

/* Whether `a` has all keys of `b`. It need not, though each of its own is one of these: a key may
 * stand twice. */
static bool has_keys(const struct pair *p, size_t a, size_t b)
{
    struct buf name = {0};
    bool all = true;
    for (size_t key = b + 1; all && key < p->now->at[b].next; key = p->now->at[key + 1].next) {
        buf_clear(&name);
        tape_string(p->now, key, &name);
        all = tape_key(p->was, a, buf_text(&name), name.len) != TAPE_NONE;
    }
    buf_release(&name);
    return all;
}

static bool same_objects(struct pair *p, size_t a, size_t b) /* NOLINT(misc-no-recursion) */
{
    bool moved = false;
    size_t n = tape_count(p->was, a);
    size_t guess = b + 1;
    if (n != tape_count(p->now, b)) {
        p->differs = a;
        return false;
    }
    for (size_t key = a + 1; key < p->was->at[a].next; key = p->was->at[key + 1].next) {
        size_t v = value_of(p, key, b, guess, n > MOST_KEYS);
        if (v == TAPE_NONE) {
            p->differs = key + 1;
            return false;
        }
        if (!same(p, key + 1, v))
            return false;
        moved = moved || v != guess + 1;
        guess = p->now->at[v].next;
    }
    if (moved && !has_keys(p, a, b)) {
        p->differs = a;
        return false;
    }
    return true;
}

static bool same(struct pair *p, size_t a, size_t b) /* NOLINT(misc-no-recursion): by depth */
{
    enum tape_kind kind = tape_kind(p->was, a);
    bool is = kind == tape_kind(p->now, b);
    if (is && kind == TAPE_ARRAY)
        return same_lists(p, a, b);
    if (is && kind == TAPE_OBJECT)
        return same_objects(p, a, b);
    if (is && kind == TAPE_NUMBER)
        is = same_numbers(p, a, b);
    if (is && kind == TAPE_STRING)
        is = same_strings(p, a, b);
    if (!is)
        p->differs = a;
    return is;
}

/* --- Answers --------------------------------------------------------------------------------- */

/* `*place` is the caller's; NULL if one of them is not JSON. */
static bool same_texts(const char *was, size_t was_len, const char *now, size_t now_len,
                       char **place)
{
    struct tape a = {0};
    struct tape b = {0};
    struct tape_fault fault;
    *place = NULL;
    bool is = was_len == now_len && memcmp(was, now, was_len) == 0;
    if (!is && tape_scan(&a, was, was_len, &fault) && tape_scan(&b, now, now_len, &fault)) {
        struct pair p = {&a, &b, 0};
        is = same(&p, 0, 0);
        if (!is) {
            struct buf pointer = {0};
            tape_pointer(&a, p.differs, &pointer);
            *place = mem_text(buf_text(&pointer));
            buf_release(&pointer);
        }
    }
    tape_release(&a);
    tape_release(&b);
    return is;
}

bool drift_is_same(const struct recorded_text *recorded, bool cut, const char *now, size_t len,
                   char **place)
{
    struct buf was_masked = {0};
    struct buf now_masked = {0};
    char *masked_place = NULL;
    bool is = false;
    *place = NULL;
    if (!cut && same_texts(recorded->at, recorded->len, now, len, place))
        return true;
    secret_mask(&was_masked, recorded->at, recorded->len);
    secret_mask(&now_masked, now, len);
    if (cut)
        is = now_masked.len >= was_masked.len &&
             memcmp(buf_text(&now_masked), buf_text(&was_masked), was_masked.len) == 0;
    else
        is = same_texts(buf_text(&was_masked), was_masked.len, buf_text(&now_masked),
                        now_masked.len, &masked_place);
    if (is) {
        free(*place);
        *place = NULL;
    }
    free(masked_place);
    buf_release(&was_masked);
    buf_release(&now_masked);
    return is;
}

/* --- A rollout ------------------------------------------------------------------------------- */

static struct drift_text keep(const char *text, size_t len)
{
    struct buf masked = {0};
    secret_mask(&masked, text, len);
    size_t n = masked.len < DRIFT_KEPT_BYTES ? masked.len : DRIFT_KEPT_BYTES;
    while (n > 0 && n < masked.len && ((unsigned char)masked.at[n] & 0xc0) == 0x80)
        n--;
    struct drift_text out = {mem_slice(buf_text(&masked), n), n, len};
    buf_release(&masked);
    return out;
}

/* Whether an answer differs; `*place` as above. */
static bool differs(const struct policy_call *call, char **place)
{
    const struct recorded_call *was = call->recorded;
    *place = NULL;
    if (was->fate == RECORDED_LOST || !call->output)
        return (was->fate == RECORDED_LOST) != !call->output;
    return !drift_is_same(&was->output, was->cut, call->output, call->output_len, place);
}

static void add(struct drift **at, size_t *n, size_t number, const struct policy_call *call,
                char *place)
{
    const struct recorded_call *was = call->recorded;
    *at = mem_grow(*at, *n + 1, sizeof(**at));
    struct drift *d = &(*at)[(*n)++];
    *d = (struct drift){.call = number, .tool = mem_text(call->name)};
    d->place = place;
    d->arguments = keep(call->arguments, call->arguments_len);
    if (was->fate == RECORDED_ANSWERED)
        d->recorded = keep(was->output.at, was->output.len);
    if (call->output)
        d->now = keep(call->output, call->output_len);
}

void drift_find(const struct rollout *r, size_t n_calls, struct drift **out, size_t *n,
                size_t *n_compared)
{
    *out = NULL;
    *n = 0;
    *n_compared = 0;
    for (size_t i = 0; i < n_calls; i++) {
        const struct policy_call *call = &r->calls[i];
        char *place = NULL;
        if (!call->recorded || call->played || call->recorded->fate == RECORDED_UNKNOWN)
            continue;
        ++*n_compared;
        if (differs(call, &place))
            add(out, n, i, call, place);
    }
}

void drift_free(struct drift *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(at[i].tool);
        free(at[i].place);
        free(at[i].arguments.at);
        free(at[i].recorded.at);
        free(at[i].now.at);
    }
    free(at);
}
