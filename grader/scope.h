/* What graders' files share: reading a spec, and the roots that their templates know, `item` and
 * `sample` (TP-1). */
#ifndef GRADER_SCOPE_H
#define GRADER_SCOPE_H

#include "grader/grader.h"
#include "sim/base/template.h"

extern const char *const grader_roots[]; /* "item", "sample", NULL */

/* Report a fault at a key of the spec ("graders/exact" is one in it), or at all of it for NULL. */
struct diag *grader_fault(const struct grader_spec *spec, struct diags *list,
                          enum diag_severity severity, enum diag_code code, const char *key,
                          const char *fmt, ...) PRINTF(6, 7);

/* Read a templated field of the spec (TP-8). `*out` stays NULL if there was a fault. */
void grader_field(struct template **out, const struct grader_spec *spec, const char *key,
                  struct diags *list);

/* Warn of a path in single braces, which is text like any other. Fine with NULL. */
void grader_single_braces(const struct template *t, const struct grader_spec *spec, const char *key,
                          struct diags *list);

/* Check pass_threshold, a number or nothing. It colours passes, not rewards (GAP-37), so its type
 * is all there is to it for a grader. */
void grader_pass_threshold(const struct grader_spec *spec, struct diags *list);

/* What templates resolve in. `in` is borrowed while it is used. */
struct template_scope grader_scope(const struct grader_input *in);

/* Whether what it renders can hang on simulation.output_tools: it leads to tool calls. */
bool grader_reads_calls(const struct template *t);

/* The other reading of output_tools, for the `readings` of a type that reads calls. */
unsigned grader_calls_readings(const struct grader_spec *spec);

/* Render a field; the grade gets notes on what was put in. On false the grade is 0 with
 * GRADE_INVALID_VARIABLE and its reason (TP-6). */
NODISCARD bool grader_render(const struct template *t, const char *key,
                             const struct grader_input *in, struct buf *out, struct grade *grade);

#endif
