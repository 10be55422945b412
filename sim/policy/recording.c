#include "sim/policy/recording.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/job/dataset.h"
#include "sim/job/row_digest.h"

enum {
    BLOCK_BYTES = 1 << 20,
    BLOCK_SHARE = 8, /* a text of more than this part of a block has one of its own */
};

/* Texts never move, so what points at them can be handed out while more are added. */
struct block {
    struct block *next;
    size_t used;
    char at[];
};

/* By what a row is found: all that it holds, or its messages. */
enum by { BY_CONTENT, BY_MESSAGES, BY_N };

/* A row of the record. */
struct recorded_row {
    uint64_t digest[BY_N]; /* 0: not known */
    size_t from;           /* its episodes, once they stand in order */
    size_t n;
};

struct rows {
    struct recorded_row *at; /* owned */
    size_t n;
    size_t room;
    size_t *order[BY_N]; /* owned; numbers of rows, by digest, then number */
    bool permuted;
};

/* A row of a file that is to be played. */
struct bound {
    const struct recorded_row *row; /* NULL: none */
    int phase;                      /* of that row */
    bool other;                     /* its messages are known to be others */
};

struct recording {
    char *name;           /* owned */
    struct block *blocks; /* owned */
    struct rows rows[RECORDING_PHASES];
    struct recorded_episode *episodes; /* owned */
    size_t n_episodes, episodes_room;
    struct recorded_turn *turns; /* owned */
    size_t n_turns, turns_room;
    struct recorded_call *calls; /* owned */
    size_t n_calls, calls_room;
    struct bound *bound[RECORDING_PHASES]; /* owned; by number of the row */
    struct recording_count count[RECORDING_PHASES];
    bool closed;
};

struct recording *recording_new(const char *name)
{
    struct recording *r = mem_new(sizeof(*r));
    r->name = mem_text(name);
    return r;
}

void recording_free(struct recording *r)
{
    if (!r)
        return;
    for (struct block *b = r->blocks, *next = NULL; b; b = next) {
        next = b->next;
        free(b);
    }
    for (int p = 0; p < RECORDING_PHASES; p++) {
        free(r->rows[p].at);
        for (int by = 0; by < BY_N; by++)
            free(r->rows[p].order[by]);
        free(r->bound[p]);
    }
    free(r->episodes);
    free(r->turns);
    free(r->calls);
    free(r->name);
    free(r);
}

const char *recording_name(const struct recording *r)
{
    return r->name;
}

/* --- Making it ------------------------------------------------------------------------------- */

/* Room for one more; the new one is zeroed by whoever sets it. */
static void *more(void *at, size_t n, size_t *room, size_t each)
{
    if (n < *room)
        return at;
    *room = *room ? *room * 2 : 64;
    return mem_grow(at, *room, each);
}

size_t recording_add_row(struct recording *r, int phase, uint64_t digest)
{
    struct rows *rows = &r->rows[phase];
    rows->at = more(rows->at, rows->n, &rows->room, sizeof(*rows->at));
    rows->at[rows->n] = (struct recorded_row){.digest[BY_CONTENT] = digest};
    return rows->n++;
}

void recording_row_messages(struct recording *r, int phase, size_t row, uint64_t digest)
{
    r->rows[phase].at[row].digest[BY_MESSAGES] = digest;
}

void recording_is_permuted(struct recording *r, int phase)
{
    r->rows[phase].permuted = true;
}

struct recorded_episode *recording_add_episode(struct recording *r, int phase, int step, size_t row,
                                               size_t sample)
{
    assert(row < r->rows[phase].n);
    r->episodes = more(r->episodes, r->n_episodes, &r->episodes_room, sizeof(*r->episodes));
    r->episodes[r->n_episodes] = (struct recorded_episode){.phase = phase,
                                                           .step = step,
                                                           .row = row,
                                                           .sample = sample,
                                                           .from = r->n_turns,
                                                           .score = NAN};
    return &r->episodes[r->n_episodes++];
}

struct recorded_turn *recording_add_turn(struct recording *r, enum recorded_turn_kind kind)
{
    r->turns = more(r->turns, r->n_turns, &r->turns_room, sizeof(*r->turns));
    r->turns[r->n_turns] = (struct recorded_turn){.kind = kind, .from = r->n_calls};
    r->episodes[r->n_episodes - 1].n_turns++;
    return &r->turns[r->n_turns++];
}

struct recorded_call *recording_add_call(struct recording *r)
{
    r->calls = more(r->calls, r->n_calls, &r->calls_room, sizeof(*r->calls));
    r->calls[r->n_calls] = (struct recorded_call){.fate = RECORDED_UNKNOWN};
    r->turns[r->n_turns - 1].n_calls++;
    return &r->calls[r->n_calls++];
}

