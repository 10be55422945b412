#include "sim/check/toolset.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/mem.h"
#include "sim/base/nearest.h"

enum { N_SLOTS = TOOLSET_MAX * 2 };

/* --- the rows -------------------------------------------------------------------------------- */

/* Where the definition is, or is to be put: index + 1 in a slot, 0 if it is new. */
static uint16_t *slot_of(struct toolset *s, const char *text, size_t len, uint64_t hash)
{
    if (!s->slots)
        s->slots = mem_array(N_SLOTS, sizeof(*s->slots));
    size_t i = hash % N_SLOTS;
    for (; s->slots[i]; i = (i + 1) % N_SLOTS) {
        const struct toolset_tool *t = &s->at[s->slots[i] - 1];
        if (t->hash == hash && t->len == len && memcmp(t->text, text, len) == 0)
            break;
    }
    return &s->slots[i];
}

/* Room for one more, or NULL. */
static struct toolset_tool *add_tool(struct toolset *s, uint16_t *slot)
{
    if (s->n == TOOLSET_MAX) {
        s->n_over++;
        s->known = 0; /* so that they are looked at in each row */
        return NULL;
    }
    s->at = mem_grow(s->at, s->n + 1, sizeof(*s->at));
    *slot = (uint16_t)++s->n;
    return &s->at[s->n - 1];
}

/* The tool at `v`; NULL for what is no tool. `guess` is where the tool before it was found: rows
 * mostly have the same ones in the same order. */
static struct toolset_tool *note_tool(struct toolset *s, const struct tape *row, size_t v,
                                      size_t guess, size_t line)
{
    size_t len = 0;
    const char *text = tape_text(row, v, &len);
    size_t name = tape_get(row, tape_get(row, v, "function"), "name");
    struct toolset_tool *t = guess < s->n ? &s->at[guess] : NULL;
    if (tape_kind(row, name) != TAPE_STRING)
        return NULL;
    if (!t || t->len != len || memcmp(t->text, text, len) != 0) {
        uint64_t hash = hash_bytes(text, len);
        uint16_t *slot = slot_of(s, text, len, hash);
        t = *slot ? &s->at[*slot - 1] : NULL;
        if (!t && (t = add_tool(s, slot))) {
            struct buf called = {0};
            tape_string(row, name, &called);
            *t = (struct toolset_tool){
                mem_slice(text, len), len, hash, mem_text(buf_text(&called)), 0, line, 0};
            buf_release(&called);
        }
    }
    if (t) {
        t->n_rows += t->line != line; /* given twice in a row it is in one row */
        t->line = line;
    }
    return t;
}

static void note_names(struct toolset *s, uint64_t names, size_t n_tools, size_t n_rows,
                       size_t line)
{
    for (size_t i = 0; i < s->n_sets; i++) {
        if (s->sets[i].names == names && s->sets[i].n_tools == n_tools) {
            s->sets[i].n_rows += n_rows;
            return;
        }
    }
    if (s->n_sets == TOOLSET_SETS)
        return;
    s->sets = mem_grow(s->sets, s->n_sets + 1, sizeof(*s->sets));
    s->sets[s->n_sets++] = (struct toolset_names){names, n_tools, n_rows, line};
}

/* The rows that had the tools of the one looked at last, to its tools. */
static void settle(struct toolset *s)
{
    const struct toolset_names *last = &s->last;
    for (size_t i = 0; last->n_rows && i < s->n; i++)
        s->at[i].n_rows += s->at[i].line == last->first ? last->n_rows : 0;
    if (last->n_rows)
        note_names(s, last->names, last->n_tools, last->n_rows, last->first);
    s->n_rows += last->n_rows;
    s->n_with += last->n_tools ? last->n_rows : 0;
    s->last = (struct toolset_names){0};
    s->known = 0;
}

static void note_tools(struct toolset *s, const struct tape *row, size_t list, size_t line)
{
    struct toolset_names *last = &s->last;
    size_t guess = 0;
    last->first = line;
    for (size_t v = list + 1; v < row->at[list].next; v = row->at[v].next) {
        const struct toolset_tool *t = note_tool(s, row, v, guess, line);
        if (!t)
            continue;
        guess = (size_t)(t - s->at) + 1;
        last->names += hash_bytes(t->name, strlen(t->name));
        last->n_tools++;
    }
}

