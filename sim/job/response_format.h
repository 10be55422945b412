/* What the job says that answers look like: `response_format`, in either published shape.
 *
 *     {"type": "json_schema", "json_schema": {"name", "strict", "schema"}}
 *     {"type": "json_schema", "name", "strict", "schema"}
 *
 * Source: GAP-36. Of one that was read without a fault the schema is fit for schema_fits.
 * Threads: constant once it is read.
 */
#ifndef SIM_JOB_RESPONSE_FORMAT_H
#define SIM_JOB_RESPONSE_FORMAT_H

#include "sim/base/tape.h"
#include "sim/job/doc.h"
#include "sim/job/schema.h"

struct response_format {
    char *name;
    bool strict;
    char *text; /* of the schema */
    struct tape tape;
};

/* Read and check the one that stands at `pointer`. NULL if it has faults, or asks for no schema
 * ("json_object", "text"). The caller's to free. */
struct response_format *response_format_read(const struct doc *doc, const json_t *value,
                                             const char *pointer, struct diags *list);
void response_format_free(struct response_format *f); /* NULL is fine */

/* Whether an answer is JSON that fits. `scratch` holds its tape; if it does not, `why` has the
 * reason, a line: "it is not JSON", "/price must be a number, found a string". */
NODISCARD bool response_format_fits(const struct response_format *f, const char *answer, size_t len,
                                    struct tape *scratch, struct buf *why);

#endif
