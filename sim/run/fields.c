#include "sim/run/fields.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/mem.h"
#include "sim/base/nearest.h"
#include "sim/policy/episode.h"

struct search {
    const char **fields; /* owned; their names borrowed */
    size_t n;
    bool *seen; /* owned; by field */
    size_t n_unseen;
};

static void search_init(struct search *s, size_t most)
{
    *s = (struct search){.fields = mem_array(most, sizeof(*s->fields)),
                         .seen = mem_array(most, sizeof(*s->seen))};
}

static void search_release(struct search *s)
{
    free(s->fields);
    free(s->seen);
}

static void look_at(struct search *s, const struct tape *row)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->seen[i] || tape_get(row, 0, s->fields[i]) == TAPE_NONE)
            continue;
        s->seen[i] = true;
        s->n_unseen--;
    }
}

/* What cannot be read is told by who needs the row. */
static void look_into(struct search *s, const struct dataset *d)
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

static void look_through(struct search *s, const struct dataset *const *datasets, size_t n_datasets)
{
    s->n_unseen = s->n;
    for (size_t i = 0; i < n_datasets; i++)
        look_into(s, datasets[i]);
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

static void fix(struct diag *found, const char *field, const struct dataset *d)
{
    struct buf near = {0};
    add_nearest(&near, field, d);
    if (near.len)
        diag_fix(found, "did you mean '%s'?", buf_text(&near));
    else
        diag_fix(found, "correct the name, or give every row the field");
    buf_release(&near);
}

static void warn(const struct grader_read *read, const struct job *job, const struct dataset *d,
                 struct diags *list)
{
    fix(doc_fault_in(job->doc, list, DIAG_WARNING, DIAG_P007, read->pointer, read->text, read->from,
                     read->len, "the grader reads a field of the item, and no row has it: '%s'",
                     read->field),
        read->field, d);
}

static void check_one(const struct grader *g, const struct job *job,
                      const struct dataset *const *datasets, size_t n_datasets, struct diags *list)
{
    struct grader_reads reads = {0};
    struct search s;
    grader_reads(g, &reads);
    search_init(&s, reads.n);
    for (size_t i = 0; i < reads.n; i++)
        s.fields[s.n++] = reads.at[i].field;
    look_through(&s, datasets, n_datasets);
    for (size_t i = 0; i < s.n; i++) {
        if (!s.seen[i])
            warn(&reads.at[i], job, datasets[0], list);
    }
    search_release(&s);
}

void fields_check(const struct grader *g, const struct job *job,
                  const struct dataset *const *datasets, size_t n_datasets, struct diags *list)
{
    size_t n_parts = 0;
    grader_parts(g, &n_parts);
    for (size_t i = 0; i <= n_parts; i++)
        check_one(grader_at(g, i), job, datasets, n_datasets, list);
}

/* --- Of a policy ----------------------------------------------------------------------------- */

enum { POLICY_FIELDS_MAX = 1000 }; /* looked for; those of further templates are not */

struct policy_fields {
    struct search search;
    char **where; /* owned, each too: pointers into the file of the policy, by field */
};

static bool is_in(const struct search *s, const char *field)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->fields[i], field) == 0)
            return true;
    }
    return false;
}

static void add_fields(void *arg, const char *where, const struct template *t)
{
    struct policy_fields *all = arg;
    struct search *s = &all->search;
    for (size_t i = 0; i < t->n_parts && s->n < POLICY_FIELDS_MAX; i++) {
        const struct template_path *path = &t->parts[i].path;
        if (t->parts[i].literal || strcmp(episode_roots[path->root], "item") != 0 ||
            !path->n_steps || !path->steps[0].key || is_in(s, path->steps[0].key))
            continue;
        all->where[s->n] = mem_text(where);
        s->fields[s->n++] = path->steps[0].key;
    }
}

void fields_check_policy(const struct policy *p, const struct job *job,
                         const struct dataset *const *datasets, size_t n_datasets,
                         struct diags *list)
{
    const struct doc *doc = job->policy_doc ? job->policy_doc : job->doc;
    struct policy_fields all = {.where = mem_array(POLICY_FIELDS_MAX, sizeof(*all.where))};
    struct search *s = &all.search;
    search_init(s, POLICY_FIELDS_MAX);
    policy_templates(p, add_fields, &all);
    look_through(s, datasets, n_datasets);
    for (size_t i = 0; i < s->n; i++) {
        if (!s->seen[i])
            fix(doc_fault(doc, list, DIAG_WARNING, DIAG_X008, all.where[i],
                          "the policy reads a field of the row, and no row has it: '%s'",
                          s->fields[i]),
                s->fields[i], datasets[0]);
        free(all.where[i]);
    }
    free(all.where);
    search_release(s);
}
