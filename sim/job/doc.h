/* A YAML or JSON file as one jansson tree that remembers where everything stood.
 *
 * YAML goes through libyaml (1.2 core schema: null, true, false, integers and floats when plain;
 * anything quoted is a string), JSON through the tape; both give the same tree, so that what reads
 * a job has one code path. A file is JSON if its name ends in .json or its first character is '{'.
 * ${NAME} and ${NAME:-default} (env.h) are expanded in values while the tree is built, in YAML
 * before a plain scalar gets its type; $${ is a literal ${. A value that came from outside the file
 * goes to secret_add; a default stands in the file for all to see, and does not.
 * Aliases, anchors, tags, several documents and merge keys are refused by name.
 */
#ifndef SIM_JOB_DOC_H
#define SIM_JOB_DOC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sim/base/buf.h"
#include "sim/base/err.h"
#include "sim/job/diag.h"

/* Where a value stood: offsets into the text. The array is in the order of the file, a value
 * before all it holds. */
struct doc_place {
    char *key;        /* owned; NULL for an element of a list and for the root */
    size_t key_start; /* of the key, quotes included */
    size_t key_end;
    size_t start; /* of the value */
    size_t end;   /* of a scalar; a container's is start + 1 */
    size_t next;  /* index of the place after this value and all it holds */
    bool faulty;  /* a fault was found while it was read; in the tree it is null */
};

struct doc {
    char *path; /* owned; as given */
    char *text; /* owned; the file's bytes but for a byte order mark, for excerpts */
    size_t len;
    json_t *root;             /* owned; expanded */
    json_t *source;           /* owned; the same tree before expansion, for the masked copy */
    struct doc_place *places; /* owned; places[0] is the root's */
    size_t n_places;
    size_t places_room;
    size_t n_faulty; /* places */
};

enum {
    DOC_MAX_BYTES = 16 << 20,
    DOC_MAX_DEPTH = 100,
    DOC_MAX_FAULTS = 100, /* then reading stops */
};

/* Read the file. On success `*out` is the caller's. On failure either `e` says why (cannot read,
 * too large, a bad .env), or `list` holds the faults (J001, J005, J006, J008) and `e` counts them.
 * If the faults left a tree, all of it but the faulty values, which are null, `*out` is set on
 * failure too and is the caller's, so that it can be searched for more. */
NODISCARD enum err_code doc_load(struct doc **out, const char *path, struct diags *list,
                                 struct err *e);

/* The same of a file that programs write, of at most `most` bytes. */
NODISCARD enum err_code doc_load_large(struct doc **out, const char *path, size_t most,
                                       struct diags *list, struct err *e);
void doc_free(struct doc *d); /* NULL is fine */

/* Report a fault at the value (or, with a '#' at the end, the key) that `pointer` names; a pointer
 * to nothing falls back to the key of its nearest parent. Returns the fault, with its excerpt and
 * pointer. */
struct diag *doc_fault(const struct doc *d, struct diags *list, enum diag_severity severity,
                       enum diag_code code, const char *pointer, const char *fmt, ...) PRINTF(6, 7);

/* The same at the bytes start..end of the text, of which the first line is underlined. */
struct diag *doc_fault_at(const struct doc *d, struct diags *list, enum diag_severity severity,
                          enum diag_code code, const char *pointer, size_t start, size_t end,
                          const char *fmt, ...) PRINTF(8, 9);

/* The same at the bytes from..from+len of the string `value` that `pointer` names, if the file
 * shows it: white space and JSON's escapes aside it stands there as it reads (no ${NAME}); else at
 * all of it. */
struct diag *doc_fault_in(const struct doc *d, struct diags *list, enum diag_severity severity,
                          enum diag_code code, const char *pointer, const char *value, size_t from,
                          size_t len, const char *fmt, ...) PRINTF(9, 10);

/* How grave an unknown key is at `pointer`, for doc_fault: a warning where the list lets them pass,
 * but never among our own under "simulation". And, for such a warning, why. */
enum diag_severity doc_unknown_severity(const struct diags *list, const char *pointer);
void doc_unknown_why(struct diag *d);

/* Report every key of `object`, which stands at `pointer`, that is not in `known` (NULL ends it);
 * `where` follows the key in the message, and may be empty. True if there is none, or they pass. */
bool doc_check_keys(const struct doc *d, struct diags *list, const json_t *object,
                    const char *pointer, const char *const *known, const char *where);

/* What stands at a pointer in `tree`, d->root or d->source; NULL for nothing. */
json_t *doc_value(json_t *tree, const char *pointer);

/* Whether loading found a fault in the value at `pointer`, which is then null for no reason of its
 * own. */
bool doc_faulty(const struct doc *d, const char *pointer);

/* Extend a JSON pointer by a key (~ and / escaped) or an index. To go back up, cut the buffer to
 * the length it had. */
void doc_pointer_key(struct buf *pointer, const char *key);
void doc_pointer_index(struct buf *pointer, size_t i);

#endif