struct recorded_call *recording_own_calls(struct recording *r, const struct recorded_turn *turn)
{
    return turn->n_calls ? &r->calls[turn->from] : NULL;
}

static struct block *add_block(struct recording *r, size_t bytes)
{
    struct block *b = mem_new(sizeof(*b) + bytes);
    b->next = r->blocks;
    r->blocks = b;
    return b;
}

struct recorded_text recording_text(struct recording *r, const char *text, size_t len)
{
    size_t need = len + 1;
    struct block *b = r->blocks;
    if (need > BLOCK_BYTES / BLOCK_SHARE) {
        b = add_block(r, need);
        b->used = BLOCK_BYTES; /* nobody else comes into it */
        if (len)
            memcpy(b->at, text, len);
        return (struct recorded_text){b->at, len};
    }
    if (!b || BLOCK_BYTES - b->used < need)
        b = add_block(r, BLOCK_BYTES);
    char *at = b->at + b->used;
    b->used += need;
    if (len)
        memcpy(at, text, len);
    return (struct recorded_text){at, len};
}

static int in_order(const void *a, const void *b)
{
    const struct recorded_episode *x = a;
    const struct recorded_episode *y = b;
    if (x->phase != y->phase)
        return x->phase - y->phase;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->step != y->step)
        return x->step < y->step ? -1 : 1;
    if (x->sample != y->sample)
        return x->sample < y->sample ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

struct key {
    const struct recorded_row *rows;
    enum by by;
};

static int by_digest(const void *a, const void *b, void *arg)
{
    const struct key *key = arg;
    size_t i = *(const size_t *)a;
    size_t k = *(const size_t *)b;
    uint64_t x = key->rows[i].digest[key->by];
    uint64_t y = key->rows[k].digest[key->by];
    if (x != y)
        return x < y ? -1 : 1;
    return i < k ? -1 : i > k;
}

static void put_in_order(struct rows *rows, enum by by)
{
    struct key key = {rows->at, by};
    rows->order[by] = mem_array(rows->n, sizeof(*rows->order[by]));
    for (size_t i = 0; i < rows->n; i++)
        rows->order[by][i] = i;
    if (rows->n)
        qsort_r(rows->order[by], rows->n, sizeof(*rows->order[by]), by_digest, &key);
}

void recording_close(struct recording *r)
{
    assert(!r->closed);
    r->closed = true;
    if (r->n_episodes)
        qsort(r->episodes, r->n_episodes, sizeof(*r->episodes), in_order);
    for (size_t i = 0; i < r->n_episodes; i++) {
        const struct recorded_episode *ep = &r->episodes[i];
        struct recorded_row *row = &r->rows[ep->phase].at[ep->row];
        if (!row->n++)
            row->from = i;
    }
    for (int p = 0; p < RECORDING_PHASES; p++) {
        put_in_order(&r->rows[p], BY_CONTENT);
        put_in_order(&r->rows[p], BY_MESSAGES);
    }
}

/* --- Whose row is whose ---------------------------------------------------------------------- */

/* The first row with this digest that has episodes, or NULL; also if others have the digest whose
 * content is another, as it cannot be told which of them it is. */
static const struct recorded_row *first_with(const struct rows *rows, enum by by, uint64_t digest)
{
    const struct recorded_row *first = NULL;
    const size_t *order = rows->order[by];
    size_t low = 0;
    size_t high = rows->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (rows->at[order[mid]].digest[by] < digest)
            low = mid + 1;
        else
            high = mid;
    }
    size_t from = low;
    for (; low < rows->n && rows->at[order[low]].digest[by] == digest; low++) {
        const struct recorded_row *row = &rows->at[order[low]];
        if (row->digest[BY_CONTENT] != rows->at[order[from]].digest[BY_CONTENT])
            return NULL;
        if (!first && row->n)
            first = row;
    }
    return first;
}

/* A row may stand twice in a file: then the one with its own number comes first. */
static struct bound find(const struct recording *r, int phase, size_t number, enum by by,
                         uint64_t digest)
{
    const struct rows *own = &r->rows[phase];
    struct bound none = {.phase = phase};
    if (!digest)
        return none;
    if (by == BY_CONTENT && number < own->n && own->at[number].digest[by] == digest &&
        own->at[number].n)
        return (struct bound){.row = &own->at[number], .phase = phase};
    for (int i = 0; i < RECORDING_PHASES; i++) {
        int p = i ? 1 - phase : phase;
        const struct recorded_row *row = first_with(&r->rows[p], by, digest);
        if (row)
            return (struct bound){.row = row, .phase = p};
    }
    return none;
}

