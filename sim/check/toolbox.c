#include "sim/check/toolbox.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/buf.h"
#include "sim/base/mem.h"
#include "sim/job/schema.h"

enum { N_SLOTS = TOOLBOX_MAX * 2 };

struct toolbox_schema {
    uint64_t hash;
    size_t n_rows; /* that carry it */
    size_t line;   /* of the last of them, in the block */
    struct diags found;
};

enum { LANES = 4 }; /* hashed side by side, since each step waits for the one before */

static const uint64_t odd = 0x9e3779b97f4a7c15u;

static uint64_t mix(uint64_t h, uint64_t word)
{
    h = (h ^ word) * odd;
    return h ^ h >> 29;
}

/* Of what is checked: the text of the function, in which name, parameters and strict stand. */
static uint64_t hash_of(const char *text, size_t len)
{
    uint64_t lanes[LANES] = {len, 1, 2, 3};
    uint64_t words[LANES];
    for (; len >= sizeof(words); text += sizeof(words), len -= sizeof(words)) {
        memcpy(words, text, sizeof(words));
        for (int i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], words[i]);
    }
    memset(words, 0, sizeof(words));
    memcpy(words, text, len);
    uint64_t h = 0;
    for (int i = 0; i < LANES; i++)
        h = mix(mix(h, lanes[i]), words[i]);
    return h ^ h >> 32;
}

/* Where the schema with this hash is, or is to be put: index + 1 in a slot, 0 if it is new. */
static size_t *slot_of(struct toolbox *box, uint64_t hash)
{
    if (!box->slots)
        box->slots = mem_array(N_SLOTS, sizeof(*box->slots));
    size_t i = hash % N_SLOTS;
    while (box->slots[i] && box->at[box->slots[i] - 1].hash != hash)
        i = (i + 1) % N_SLOTS;
    return &box->slots[i];
}

/* The schema with this hash, or a new one; NULL when there is no room left. */
static struct toolbox_schema *schema_of(struct toolbox *box, uint64_t hash, bool *fresh)
{
    size_t *slot = slot_of(box, hash);
    *fresh = !*slot;
    if (*slot)
        return &box->at[*slot - 1];
    if (box->n == TOOLBOX_MAX)
        return NULL;
    if (box->n == box->room) {
        box->room = box->room ? box->room * 2 : 32;
        box->at = mem_grow(box->at, box->room, sizeof(*box->at));
    }
    box->at[box->n] = (struct toolbox_schema){.hash = hash};
    *slot = ++box->n;
    return &box->at[box->n - 1];
}

struct telling {
    const struct tape *t;
    const struct row_line *row;
    struct diags *list;
};

static struct diag *add(const struct telling *x, enum diag_severity severity, enum diag_code code,
                        size_t v, const char *text)
{
    const struct tape_entry *entry = &x->t->at[v];
    bool container = entry->kind == TAPE_ARRAY || entry->kind == TAPE_OBJECT;
    size_t line = 0;
    size_t col = 0;
    size_t end = 0;
    tape_place(x->row->text, entry->start, &line, &col);
    tape_place(x->row->text, container ? entry->start + 1 : entry->end, &line, &end);
    struct diag *d = diag_add(x->list, severity, code, x->row->file, x->row->line, col, "%s", text);
    d->span = end > col ? end - col : 1;
    diag_excerpt(d, x->row->text, x->row->len);
    struct buf pointer = {0};
    tape_pointer(x->t, v, &pointer);
    diag_pointer(d, "%s", buf_text(&pointer));
    buf_release(&pointer);
    return d;
}

static void tell(void *arg, const struct schema_fault *fault)
{
    const struct telling *x = arg;
    struct diag *d = add(x, fault->severity, fault->code, fault->at, fault->text);
    diag_fix(d, "%s", fault->fix ? fault->fix : diag_code_row(fault->code)->fix);
}

