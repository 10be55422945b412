/* A YAML or JSON file as one jansson tree that remembers where everything stood.
 *
 * YAML goes through libyaml (core schema: null, true, false, integers and floats when plain;
 * anything quoted is a string), JSON through the tape; both give the same tree, so that what reads
 * a job has one code path. ${NAME} and ${NAME:-default} are expanded in values while the tree is
 * built (in YAML before a plain scalar gets its type), from the environment, then from a `.env`
 * file in the working directory; $${ is a literal ${. Every expanded value goes to secret_add.
 * Aliases, tags, several documents and merge keys are refused by name.
 */
#ifndef SIM_JOB_DOC_H
#define SIM_JOB_DOC_H

#include <jansson.h>
#include <stddef.h>

#include "sim/base/err.h"
#include "sim/job/diag.h"

struct doc {
    char *path; /* owned; as given */
    char *text; /* owned; the file's bytes, for excerpts */
    size_t len;
    json_t *root;   /* owned; expanded */
    json_t *source; /* owned; the same tree before expansion, for the masked copy */
    json_t *places; /* owned; JSON pointer of a value -> [line, col]; of its key: pointer + "#" */
};

enum { DOC_MAX_BYTES = 16 << 20 };

/* Read the file. On success `*out` is the caller's. On failure either `e` says why (cannot read,
 * too large), or `list` holds the faults (J001, J006, J008) and `e` counts them. */
NODISCARD enum err_code doc_load(struct doc **out, const char *path, struct diags *list,
                                 struct err *e);
void doc_free(struct doc *d); /* NULL is fine */

/* Report a fault at the value (or, with a '#' at the end, the key) that `pointer` names; a pointer
 * to nothing falls back to its nearest parent. Returns the fault, with its excerpt and pointer. */
struct diag *doc_fault(const struct doc *d, struct diags *list, enum diag_severity severity,
                       enum diag_code code, const char *pointer, const char *fmt, ...) PRINTF(6, 7);

#endif
