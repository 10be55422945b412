/* The objects of a file of finished samples, one after another: lines of JSON, or a document with a
 * list {"items": [...]}.
 *
 * Lines are streamed; a document is one text, and held. A byte order mark is passed over.
 * Threads: one caller's.
 */
#ifndef SIM_RUN_ITEMS_H
#define SIM_RUN_ITEMS_H

#include "sim/base/err.h"
#include "sim/base/tape.h"
#include "sim/job/diag.h"
#include "sim/job/lines.h"

enum { ITEMS_MAX_BYTES = 512 << 20 }; /* of a document */

struct items {
    char *path;         /* owned */
    const char *cannot; /* borrowed; "be graded again": ends the message of every fault */
    struct diags *list; /* borrowed */
    struct tape tape;   /* owned; over the line, or all of the document */
    size_t place;       /* line of the object last read, or its number in the list, from 1 */
    uint64_t offset;    /* in the file, of the tape's text */

    /* lines */
    int fd; /* owned; open for a document too */
    uint64_t bytes;
    struct lines lines;
    struct line line;

    /* a document */
    char *text;       /* owned; NULL for lines */
    const char *json; /* in `text`, behind the mark */
    size_t len;
    size_t next; /* on the tape: the next object; `end` behind the last */
    size_t end;
};

/* `x` is taken as uninitialised; items_close it on failure too.
 * Errors: ERR_IO; ERR_DATA, with the fault (F003) in `list`. */
NODISCARD enum err_code items_open(struct items *x, const char *path, const char *cannot,
                                   struct diags *list, struct err *e);
void items_close(struct items *x); /* fine on a zeroed one, if its fd is -1 */

bool items_is_document(const struct items *x); /* places are numbers in a list, not lines */

/* The next object, at `*v` of x->tape. `*have` is false behind the last. Errors: as above. */
NODISCARD enum err_code items_next(struct items *x, size_t *v, bool *have, struct err *e);

/* Note a fault at value `v` of the tape (TAPE_NONE: at all of it); `fix` may be NULL. Returns
 * ERR_DATA. */
enum err_code items_fail(struct items *x, size_t v, const char *what, const char *fix,
                         struct err *e);

#endif
