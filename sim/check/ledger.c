#include "sim/check/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/check/reread.h"

#define NO_ROW UINT32_MAX

/* --- Rows remembered -------------------------------------------------------------------------- */

static struct ledger_row *add_rows(struct ledger *l, size_t n)
{
    if (l->n + n > l->room) {
        l->room = l->room + l->room / 2 + n + 64;
        l->at = mem_grow(l->at, l->room, sizeof(*l->at));
    }
    l->n += n;
    return &l->at[l->n - n];
}

static void add_mark(struct ledger *l, const struct ledger_mark *mark)
{
    if (l->n_marks == l->room_marks) {
        l->room_marks = l->room_marks + l->room_marks / 2 + 16;
        l->marks = mem_grow(l->marks, l->room_marks, sizeof(*l->marks));
    }
    l->marks[l->n_marks++] = *mark;
}

void ledger_add(struct ledger *l, const struct ledger_row *row, uint64_t offset, size_t line)
{
    if (l->n % LEDGER_MARK_EACH == 0)
        add_mark(l, &(struct ledger_mark){offset, l->n, line});
    *add_rows(l, 1) = *row;
}

void ledger_join(struct ledger *whole, struct ledger *block, size_t n_before)
{
    size_t n = block->n;
    if (n > LEDGER_MAX_ROWS - whole->n)
        n = LEDGER_MAX_ROWS - whole->n;
    for (size_t i = 0; i < block->n_marks; i++) {
        struct ledger_mark mark = block->marks[i];
        mark.row += whole->n;
        mark.line += n_before;
        if (mark.row < LEDGER_MAX_ROWS)
            add_mark(whole, &mark);
    }
    if (n)
        memcpy(add_rows(whole, n), block->at, n * sizeof(*block->at));
    block->n = 0;
    block->n_marks = 0;
}

void ledger_release(struct ledger *l)
{
    free(l->at);
    free(l->marks);
    *l = (struct ledger){0};
}

/* --- Rows given twice ------------------------------------------------------------------------- */

typedef uint64_t (*hash_of)(const struct ledger_row *row);

static uint64_t whole_hash(const struct ledger_row *row)
{
    return row->row;
}

static uint64_t messages_hash(const struct ledger_row *row)
{
    return row->messages;
}

/* Slots of an open table that hold the number of a row. */
struct table {
    const struct ledger_row *rows;
    uint32_t *slots; /* owned; mask + 1 of them */
    size_t mask;
    hash_of hash;
};

static void table_init(struct table *t, const struct ledger *l, hash_of hash)
{
    size_t room = 16;
    while (room < l->n * 2)
        room *= 2;
    *t = (struct table){l->at, mem_array(room, sizeof(*t->slots)), room - 1, hash};
    memset(t->slots, 0xff, room * sizeof(*t->slots));
}

/* The slot of the first row with this hash, or the empty one where it belongs. */
static inline uint32_t *table_slot(const struct table *t, uint64_t hash)
{
    size_t i = hash & t->mask;
    while (t->slots[i] != NO_ROW && t->hash(&t->rows[t->slots[i]]) != hash)
        i = (i + 1) & t->mask;
    return &t->slots[i];
}

struct repeats {
    size_t n;     /* rows that stand there before */
    uint32_t row; /* the first of them, and what it repeats */
    uint32_t earlier;
};

static struct repeats find_repeats(const struct ledger *l, hash_of hash)
{
    enum { AHEAD = 16 }; /* the table is larger than the caches */
    struct repeats found = {0};
    struct table t;
    table_init(&t, l, hash);
    for (size_t i = 0; i < l->n; i++) {
        if (i + AHEAD < l->n)
            __builtin_prefetch(&t.slots[hash(&l->at[i + AHEAD]) & t.mask]);
        uint32_t *slot = table_slot(&t, hash(&l->at[i]));
        if (*slot == NO_ROW)
            *slot = (uint32_t)i;
        else if (!found.n++)
            found = (struct repeats){1, (uint32_t)i, *slot};
    }
    free(t.slots);
    return found;
}

/* The first row whose messages an earlier one has with other fields. */
static bool find_other(const struct ledger *l, struct repeats *found)
{
    struct table t;
    bool have = false;
    table_init(&t, l, messages_hash);
    for (size_t i = 0; i < l->n && !have; i++) {
        uint32_t *slot = table_slot(&t, l->at[i].messages);
        have = *slot != NO_ROW && l->at[*slot].row != l->at[i].row;
        if (have)
            *found = (struct repeats){found->n, (uint32_t)i, *slot};
        else if (*slot == NO_ROW)
            *slot = (uint32_t)i;
    }
    free(t.slots);
    return have;
}

