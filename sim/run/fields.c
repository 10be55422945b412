#include "sim/run/fields.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"

struct search {
    struct grader_reads reads;
    bool *seen; /* by field */
    size_t n_unseen;
};

static void look_at(struct search *s, const struct tape *row)
{
    for (size_t i = 0; i < s->reads.n; i++) {
        if (s->seen[i] || tape_get(row, 0, s->reads.at[i].field) == TAPE_NONE)
            continue;
        s->seen[i] = true;
        s->n_unseen--;
    }
}

/* What cannot be read is told by who needs the row. */
static void look_through(struct search *s, const struct dataset *d)
{
    for (size_t i = 0; s->n_unseen && i < dataset_count(d); i++) {
        struct row row = {0};
        struct err e = {0};
        if (dataset_row(d, i, &row, &e))
            return;
        look_at(s, &row.tape);
        row_release(&row);
    }
}

/* The key of a row that is most like `field`, appended; nothing if none is. */
static void add_nearest(struct buf *out, const char *field, const struct dataset *d)
{
    struct row row = {0};
    struct err e = {0};
    struct nearest near = {.word = field};
    if (!dataset_count(d) || dataset_row(d, 0, &row, &e))
        return;
    size_t n = 0;
    char **keys = mem_array(tape_count(&row.tape, 0), sizeof(*keys));
    for (size_t at = 1; at < row.tape.n; at = row.tape.at[at + 1].next) {
        struct buf key = {0};
        tape_string(&row.tape, at, &key);
        keys[n] = buf_take(&key);
        nearest_try(&near, keys[n++]);
    }
    if (near.name)
        buf_text_add(out, near.name);
    while (n)
        free(keys[--n]);
    free(keys);
    row_release(&row);
}

static void warn(const struct grader_read *read, const struct job *job, const struct dataset *d,
                 struct diags *list)
{
    struct buf near = {0};
    add_nearest(&near, read->field, d);
    struct diag *found = doc_fault_in(
        job->doc, list, DIAG_WARNING, DIAG_P007, read->pointer, read->text, read->from, read->len,
        "the grader reads a field of the item, and no row has it: '%s'", read->field);
    if (near.len)
        diag_fix(found, "did you mean '%s'?", buf_text(&near));
    else
        diag_fix(found, "correct the name, or give every row the field");
    buf_release(&near);
}

static void check_one(const struct grader *g, const struct job *job,
                      const struct dataset *const *datasets, size_t n_datasets, struct diags *list)
{
    struct search s = {0};
    grader_reads(g, &s.reads);
    s.n_unseen = s.reads.n;
    s.seen = mem_array(s.reads.n, sizeof(*s.seen));
    for (size_t i = 0; i < n_datasets; i++)
        look_through(&s, datasets[i]);
    for (size_t i = 0; i < s.reads.n; i++) {
        if (!s.seen[i])
            warn(&s.reads.at[i], job, datasets[0], list);
    }
    free(s.seen);
}

void fields_check(const struct grader *g, const struct job *job,
                  const struct dataset *const *datasets, size_t n_datasets, struct diags *list)
{
    size_t n_parts = 0;
    grader_parts(g, &n_parts);
    for (size_t i = 0; i <= n_parts; i++)
        check_one(grader_at(g, i), job, datasets, n_datasets, list);
}
