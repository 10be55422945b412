/* Templates: text with {{paths}} into JSON values.
 *
 *     template := ( text | "{{" ws* path ws* "}}" )*
 *     path     := root ( "." key | "[" digits "]" )*
 *
 * Pure substitution: no escaping, no filters, and what was put in is not scanned again (TP-4).
 * A path that resolves nowhere is an error with its reason, never an empty text (TP-6). Values are
 * put in as GAP-29 has it: strings raw, integers as written, other numbers shortest, objects and
 * arrays as compact JSON.
 * Which roots exist, and what they stand for, is the caller's: graders have `item` and `sample`
 * (TP-1), scripted policies `item`, `calls` and `turns`.
 * Threads: a parsed template is constant; rendering is pure.
 */
#ifndef SIM_BASE_TEMPLATE_H
#define SIM_BASE_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/base/tape.h"

struct template_step {
    char *key;    /* owned; NULL for an index */
    size_t index; /* if key is NULL */
};

struct template_path {
    char *text;                  /* owned; "item.target_items[0]", as written, for messages */
    struct template_step *steps; /* owned; the root is not among them */
    size_t n_steps;
    size_t root; /* index into the roots given to template_parse */
};

struct template_part {
    char *literal; /* owned; NULL if this part is a path */
    size_t literal_len;
    struct template_path path;
};

struct template
{
    struct template_part *parts; /* owned */
    size_t n_parts;
};

/* What a path leads to: a value on a tape, a plain text, or both (a tool's output that happens to
 * be JSON: put into text it stays as it came, as a JSON value it has a type and can be walked). */
struct template_value {
    const struct tape *tape; /* borrowed; NULL if the text is no JSON */
    size_t at;
    const char *text; /* borrowed; NULL if there is only the value on the tape */
    size_t text_len;
};

struct template_fault {
    const char *path; /* "item.target_items[0]", borrowed from the template */
    size_t reached;   /* bytes of the path that lead somewhere; 0 if that is not known */
    char why[160];    /* "target_items has 0 elements" */
};

/* For each kind of value that was put in the first path that led to one, else NULL. Borrowed from
 * the template. */
struct template_kinds {
    const char *path[TAPE_OBJECT + 1]; /* by enum tape_kind */
};

/* The caller's roots. `find` takes as many steps of the path as it needs to come to a value, and
 * leaves the rest to be walked on the tape; on false it has filled fault->why. */
struct template_scope {
    bool (*find)(const void *arg, const struct template_path *path, size_t *n_taken,
                 struct template_value *out, struct template_fault *fault);
    const void *arg;
};

/* Told of a template and where it stands: a key or pointer of whoever tells, "input". Both are
 * borrowed for the call. */
typedef void template_visit(void *arg, const char *where, const struct template *t);

/* Parse text[0..len). `roots` ends with NULL. On success `*out` is the caller's.
 * Errors: ERR_JOB, with the column from 1 in the message. */
NODISCARD enum err_code template_parse(struct template **out, const char *text, size_t len,
                                       const char *const *roots, struct err *e);
void template_free(struct template *t); /* NULL is fine */

bool template_has_paths(const struct template *t);
bool template_is_one_path(const struct template *t); /* "{{item.key}}" and nothing else */

/* Append the rendered text. `kinds` is NULL, or zeroed and then told what was put in. On false
 * `fault` says which path and why; `out` holds a part. */
NODISCARD bool template_render(const struct template *t, const struct template_scope *scope,
                               struct buf *out, struct template_kinds *kinds,
                               struct template_fault *fault);

/* Append the value of a template_is_one_path() as JSON, its type kept. */
NODISCARD bool template_render_json(const struct template *t, const struct template_scope *scope,
                                    struct buf *out, struct template_fault *fault);

/* Where a path, as it was parsed from `text`, stands in it: its first byte. */
size_t template_find(const char *text, const char *path);

#endif