void ledger_repeats(const struct ledger_file *file, struct diags *found)
{
    const struct ledger *l = file->ledger;
    struct reread r;
    struct repeats whole = find_repeats(l, whole_hash);
    struct repeats messages = find_repeats(l, messages_hash);
    reread_open(&r, file);
    if (whole.n) {
        size_t line = reread_line(&r, whole.row);
        diag_fix(diag_add(found, DIAG_WARNING, DIAG_D031, file->path, line, 1,
                          "%zu of %zu rows stand there before; the first repeats line %zu", whole.n,
                          l->n, reread_line(&r, whole.earlier)),
                 "%s", diag_code_row(DIAG_D031)->fix);
    }
    messages.n -= whole.n;
    if (messages.n && find_other(l, &messages)) {
        size_t line = reread_line(&r, messages.row);
        diag_fix(diag_add(found, DIAG_WARNING, DIAG_D032, file->path, line, 1,
                          "%zu of %zu rows have the messages of an earlier row, but other fields; "
                          "the first those of line %zu",
                          messages.n, l->n, reread_line(&r, messages.earlier)),
                 "%s", diag_code_row(DIAG_D032)->fix);
    }
    reread_close(&r);
}

/* --- Rows in both files ----------------------------------------------------------------------- */

enum {
    DONE = LEDGER_MAX_TRIES,
    VALID_RUNS = 1024, /* rows of valid whose runs are kept: all that the service takes */
};

struct pair {
    uint32_t train;
    uint32_t valid;
    unsigned percent;
};

/* The runs of one row, sorted, each once. */
struct row_runs {
    uint32_t row;
    uint32_t n;
    uint32_t *at; /* owned; NULL: of no row yet */
};

struct shared {
    const struct ledger_file *train;
    const struct ledger_file *valid;
    const struct boilerplate *boilerplate;
    uint8_t *tries; /* owned; of each row of valid: comparisons made, or DONE */
    struct reread train_reader;
    struct reread valid_reader;
    struct row_runs train_runs;
    struct row_runs *valid_runs; /* owned; VALID_RUNS of them, by row */
    struct buf text;
    size_t n_compared;
    size_t n_same; /* rows of valid with the messages of a row of train */
    size_t n_near;
    struct pair same; /* the first of each in valid */
    struct pair near;
};

static void take_pair(size_t *n, struct pair *first, const struct pair *found)
{
    if (!(*n)++ || found->valid < first->valid)
        *first = *found;
}

static void find_same(struct shared *s)
{
    const struct ledger *valid = s->valid->ledger;
    const struct ledger *train = s->train->ledger;
    struct table t;
    table_init(&t, train, messages_hash);
    for (size_t i = 0; i < train->n; i++) {
        uint32_t *slot = table_slot(&t, train->at[i].messages);
        if (*slot == NO_ROW)
            *slot = (uint32_t)i;
    }
    for (size_t i = 0; i < valid->n; i++) {
        uint32_t row = *table_slot(&t, valid->at[i].messages);
        s->tries[i] = row != NO_ROW ? DONE : 0;
        if (row != NO_ROW)
            take_pair(&s->n_same, &s->same, &(struct pair){row, (uint32_t)i, 100});
    }
    free(t.slots);
}

static void read_runs(struct row_runs *out, struct reread *r, struct buf *text, uint32_t row)
{
    uint32_t runs[WORDS_RUNS];
    out->row = row;
    out->n = 0;
    if (reread_row(r, row) && words_question(&r->tape, tape_get(&r->tape, 0, "messages"), text))
        out->n = (uint32_t)words_tidy(runs, words_runs(text->at, text->len, runs));
    out->at = mem_grow(out->at, out->n + 1, sizeof(*runs)); /* never NULL */
    if (out->n)
        memcpy(out->at, runs, out->n * sizeof(*runs));
}

/* A row of train is compared with several rows of valid one after another, and these come again
 * and again: if they are no more than VALID_RUNS, each is read once. */
static const struct row_runs *runs_of(struct shared *s, bool in_valid, uint32_t row)
{
    struct row_runs *runs = in_valid ? &s->valid_runs[row % VALID_RUNS] : &s->train_runs;
    if (!runs->at || runs->row != row)
        read_runs(runs, in_valid ? &s->valid_reader : &s->train_reader, &s->text, row);
    return runs;
}

