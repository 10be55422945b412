/* The roots that graders' templates know: `item` and `sample` (TP-1). */
#ifndef GRADER_SCOPE_H
#define GRADER_SCOPE_H

#include "grader/grader.h"
#include "sim/base/template.h"

extern const char *const grader_roots[]; /* "item", "sample", NULL */

/* Read a templated field of the grader's spec (TP-8). `*out` stays NULL if there was a fault. */
void grader_field(struct template **out, const struct job *job, const char *key,
                  struct diags *list);

/* Render a field. On false the grade is 0 with GRADE_INVALID_VARIABLE and its reason (TP-6). */
NODISCARD bool grader_render(const struct template *t, const char *key,
                             const struct grader_input *in, struct buf *out, struct grade *grade);

#endif
