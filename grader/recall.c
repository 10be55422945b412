#include "grader/recall.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"

enum { SLOTS = 1024, PAIR_BYTES = RECALL_BYTES / 16 };

struct slot {
    uint64_t hash;
    char *texts; /* owned; both, one after the other; NULL: free */
    size_t a_len, b_len;
    struct similarity value;
};

struct recall {
    struct slot slots[SLOTS];
    size_t bytes; /* of all texts */
    size_t hand;  /* where room is made next */
    uint64_t hash;
};

struct recall *recall_new(void)
{
    return mem_new(sizeof(struct recall));
}

void recall_free(struct recall *r)
{
    for (size_t i = 0; r && i < SLOTS; i++)
        free(r->slots[i].texts);
    free(r);
}

/* Any function will do, as the bytes are compared; this one takes eight at a time. */
static uint64_t hash_more(uint64_t hash, const char *text, size_t len)
{
    static const uint64_t odd = 0x9e3779b97f4a7c15;
    uint64_t word = 0;
    for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
        memcpy(&word, text, sizeof(word));
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, text, len);
    hash = (hash ^ word ^ (uint64_t)len << 56) * odd;
    return hash ^ hash >> 29;
}

static struct slot *slot_of(struct recall *r, const struct buf *a, const struct buf *b)
{
    r->hash = hash_more(hash_more(a->len, buf_text(a), a->len), buf_text(b), b->len);
    return &r->slots[r->hash % SLOTS];
}

bool recall_find(struct recall *r, const struct buf *a, const struct buf *b, struct similarity *out)
{
    const struct slot *s = slot_of(r, a, b);
    if (!s->texts || s->hash != r->hash || s->a_len != a->len || s->b_len != b->len ||
        memcmp(s->texts, buf_text(a), a->len) != 0 ||
        memcmp(s->texts + a->len, buf_text(b), b->len) != 0)
        return false;
    *out = s->value;
    return true;
}

static void empty(struct recall *r, struct slot *s)
{
    r->bytes -= s->texts ? s->a_len + s->b_len : 0;
    free(s->texts);
    s->texts = NULL;
}

void recall_keep(struct recall *r, const struct buf *a, const struct buf *b,
                 const struct similarity *value)
{
    size_t len = a->len + b->len;
    if (len > PAIR_BYTES)
        return;
    struct slot *s = slot_of(r, a, b);
    empty(r, s);
    while (r->bytes + len > RECALL_BYTES)
        empty(r, &r->slots[r->hand++ % SLOTS]);
    *s = (struct slot){r->hash, mem_array(len + 1, 1), a->len, b->len, *value};
    memcpy(s->texts, buf_text(a), a->len);
    memcpy(s->texts + a->len, buf_text(b), b->len);
    r->bytes += len;
}
