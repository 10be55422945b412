/* A verdict and its gates as JUnit XML, which CI services show: a test case for each rule and each
 * gate. A rule that could not be looked at is skipped; a warning fails only with --strict. */
#ifndef SIM_VIEW_JUNIT_H
#define SIM_VIEW_JUNIT_H

#include "sim/report/gates.h"

void junit_write(struct buf *out, const struct facts *f, const struct verdict *v,
                 const struct gates_result *gates, bool strict);

#endif
