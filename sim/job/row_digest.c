#include "sim/job/row_digest.h"

#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/hash.h"

/* The same on every machine, as hash_bytes() is not. */
static uint64_t of_bytes(const char *at, size_t n)
{
    return hash_fnv(HASH_FNV, at, n);
}

static uint64_t of_string(const struct tape *t, size_t v)
{
    size_t len = 0;
    const char *text = tape_text(t, v, &len);
    if (!t->at[v].escaped)
        return of_bytes(text + 1, len - 2);
    struct buf plain = {0};
    tape_string(t, v, &plain);
    uint64_t h = of_bytes(buf_text(&plain), plain.len);
    buf_release(&plain);
    return h;
}

static uint64_t of_number(const struct tape *t, size_t v)
{
    double value = tape_number(t, v) + 0.0; /* -0 is 0 */
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* `v` is the object; members are summed up, so their order does not matter. */
static uint64_t of_members(const struct tape *t, size_t v,
                           uint64_t (*of)(const struct tape *, size_t))
{
    uint64_t sum = 0;
    for (size_t key = v + 1; key < t->at[v].next; key = t->at[key + 1].next) {
        bool traced = v == 0 && tape_is(t, key, "trace");
        if (!traced)
            sum += hash_mix(of_string(t, key) ^ HASH_A, of(t, key + 1) ^ HASH_B);
    }
    return sum;
}

static uint64_t of_value(const struct tape *t, size_t v) /* NOLINT(misc-no-recursion): by depth */
{
    enum tape_kind kind = tape_kind(t, v);
    uint64_t h = 0;
    switch (kind) {
    case TAPE_NULL:
    case TAPE_FALSE:
    case TAPE_TRUE:
        break;
    case TAPE_NUMBER:
        h = of_number(t, v);
        break;
    case TAPE_STRING:
        h = of_string(t, v);
        break;
    case TAPE_ARRAY:
        for (size_t i = v + 1; i < t->at[v].next; i = t->at[i].next)
            h = hash_mix(h ^ HASH_B, of_value(t, i) ^ HASH_A);
        break;
    case TAPE_OBJECT:
        h = of_members(t, v, of_value);
        break;
    }
    return hash_mix(h ^ HASH_A, (uint64_t)kind + HASH_B);
}

uint64_t row_digest(const struct tape *item)
{
    return of_value(item, 0);
}

uint64_t row_digest_messages(const struct tape *t, size_t v)
{
    size_t messages = tape_get(t, v, "messages");
    return messages == TAPE_NONE ? 0 : of_value(t, messages);
}
