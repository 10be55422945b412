#include "sim/view/html_transcripts.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <zlib.h>

#include "sim/base/mem.h"
#include "sim/view/page.h"

enum {
    BLOCK_BYTES = 64 << 10, /* of text, when a block is closed */
    TEXT_BYTES = 128 << 10, /* of one string in a transcript */
    LEAST_ROOM = 4 << 10,   /* with less left nothing more is tried */
    MOST_MISSES = 8,        /* blocks in a row that did not fit */
};

/* A rollout and when its turn is. */
struct turn {
    size_t at;     /* place in the html_rollouts */
    uint64_t row;  /* phase and row */
    double reward; /* -inf without one: what went wrong is looked at first */
    size_t rank;   /* 0 for those that figures point to */
};

static int by_row(const void *a, const void *b)
{
    const struct turn *x = a;
    const struct turn *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->reward != y->reward)
        return x->reward < y->reward ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static int by_rank(const void *a, const void *b)
{
    const struct turn *x = a;
    const struct turn *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Ranks within a row: the worst 1, the best 2, the others after it from the worst up. */
static void rank_row(struct turn *row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i].rank = i == 0 ? 1 : i == n - 1 ? 2 : i + 2;
}

static void rank_rows(struct turn *turns, size_t n)
{
    qsort(turns, n, sizeof(*turns), by_row);
    for (size_t from = 0, to = 0; from < n; from = to) {
        while (to < n && turns[to].row == turns[from].row)
            to++;
        rank_row(turns + from, to - from);
    }
}

static int by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a;
    size_t y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static void rank_named(struct turn *turns, size_t n, const struct html_rollouts *r,
                       const struct facts *f, const struct verdict *v)
{
    size_t n_named = 0;
    size_t *named = html_rollouts_named(f, v, &n_named);
    if (n_named)
        qsort(named, n_named, sizeof(*named), by_size);
    for (size_t i = 0; i < n && n_named; i++) {
        if (bsearch(&r->at[turns[i].at], named, n_named, sizeof(*named), by_size))
            turns[i].rank = 0;
    }
    free(named);
}

static struct turn *order(const struct html_rollouts *r, const struct facts *f,
                          const struct verdict *v)
{
    struct turn *turns = mem_array(r->n + 1, sizeof(*turns));
    for (size_t i = 0; i < r->n; i++) {
        const struct history_rollout *at = &f->of->rollouts[r->at[i]];
        turns[i] = (struct turn){
            .at = i,
            .row = (uint64_t)history_wave_of(f->of, r->at[i])->phase << 32 | at->row,
            .reward = isnan(at->reward) ? -INFINITY : at->reward,
        };
    }
    rank_rows(turns, r->n);
    rank_named(turns, r->n, r, f, v);
    qsort(turns, r->n, sizeof(*turns), by_rank);
    return turns;
}

/* The block in base64. */
static void compress_block(struct buf *out, const struct buf *text)
{
    uLongf room = compressBound(text->len);
    Bytef *packed = mem_new(room);
    int rc = compress2(packed, &room, (const Bytef *)text->at, text->len, Z_BEST_COMPRESSION);
    assert(rc == Z_OK); /* there is room, and out of memory ends the program elsewhere too */
    buf_base64(out, packed, room);
    free(packed);
}

/* What is being packed. */
struct packing {
    struct html_transcripts *out;
    size_t max_bytes;
    struct buf text;          /* of the open block */
    const struct turn *first; /* of the open block */
    size_t n;                 /* transcripts in it */
    int n_misses;
};

/* Close the block: it is kept if it fits. */
static void close_block(struct packing *p)
{
    struct html_transcripts *out = p->out;
    struct buf block = {0};
    if (!p->n)
        return;
    buf_char(&p->text, ']');
    compress_block(&block, &p->text);
    size_t room = block.len + 3; /* quotes and a comma */
    if (out->n_room + room > p->max_bytes) {
        p->n_misses++;
        buf_release(&block);
    } else {
        for (size_t i = 0; i < p->n; i++)
            out->block[p->first[i].at] = (int)out->n_blocks;
        out->blocks = mem_grow(out->blocks, out->n_blocks + 1, sizeof(*out->blocks));
        out->blocks[out->n_blocks++] = block;
        out->n_room += room;
        out->n += p->n;
        p->n_misses = 0;
    }
    p->n = 0;
    buf_clear(&p->text);
}

static void add_transcript(struct packing *p, int64_t id, const json_t *transcript,
                           const struct turn *turn)
{
    if (!p->n)
        p->first = turn;
    buf_printf(&p->text, "%s[%" PRId64 ",", p->n ? "," : "[", id);
    page_json(&p->text, transcript, TEXT_BYTES);
    buf_char(&p->text, ']');
    p->n++;
    if (p->text.len >= BLOCK_BYTES)
        close_block(p);
}

static bool is_full(const struct packing *p)
{
    return p->n_misses >= MOST_MISSES || p->out->n_room + LEAST_ROOM > p->max_bytes;
}

void html_transcripts_init(struct html_transcripts *t, const struct html_rollouts *r)
{
    *t = (struct html_transcripts){.block = mem_array(r->n + 1, sizeof(*t->block))};
    for (size_t i = 0; i < r->n; i++)
        t->block[i] = -1;
}

enum err_code html_transcripts_pack(struct html_transcripts *t, const struct html_rollouts *r,
                                    const struct facts *f, const struct verdict *v,
                                    size_t max_bytes, struct err *e)
{
    enum err_code rc = ERR_OK;
    if (!f->of->ops)
        return ERR_OK;
    struct turn *turns = order(r, f, v);
    struct packing p = {.out = t, .max_bytes = max_bytes};
    for (size_t i = 0; !rc && i < r->n && !is_full(&p); i++) {
        size_t index = r->at[turns[i].at];
        json_t *transcript = NULL;
        rc = history_transcript(f->of, index, &transcript, e);
        if (!rc)
            add_transcript(&p, f->of->rollouts[index].id, transcript, &turns[i]);
        json_decref(transcript);
    }
    if (!rc)
        close_block(&p);
    buf_release(&p.text);
    free(turns);
    return rc;
}

void html_transcripts_release(struct html_transcripts *t)
{
    for (size_t i = 0; i < t->n_blocks; i++)
        buf_release(&t->blocks[i]);
    free(t->blocks);
    free(t->block);
    *t = (struct html_transcripts){0};
}

json_t *html_transcripts_json(const struct html_transcripts *t, const struct history *h)
{
    json_t *o = json_object();
    json_t *blocks = json_array();
    for (size_t i = 0; i < t->n_blocks; i++)
        json_array_append_new(blocks, json_stringn(t->blocks[i].at, t->blocks[i].len));
    json_object_set_new(o, "n", json_integer((json_int_t)t->n));
    json_object_set_new(o, "blocks", blocks);
    json_object_set_new(
        o, "why",
        json_string(h->ops ? "There was no room in this file for the transcript of this rollout; "
                             "what this report was made of has it."
                           : "What this report was made of holds no transcripts."));
    return o;
}