/* DS-6; a function without parameters takes none. */
static void check_function(const struct telling *x, size_t function)
{
    size_t strict = tape_get(x->t, function, "strict");
    size_t parameters = tape_get(x->t, function, "parameters");
    enum tape_kind kind = tape_kind(x->t, strict); /* null for none */
    if (kind != TAPE_TRUE && kind != TAPE_FALSE && kind != TAPE_NULL)
        diag_fix(add(x, DIAG_ERROR, DIAG_S013, strict, "\"strict\" must be true or false"), "%s",
                 diag_code_row(DIAG_S013)->fix);
    struct schema s = {x->t, parameters};
    unsigned flags = SCHEMA_PARAMETERS | (kind == TAPE_TRUE ? SCHEMA_STRICT : 0u);
    if (tape_kind(x->t, parameters) == TAPE_OBJECT)
        schema_check(&s, flags, tell, (void *)(uintptr_t)x);
    else if (parameters != TAPE_NONE && tape_kind(x->t, parameters) != TAPE_NULL)
        diag_fix(add(x, DIAG_ERROR, DIAG_S001, parameters, "\"parameters\" must be an object"),
                 "give the schema of the arguments, or leave it out if there are none");
}

static void look_at(struct toolbox *box, const struct tape *t, size_t function,
                    const struct row_line *row)
{
    size_t len = 0;
    const char *text = tape_text(t, function, &len);
    bool fresh = false;
    struct toolbox_schema *schema = schema_of(box, hash_of(text, len), &fresh);
    struct diags *list = schema ? &schema->found : &box->rest;
    if (!schema)
        box->known = 0; /* so that they are looked at in each row */
    if (fresh) {
        list->most_each = ROW_MAX_FAULTS;
        check_function(&(struct telling){t, row, list}, function);
    }
    if (schema)
        schema->n_rows += schema->line != row->line;
    if (schema)
        schema->line = row->line;
}

/* The rows that had the tools of the one looked at last, to its schemas. */
static void settle(struct toolbox *box)
{
    for (size_t i = 0; box->n_again && i < box->n; i++)
        box->at[i].n_rows += box->at[i].line == box->line ? box->n_again : 0;
    box->n_again = 0;
    box->known = 0;
}

void toolbox_row(struct toolbox *box, const struct tape *t, const struct row_line *row)
{
    size_t list = tape_get(t, 0, "tools");
    if (tape_kind(t, list) != TAPE_ARRAY)
        return;
    uint64_t known = list == t->again ? t->known.hash : 0;
    if (known && known == box->known) {
        box->n_again++;
        return;
    }
    settle(box);
    box->known = known;
    box->line = row->line;
    for (size_t v = list + 1; v < t->at[list].next; v = t->at[v].next) {
        size_t function = tape_get(t, v, "function");
        if (tape_kind(t, function) == TAPE_OBJECT)
            look_at(box, t, function, row);
    }
}

static void clear(struct toolbox *box)
{
    for (size_t i = 0; i < box->n; i++)
        diags_release(&box->at[i].found);
    if (box->n)
        memset(box->slots, 0, N_SLOTS * sizeof(*box->slots));
    box->n = 0;
}

void toolbox_join(struct toolbox *whole, struct toolbox *block, size_t n_before)
{
    settle(block);
    for (size_t i = 0; i < block->n; i++) {
        struct toolbox_schema *from = &block->at[i];
        bool fresh = false;
        struct toolbox_schema *to = schema_of(whole, from->hash, &fresh);
        if (fresh)
            diags_move(to ? &to->found : &whole->rest, &from->found, n_before);
        if (to)
            to->n_rows += from->n_rows;
    }
    whole->rest.most_each = ROW_MAX_FAULTS;
    diags_move(&whole->rest, &block->rest, n_before);
    clear(block);
}

void toolbox_tell(struct toolbox *box, size_t n_rows, struct diags *list)
{
    settle(box);
    for (size_t i = 0; i < box->n; i++) {
        struct toolbox_schema *schema = &box->at[i];
        for (size_t k = 0; schema->n_rows > 1 && k < schema->found.n; k++) {
            struct diag *d = &schema->found.at[k];
            char *text =
                mem_printf("%s; in %zu of %zu rows, first here", d->text, schema->n_rows, n_rows);
            free(d->text);
            d->text = text;
        }
        diags_move(list, &schema->found, 0);
    }
    diags_move(list, &box->rest, 0);
    clear(box);
}

void toolbox_release(struct toolbox *box)
{
    clear(box);
    diags_release(&box->rest);
    free(box->at);
    free(box->slots);
    *box = (struct toolbox){0};
}
