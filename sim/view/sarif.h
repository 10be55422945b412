/* What a check found, as SARIF 2.1.0: what code hosts and editors read. One JSON object on a line.
 *
 * Every code is a rule. Findings that were only counted stand as notifications of the invocation,
 * one for each code and file, and in the run's properties. Columns are code points.
 * Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
 */
#ifndef SIM_VIEW_SARIF_H
#define SIM_VIEW_SARIF_H

#include "sim/check/check.h"

void sarif_write(struct buf *out, const struct check *c);

#endif