static void compare(struct shared *s, uint32_t train, uint32_t valid)
{
    uint32_t one[WORDS_RUNS];
    uint32_t other[WORDS_RUNS];
    const struct row_runs *a = runs_of(s, false, train);
    const struct row_runs *b = runs_of(s, true, valid);
    s->n_compared++;
    s->tries[valid]++;
    memcpy(one, a->at, a->n * sizeof(*one));
    memcpy(other, b->at, b->n * sizeof(*other));
    unsigned percent = words_share(s->boilerplate, one, a->n, other, b->n);
    if (percent < WORDS_NEAR_PERCENT)
        return;
    s->tries[valid] = DONE;
    take_pair(&s->n_near, &s->near, &(struct pair){train, valid, percent});
}

/* Rows of valid by a least run: chains of 2 * row + which. */
struct chains {
    uint32_t *heads; /* owned; mask + 1 */
    uint32_t *next;  /* owned; two a row */
    size_t mask;
};

static void chains_init(struct chains *c, const struct ledger *valid)
{
    size_t room = 16;
    while (room < valid->n * 4)
        room *= 2;
    *c = (struct chains){mem_array(room, sizeof(*c->heads)),
                         mem_array(valid->n * 2, sizeof(*c->next)), room - 1};
    memset(c->heads, 0xff, room * sizeof(*c->heads));
    for (size_t i = valid->n * 2; i-- > 0;) { /* so that chains go up */
        uint32_t least = valid->at[i / 2].least[i % 2];
        c->next[i] = c->heads[least & c->mask];
        if (least)
            c->heads[least & c->mask] = (uint32_t)i;
    }
}

static void compare_with_chain(struct shared *s, const struct chains *c, uint32_t train,
                               uint32_t least)
{
    enum { MOST = 32 };
    const struct ledger_row *valid = s->valid->ledger->at;
    uint32_t i = c->heads[least & c->mask];
    for (int n = 0; i != NO_ROW && n < MOST; i = c->next[i], n++) {
        if (valid[i / 2].least[i % 2] == least && s->tries[i / 2] < DONE &&
            s->n_compared < LEDGER_MAX_COMPARED)
            compare(s, train, i / 2);
    }
}

static void find_near(struct shared *s)
{
    const struct ledger *train = s->train->ledger;
    struct chains c;
    chains_init(&c, s->valid->ledger);
    for (size_t i = 0; i < train->n; i++) {
        for (int k = 0; k < 2; k++) {
            if (train->at[i].least[k])
                compare_with_chain(s, &c, (uint32_t)i, train->at[i].least[k]);
        }
    }
    free(c.heads);
    free(c.next);
}

static void tell_same(struct shared *s, struct diags *found)
{
    size_t line = reread_line(&s->valid_reader, s->same.valid);
    diag_fix(diag_add(found, DIAG_WARNING, DIAG_D033, s->valid->path, line, 1,
                      "%zu of %zu validation rows have the messages of a training row; the first "
                      "those of %s:%zu",
                      s->n_same, s->valid->ledger->n, s->train->path,
                      reread_line(&s->train_reader, s->same.train)),
             "%s", diag_code_row(DIAG_D033)->fix);
}

static void tell_near(struct shared *s, struct diags *found)
{
    size_t line = reread_line(&s->valid_reader, s->near.valid);
    diag_fix(diag_add(found, DIAG_WARNING, DIAG_D034, s->valid->path, line, 1,
                      "%s%zu of %zu validation rows ask nearly what a training row asks: %d %% or "
                      "more of the runs of three words are shared; the first with %s:%zu, %u %%",
                      s->n_compared == LEDGER_MAX_COMPARED ? "at least " : "", s->n_near,
                      s->valid->ledger->n, WORDS_NEAR_PERCENT, s->train->path,
                      reread_line(&s->train_reader, s->near.train), s->near.percent),
             "%s", diag_code_row(DIAG_D034)->fix);
}

void ledger_shared(const struct ledger_file *train, const struct ledger_file *valid,
                   const struct boilerplate *b, struct diags *found)
{
    struct shared s = {.train = train, .valid = valid, .boilerplate = b};
    if (!train->ledger->n || !valid->ledger->n)
        return;
    s.tries = mem_array(valid->ledger->n, sizeof(*s.tries));
    s.valid_runs = mem_array(VALID_RUNS, sizeof(*s.valid_runs));
    reread_open(&s.train_reader, train);
    reread_open(&s.valid_reader, valid);
    find_same(&s);
    find_near(&s);
    if (s.n_same)
        tell_same(&s, found);
    if (s.n_near)
        tell_near(&s, found);
    reread_close(&s.train_reader);
    reread_close(&s.valid_reader);
    for (size_t i = 0; i < VALID_RUNS; i++)
        free(s.valid_runs[i].at);
    free(s.valid_runs);
    free(s.train_runs.at);
    buf_release(&s.text);
    free(s.tries);
}