void toolset_row(struct toolset *s, const struct tape *row, size_t line)
{
    size_t list = tape_get(row, 0, "tools");
    bool again = list != TAPE_NONE && list == row->again;
    uint64_t known = again ? row->known.hash : 0;
    if (known && known == s->known) {
        s->last.n_rows++;
        return;
    }
    settle(s);
    s->known = known;
    if (tape_kind(row, list) == TAPE_ARRAY)
        note_tools(s, row, list, line);
    s->n_rows++;
    s->n_with += s->last.n_tools > 0;
    note_names(s, s->last.names, s->last.n_tools, 1, line);
}

static void join_tool(struct toolset *whole, struct toolset_tool *t, size_t n_before)
{
    uint16_t *slot = slot_of(whole, t->text, t->len, t->hash);
    struct toolset_tool *known = *slot ? &whole->at[*slot - 1] : NULL;
    if (known) {
        known->n_rows += t->n_rows;
    } else if ((known = add_tool(whole, slot))) {
        *known = *t;
        known->first += n_before;
        return;
    }
    free(t->text);
    free(t->name);
}

void toolset_join(struct toolset *whole, struct toolset *block, size_t n_before)
{
    settle(block);
    if (block->n)
        memset(block->slots, 0, N_SLOTS * sizeof(*block->slots));
    for (size_t i = 0; i < block->n; i++)
        join_tool(whole, &block->at[i], n_before);
    for (size_t i = 0; i < block->n_sets; i++) {
        const struct toolset_names *set = &block->sets[i];
        note_names(whole, set->names, set->n_tools, set->n_rows, set->first + n_before);
    }
    whole->n_rows += block->n_rows;
    whole->n_with += block->n_with;
    whole->n_over += block->n_over;
    block->n = block->n_sets = block->n_rows = block->n_with = block->n_over = 0;
}

void toolset_release(struct toolset *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->at[i].text);
        free(s->at[i].name);
    }
    free(s->at);
    free(s->slots);
    free(s->sets);
    *s = (struct toolset){0};
}

/* --- what is told ---------------------------------------------------------------------------- */

struct teller {
    const struct job *job;
    const struct toolset_of *files; /* two */
    struct diags *list;             /* the job's */
};

/* Rows of this file that have a tool of that name, and the line of the first. */
static size_t rows_with(const struct toolset_of *file, const char *name, size_t *first)
{
    size_t n = 0;
    for (size_t i = 0; file->path && i < file->set->n; i++) {
        const struct toolset_tool *t = &file->set->at[i];
        if (strcmp(t->name, name) != 0)
            continue;
        if (!n)
            *first = t->first;
        n += t->n_rows;
    }
    return n;
}

static bool is_told_before(const struct toolset *s, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(s->at[k].name, s->at[i].name) == 0)
            return true;
    }
    return false;
}

static const struct job_tool *job_tool(const struct job *job, const char *name)
{
    for (size_t i = 0; i < job->n_tools; i++) {
        if (job->tools[i].name && strcmp(job->tools[i].name, name) == 0)
            return &job->tools[i];
    }
    return NULL;
}

/* GAP-24: the model may call it, and the call has nowhere to go. */
static void tell_row_only(const struct teller *t, const struct toolset_of *file)
{
    for (size_t i = 0; file->path && i < file->set->n; i++) {
        const char *name = file->set->at[i].name;
        size_t first = 0;
        if (job_tool(t->job, name) || is_told_before(file->set, i))
            continue;
        size_t n = rows_with(file, name, &first);
        struct nearest near = {.word = name};
        for (size_t k = 0; k < t->job->n_tools; k++)
            nearest_try(&near, t->job->tools[k].name ? t->job->tools[k].name : "");
        struct diag *d = diag_add(file->list, DIAG_ERROR, DIAG_X010, file->path, first, 1,
                                  "the tool '%s' stands in %zu of %zu rows, and not in the job",
                                  name, n, file->set->n_rows);
        if (near.name)
            diag_fix(d, "the job has '%s': names must match letter for letter (DS-22)", near.name);
        else
            diag_fix(d, "add it, with its server_url, to method.reinforcement.tools, or take it "
                        "out of the rows");
    }
}