/* The place that row `number` of `n` has in the record, or SIZE_MAX if that is not known (1.5). */
static size_t place_of(const struct rows *rows, size_t number, size_t n)
{
    static const unsigned char shuffled[] = {2, 9, 5, 3, 8, 4, 1, 6, 0, 7};
    if (rows->n != n)
        return SIZE_MAX;
    if (!rows->permuted)
        return number;
    for (size_t i = 0; n == COUNT_OF(shuffled) && i < n; i++) {
        if (shuffled[i] == number)
            return i;
    }
    return SIZE_MAX;
}

/* Rows that nobody else has the content or messages of, by their numbers. */
static void bind_rest(struct recording *r, int phase, size_t n)
{
    const struct rows *rows = &r->rows[phase];
    struct bound *bound = r->bound[phase];
    bool *taken = mem_array(rows->n, sizeof(*taken));
    for (size_t i = 0; i < n; i++) {
        if (bound[i].row && bound[i].phase == phase)
            taken[bound[i].row - rows->at] = true;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = bound[i].row ? SIZE_MAX : place_of(rows, i, n);
        if (at == SIZE_MAX || taken[at] || !rows->at[at].n)
            continue;
        bool other = rows->at[at].digest[BY_MESSAGES] != 0;
        bound[i] = (struct bound){.row = &rows->at[at], .phase = phase, .other = other};
        r->count[phase].by_number++;
        r->count[phase].others += other;
    }
    free(taken);
}

enum err_code recording_bind(struct recording *r, int phase, const struct dataset *d, struct err *e)
{
    assert(r->closed && !r->bound[phase]);
    size_t n = dataset_count(d);
    struct recording_count *count = &r->count[phase];
    *count = (struct recording_count){.n = n};
    r->bound[phase] = mem_array(n, sizeof(*r->bound[phase]));
    for (size_t i = 0; i < n; i++) {
        struct row row = {0};
        enum err_code rc = dataset_row(d, i, &row, e);
        if (rc)
            return rc;
        struct bound *bound = &r->bound[phase][i];
        *bound = find(r, phase, i, BY_CONTENT, row_digest(&row.tape));
        count->by_content += bound->row != NULL;
        if (!bound->row) {
            *bound = find(r, phase, i, BY_MESSAGES, row_digest_messages(&row.tape, 0));
            count->by_messages += bound->row != NULL;
        }
        row_release(&row);
    }
    bind_rest(r, phase, n);
    for (size_t i = n; i-- > 0;) {
        if (r->bound[phase][i].row)
            continue;
        count->none++;
        count->first_none = i;
    }
    return ERR_OK;
}

struct recording_count recording_count(const struct recording *r, int phase)
{
    return r->count[phase];
}

size_t recording_episodes(const struct recording *r)
{
    return r->n_episodes;
}

const struct recorded_episode *recording_at(const struct recording *r, size_t i)
{
    return i < r->n_episodes ? &r->episodes[i] : NULL;
}

/* --- Playing it ------------------------------------------------------------------------------ */

const struct recorded_episode *recording_find(const struct recording *r,
                                              const struct policy_place *place)
{
    if (!r->bound[place->phase] || place->row >= r->count[place->phase].n)
        return NULL;
    const struct bound *b = &r->bound[place->phase][place->row];
    if (!b->row)
        return NULL;
    const struct recorded_episode *all = &r->episodes[b->row->from];
    size_t from = 0;
    size_t n = b->row->n;
    assert(n); /* a row without episodes is nobody's */
    if (b->phase == place->phase) {
        size_t end = 0;
        while (end < n && all[end].step <= place->step) {
            from += all[end].step < place->step;
            end++;
        }
        if (from < end)
            n = end - from;
        else
            from = 0;
    }
    return &all[from + place->sample % n];
}

bool recording_is_other(const struct recording *r, const struct policy_place *place)
{
    const struct bound *bound = r->bound[place->phase];
    return bound && place->row < r->count[place->phase].n && bound[place->row].other;
}

const struct recorded_turn *recording_turn(const struct recording *r,
                                           const struct recorded_episode *ep, size_t turn)
{
    return turn < ep->n_turns ? &r->turns[ep->from + turn] : NULL;
}

const struct recorded_call *recording_calls(const struct recording *r,
                                            const struct recorded_turn *turn)
{
    return turn->n_calls ? &r->calls[turn->from] : NULL;
}