/* The job's tools that no row describes. */
static void tell_job_only(const struct teller *t)
{
    for (size_t i = 0; i < t->job->n_tools; i++) {
        const char *name = t->job->tools[i].name;
        size_t first = 0;
        if (!name || rows_with(&t->files[0], name, &first) || rows_with(&t->files[1], name, &first))
            continue;
        char *pointer = mem_printf(JOB_TOOLS_POINTER "/%zu/name", i);
        diag_fix(doc_fault(t->job->doc, t->list, DIAG_WARNING, DIAG_X012, pointer,
                           "no row has the tool '%s': the model is never shown what it takes",
                           name),
                 "put its description into the rows' tools, or take it out of the job");
        free(pointer);
    }
}

/* DS-23 */
static void tell_no_schema(const struct teller *t, size_t n_rows)
{
    diag_fix(doc_fault(t->job->doc, t->list, DIAG_WARNING, DIAG_X013, JOB_TOOLS_POINTER "#",
                       "no tools in any of %zu rows: no schema for the job's %zu tool%s", n_rows,
                       t->job->n_tools, t->job->n_tools == 1 ? "" : "s"),
             "put each tool's function, with its parameters, into the tools of every row");
}

/* DS-20 */
static void tell_no_job_tools(const struct teller *t, size_t n_rows, size_t n_with)
{
    diag_fix(doc_fault(t->job->doc, t->list, DIAG_WARNING, DIAG_X011, "/method/reinforcement#",
                       "%zu of %zu rows have tools, and the job has none to call", n_with, n_rows),
             "add method.reinforcement.tools with a server_url for each; without, a call ends the "
             "rollout and only the call can be graded");
}

static void tell_sets(const struct toolset_of *file)
{
    const struct toolset *s = file->set;
    const struct toolset_names *most = s->sets;
    struct buf others = {0};
    size_t n_told = 0;
    if (!file->path || s->n_sets < 2)
        return;
    for (size_t i = 1; i < s->n_sets; i++)
        most = s->sets[i].n_rows > most->n_rows ? &s->sets[i] : most;
    for (const struct toolset_names *set = s->sets; set < s->sets + s->n_sets; set++) {
        if (set == most || n_told++ >= 3)
            continue;
        buf_printf(&others, "%s%zu ha%s %zu (first: line %zu)", others.len ? ", " : "", set->n_rows,
                   set->n_rows == 1 ? "s" : "ve", set->n_tools, set->first);
    }
    const struct toolset_names *odd = most == s->sets ? &s->sets[1] : s->sets;
    diag_fix(diag_add(file->list, DIAG_WARNING, DIAG_X014, file->path, odd->first, 1,
                      "rows have different tools: %zu have the %zu of line %zu, %s%s", most->n_rows,
                      most->n_tools, most->first, buf_text(&others),
                      n_told > 3 ? ", and others" : ""),
             "give every row the same tools, unless the choice of tools is part of the task");
    buf_release(&others);
}

/* --- one name, several definitions ----------------------------------------------------------- */

struct definition {
    const char *path;
    const struct toolset_tool *tool;
    char *compact; /* owned: white space is no difference */
    size_t n_rows; /* of all that are written alike */
};

static char *compact(const struct toolset_tool *tool)
{
    struct tape tape = {0};
    struct tape_fault f;
    struct buf out = {0};
    if (tape_scan(&tape, tool->text, tool->len, &f))
        tape_compact(&tape, 0, &out);
    tape_release(&tape);
    return buf_take(&out);
}

/* The different definitions of `name` in both files; the caller's. */
static size_t collect(struct definition **out, const struct teller *t, const char *name)
{
    struct definition *all = NULL;
    size_t n = 0;
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; t->files[f].path && i < t->files[f].set->n; i++) {
            const struct toolset_tool *tool = &t->files[f].set->at[i];
            if (strcmp(tool->name, name) != 0)
                continue;
            char *text = compact(tool);
            size_t k = 0;
            while (k < n && strcmp(all[k].compact, text) != 0)
                k++;
            if (k == n) {
                all = mem_grow(all, ++n, sizeof(*all));
                all[k] = (struct definition){t->files[f].path, tool, text, 0};
            } else {
                free(text);
            }
            all[k].n_rows += tool->n_rows;
        }
    }
    *out = all;
    return n;
}

/* Of a tool that a row tells to be elsewhere than the job does, or to be called otherwise: what
 * differs, or NULL. */
static const char *differs(const struct job *job, const struct job_tool *tool, const char *text)
{
    char *pointer = mem_printf(JOB_TOOLS_POINTER "/%zu/headers", (size_t)(tool - job->tools));
    json_t *row = json_loads(text, 0, NULL);
    json_t *url = json_object_get(row, "server_url");
    json_t *headers = json_object_get(row, "headers");
    json_t *given = doc_value(job->doc->root, pointer);
    const char *in_row = json_string_value(url);
    const char *what = NULL;
    if (url && (!in_row || !tool->server_url || strcmp(in_row, tool->server_url) != 0))
        what = "server_url";
    else if (headers && (json_object_size(headers) || json_object_size(given)) &&
             !json_equal(headers, given))
        what = "headers";
    json_decref(row);
    free(pointer);
    return what;
}

static void tell_places(const struct teller *t, const struct toolset_of *file)
{
    for (size_t i = 0; file->path && i < file->set->n; i++) {
        const struct toolset_tool *tool = &file->set->at[i];
        const struct job_tool *in_job = job_tool(t->job, tool->name);
        const char *what = in_job ? differs(t->job, in_job, tool->text) : NULL;
        if (!what)
            continue;
        diag_fix(diag_add(file->list, DIAG_WARNING, DIAG_X016, file->path, tool->first, 1,
                          "the tool '%s' has other %s here than in the job, in %zu row%s",
                          tool->name, what, tool->n_rows, tool->n_rows == 1 ? "" : "s"),
                 "take server_url and headers out of the rows; the job's are those that are used");
    }
}

static void tell_definitions(const struct teller *t)
{
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; t->files[f].path && i < t->files[f].set->n; i++) {
            const char *name = t->files[f].set->at[i].name;
            size_t first = 0;
            if (is_told_before(t->files[f].set, i) ||
                (f == 1 && rows_with(&t->files[0], name, &first)))
                continue;
            struct definition *all = NULL;
            size_t n = collect(&all, t, name);
            if (n > 1)
                diag_fix(
                    diag_add(all[1].path == t->files[0].path ? t->files[0].list : t->files[1].list,
                             DIAG_WARNING, DIAG_X015, all[1].path, all[1].tool->first, 1,
                             "the tool '%s' is described in %zu ways: in %zu rows as in %s "
                             "line %zu, in %zu as here",
                             name, n, all[0].n_rows, all[0].path, all[0].tool->first,
                             all[1].n_rows),
                    "describe a tool alike in all rows: the endpoint is the same");
            for (size_t k = 0; k < n; k++)
                free(all[k].compact);
            free(all);
        }
    }
}

void toolsets_tell(const struct job *job, const struct toolset_of files[2], struct diags *list)
{
    struct teller t = {job, files, list};
    size_t n_rows = 0;
    size_t n_with = 0;
    for (size_t f = 0; f < 2; f++) {
        n_rows += files[f].path ? files[f].set->n_rows : 0;
        n_with += files[f].path ? files[f].set->n_with : 0;
    }
    if (!n_rows)
        return;
    if (job->n_tools && !n_with)
        tell_no_schema(&t, n_rows);
    else if (!job->n_tools && n_with)
        tell_no_job_tools(&t, n_rows, n_with);
    else if (job->n_tools)
        tell_job_only(&t);
    for (size_t f = 0; f < 2; f++) {
        if (job->n_tools)
            tell_row_only(&t, &files[f]);
        tell_places(&t, &files[f]);
        tell_sets(&files[f]);
    }
    tell_definitions(&t);
}
